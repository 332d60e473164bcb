"""What a cold call costs, in multiples of a bare interpreter: the figure that the project keeps below six.

Pairs of runs, one of each a time, so that a busy machine slows both.

    python bench/cold_start.py
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

COMMANDS = {
    "lookup": ["lookup", "openssl-devel"],
    "translate": ["translate", "dnf -y install openssl-devel"],
}


def _seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    bare = [sys.executable, "-c", "pass"]
    for name, arguments in COMMANDS.items():
        command = [sys.executable, "-m", "cibw_debian", *arguments]
        _seconds(command)  # the first one may write bytecode
        pairs = [(_seconds(bare), _seconds(command)) for _ in range(runs)]
        ratio = statistics.median(cold / passed for passed, cold in pairs)
        best = min(cold for _, cold in pairs) * 1000
        print(f"{name:10} {ratio:4.1f} times a bare interpreter (median of {runs}), best {best:.0f} ms")


if __name__ == "__main__":
    main()
