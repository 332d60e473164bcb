# Link-time optimisation: archives by ar and gcc-ar, both linkers, parallel links.
echo 'int add(int x) { return x + 1; }' >add.c
echo 'int add(int); int main(void) { return add(41) != 42; }' >main.c
gcc -O2 -flto -c add.c -o add.o
gcc-ar rcs libadd.a add.o
gcc-ranlib libadd.a
gcc-nm libadd.a
ar rcs libplain.a add.o && ranlib libplain.a && nm libplain.a
gcc -O2 -flto main.c libplain.a -o main && ./main
for options in "" -flto=2 -flto=auto -fuse-ld=gold; do
    gcc -O2 -flto $options main.c libadd.a -o main
    ./main
    nm main | grep -c ' [Tt] add$' || true
done
gcc -flto -r -flinker-output=rel add.o -o whole.o
objdump --headers whole.o | grep -c lto || true
