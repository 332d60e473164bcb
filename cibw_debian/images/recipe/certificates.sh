#!/bin/sh
# mmdebstrap customize hook: link the certificates, what extract.sh kept ca-certificates from doing.
set -eu
root=$1

rm -f "$root/usr/local/sbin/update-ca-certificates"
if ! command -v openssl >/dev/null; then
    exec chroot "$root" update-ca-certificates
fi
# The image's own script, run by this machine's shell: it forks some thousand times.
certs=$root/etc/ssl/certs
sh "$root/usr/sbin/update-ca-certificates" --hooksdir /nonexistent --etccertsdir "$certs" \
    --certsconf "$root/etc/ca-certificates.conf" --certsdir "$root/usr/share/ca-certificates" \
    --localcertsdir "$root/usr/local/share/ca-certificates"
find "$certs" -type l -lname "$root/*" | while read -r link; do
    target=$(readlink "$link")
    ln -sf "${target#"$root"}" "$link"
done
