"""How a child's output, end and signals are handed on; in processes of their own."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

#: runs a child that is watched, the way `run` does
CALL = """
import os, sys
from cibw_debian.cli import main
from cibw_debian.host.process import run_child
seen, errors = [], []
import cibw_debian.cli as cli
cli._dispatch = lambda args: run_child(
    [sys.executable, "-c", args[0]], os.environ, watch=seen.append, watch_errors=errors.append
)
code = main(sys.argv[1:])
print(len(b"".join(seen)), *filter(None, [len(b"".join(errors))]), file=sys.stderr)
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
    with open(reading, "rb") as output:  # noqa: PTH123  (a descriptor)
        child = "import sys; print('terminal:', sys.stdout.isatty())"
        done = subprocess.run(
            command(child), stdout=writing, stderr=subprocess.DEVNULL, check=False, timeout=60
        )
        assert done.returncode == 0
        assert output.readline().rstrip() == b"terminal: True"
        os.close(writing)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda s: s.name)
def test_a_signal_reaches_the_child(number: signal.Signals) -> None:
    # The signal may come as soon as the child says that it is ready.
    child = (
        f"import signal, time; signal.signal({number}, signal.default_int_handler)\n"
        "try:\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(60)\n"
        "except KeyboardInterrupt: raise SystemExit(9)"
    )
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


@pytest.mark.parametrize("terminal", [False, True])
def test_the_end_is_the_end_of_the_child_and_nothing_is_lost(*, terminal: bool, tmp_path: Path) -> None:
    """A background process holds the child's standard output for longer than the test waits."""
    background = tmp_path / "pid"
    child = (
        "import os, pathlib, subprocess\n"
        "process = subprocess.Popen(['sleep', '300'], stderr=-3)\n"
        f"pathlib.Path({str(background)!r}).write_text(str(process.pid))\n"
        "os.write(1, b'x' * 3000 + b'END')"
    )
    reading, writing = pty.openpty() if terminal else os.pipe()
    try:
        done = subprocess.run(command(child), stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60)
    finally:
        os.kill(int(background.read_text()), signal.SIGKILL)
    with open(reading, "rb") as output:  # noqa: PTH123  (a descriptor)
        seen = output.read(3003)
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"3003\n")
    assert seen == b"x" * 3000 + b"END"


def test_a_background_process_that_never_stops_writing_does_not_keep_the_run() -> None:
    child = (
        "import subprocess\nprocess = subprocess.Popen(['yes'], stderr=-3)\nprint(process.pid, flush=True)"
    )
    done = subprocess.run(command(child), stdout=subprocess.PIPE, check=False, timeout=60)
    assert done.returncode == 0


def _resize(terminal: int, rows: int, columns: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def test_the_child_sees_the_size_of_the_window_and_its_changes() -> None:
    child = (
        "import os, signal, sys\n"
        "def show(*_): print(*os.get_terminal_size(1), flush=True)\n"
        "signal.signal(signal.SIGWINCH, show)\n"
        "show()\n"
        "for _ in range(100):\n"
        "    if os.get_terminal_size(1).columns == 77: break\n"
        "    import time; time.sleep(0.1)\n"
        "show()\n"
    )
    reading, writing = pty.openpty()
    _resize(writing, 31, 123)
    with open(reading, "rb") as output:  # noqa: PTH123  (a descriptor)
        with subprocess.Popen(command(child), stdout=writing, stderr=subprocess.DEVNULL) as process:
            assert output.readline().split() == [b"123", b"31"]
            _resize(writing, 20, 77)
            process.send_signal(signal.SIGWINCH)
            assert process.wait(60) == 0
        assert output.readline().split() == [b"77", b"20"]
        os.close(writing)


def test_standard_error_is_passed_on_and_watched() -> None:
    child = "import sys; print('said'); print('failed', file=sys.stderr)"
    done = subprocess.run(command(child), capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "said\n", "failed\n5 7\n")


def test_the_order_stays_where_both_outputs_are_one_file(tmp_path: Path) -> None:
    child = "import os\nfor i in range(2000): os.write(1 + i % 2, b'%d\\n' % i)"
    with (tmp_path / "log").open("wb") as log:
        subprocess.run(command(child), stdout=log, stderr=log, check=True, timeout=60)
    *numbers, watched = (tmp_path / "log").read_text().split()
    assert numbers == [str(number) for number in range(2000)]
    assert int(watched) == sum(len(number) + 1 for number in numbers)


def test_standard_error_alone_may_be_a_terminal() -> None:
    reading, writing = pty.openpty()
    child = "import sys; print(sys.stdout.isatty(), sys.stderr.isatty())"
    done = subprocess.run(command(child), stdout=subprocess.PIPE, stderr=writing, check=False, timeout=60)
    assert done.stdout == b"False True\n"
    os.close(reading)
    os.close(writing)


def test_a_child_ends_when_nobody_reads_its_errors() -> None:
    child = "import sys\nwhile True: print('x' * 1000, file=sys.stderr)"
    with subprocess.Popen(command(child), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr
        process.stderr.read(10)
        process.stderr.close()
        try:
            assert process.wait(60) != 0
        finally:
            process.kill()
