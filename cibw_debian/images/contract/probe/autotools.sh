cp -r project "$SCRATCH/project" && cd "$SCRATCH/project"
{ autoreconf -fi && ./configure --disable-static --prefix="$SCRATCH/usr" && make && make install; } >"$SCRATCH/log" 2>&1 ||
    { echo "autotools fail: $(grep -iE 'error' "$SCRATCH/log" | head -n 1)"; exit 0; }
answer=$(LD_LIBRARY_PATH=$SCRATCH/usr/lib "$SCRATCH/usr/bin/probe")
[ "$answer" = 42 ] || echo "the program says '$answer', not 42"
