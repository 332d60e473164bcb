while read -r module header; do
    case $module in '#'*) continue ;; esac
    printf '#include <stdio.h>\n#include <X11/Xlib.h>\n#include <%s>\nint main(void) { return 0; }\n' "$header" \
        >"$SCRATCH/header.c"
    flags=$(pkg-config --cflags --libs "$module" x11 2>&1) || { echo "$module is not known to pkg-config"; continue; }
    gcc "$SCRATCH/header.c" -o "$SCRATCH/header" $flags 2>"$SCRATCH/log" ||
        echo "$module: $(grep -m 1 -E 'error|cannot find' "$SCRATCH/log")"
done <headers.txt
