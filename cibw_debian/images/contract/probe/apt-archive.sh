apt-get update >"$SCRATCH/log" 2>&1 && apt-get install -y --no-install-recommends hello >>"$SCRATCH/log" 2>&1 && hello >/dev/null ||
    echo "apt-get does not install hello: $(grep -E '^(E|Err|W)' "$SCRATCH/log" | head -n 1)"
! grep -E '^(W|E):' "$SCRATCH/log"
