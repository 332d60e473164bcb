#!/bin/sh
# mmdebstrap setup hook: keep only the archive's pockets that can be used.
#
# The suite itself must be there. Its -updates and -security are wanted but may not exist for an architecture
# (long-term support drops some) or be half-synchronised on a mirror, which must not stop the build.
set -eu
root=$1
list=$root/etc/apt/sources.list
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"

# Whether a line of a sources.list can be used; it is the only one then.
usable() {
    printf '%s\n' "$1" >"$list"
    apt-get update -q --error-on=any -o APT::Get::List-Cleanup=false >&2
}

# A suite has a second name, such as `stable`. Caching mirrors keep what is asked for by either name apart, so
# one can be half-synchronised while the other is whole. Prints the line with the name that can be used.
by_another_name() {
    suite=$(printf '%s\n' "$1" | sed -E 's|^deb (\[[^]]*\] )?[^ ]+ ([^ ]+) .*|\2|')
    for name in stable oldstable oldoldstable; do
        other=$(printf '%s\n' "$1" | sed "s| $suite | $name |")
        # Which suite has that name changes with every release.
        if usable "$other" && [ "$(apt-get indextargets --format '$(CODENAME)' | sort -u)" = "$suite" ]; then
            printf '%s\n' "$other"
            return
        fi
    done
    return 1
}

cp "$list" "$list.all"
: >"$list.kept"
grep -E '^deb ' "$list.all" | while read -r line; do
    if usable "$line"; then
        printf '%s\n' "$line" >>"$list.kept"
        continue
    fi
    case $line in
    *-updates\ * | *-security\ * | */updates\ *)
        echo "cibw-debian: warning: left out, the archive has no usable index: $line" >&2 ;;
    *)
        if ! other=$(by_another_name "$line"); then
            echo "cibw-debian: error: the archive has no usable index: $line" >&2
            exit 1
        fi
        echo "cibw-debian: warning: no usable index: $line; used instead: $other" >&2
        printf '%s\n' "$other" >>"$list.kept" ;;
    esac
done
mv "$list.kept" "$list"
rm "$list.all"
# mmdebstrap leaves this to us once an index is there.
apt-get update -q --error-on=any >&2
