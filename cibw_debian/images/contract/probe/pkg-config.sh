# What a project installs to /usr/local, and what a package of the distribution brings.
triplet=$(gcc -print-multiarch 2>/dev/null)
if [ -n "$triplet" ]; then own=/usr/lib/$triplet/pkgconfig; else own=/usr/lib64/pkgconfig; fi
for directory in /usr/local/lib/pkgconfig "$own"; do
    mkdir -p "$directory"
    printf '%s\n' 'Name: probe' 'Description: a probe' 'Version: 1' 'Cflags: -DANSWER=42' >"$directory/cibw-debian-probe.pc"
    found=$(pkg-config --cflags cibw-debian-probe 2>&1)
    [ "$(echo $found)" = "-DANSWER=42" ] || echo "$directory is not searched: $(echo "$found" | tail -n 1)"
    rm "$directory/cibw-debian-probe.pc"
done
