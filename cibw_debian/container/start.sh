# cibw-debian: files that RHEL's images have and scripts read, change or ask for. The first bash of a container
# reads this (BASH_ENV).
unset BASH_ENV
(
    root=
    companion=/opt/cibw-debian
    [ ! -e "$root/etc/yum.conf" ] || exit 0
    mkdir -p "$root"/etc/{dnf/vars,pki/rpm-gpg,rpm,yum/pluginconf.d,yum/vars,yum.repos.d}
    for file in \
        yum.conf dnf/dnf.conf yum/pluginconf.d/{fastestmirror,subscription-manager}.conf \
        yum.repos.d/{CentOS-Base,CentOS-Linux-{BaseOS,AppStream,PowerTools,Extras},CentOS-SCLo-scl{,-rh}}.repo \
        yum.repos.d/almalinux{,-{baseos,appstream,powertools,crb,extras}}.repo; do
        echo '# cibw-debian: nothing on a Debian image reads this file' >"$root/etc/$file"
    done
    for program in "$companion"/bin/*; do
        name=${program##*/}
        case $name in sh | ln) continue ;; esac
        [ -e "$root/usr/bin/$name" ] || ln -s "$companion/bin/$name" "$root/usr/bin/$name"
    done
    # A copy and no link: the hook may link, move or copy the one name to the other.
    while read -r rhel debian; do
        [ -e "$root/usr/bin/$rhel" ] || [ ! -e "$root/usr/bin/$debian" ] ||
            cp --preserve "$root/usr/bin/$debian" "$root/usr/bin/$rhel"
    done <"$companion/commands"
    # x86-64 has a directory of this name, with the loader in it.
    for file in "$root"/usr/lib/*-linux-gnu*/crt1.o; do
        directory=${file%/crt1.o}
        [ -e "$root/usr/lib64" ] || [ ! -e "$file" ] || ln -s "lib/${directory##*/}" "$root/usr/lib64"
    done
    [ ! -e "$companion/releases" ] || for name in redhat centos almalinux system; do
        echo "AlmaLinux release $("$companion/bin/rpm" -E %rhel) (a Debian image, cibw-debian answers)" \
            >"$root/etc/$name-release"
    done
) </dev/null 2>/dev/null
