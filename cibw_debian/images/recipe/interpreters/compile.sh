# interpreters.sh runs this for each interpreter. Reads TAG (cp313-cp313t), VERSION, TARBALL, TRIPLET (GNU triplet of the
# image), GCC (major version). The result is the directory /layer.
#
# The compiler and all other tools run natively. A few programs of the image's architecture run under emulation: those
# that configure asks about the target, and the new interpreter. So nothing has to be guessed about the target, and the
# sources are built as on a machine of that architecture.
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
source=/usr/src/Python-$VERSION

# The image's own names of its compiler are the cross compiler here, so they are what sysconfig has.
mkdir -p /cross
for tool in gcc g++ cpp; do
    ln -sf "/usr/bin/$TRIPLET-$tool-$GCC" "/cross/$tool"
done
for tool in ar ld nm objcopy ranlib readelf strip; do
    ln -sf "/usr/bin/$TRIPLET-$tool" "/cross/$tool"
done
export PATH=/cross:/usr/sbin:/usr/bin:/sbin:/bin PKG_CONFIG_LIBDIR="/usr/lib/$TRIPLET/pkgconfig:/usr/share/pkgconfig"
export PYTHONDONTWRITEBYTECODE=1
jobs=$(nproc)

rm -rf "$source" "$prefix"
mkdir -p /usr/src
tar --extract --file "$TARBALL" --directory /usr/src
cd "$source"
# The interpreter tells when it was compiled; two builds of one tarball must not differ.
SOURCE_DATE_EPOCH=$(stat --format=%Y configure)
export SOURCE_DATE_EPOCH
# -g0: debug information would be stripped. NODIST: extensions do not get the option.
./configure --quiet --build="$TRIPLET" --prefix="$prefix" --with-ensurepip=no \
    --with-dbmliborder=bdb:gdbm CC=gcc CXX=g++ CFLAGS_NODIST=-g0 $options
make --silent --jobs="$jobs"
# Bytecode is compiled once, below, and not three times under emulation.
mv Lib/compileall.py /tmp/recipe/
: >Lib/compileall.py
make --silent install TESTSUBDIRS= >/dev/null
mv /tmp/recipe/compileall.py "$prefix/lib/python3.$minor$abi/"
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
    "$python" -m pip install --ignore-installed --requirement /tmp/recipe/python.txt
# The layer gives all files this date. Bytecode with another date in it would not be valid.
find . -name '*.py' -exec touch --date=2020-01-01 {} +
"$python" -m compileall -q -j "$jobs" lib || true

mkdir -p /layer/opt/_internal /layer/opt/python /layer/usr/local/bin
mv "$prefix" /layer/opt/_internal/
ln -s "$prefix" "/layer/opt/python/$TAG"
# A link would find its modules beside itself.
printf '#!/bin/sh\nexec %s "$@"\n' "$python" >"/layer/usr/local/bin/cpython3.$minor$abi"
chmod 755 "/layer/usr/local/bin/cpython3.$minor$abi"
ln -s "cpython3.$minor$abi" "/layer/usr/local/bin/python3.$minor$abi"
rm -rf "$source"
