"""Where this tool keeps what is worth keeping, but not for ever: logs, locks, apt's lists."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def cache_directory() -> Path:
    """The directory, made if it is not there."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    directory = Path(base) / "cibw-debian"
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def roomy() -> str:
    """A place for about 2 GB: /tmp is often in memory."""
    return os.environ.get("TMPDIR") or "/var/tmp"  # noqa: S108  (only the parent of private directories)


@contextmanager
def one_at_a_time(name: str, waiting: Callable[[], None]) -> Iterator[None]:
    """Let no other process into the block of the same name.

    Args:
        name: Of what is done in the block.
        waiting: Called if another process is at it, before the wait.
    """
    with (cache_directory() / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
