# A package with a question of the highest priority and a changed configuration file, the two things that stop apt.
make_package() {
    root=$SCRATCH/$1
    mkdir -p "$root/DEBIAN" "$root/etc"
    echo "$1" >"$root/etc/cibw-debian-probe.conf"
    echo /etc/cibw-debian-probe.conf >"$root/DEBIAN/conffiles"
    printf '%s\n' 'Package: cibw-debian-probe' "Version: $1" 'Architecture: all' 'Depends: debconf' \
        'Maintainer: cibw-debian <nobody@localhost>' 'Description: asks a question' >"$root/DEBIAN/control"
    printf '%s\n' 'Template: cibw-debian-probe/question' 'Type: string' 'Description: An answer, please' \
        >"$root/DEBIAN/templates"
    printf '%s\n' '#!/bin/sh' '. /usr/share/debconf/confmodule' 'db_fset cibw-debian-probe/question seen false' \
        'db_input critical cibw-debian-probe/question || true' 'db_go' >"$root/DEBIAN/config"
    printf '%s\n' '#!/bin/sh' '. /usr/share/debconf/confmodule' 'db_get cibw-debian-probe/question' >"$root/DEBIAN/postinst"
    chmod 755 "$root/DEBIAN/config" "$root/DEBIAN/postinst"
    dpkg-deb --build "$root" "$SCRATCH/$1.deb" >/dev/null
}
for version in 1 2; do
    make_package "$version"
    timeout 100 apt-get install -y "$SCRATCH/$version.deb" >"$SCRATCH/log" 2>&1 || {
        echo "apt-get install waits for an answer or fails: $(tail -n 1 "$SCRATCH/log")"
        exit 0
    }
done
grep -q '^An answer, please' "$SCRATCH/log" && echo "apt-get install shows a question"
exit 0
