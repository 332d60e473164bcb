set -- meson ninja
. ./index.sh
meson setup "$SCRATCH/build" project >"$SCRATCH/log" 2>&1 && meson compile -C "$SCRATCH/build" >>"$SCRATCH/log" 2>&1 ||
    { echo "meson fails: $(grep -iE 'error' "$SCRATCH/log" | head -n 1)"; exit 0; }
[ "$("$SCRATCH/build/probe")" = 42 ] || echo "the program does not say 42"
