python -m pip --version >/dev/null || echo "pip does not start"
python -m build --version >/dev/null || echo "build does not start"
python -m pip check >"$SCRATCH/log" 2>&1 || sed 's/^/pip check: /' "$SCRATCH/log"
python -m venv --without-pip "$SCRATCH/venv" && "$SCRATCH/venv/bin/python" -c '' || echo "venv makes no environment"
python -c 'import sys; sys.exit(sys.version_info >= (3, 12))' || exit 0
for module in setuptools wheel; do
    python -c "import $module" 2>/dev/null || echo "$module is missing, and this interpreter has no other"
done
