"""The native compiler: the suite's own cross compiler, at full speed inside emulated containers.

A program of the machine's own architecture runs natively in a container of another architecture. Debian's
cross compiler of the same suite is the same compiler with the same defaults, so it can replace the emulated
compiler.

    choice.py      whether a build gets it
    toolchain.py   which packages, whether they are available, the volume
    tree.py        from packages to the directory in containers
    elf.py         programs that run from there
    uv.py          uv, from the index
    scripts/       what runs in containers
    python/        what Python runs there, so that some of its programs run natively
"""
