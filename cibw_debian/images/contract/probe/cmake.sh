set -- cmake
. ./index.sh
cmake -S project -B "$SCRATCH/build" >"$SCRATCH/log" 2>&1 && cmake --build "$SCRATCH/build" >>"$SCRATCH/log" 2>&1 ||
    { echo "cmake fails: $(grep -iE 'error' "$SCRATCH/log" | head -n 1)"; exit 0; }
[ "$("$SCRATCH/build/probe")" = 42 ] || echo "the program does not say 42"
