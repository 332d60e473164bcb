#!/bin/sh
# mmdebstrap customize hook: the suite's own CPython where wheel builders look for it, and their tools.
#
# Reads RECIPE (this directory), PYTHON_TAG (cp311-cp311), and of this machine's environment what pip needs to reach
# its index: proxies, index settings and CA_BUNDLE. None of that stays in the image.
set -eu
root=$1
work=$root/tmp/recipe
trap 'rm -rf "$work"' EXIT

mkdir -p "$work"
cp "$RECIPE/install-python.sh" "$RECIPE/python.txt" "$RECIPE/tools.txt" "$work/"
set -- HOME=/root PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 TAG="$PYTHON_TAG"
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
