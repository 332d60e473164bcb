"""Emulation: how this machine's kernel runs programs of another architecture."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cibw_debian.platforms import ARCHS

BINFMT_MISC = Path("/proc/sys/fs/binfmt_misc")
#: If this variable is set, QEMU's user emulation tells its version and runs nothing (qemu-user's manual).
ASK_VERSION = "QEMU_VERSION"
#: variable with the model of the processor that QEMU shows
PROCESSOR_VARIABLE = "QEMU_CPU"
#: arch -> the first version of QEMU whose default may be slow, and the model that is set then. `rv64` is what
#: Debian and Ubuntu compile for (RV64GC). `max`, the default of 10.0 and newer, has vectors.
PROCESSOR_MODELS = {"riscv64": ((8,), "rv64")}


@dataclass(frozen=True, kw_only=True)
class Handler:
    """How the kernel runs programs of another architecture."""

    enabled: bool
    #: F: the interpreter is opened once, on registration, so that it works in containers too
    flags: str
    #: the emulator's program; another machine's or container's may not be on this machine
    interpreter: str = ""


def is_emulated(arch: str, host: str) -> bool:
    """Tell whether containers for an architecture run under emulation.

    Args:
        arch: cibuildwheel's name.
        host: Architecture of the engine's machine, in the words of OCI platforms.
    """
    if host not in ARCHS[arch].native_on:
        return True
    if host == ARCHS[arch].oci_architecture:
        return False
    # Not every 64-bit processor runs 32-bit programs. The kernel gives them to an emulator if one is enabled.
    emulator = handler(ARCHS[arch].binfmt)
    return emulator is not None and emulator.enabled


def definition(arch: str) -> Path:
    """Where Debian's and Ubuntu's packages define the handler of an arch, in the kernel's own words."""
    return Path("/usr/lib/binfmt.d") / f"{ARCHS[arch].binfmt}.conf"


def parse_handler(text: str) -> Handler:
    """Read a file of /proc/sys/fs/binfmt_misc."""
    lines = text.splitlines()
    flags = next((line.partition(":")[2].strip() for line in lines if line.startswith("flags:")), "")
    interpreter = next((line.partition(" ")[2] for line in lines if line.startswith("interpreter ")), "")
    return Handler(enabled="enabled" in lines, flags=flags, interpreter=interpreter)


def handler(name: str) -> Handler | None:
    """Look at how this machine's kernel runs programs of another architecture, by QEMU's name for it."""
    try:
        return parse_handler((BINFMT_MISC / name).read_text())
    except OSError:
        return None


def processor_model(arch: str, version: tuple[int, ...]) -> str:
    """Return the model of the processor to set (`PROCESSOR_VARIABLE`); empty if QEMU's default is right.

    Args:
        arch: cibuildwheel's name.
        version: QEMU's; empty if not known.
    """
    first, model = PROCESSOR_MODELS.get(arch, ((), ""))
    return model if model and version >= first else ""


def read_version(answer: str) -> tuple[int, ...]:
    """Read what QEMU says of its version; empty if that was not QEMU."""
    found = re.search(r"version (\d+(?:\.\d+)*)", answer)
    return tuple(map(int, found[1].split("."))) if found else ()


def emulator_version(emulator: Handler) -> tuple[int, ...]:
    """Ask the emulator of this machine for its version; empty if it does not answer."""
    try:
        done = subprocess.run(
            [emulator.interpreter],
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=10,
            env=os.environ | {ASK_VERSION: "1"},
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return ()
    return read_version(done.stdout)
