# project: pyproj4/pyproj
# shape: a called script; a wrapper function that asks rpm whether yum did it; the output of yum search is used
# needs: sqlite3 libsqlite3-dev libtiff-dev cmake
function yum_install {
    if [ -n "${IS_ALPINE:-}" ]; then
        apk add "$1"
    else
        yum install -y "$1" && rpm -q "$1"
    fi
}
set -e
yum_install sqlite
yum_install sqlite-devel
yum_install libtiff-devel
if yum search cmake 2>/dev/null | grep -q '^cmake28'; then
    yum_install cmake28
else
    yum_install cmake
fi
