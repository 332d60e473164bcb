"""Emulation: how this machine's kernel runs programs of another architecture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cibw_debian.platforms import ARCHS

BINFMT_MISC = Path("/proc/sys/fs/binfmt_misc")


@dataclass(frozen=True, kw_only=True)
class Handler:
    """How the kernel runs programs of another architecture."""

    enabled: bool
    #: F: the interpreter is opened once, on registration, so that it works in containers too
    flags: str


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
    return Handler(enabled="enabled" in lines, flags=flags)


def handler(name: str) -> Handler | None:
    """Look at how this machine's kernel runs programs of another architecture, by QEMU's name for it."""
    try:
        return parse_handler((BINFMT_MISC / name).read_text())
    except OSError:
        return None
