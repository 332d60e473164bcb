#!/bin/sh
# Compile one interpreter and pack it as a layer: the part of interpreters.sh that runs for each.
#   interpreter.sh ROOT TAG VERSION TARBALL LAYER
# TAG is as in cp313-cp313t; TARBALL is a name in the directory RECIPE, LAYER the name of the file to write below layers/.
set -eu
root=$1 tag=$2 version=$3 tarball=$4 layer=$5
set -- HOME=/root LC_ALL=C.UTF-8 PATH=/cross:/usr/sbin:/usr/bin:/sbin:/bin TRIPLET="$TRIPLET" \
    WORK=/tmp/recipe TAG="$tag" VERSION="$version" TARBALL="/tmp/recipe/$tag" LAYER="/layers/$tag"
. "$RECIPE/network.sh"
echo "I: compiling CPython $version for $tag" >&2
cp "$RECIPE/$tarball" "$root/tmp/recipe/$tag"
chroot "$root" env -i "$@" sh /tmp/recipe/compile.sh </dev/null
tar --create --file "$RECIPE/layers/$tag.partial" --directory "$root/layers/$tag" \
    --sort=name --owner=0 --group=0 --numeric-owner --mtime=@1577836800 opt usr
mv "$RECIPE/layers/$tag.partial" "$RECIPE/layers/$layer"
rm -rf "$root/layers/$tag" "$root/tmp/recipe/$tag"
