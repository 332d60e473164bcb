# Arguments with blanks, in files, many of them; input from a pipe; precompiled headers; assembler.
mkdir 'a b'
echo 'int add(int x) { return x + 1; }' >'a b/c *.c'
gcc -c 'a b/c *.c' -o 'a b/*.o' '-DTEXT="a  b"'
ls 'a b'
printf '%s\n' '"-DA=a b"' '-DB=\"q\"' "'-DC=c d'" -O2 >options
gcc @options -dM -E -x c /dev/null | grep -E 'define (A|B|C|__OPTIMIZE__) '
seq 3000 | sed 's/.*/-DSOME_DEFINITION_NUMBER_&=&/' >many
gcc @many -dM -E -x c - </dev/null | grep -c SOME_DEFINITION
gcc $(cat many) -c -x c - -o many.o </dev/null
echo '#include <vector>' >first.hpp
printf '#include "first.hpp"\nint main() { return std::vector<int>{1}.size() - 1; }\n' >main.cc
g++ -O2 first.hpp
g++ -O2 -Winvalid-pch -H main.cc -o main 2>headers
head -n 1 headers
./main
# Standard headers name themselves in messages: nothing of the compiler's own place.
g++ -O2 -D_GLIBCXX_ASSERTIONS -x c++ - -o checked <<'X'
#include <vector>
int main(int count, char **) { std::vector<int> none; return none[count]; }
X
strings checked | grep -E '^/.*/bits/'
printf '#define NAME start\n.globl NAME\nNAME: nop\n' >start.S
gcc -c start.S && nm start.o
gcc -c none.c 2>/dev/null || echo "exit code $?"
echo 'int main(void) { return x; }' | gcc -c -x c - 2>&1 | sed 1d || true
# Character sets that the C library has tables for.
printf 'const char text[] = "\344";\n' >latin.c
gcc -finput-charset=ISO-8859-1 -c latin.c 2>/dev/null
objcopy -O binary --only-section=.rodata latin.o latin.bin
od -An -tx1 latin.bin
