"""The command, called as a user calls it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


def user_environment(**variables: str) -> dict[str, str]:
    """Return this process's environment variables without those of cibuildwheel and the product.

    Images have the suite's own interpreter, because compiling another one takes minutes; the package index
    is not asked.
    """
    own = {name: value for name, value in os.environ.items() if not name.startswith("CIBW_")}
    return own | {"CIBW_DEBIAN_INTERPRETERS": "suite", "CIBW_DEBIAN_REQUIREMENTS": "0"} | variables


class Ran(NamedTuple):
    code: int
    out: str
    err: str


def cibw_debian(*args: str, env: dict[str, str] | None = None, cwd: Path | None = None) -> Ran:
    done = subprocess.run(
        [sys.executable, "-m", "cibw_debian", *args],
        env=env,
        cwd=cwd,
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    # Shown by pytest if the test fails.
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    return Ran(done.returncode, done.stdout, done.stderr)


def in_terminal(
    *args: str,
    typed: bytes = b"",
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
    columns: int = 80,
) -> tuple[int, str]:
    """Call the command on a terminal.

    Args:
        args: The command's arguments.
        typed: What is typed at once; Ctrl-D is ``b"\\x04"``.
        env: Environment variables besides those of this process.
        cwd: The current directory.
        columns: The width of the terminal.

    Returns:
        The exit code, and what the terminal got of both streams.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
    os.write(ours, typed)
    with subprocess.Popen(
        [sys.executable, "-m", "cibw_debian", *args],
        env={**environment, "TERM": "xterm", **(env or {})},
        cwd=cwd,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as child:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # nobody has the terminal any more
            while chunk := os.read(ours, 65536):
                shown += chunk
        code = child.wait()
    os.close(ours)
    sys.stdout.write(shown.decode())
    return code, shown.decode().replace("\r\n", "\n")
