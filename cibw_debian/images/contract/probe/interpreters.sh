# What a directory is named for, and what its interpreter says of itself.
utility=$(basename "$(dirname "$(dirname "$UTILITY_PYTHON")")")
for directory in /opt/python/*/; do
    tag=$(basename "$directory")
    case $tag in cp*) ;; *) continue ;; esac
    # cibuildwheel starts its helpers by this name, whatever interpreter it is
    [ "$tag" = "$utility" ] && [ -L "/opt/python/$tag" ] && continue
    found=$("$directory/bin/python" identity.py 2>&1 | tail -n 1)
    [ "$found" = "$tag" ] || echo "/opt/python/$tag has $found"
done
for tag in $PYTHONS; do
    [ -x "/opt/python/$tag-$tag/bin/python" ] || [ -x "/opt/python/$tag-${tag%t}t/bin/python" ] ||
        [ -x "/opt/python/${tag%t}-$tag/bin/python" ] || echo "$tag of the catalogue is missing"
done
if command -v manylinux-interpreters >/dev/null; then
    listed=$(manylinux-interpreters list --installed) || echo "manylinux-interpreters list fails"
    for tag in $PYTHONS; do
        echo "$listed" | grep -qF "${tag%t}-$tag" || echo "manylinux-interpreters does not list $tag"
    done
fi
