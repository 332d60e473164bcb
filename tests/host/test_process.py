"""How a child's output, end and signals are handed on; in processes of their own."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys

import pytest

#: runs a child that is watched, the way `run` does
CALL = """
import os, sys
from cibw_debian.cli import main
from cibw_debian.host.process import run_child
seen = []
import cibw_debian.cli as cli
cli._dispatch = lambda args: run_child([sys.executable, "-c", args[0]], os.environ, watch=seen.append)
code = main(sys.argv[1:])
print(len(b"".join(seen)), file=sys.stderr)
sys.exit(code)
"""
ENDLESS = "import sys\nwhile True: print('x' * 1000)"


def command(child: str) -> list[str]:
    return [sys.executable, "-c", CALL, child]


@pytest.mark.parametrize(
    ("child", "code"),
    [
        ("print('said')", 0),
        ("print('said'); raise SystemExit(7)", 7),
        ("import os; print('said', flush=True); os.kill(os.getpid(), 15)", 143),
    ],
)
def test_output_and_exit_code_are_passed_on(child: str, code: int) -> None:
    done = subprocess.run(command(child), capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (code, "said\n", "5\n")


def test_a_child_ends_when_nobody_reads_on() -> None:
    with subprocess.Popen(command(ENDLESS), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        process.stdout.read(10)
        process.stdout.close()
        try:
            assert process.wait(60) == 141
        finally:
            process.kill()


def test_a_terminal_stays_a_terminal() -> None:
    reading, writing = pty.openpty()
    with open(reading, "rb", buffering=0) as output:  # noqa: PTH123  (a descriptor)
        child = "import sys; print('terminal:', sys.stdout.isatty())"
        done = subprocess.run(
            command(child), stdout=writing, stderr=subprocess.DEVNULL, check=False, timeout=60
        )
        os.close(writing)
        assert done.returncode == 0
        assert output.read(100).rstrip() == b"terminal: True"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda s: s.name)
def test_a_signal_reaches_the_child(number: signal.Signals) -> None:
    child = f"import signal, time; signal.signal({number}, signal.default_int_handler)\n"
    child += "print('ready', flush=True)\ntry: time.sleep(60)\nexcept KeyboardInterrupt: raise SystemExit(9)"
    with subprocess.Popen(
        command(child), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(number)
        try:
            assert process.wait(30) == 9
        finally:
            process.kill()
