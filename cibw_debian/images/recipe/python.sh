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
set -- HOME=/root PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 TAG="$PYTHON_TAG" \
    UTILITY_PYTHON="$UTILITY_PYTHON"
for name in PIP_INDEX_URL PIP_DEFAULT_TIMEOUT PIP_RETRIES PIP_TRUSTED_HOST \
    http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    eval "value=\${$name-}"
    [ -z "$value" ] || set -- "$@" "$name=$value"
done
if [ -n "${CA_BUNDLE-}" ]; then
    cp "$CA_BUNDLE" "$work/ca.crt"
    set -- "$@" PIP_CERT=/tmp/recipe/ca.crt
fi
chroot "$root" env -i "$@" sh /tmp/recipe/install-python.sh
