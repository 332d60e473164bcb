# Every name a compiler goes by, and a user's absolute paths.
triplet=$(gcc -print-multiarch)
version=$(gcc -dumpversion)
echo 'int value;' >value.c
for driver in gcc cc c89 c99 gcc-$version $triplet-gcc $triplet-gcc-$version g++ c++ g++-$version $triplet-g++; do
    for name in $driver /usr/bin/$driver; do
        $name -c value.c -o value.o
        echo "$name: $(nm value.o | wc -l)"
    done
done
for driver in cpp cpp-$version $triplet-cpp /usr/bin/cpp /lib/cpp; do $driver -P value.c; done
