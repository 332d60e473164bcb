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
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

#: seconds between two looks at whether the child has ended, while nothing is written
_POLL = 0.1
#: bytes; no pipe or terminal holds more (Linux lets a user make a pipe this large)
_PIPE_CAPACITY = 1 << 20


@dataclass(frozen=True)
class _Output:
    """What a child writes, on the way to a stream of ours."""

    reading: IO[bytes]
    writing: int
    stream: TextIO
    watch: Callable[[bytes], None]


def run_child(
    command: Sequence[str],
    env: Mapping[str, str],
    *,
    watch: Callable[[bytes], None] | None = None,
    watch_errors: Callable[[bytes], None] | None = None,
) -> int:
    """Run a command to its end and return its exit code.

    The end is the command's own end: processes that the command left in the background are not waited for.

    Args:
        command: The command.
        env: The command's environment.
        watch: Called with each piece of the command's standard output, after the piece was passed on.
        watch_errors: Likewise for standard error. Where both are one file, `watch` gets both in their order.

    Returns:
        The exit code; after an end by a signal, 128 plus the signal's number, as in a shell.

    Raises:
        OSError: Nobody reads our output any more. The command met the same error, and ended.
    """
    sys.stdout.flush()
    if watch is None:
        with subprocess.Popen(command, env=dict(env)) as process, forwarded_signals(process):
            return _exit_code(process.wait())
    with contextlib.ExitStack() as stack:
        outputs = [stack.enter_context(_output(sys.stdout, watch))]
        errors: int | None = None
        if _are_one_file():
            errors = outputs[0].writing
        elif watch_errors and sys.stderr:
            sys.stderr.flush()
            outputs.append(stack.enter_context(_output(sys.stderr, watch_errors)))
            errors = outputs[1].writing
        process = stack.enter_context(
            subprocess.Popen(command, env=dict(env), stdout=outputs[0].writing, stderr=errors)
        )
        stack.enter_context(forwarded_signals(process))
        for output in outputs:
            os.close(output.writing)
        try:
            _pass_on(outputs, process)
        except OSError:
            # The child must not wait forever for a reader. Its next write fails, as it would without us.
            for output in outputs:
                output.reading.close()
            process.wait()
            raise
        return _exit_code(process.wait())


def _are_one_file() -> bool:
    """Tell whether standard output and standard error are one file: one pipe keeps their order then."""
    with contextlib.suppress(OSError):  # one of them is closed
        return os.path.sameopenfile(1, 2)
    return False


@contextlib.contextmanager
def _output(stream: TextIO, watch: Callable[[bytes], None]) -> Iterator[_Output]:
    # The child gets a terminal if we have one, so that colours and line lengths stay the same.
    terminal = stream.isatty()
    reading, writing = pty.openpty() if terminal else os.pipe()
    with (
        _same_window_size(reading, stream) if terminal else contextlib.nullcontext(),
        open(reading, "rb", buffering=0) as file,  # noqa: PTH123  (a descriptor)
    ):
        yield _Output(file, writing, stream, watch)


def _pass_on(outputs: Sequence[_Output], process: subprocess.Popen[bytes]) -> None:
    """Pass on what the child writes, until the child ends or nobody can write any more."""
    open_ones = {output.reading: output for output in outputs}
    # Before the child's end: no limit. After it: only what the child can have left in the pipes.
    left: dict[IO[bytes], int] | None = None
    while open_ones:
        if left is None and process.poll() is not None:
            left = dict.fromkeys(open_ones, _PIPE_CAPACITY)
        ready = select.select(list(open_ones), [], [], _POLL)[0]
        if left is not None and not ready:
            return
        # In the order of the outputs: cibuildwheel names a step on standard output before the step begins.
        for file in [file for file in open_ones if file in ready]:
            output = open_ones[file]
            piece = _read(file)
            if left is not None:
                left[file] -= len(piece)
            if not piece or (left is not None and left[file] <= 0):
                del open_ones[file]
            output.stream.buffer.write(piece)
            output.stream.buffer.flush()
            output.watch(piece)


@contextlib.contextmanager
def _same_window_size(terminal: int, stream: TextIO) -> Iterator[None]:
    """Keep a terminal as large as the one that a stream of ours is."""

    def copy(*signal_and_frame: Any) -> None:
        # A terminal that is gone has no size.
        with contextlib.suppress(OSError):
            size = fcntl.ioctl(stream.fileno(), termios.TIOCGWINSZ, bytes(8))
            fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)
        # The other output may be another terminal.
        if signal_and_frame and callable(before):
            before(*signal_and_frame)

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
