#!/bin/sh
# mmdebstrap setup hook of a run that builds nothing: tell when the archive was last changed, in seconds since 1970.
set -eu
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"
# Only the signed files with dates and hashes are fetched. Sources that fail are left out, as setup.sh does later.
targets=Acquire::IndexTargets::deb
apt-get update -q -o "$targets::Packages::DefaultEnabled=false" -o "$targets::Translations::DefaultEnabled=false" >&2 || true
for file in "$1"/var/lib/apt/lists/*Release; do
    date=$(sed -n '/^Date: /{s///p;q}' "$file")
    [ -z "$date" ] || date --utc --date="$date" '+cibw-debian: date: %s' >&2
done
