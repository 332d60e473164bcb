#!/bin/sh
# mmdebstrap customize hook: link the certificates. extract.sh has kept the package ca-certificates from doing so.
set -eu
root=$1

rm -f "$root/usr/local/sbin/update-ca-certificates"
if ! command -v openssl >/dev/null; then
    exec chroot "$root" update-ca-certificates
fi
# The image's own script starts some thousand processes, so this machine's shell runs it.
certs=$root/etc/ssl/certs
sh "$root/usr/sbin/update-ca-certificates" --hooksdir /nonexistent --etccertsdir "$certs" \
    --certsconf "$root/etc/ca-certificates.conf" --certsdir "$root/usr/share/ca-certificates" \
    --localcertsdir "$root/usr/local/share/ca-certificates"
find "$certs" -type l -lname "$root/*" | while read -r link; do
    target=$(readlink "$link")
    ln -sf "${target#"$root"}" "$link"
done
