# Compile an interpreter with the `gcc` of PATH. Reads TAG (cp313-cp313t), VERSION, TARBALL, TRIPLET (GNU triplet of the
# image), WORK (a directory with python.txt). The result is the directory LAYER.
#
# interpreters.sh runs this where the compiler and all other tools are those of this machine's architecture. A few
# programs of the image's architecture run under emulation: those that configure asks about the target, and the new
# interpreter. So nothing has to be guessed about the target, and the sources are built as on a machine of that
# architecture. manylinux_interpreters.py runs this inside an image.
set -eu
minor=${VERSION#3.}
minor=${minor%%.*}
name=cpython-$VERSION
abi='' options=''
case $TAG in
*t) abi=t name=$name-nogil options=--disable-gil ;;
esac
prefix=/opt/_internal/$name
python=$prefix/bin/python3.$minor$abi
source=/usr/src/$name

export PKG_CONFIG_LIBDIR="/usr/lib/$TRIPLET/pkgconfig:/usr/share/pkgconfig"
export PYTHONDONTWRITEBYTECODE=1
jobs=$(nproc)

rm -rf "$source" "$prefix"
mkdir -p "$source"
tar --extract --file "$TARBALL" --directory "$source" --strip-components=1
cd "$source"
# The interpreter tells when it was compiled; two builds of one tarball must not differ.
SOURCE_DATE_EPOCH=$(stat --format=%Y configure)
export SOURCE_DATE_EPOCH
# -g0: debug information would be stripped. NODIST: extensions do not get the option. Releases before 3.10 compile
# their own test modules whatever configure is told. PYTHON_FOR_REGEN: configure would write down the version of
# another Python.
./configure --quiet --build="$TRIPLET" --prefix="$prefix" --with-ensurepip=no --disable-test-modules \
    --with-dbmliborder=bdb:gdbm CC=gcc CXX=g++ CFLAGS_NODIST=-g0 PYTHON_FOR_REGEN=python3 $options
# Releases 3.11 and 3.12 write one large file of C with an interpreter that is compiled only for it. Under emulation
# that takes a minute and a half; any Python writes the same file.
make --silent --jobs="$jobs" PYTHON_FOR_FREEZE=python3 FREEZE_MODULE='./_bootstrap_python Programs/_freeze_module.py'
# Bytecode is compiled once, below, and not three times under emulation.
mv Lib/compileall.py .
: >Lib/compileall.py
make --silent install TESTSUBDIRS= >/dev/null
mv compileall.py "$prefix/lib/python3.$minor$abi/"
# With this variable, each import would compare the bytecode with the whole source.
unset SOURCE_DATE_EPOCH

cd "$prefix"
lib=$prefix/lib/python3.$minor$abi
modules=$lib/lib-dynload
rm -rf share lib/*.a "$lib/config-"*/*.[ao] "$modules/"*_test*.so "$modules/xxlimited"*.so
find . -type d \( -name test -o -name tests -o -name __pycache__ \) -prune -exec rm -rf {} +
strip --strip-unneeded "$python" "$modules/"*.so
# No paths of this root.
grep -rlI --exclude-dir=lib-dynload "$source" . | xargs -r sed -i "s|$source|.|g"

# CPython's own build goes on without a module that cannot be compiled.
"$python" -c 'import bz2, ctypes, curses, dbm.gnu, dbm.ndbm, hashlib, lzma, readline, sqlite3, ssl, _uuid, zlib'

ln -sf python3 bin/python
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_PROGRESS_BAR=off PIP_ROOT_USER_ACTION=ignore
export PIP_ONLY_BINARY=:all: PIP_COMPILE=0 PIP_QUIET=1
PYTHONPATH=$(echo "$lib"/ensurepip/_bundled/pip-*.whl) \
    "$python" -m pip install --ignore-installed --requirement "$WORK/python.txt"
# The layer gives all files this date. Bytecode with another date in it would not be valid.
find . -name '*.py' -exec touch --date=2020-01-01 {} +
"$python" -m compileall -q -j "$jobs" lib || true

mkdir -p "$LAYER/opt/_internal" "$LAYER/opt/python" "$LAYER/usr/local/bin"
mv "$prefix" "$LAYER/opt/_internal/"
ln -s "$prefix" "$LAYER/opt/python/$TAG"
# A link would find its modules beside itself.
printf '#!/bin/sh\nexec %s "$@"\n' "$python" >"$LAYER/usr/local/bin/cpython3.$minor$abi"
chmod 755 "$LAYER/usr/local/bin/cpython3.$minor$abi"
ln -s "cpython3.$minor$abi" "$LAYER/usr/local/bin/python3.$minor$abi"
rm -rf "$source"
