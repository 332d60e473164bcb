"""Packages like those of the archive, made of this machine's own programs and libraries."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from cibw_debian.mounts.native.tree import Layout

TARGET = "arm-linux-gnueabihf"
HOST, HOST_TRIPLET, MACHINE = {
    "x86_64": ("amd64", "x86_64-linux-gnu", "EM_X86_64"),
    "aarch64": ("arm64", "aarch64-linux-gnu", "EM_AARCH64"),
}.get(platform.machine(), ("", "", ""))


class Symlink(NamedTuple):
    target: str


#: path -> content
Files = Mapping[str, Path | bytes | Symlink]

needs_debian = pytest.mark.skipif(
    not HOST or not all(map(shutil.which, ("apt-get", "dash", "dpkg-deb", "grep", "objcopy", "strip"))),
    reason="the packages are made of programs of Debian's",
)


def program(name: str) -> Path:
    found = shutil.which(name)
    assert found
    return Path(found).resolve()


def libraries_of(*programs: Path) -> dict[str, Path]:
    """What ldd says, not what is tested here: name -> file, the loader among them."""
    output = subprocess.run(["ldd", *programs], capture_output=True, text=True, check=True).stdout
    paths = [Path(word) for word in output.split() if word.startswith("/") and not word.endswith(":")]
    return {path.name: path.resolve() for path in paths if path not in programs}


def packages_for(gcc: str) -> dict[str, Files]:
    """Return the files of packages: package -> path -> content.

    Until GCC 12, all of GCC's own files are in one directory; later, programs are in a second one.
    """
    dash, grep, strip = program("dash"), program("grep"), program("strip")
    own = f"lib/gcc-cross/{TARGET}/{gcc}"
    programs = own if int(gcc) < 13 else own.replace("lib", "libexec", 1)
    small = Path("/lib") / HOST_TRIPLET / "libnss_files.so.2"
    system: dict[str, Path | bytes | Symlink] = {
        f"{'usr/' * (name == 'libc.so.6')}lib/{HOST_TRIPLET}/{name}": path
        for name, path in libraries_of(dash, grep, strip).items()
    }
    system |= {f"lib/{HOST_TRIPLET}/{name}": small for name in (small.name, "libnobody_needs.so.1")}
    return {
        f"g++-{gcc}-{TARGET}": {
            f"usr/bin/{TARGET}-gcc-{gcc}": grep,
            f"usr/bin/{TARGET}-gcc": Symlink(f"{TARGET}-gcc-{gcc}"),
            f"usr/bin/{TARGET}-g++-{gcc}": dash,
            f"usr/bin/{TARGET}-gcov-{gcc}": dash,
            f"usr/{programs}/cc1": dash,
            f"usr/{programs}/liblto_plugin.so": small,
            f"usr/{own}/crtbegin.o": b"of the container's architecture",
            f"usr/{own}/include/stddef.h": b"",
            f"usr/{TARGET}/include/c++/{gcc}/algorithm": b"",
            f"usr/{TARGET}/include/c++/{gcc}/vector": b"",
            f"usr/{TARGET}/include/c++/{gcc}/{TARGET}/bits/os_defines.h": b"",
        },
        f"gfortran-{gcc}-{TARGET}": {f"usr/bin/{TARGET}-gfortran-{gcc}": dash},
        "apt": {
            "usr/bin/apt-get": dash,
            "usr/lib/apt/methods/http": dash,
            "usr/lib/apt/methods/https": Symlink("http"),
        },
        "binutils": {
            f"usr/bin/{HOST_TRIPLET}-strip": strip,
            f"usr/bin/{TARGET}-ld.bfd": dash,
            f"usr/bin/{TARGET}-ld": Symlink(f"{TARGET}-ld.bfd"),
            f"usr/bin/{TARGET}-ar": dash,
            f"usr/{TARGET}/bin/ld": Symlink(f"../../bin/{TARGET}-ld"),
        },
        "coreutils": {"bin/cat": dash, "bin/uname": dash, "usr/bin/nproc": dash},
        "dash": {"bin/dash": dash},
        "grep": {"bin/grep": grep, "bin/egrep": b"#!/bin/sh\nexec grep -E\n"},
        "libc6": system,
        **{name: {} for name in ("ccache", "dpkg", "make", "mawk", "ninja-build")},
        "python3.9": {
            "usr/bin/python3.9": grep,
            "usr/bin/pydoc3.9": b"#!/usr/bin/python3.9\n",
            f"usr/lib/python3.9/lib-dynload/_ssl.cpython-39-{HOST_TRIPLET}.so": small,
            "usr/lib/python3.9/os.py": b"",
        },
        "sed": {"bin/sed": b"#!/bin/dash\n"},
    }


def lay_out(files: Files, root: Path) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        match content:
            case Symlink():
                path.symlink_to(content.target)
            case bytes():
                path.write_bytes(content)
                path.chmod(0o755)
            case Path():
                shutil.copy(content, path)


def layout_for(gcc: str) -> Layout:
    return Layout(gcc=gcc, triplet=TARGET, deb_arch="armhf", host=HOST, host_triplet=HOST_TRIPLET)
