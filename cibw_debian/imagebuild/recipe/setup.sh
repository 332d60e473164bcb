#!/bin/sh
# mmdebstrap setup hook: keep only the archive's pockets that can be used.
#
# The suite itself must be there. Its -updates and -security are wanted but may not exist for an architecture
# (long-term support drops some) or be half-synchronised on a mirror, which must not stop the build.
set -eu
root=$1
list=$root/etc/apt/sources.list
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"

cp "$list" "$list.all"
: >"$list.kept"
grep -E '^deb ' "$list.all" | while read -r line; do
    printf '%s\n' "$line" >"$list"
    if apt-get update -q --error-on=any -o APT::Get::List-Cleanup=false >&2; then
        printf '%s\n' "$line" >>"$list.kept"
    else
        case $line in
        *-updates\ * | *-security\ * | */updates\ *)
            echo "cibw-debian: warning: left out, the archive has no usable index: $line" >&2 ;;
        *)
            echo "cibw-debian: error: the archive has no usable index: $line" >&2
            exit 1 ;;
        esac
    fi
done
mv "$list.kept" "$list"
rm "$list.all"
# mmdebstrap leaves this to us once an index is there.
apt-get update -q --error-on=any >&2
