#!/bin/sh
# mmdebstrap extract hook: let this machine do slow work that is the same on every architecture.
#
# This machine's dpkg-deb decompresses packages. A wrapper that is first on PATH starts it with its libraries.
# certificates.sh links the certificates once. finish.sh removes the wrapper.
set -eu
root=$1
native=$root/opt/_native
mkdir -p "$native" "$root/usr/local/bin" "$root/usr/local/sbin"

program=$(command -v dpkg-deb)
cp "$program" "$native/dpkg-deb"
ldd "$program" >"$native/ldd"
awk '$2 == "=>" { print $3 } $1 ~ /^\// { print $1 }' "$native/ldd" | while read -r library; do
    cp -L "$library" "$native/"
done
loader=$(awk '$1 ~ /^\// { print $1 }' "$native/ldd")
wrapper=$root/usr/local/bin/dpkg-deb
cat >"$wrapper" <<WRAPPER
#!/bin/sh
exec /opt/_native/${loader##*/} --library-path /opt/_native /opt/_native/dpkg-deb "\$@"
WRAPPER
chmod 755 "$wrapper"
# Some machines cannot run the wrapper. Find out now, not in the middle of an installation.
chroot "$root" /usr/local/bin/dpkg-deb --version >/dev/null || rm -f "$wrapper"

# By default apt gives dpkg a PATH without /usr/local.
echo 'DPkg::Path "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";' >"$root/etc/apt/apt.conf.d/00native"

printf '#!/bin/sh\n' >"$root/usr/local/sbin/update-ca-certificates"
chmod 755 "$root/usr/local/sbin/update-ca-certificates"
