"""Run cibuildwheel as a child process, read its log, and leave no container behind, however the run ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import threading
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

#: seconds between two looks at whether the child has ended, while nothing is written
_POLL = 0.1
#: bytes; no pipe or terminal holds more (Linux lets a user make a pipe this large)
_PIPE_CAPACITY = 1 << 20


def run_child(
    command: Sequence[str], env: Mapping[str, str], *, watch: Callable[[bytes], None] | None = None
) -> int:
    """Run a command to its end and return its exit code.

    The end is the command's own end: processes that the command left in the background are not waited for.

    Args:
        command: The command.
        env: The command's environment.
        watch: Called with each piece of the command's standard output, after the piece was passed on.

    Returns:
        The exit code; after an end by a signal, 128 plus the signal's number, as in a shell.

    Raises:
        OSError: Nobody reads our standard output any more. The command met the same error, and ended.
    """
    sys.stdout.flush()
    if watch is None:
        with subprocess.Popen(command, env=dict(env)) as process, forwarded_signals(process):
            return _exit_code(process.wait())
    # The child gets a terminal if we have one, so that colours and line lengths stay the same.
    terminal = sys.stdout.isatty()
    reading, writing = pty.openpty() if terminal else os.pipe()
    with (
        _same_window_size(reading) if terminal else contextlib.nullcontext(),
        open(reading, "rb", buffering=0) as output,  # noqa: PTH123  (a descriptor)
        subprocess.Popen(command, env=dict(env), stdout=writing) as process,
        forwarded_signals(process),
    ):
        os.close(writing)
        try:
            _pass_on(output, process, watch)
        except OSError:
            # The child must not wait forever for a reader. Its next write fails, as it would without us.
            output.close()
            process.wait()
            raise
        return _exit_code(process.wait())


def _pass_on(output: IO[bytes], process: subprocess.Popen[bytes], watch: Callable[[bytes], None]) -> None:
    """Pass on what the child writes, until the child ends or nobody can write any more."""
    # Before the child's end: no limit. After it: only what the child can have left in the pipe.
    left: int | None = None
    while left is None or left > 0:
        if left is None and process.poll() is not None:
            left = _PIPE_CAPACITY
        if not select.select([output], [], [], _POLL)[0]:
            if left is None:
                continue
            return
        piece = _read(output)
        if not piece:
            return
        if left is not None:
            left -= len(piece)
        sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        watch(piece)


@contextlib.contextmanager
def _same_window_size(terminal: int) -> Iterator[None]:
    """Keep a terminal as large as the one of our standard output."""

    def copy(*_: object) -> None:
        # A terminal that is gone has no size.
        with contextlib.suppress(OSError):
            size = fcntl.ioctl(sys.stdout.fileno(), termios.TIOCGWINSZ, bytes(8))
            fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)

    before = signal.signal(signal.SIGWINCH, copy)
    copy()
    try:
        yield
    finally:
        signal.signal(signal.SIGWINCH, before)


def _read(output: IO[bytes]) -> bytes:
    # A terminal whose other end is closed gives an error, where a pipe gives nothing.
    with contextlib.suppress(OSError):
        return output.read(65536)
    return b""


def _exit_code(returned: int) -> int:
    return returned if returned >= 0 else 128 - returned


@contextlib.contextmanager
def forwarded_signals(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Pass signals on, so that the child decides how to end. A terminal's Ctrl-C reaches it anyway."""

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
    """Remove all containers with a label when the block ends, also if this process is killed.

    Another process reads from a pipe. When the pipe closes, for whatever reason, that process removes the
    containers. Named volumes stay.

    Args:
        engine: ``docker`` or ``podman``.
        label: The label, `name=value`.
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
    """Let SIGTERM end the block as Ctrl-C does, so that temporary files are removed."""
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
