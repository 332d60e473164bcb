#!/bin/sh
# mmdebstrap setup hook of a run that builds nothing: tell when the archive was last changed, in seconds since 1970.
set -eu
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"
# Only the signed files with dates and hashes are fetched. Sources that fail are left out, as setup.sh does later.
targets=Acquire::IndexTargets::deb
apt-get update -q -o "$targets::Packages::DefaultEnabled=false" -o "$targets::Translations::DefaultEnabled=false" >&2 || true
for file in "$1"/var/lib/apt/lists/*Release; do
    date --utc --date="$(sed -n 's/^Date: //p' "$file" | head -n 1)" '+cibw-debian: date: %s' >&2
done
