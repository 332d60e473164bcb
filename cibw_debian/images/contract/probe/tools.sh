# Each entry is a program and an option with which it says its version and ends.
while read -r program option; do
    case $program in '#'* | '') continue ;; esac
    if ! command -v "$program" >/dev/null; then
        echo "$program is missing"
    elif ! output=$("$program" ${option:---version} 2>&1 </dev/null); then
        echo "$program does not start: $(printf %s "$output" | tail -n 1)"
    fi
done <tools.txt
tar --version | grep -qF 'GNU tar' || echo "tar is not GNU tar"
printf 'int main(void) { return 0; }\n' >"$SCRATCH/program.c"
gcc "$SCRATCH/program.c" -o "$SCRATCH/program" && "$SCRATCH/program" || echo "gcc makes no program that runs"
