# project: a script that calls itself done with a marker file, options after the names, a loop
# shape: for loop, quiet option, marker file
# needs: libgmp-dev libmpfr-dev libffi-dev
set -euo pipefail
marker=/tmp/.deps-installed
for _ in 1 2; do
    if [[ ! -f $marker ]]; then
        for package in gmp mpfr libffi; do
            yum -q install "${package}-devel" -y
        done
        touch "$marker"
    fi
done
