# Exceptions across libraries and threads, and which runtime libraries are needed for it.
cat >error.h <<'X'
#include <stdexcept>
struct Error : std::runtime_error { using std::runtime_error::runtime_error; };
void fail(const char *what);
X
printf '#include "error.h"\nvoid fail(const char *what) { throw Error(what); }\n' >fail.cc
cat >handle.cc <<'X'
#include "error.h"
#include <cstdio>
#include <thread>
extern "C" int handle() {
    int caught = 0;
    std::thread thread([&] { try { fail("thrown in a thread"); } catch (const Error &error) { caught = std::puts(error.what()) >= 0; } });
    thread.join();
    return caught;
}
X
echo 'int handle(void); int main(void) { return !handle(); }' >main.c
g++ -O2 -fPIC -c fail.cc
g++ -O2 -fPIC -c handle.cc
g++ -shared fail.o -o libfail.so
g++ -shared handle.o -L. -lfail -pthread -o libhandle.so
gcc main.c -L. -lhandle -Wl,-rpath-link,. -o main
LD_LIBRARY_PATH=. ./main
g++ -shared handle.o fail.o -static-libstdc++ -static-libgcc -pthread -o libwhole.so
gcc main.c ./libwhole.so -o main
./main
for library in libfail.so libhandle.so libwhole.so; do
    readelf --dynamic $library | grep NEEDED
    nm --dynamic $library | sed 's/^[0-9a-f]* *//' | sort
done
printf '#include <omp.h>\nint main(void) { int s = 0;\n#pragma omp parallel for reduction(+:s)\nfor (int i = 0; i < 100; i++) s += i;\nreturn s != 4950; }\n' >sum.c
gcc -O2 -fopenmp sum.c -o sum
./sum
readelf --dynamic sum | grep NEEDED
gcc -fsanitize=undefined sum.c -o sum
readelf --dynamic sum | grep NEEDED
