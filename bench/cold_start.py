"""What a cold call costs, in multiples of a bare interpreter: the figure that the project keeps below six.

The bare interpreter and all commands run in turns, so that a busy machine slows them alike; the figure is the
median of the ratios of neighbours. Bytecode is there, as it is after an installation.

    python bench/cold_start.py
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time

BARE = "bare"
COMMANDS = {
    BARE: ["-c", "pass"],
    "lookup": ["-m", "cibw_debian", "lookup", "openssl-devel"],
    "translate": ["-m", "cibw_debian", "translate", "dnf -y install openssl-devel"],
}


def _milliseconds(arguments: list[str]) -> float:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, env=environment)
    return (time.perf_counter() - start) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=41, help="Rounds of each command. [default: %(default)s]")
    runs = parser.parse_args().runs
    for arguments in COMMANDS.values():
        _milliseconds(arguments)  # the first call writes bytecode
    rounds = [{name: _milliseconds(arguments) for name, arguments in COMMANDS.items()} for _ in range(runs)]
    for name in COMMANDS:
        times = [measured[name] for measured in rounds]
        ratio = statistics.median(measured[name] / measured[BARE] for measured in rounds)
        print(
            f"{name:10} {ratio:4.1f} times a bare interpreter (median of {runs}); "
            f"median {statistics.median(times):.0f} ms, best {min(times):.0f} ms"
        )


if __name__ == "__main__":
    main()
