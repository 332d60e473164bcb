#!/bin/sh
# mmdebstrap customize hook: compile interpreters in a root of this machine's architecture.
#
# Reads RECIPE (this directory), TRIPLET (GNU triplet of the image) and GCC (major version). The file `wanted` has a
# line for each interpreter: the last arguments of interpreter.sh.
set -eu
root=$1
work=$root/tmp/recipe
mkdir -p "$work"
cp "$RECIPE/compile.sh" "$RECIPE/python.txt" "$work/"
[ -z "${CA_BUNDLE-}" ] || cp "$CA_BUNDLE" "$work/ca.crt"
# The image's own names of its compiler are the cross compiler here, so they are what sysconfig has.
mkdir -p "$root/cross"
for tool in gcc g++ cpp; do
    ln -sf "/usr/bin/$TRIPLET-$tool-$GCC" "$root/cross/$tool"
done
for tool in ar ld nm objcopy ranlib readelf strip; do
    ln -sf "/usr/bin/$TRIPLET-$tool" "$root/cross/$tool"
done
# Two at a time: parts of each, such as configure, use one processor only. A failure does not stop the others.
xargs --max-lines=1 --max-procs=2 "$RECIPE/interpreter.sh" "$root" <"$RECIPE/wanted"
