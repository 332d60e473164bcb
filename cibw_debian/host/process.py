"""Run cibuildwheel as a child, watch what it says, and leave no container behind, however this ends."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
import threading
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


def run_child(
    command: Sequence[str], env: Mapping[str, str], *, watch: Callable[[bytes], None] | None = None
) -> int:
    """Run a command to its end and return its exit code.

    Args:
        command: The command.
        env: Its environment.
        watch: Is given each piece of what it writes to standard output, after that has been passed on.

    Returns:
        Its exit code; after an end by a signal 128 and the signal's number, as a shell has it.

    Raises:
        OSError: Nobody reads our standard output any more; the command had to find that out too, and ended.
    """
    sys.stdout.flush()
    if watch is None:
        with subprocess.Popen(command, env=dict(env)) as process, forwarded_signals(process):
            return _exit_code(process.wait())
    # A terminal stays a terminal for the child: colours and folding are as without us.
    if sys.stdout.isatty():
        reading, writing = pty.openpty()
    else:
        reading, writing = os.pipe()
    with (
        open(reading, "rb", buffering=0) as output,  # noqa: PTH123  (a descriptor)
        subprocess.Popen(command, env=dict(env), stdout=writing) as process,
        forwarded_signals(process),
    ):
        os.close(writing)
        try:
            _pass_on(output, watch)
        except OSError:
            # The child must not wait forever for a reader: its next write fails, as without us.
            output.close()
            process.wait()
            raise
        return _exit_code(process.wait())


def _pass_on(output: IO[bytes], watch: Callable[[bytes], None]) -> None:
    while piece := _read(output):
        sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        watch(piece)


def _read(output: IO[bytes]) -> bytes:
    # A terminal whose other end is closed answers with an error instead of with nothing.
    with contextlib.suppress(OSError):
        return output.read(65536)
    return b""


def _exit_code(returned: int) -> int:
    return returned if returned >= 0 else 128 - returned


@contextlib.contextmanager
def forwarded_signals(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Let the child decide how to end: signals are handed on; a terminal's Ctrl-C reaches it by itself."""

    def forward(number: int, _frame: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)

    old_term = signal.signal(signal.SIGTERM, forward)
    old_int = signal.signal(signal.SIGINT, signal.SIG_IGN if _has_terminal() else forward)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, old_term)
        signal.signal(signal.SIGINT, old_int)


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


@contextlib.contextmanager
def reaper(engine: str, label: str) -> Iterator[None]:
    """Have containers with a label removed at the end, also when this process is killed.

    A process of its own holds the other end of a pipe; when the pipe closes, whatever the reason, it removes
    what is left.
    """
    code = (
        "import subprocess, sys\n"
        "sys.stdin.read()\n"
        "engine, label = sys.argv[1:]\n"
        "ids = subprocess.run([engine, 'ps', '--all', '--quiet', '--filter', 'label=' + label],"
        " capture_output=True, text=True).stdout.split()\n"
        "if ids: subprocess.run([engine, 'rm', '--force', '--volumes', *ids], stdout=subprocess.DEVNULL)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", code, engine, label],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        process.communicate()


@contextlib.contextmanager
def sigterm_raises() -> Iterator[None]:
    """Let SIGTERM end the block the way Ctrl-C does, with everything removed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
