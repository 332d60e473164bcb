directory=/usr/local/lib/pkgconfig
mkdir -p "$directory"
printf '%s\n' 'Name: probe' 'Description: a probe' 'Version: 1' 'Cflags: -DANSWER=42' >"$directory/cibw-debian-probe.pc"
trap 'rm -f "$directory/cibw-debian-probe.pc"' EXIT
found=$(pkg-config --cflags cibw-debian-probe 2>&1)
[ "$(echo $found)" = "-DANSWER=42" ] || echo "what is installed to /usr/local is not found: $found"
triplet=$(gcc -print-multiarch)
pkg-config --variable pc_path pkg-config | grep -qE "/usr/lib(/$triplet|64)/pkgconfig" ||
    echo "the distribution's own directory is not searched"
