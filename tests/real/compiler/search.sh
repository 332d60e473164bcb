# Headers and libraries where users put them.
mkdir include lib
echo '#define VALUE 42' >include/value.h
printf '#include <value.h>\nint value(void) { return VALUE; }\n' | tee value.c >value.cc
for variable in CPATH C_INCLUDE_PATH; do env $variable=$PWD/include gcc -c value.c; done
for variable in CPATH CPLUS_INCLUDE_PATH; do env $variable=$PWD/include g++ -c value.cc; done
for place in /usr/local/include "/usr/local/include/$(gcc -print-multiarch)"; do
    mkdir -p $place && cp include/value.h $place
    gcc -c value.c && g++ -c value.cc
    rm $place/value.h
done
! gcc -c value.c 2>/dev/null
CPATH=include gcc -shared -fPIC value.c -o lib/libvalue.so
echo 'int value(void); int main(void) { return value() != 42; }' >main.c
LIBRARY_PATH=$PWD/lib gcc main.c -lvalue -o main
LIBRARY_PATH=/none:$PWD/lib/ gcc main.c -lvalue -o main
# An empty entry is the current directory.
for path in ":$PWD/lib" "/none::$PWD/lib"; do LIBRARY_PATH=$path gcc main.c -lvalue -o main; done
(cd lib && for path in : /none: :/none; do LIBRARY_PATH=$path gcc ../main.c -lvalue -o ../main; done)
LIBRARY_PATH=$PWD/lib gcc -fuse-ld=gold -x c - -lvalue -o main <main.c
LD_LIBRARY_PATH=lib ./main
! gcc main.c -lvalue -o main 2>/dev/null
for place in /usr/local/lib "/usr/local/lib/$(gcc -print-multiarch)"; do
    mkdir -p $place && cp lib/libvalue.so $place
    gcc main.c -lvalue -o main
    rm $place/libvalue.so
done
# A library that only another library needs.
echo 'int value(void); int twice(void) { return value() * 2; }' >twice.c
gcc -shared -fPIC twice.c -Llib -lvalue -o libtwice.so
echo 'int twice(void); int main(void) { return twice() != 84; }' >main.c
LD_LIBRARY_PATH=lib gcc main.c ./libtwice.so -o main
LD_LIBRARY_PATH=lib ./main
LD_RUN_PATH=lib gcc main.c ./libtwice.so -o main
gcc -c main.c && LD_LIBRARY_PATH=lib ld main.o ./libtwice.so -e main -o main
(LD_RUN_PATH=/none gcc main.c ./libtwice.so -o main 2>&1 || true) | grep -c 'undefined reference'
mkdir 'with,comma' && cp lib/libvalue.so 'with,comma'
LD_LIBRARY_PATH='with,comma' gcc main.c ./libtwice.so -o main
# Nothing to link: variables change nothing.
LD_LIBRARY_PATH=lib LIBRARY_PATH=lib gcc -v 2>&1 | grep 'Thread model'
# A variable that ends up in the result.
LD_RUN_PATH=/some/where gcc main.c ./libtwice.so -Wl,-rpath-link,lib -o main
readelf --dynamic main | grep -E 'NEEDED|RUNPATH'
