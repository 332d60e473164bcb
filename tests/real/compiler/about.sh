# What build systems ask a compiler: macros, options, versions, names.
for language in c c++; do gcc -x $language -dM -E - </dev/null | sort; done
gcc -Q --help=target
gcc -dumpmachine
gcc -dumpfullversion
gcc -print-multiarch
gcc -print-file-name=libnone.so
# Everything but whether the compiler is one for another machine.
gcc -dumpspecs | sed '/^\*cross_compile:$/,/^$/d'
for tool in as ld ld.gold ar nm ranlib strip objcopy objdump readelf; do $tool --version | head -n 1; done
ld --verbose | grep SEARCH_DIR
