# extension.sh KIND: build, repair, install and import an extension of a kind, without a network.
kind=$1
no_gil=$(python -c 'import sysconfig; print(sysconfig.get_config_var("Py_GIL_DISABLED") or 0)')
case $kind-$no_gil in
free_threaded-0) echo "this interpreter has the GIL"; exit 77 ;;
abi3-1) echo "free-threaded interpreters have no stable ABI of this kind"; exit 77 ;;
esac
fail() {
    echo "$1: $(grep -iE 'error|not found|cannot' "$SCRATCH/log" | tail -n 1)"
    exit 0
}
cp -r extension "$SCRATCH/project"
cd "$SCRATCH/project"
echo "$kind" >kind
python -m build --wheel --no-isolation --skip-dependency-check --outdir "$SCRATCH/built" >"$SCRATCH/log" 2>&1 || fail "it is not built"
auditwheel repair --wheel-dir "$SCRATCH/repaired" "$SCRATCH"/built/*.whl >"$SCRATCH/log" 2>&1 || fail "it is not repaired"
wheel=$(echo "$SCRATCH"/repaired/*.whl)
case $wheel in *manylinux_2_*"_$AUDITWHEEL_ARCH.whl") ;; *) echo "the repaired wheel is $(basename "$wheel")" ;; esac
python -m pip install --no-index --target "$SCRATCH/site" "$wheel" >"$SCRATCH/log" 2>&1 || fail "it is not installed"
[ "$kind" != fortran ] || ls "$SCRATCH"/site/*.libs/libgfortran* >/dev/null 2>&1 || echo "libgfortran is not in the wheel"
cd "$SCRATCH/site"
# The compiler's own libraries must not be needed any more; that is shown by importing what auditwheel put in.
python -c "import probe, sys
assert probe.answer() == 42, probe.answer()
assert '$kind' != 'free_threaded' or not sys._is_gil_enabled(), 'importing it enables the GIL'" >"$SCRATCH/log" 2>&1 || fail "it is not imported"
