"""What `scl` does in a container, run as a program of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

_RUN = "import sys; from cibw_debian.container import scl; sys.exit(scl.main(sys.argv[1:]))"


def scl(*args: str, text: str | None = None) -> tuple[int, str]:
    """Run scl below a shell whose standard input never ends, as in a build; `text` is input of scl's own."""
    here = "" if text is None else f"printf %s '{text}' | "
    done = subprocess.run(
        ["bash", "-c", f'{here}"$@"; exit $?', "bash", sys.executable, "-c", _RUN, *args],
        stdin=subprocess.PIPE if text is not None else subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["enable", "gcc-toolset-12", "echo a  b && echo c"], (0, "a b\nc\n")),
        (["enable", "gcc-toolset-12", "rh-git29", "exit 3"], (3, "")),
        (["enable", "gcc-toolset-12", "--", "echo", "a  b"], (0, "a  b\n")),
        (["run", "gcc-toolset-12", "--", "no-such-program"], (127, "")),
        (["enable", "gcc-toolset-12", "bash"], (0, "")),
        (["enable", "gcc-toolset-12", "--", "/bin/bash"], (0, "")),
        (["enable", "gcc-toolset-12"], (0, "")),
        (["--list"], (0, "")),
        (["register", "/opt/x"], (1, "")),
        ([], (1, "")),
    ],
)
def test_what_was_to_run_runs(args: list[str], expected: tuple[int, str]) -> None:
    assert scl(*args) == expected


@pytest.mark.parametrize("shell", ["bash", "-"])
def test_a_script_on_standard_input_runs(shell: str) -> None:
    assert scl("enable", "gcc-toolset-12", shell, text="echo from stdin; exit 4") == (4, "from stdin\n")


def test_a_shell_does_not_read_what_its_parent_reads() -> None:
    with subprocess.Popen(
        ["bash", "-c", '"$@"; echo "$?"', "bash", sys.executable, "-c", _RUN, "enable", "x", "bash"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "0\n"
