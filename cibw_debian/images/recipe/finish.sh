#!/bin/sh
# mmdebstrap customize hook: remove everything of this machine from the image.
set -eu
root=$1
rm -rf "$root/opt/_native" "$root/usr/local/bin/dpkg-deb" "$root/etc/apt/apt.conf.d/00native"
rm -f "$root/etc/hostname" "$root/etc/resolv.conf"
# update-alternatives fails if the directory of a link is missing, and not every package brings it.
for section in 1 2 3 4 5 6 7 8; do
    mkdir -p "$root/usr/share/man/man$section"
done
