#!/bin/sh
# mmdebstrap customize hook: leave nothing of this machine in the image.
set -eu
root=$1
rm -rf "$root/opt/_native" "$root/usr/local/bin/dpkg-deb" "$root/etc/apt/apt.conf.d/00native"
rm -f "$root/etc/hostname" "$root/etc/resolv.conf"
