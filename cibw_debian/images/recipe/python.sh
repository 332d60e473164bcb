#!/bin/sh
# mmdebstrap customize hook: put the suite's own CPython where cibuildwheel looks for it, and install the tools.
#
# Reads RECIPE (this directory), PYTHON_TAG (cp311-cp311), UTILITY_PYTHON (the interpreter that cibuildwheel starts its
# helpers with), and what pip needs to reach its index: proxies, index settings and CA_BUNDLE. None of that stays in
# the image.
set -eu
root=$1
work=$root/tmp/recipe
trap 'rm -rf "$work"' EXIT

mkdir -p "$work"
cp "$RECIPE/install-python.sh" "$RECIPE/python.txt" "$RECIPE/tools.txt" "$work/"
[ -z "${CA_BUNDLE-}" ] || cp "$CA_BUNDLE" "$work/ca.crt"
set -- HOME=/root PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 TAG="$PYTHON_TAG" \
    UTILITY_PYTHON="$UTILITY_PYTHON"
. "$RECIPE/network.sh"
chroot "$root" env -i "$@" sh /tmp/recipe/install-python.sh
