# set -- PROGRAM...; . index.sh: programs that the image lacks come from the package index, as build requirements do.
lacking=
for program in "$@"; do command -v "$program" >/dev/null || lacking="$lacking $program"; done
if [ -n "$lacking" ]; then
    "$UTILITY_PYTHON" -m venv "$SCRATCH/venv" && PATH=$SCRATCH/venv/bin:$PATH &&
        "$UTILITY_PYTHON" -m pip --python "$SCRATCH/venv/bin/python" install -q --only-binary :all: $lacking >"$SCRATCH/log" 2>&1 ||
        { echo "the package index does not give$lacking: $(tail -n 1 "$SCRATCH/log")"; exit 0; }
fi
