#!/bin/sh
# mmdebstrap setup hook: keep only the parts of the archive that can be used.
#
# The suite itself must be usable. Its -updates and -security may be missing for an architecture (long-term support
# drops some), or a mirror may be in the middle of a synchronisation: neither stops the build.
set -eu
root=$1
list=$root/etc/apt/sources.list
# The user's own keys of the archive: apt in the image has them at the same place.
if [ -n "${KEYRING-}" ]; then
    mkdir -p "$root/etc/apt/trusted.gpg.d"
    install -m 644 "$KEYRING" "$root/etc/apt/trusted.gpg.d/"
fi
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"

# Tells whether a line of a sources.list can be used. After this, the list has only that line.
usable() {
    printf '%s\n' "$1" >"$list"
    apt-get update -q --error-on=any -o APT::Get::List-Cleanup=false >&2
}

# A suite has a second name, such as `stable`. Caching mirrors store the two names apart, so one can be in the middle
# of a synchronisation while the other is complete. Prints the line with the name that can be used.
by_another_name() {
    suite=$(printf '%s\n' "$1" | sed -E 's|^deb (\[[^]]*\] )?[^ ]+ ([^ ]+) .*|\2|')
    for name in stable oldstable oldoldstable; do
        other=$(printf '%s\n' "$1" | sed "s| $suite | $name |")
        # Each release of Debian gives the name to another suite.
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
    case ${SUITE_ALONE-}$line in
    yes*-updates\ * | yes*-security\ * | yes*/updates\ *) continue ;;
    esac
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
# mmdebstrap does not update the lists itself if an index exists.
apt-get update -q --error-on=any >&2
