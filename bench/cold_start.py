"""What a cold call costs, in multiples of a bare interpreter: at most 3.2 for lookup and 4.9 for translate.

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
import tempfile
import time
from pathlib import Path

BARE = ("bare", "")
COMMANDS = {
    "lookup": ["lookup", "openssl-devel"],
    "translate": ["translate", "dnf -y install openssl-devel"],
    "plan": ["plan", "--archs", "armv7l"],
}
#: directory -> its pyproject.toml
PROJECTS = {
    "no project": "",
    "project": '[project]\nname = "thing"\n\n[tool.cibuildwheel]\nbefore-all = "dnf install -y zlib-devel"\n',
    "settings": '[tool.cibw-debian]\nstrict = true\npackages.our-sdk = ["libour-dev"]\n',
}


def _milliseconds(arguments: list[str], directory: Path) -> float:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, *arguments]
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment, cwd=directory)
    return (time.perf_counter() - start) * 1000


def _calls(parent: Path) -> dict[tuple[str, str], tuple[list[str], Path]]:
    """Make the projects, and return what to run where."""
    calls = {BARE: (["-c", "pass"], parent)}
    for project, text in PROJECTS.items():
        directory = parent / project
        directory.mkdir()
        if text:
            (directory / "pyproject.toml").write_text(text, encoding="utf-8")
        for name, command in COMMANDS.items():
            if name == "plan" and not text:
                continue  # there is nothing to plan
            calls[name, project] = (["-m", "cibw_debian", *command], directory)
    return calls


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=41, help="Rounds of each command. [default: %(default)s]")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as parent:
        calls = _calls(Path(parent))
        for arguments, directory in calls.values():
            _milliseconds(arguments, directory)  # the first call writes bytecode
        rounds = [{call: _milliseconds(*how) for call, how in calls.items()} for _ in range(runs)]
    for call in calls:
        times = [measured[call] for measured in rounds]
        ratio = statistics.median(measured[call] / measured[BARE] for measured in rounds)
        print(
            f"{' in '.join(filter(None, call)):22} {ratio:4.1f} times a bare interpreter (median of {runs}); "
            f"median {statistics.median(times):.0f} ms, best {min(times):.0f} ms"
        )


if __name__ == "__main__":
    main()
