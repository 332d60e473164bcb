#!/bin/sh
# mmdebstrap customize hook: link the certificates, and leave nothing of this machine in the image.
set -eu
root=$1

rm -f "$root/usr/local/sbin/update-ca-certificates"
if command -v openssl >/dev/null; then
    # The image's own script, run by this machine's shell: it forks some thousand times.
    certs=$root/etc/ssl/certs
    sh "$root/usr/sbin/update-ca-certificates" --hooksdir /nonexistent --etccertsdir "$certs" \
        --certsconf "$root/etc/ca-certificates.conf" --certsdir "$root/usr/share/ca-certificates" \
        --localcertsdir "$root/usr/local/share/ca-certificates"
    find "$certs" -type l -lname "$root/*" | while read -r link; do
        target=$(readlink "$link")
        ln -sf "${target#"$root"}" "$link"
    done
else
    chroot "$root" update-ca-certificates
fi

rm -rf "$root/opt/_native" "$root/usr/local/bin/dpkg-deb" "$root/etc/apt/apt.conf.d/00native"
rm -f "$root/etc/hostname" "$root/etc/resolv.conf"
