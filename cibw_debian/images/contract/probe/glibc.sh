found=$(getconf GNU_LIBC_VERSION)
[ "$found" = "glibc $GLIBC" ] || echo "the C library is $found, and the policy wants $GLIBC"
auditwheel repair --help | tr -s ' \n' ' ' | grep -qF "$AUDITWHEEL_PLAT" || echo "auditwheel does not know $AUDITWHEEL_PLAT"
