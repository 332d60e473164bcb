#!/bin/sh
# mmdebstrap customize hook: compile interpreters in a root of this machine's architecture, and pack each as a layer.
#
# Reads RECIPE (this directory), TRIPLET (GNU triplet of the image) and GCC (major version). The file `wanted` has a
# line for each interpreter: the tag (cp313-cp313t), the version, the name of the tarball in this directory, the name of
# the layer to write below layers/.
set -eu
root=$1
work=$root/tmp/recipe
mkdir -p "$work"
cp "$RECIPE/compile.sh" "$RECIPE/python.txt" "$work/"
# The image's own names of its compiler are the cross compiler here, so they are what sysconfig has.
mkdir -p "$root/cross"
for tool in gcc g++ cpp; do
    ln -sf "/usr/bin/$TRIPLET-$tool-$GCC" "$root/cross/$tool"
done
for tool in ar ld nm objcopy ranlib readelf strip; do
    ln -sf "/usr/bin/$TRIPLET-$tool" "$root/cross/$tool"
done
set -- HOME=/root LC_ALL=C.UTF-8 PATH=/cross:/usr/sbin:/usr/bin:/sbin:/bin TRIPLET="$TRIPLET" \
    WORK=/tmp/recipe LAYER=/layer
for name in PIP_INDEX_URL PIP_DEFAULT_TIMEOUT PIP_RETRIES PIP_TRUSTED_HOST \
    http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    eval "value=\${$name-}"
    [ -z "$value" ] || set -- "$@" "$name=$value"
done
if [ -n "${CA_BUNDLE-}" ]; then
    cp "$CA_BUNDLE" "$work/ca.crt"
    set -- "$@" PIP_CERT=/tmp/recipe/ca.crt
fi
while read -r tag version tarball layer; do
    echo "I: compiling CPython $version for $tag" >&2
    cp "$RECIPE/$tarball" "$work/"
    chroot "$root" env -i "$@" TAG="$tag" VERSION="$version" TARBALL="/tmp/recipe/$tarball" \
        sh /tmp/recipe/compile.sh </dev/null
    tar --create --file "$RECIPE/layers/partial" --directory "$root/layer" \
        --sort=name --owner=0 --group=0 --numeric-owner --mtime=@1577836800 opt usr
    mv "$RECIPE/layers/partial" "$RECIPE/layers/$layer"
    rm -rf "$root/layer" "$work/$tarball"
done <"$RECIPE/wanted"
