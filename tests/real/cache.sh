# What a compiler cache must notice. Each file is compiled twice before something changes.
twice() { "$@" && "$@" && objdump --full-contents --section=.data "${@: -1}.o" | tail -n +4; }
compile() { gcc "${@:1:$#-1}" -c "${@: -1}" -o "${@: -1}.o"; }
mkdir one two
# A header that comes later, and hides another one or answers a question.
echo '#define V 1' >two/v.h
printf '#include <v.h>\nint v = V;\n' >late.c
printf '#if __has_include("opt.h")\n#include "opt.h"\n#else\n#define OPT 1\n#endif\nint opt = OPT;\n' >has.c
twice compile -Ione -Itwo late.c
twice compile has.c
echo '#define V 2' >one/v.h
echo '#define OPT 2' >opt.h
twice compile -Ione -Itwo late.c
twice compile has.c
# What the preprocessor does not read.
printf '.data\n.include "x.inc"\n' | tee a.s >a.S
printf '.data\n.incbin "x.bin"\n' >b.s
printf '__asm__(".data; .incbin \\"x.bin\\"");\n' >b.c
for value in 1 2; do
    echo ".word $value" >x.inc
    printf $value$value$value$value >x.bin
    for file in a.s a.S b.s b.c; do twice compile $file; done
done
# A program of the user's own.
mkdir bin
echo '__asm__(".data; .word K");' >k.c
for value in 1 2; do
    printf '#!/bin/sh\nexec /usr/bin/as --defsym K=%s "$@"\n' $value >bin/as && chmod +x bin/as
    twice compile -Bbin/ k.c
done
# What is written besides the object.
echo 'int f(int *x, int n) { int s = 0; for (int i = 0; i < n; i++) s += x[i]; return s; }' >f.c
for option in -fcallgraph-info -fsave-optimization-record -fopt-info-all=o.txt -Wa,-adhln=l.lst -Wa,--MD,w.d \
    '-aux-info x.h' -save-temps -fstack-usage -gsplit-dwarf --coverage '-MD -MF f.d' @options; do
    echo '-fopt-info-all=o.txt' >options
    for _ in 1 2; do
        mkdir out && cp f.c options out
        (cd out && gcc -O2 $option -c f.c && ls)
        rm -r out
    done
done
# Options that differ in what they write down only.
for value in 1 2; do
    gcc -DA=$value -frecord-gcc-switches -c f.c
    readelf --string-dump=.GCC.command.line f.o | grep -o 'A=.'
done
# Settings of a cache of the user's own.
for setting in COMPILER=gcc CC=gcc PREFIX=/none DISABLE=1 NOSTATS=no BASEDIR=relative TEMPDIR=/none LOGFILE=/none/x \
    DEBUG=1 SLOPPINESS=time_macros "DIR=$PWD/own" UMASK=abc MAXSIZE=x; do
    env "CCACHE_$setting" timeout 20 gcc -c f.c && ls f.*
done
ls
