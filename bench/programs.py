"""Where the time of a build goes, by program: the kernel's own account of the processes of its container.

    python -m bench.programs [--only 10] -- cibw-debian run --only cp311-manylinux_armv7l PROJECT

The kernel writes a record of each process that ends (acct(2), for root only): its name, its user and system
time, and who started it. What the first process of a container started, and what that started, counts; so
other work on the machine does not, as long as no other container ends meanwhile. A program that runs natively
in place of an emulated one has the native program's name.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import struct
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: struct acct_v3 of <linux/acct.h>: the process, who started it, times in ticks of 1/100 s, the name
_RECORD = struct.Struct("<BBH5IIf8H16s")
#: starts the first process of a container, and ends after it
_FIRST = "containerd-shim"


class Process(NamedTuple):
    name: str
    number: int
    parent: int
    #: of the processor, user and system
    seconds: float


def read(content: bytes) -> Iterator[Process]:
    """Yield the processes of an account, in the order of their ends."""
    for fields in _RECORD.iter_unpack(content[: len(content) // _RECORD.size * _RECORD.size]):
        number, parent = fields[6], fields[7]
        seconds = (_ticks(fields[10]) + _ticks(fields[11])) / 100
        yield Process(fields[-1].partition(b"\0")[0].decode(errors="replace"), number, parent, seconds)


def _ticks(packed: int) -> int:
    """Read comp_t: 13 bits of a number, and 3 bits of an exponent to the base of 8."""
    return (packed & 0x1FFF) << (3 * (packed >> 13))


def below(processes: Iterable[Process], roots: Iterable[int]) -> list[Process]:
    """Return the processes that the roots started, directly or not, with the roots."""
    found, wanted = [], set(roots)
    # Who started a process ends later, or has ended: then the container's first process takes its place.
    for process in reversed(list(processes)):
        if process.number in wanted or process.parent in wanted:
            wanted.add(process.number)
            found.append(process)
    return found


def account(command: list[str]) -> list[Process]:
    """Run a command, and return the processes that ended meanwhile.

    Raises:
        PermissionError: Only root may ask the kernel for an account.
        subprocess.CalledProcessError: The command failed.
    """
    library = ctypes.CDLL(None, use_errno=True)
    with tempfile.NamedTemporaryFile(prefix="account-") as file:
        if library.acct(os.fsencode(file.name)):
            raise PermissionError(ctypes.get_errno(), "no account: " + os.strerror(ctypes.get_errno()))
        try:
            subprocess.run(command, check=True)
        finally:
            library.acct(None)
        return list(read(Path(file.name).read_bytes()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", type=int, default=15, help="how many programs are shown")
    parser.add_argument("command", nargs="+")
    args = parser.parse_args()
    processes = account(args.command)
    roots = [process.number for process in processes if process.name == _FIRST]
    programs: dict[str, list[float]] = defaultdict(list)
    for process in below(processes, roots):
        programs[process.name].append(process.seconds)
    print("| program | processes | seconds |\n|---|--:|--:|")
    for name, seconds in sorted(programs.items(), key=lambda item: -sum(item[1]))[: args.only]:
        print(f"| {name} | {len(seconds)} | {sum(seconds):.1f} |")
    print(f"| all | {sum(map(len, programs.values()))} | {sum(map(sum, programs.values())):.1f} |")


if __name__ == "__main__":
    main()
