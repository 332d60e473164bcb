"""The cache directory of this tool: logs, locks, apt's lists; everything in it may be deleted."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_CHOOSE = "Set XDG_CACHE_HOME to a directory that you may write."


def cache_directory() -> Path:
    """Return the directory, made if it is not there.

    Raises:
        ConfigurationError: It cannot be made or written.
    """
    try:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        directory = Path(base) / "cibw-debian"
        directory.mkdir(parents=True, exist_ok=True)
    except RuntimeError as error:  # neither HOME nor an entry in the table of users
        raise ConfigurationError("there is no home directory for the cache", hint=_CHOOSE) from error
    except OSError as error:
        raise ConfigurationError(
            f"cannot make the cache directory {directory}: {error.strerror}", hint=_CHOOSE
        ) from error
    if not os.access(directory, os.W_OK):
        raise ConfigurationError(f"the cache directory {directory} is not writable", hint=_CHOOSE)
    return directory


def roomy() -> str:
    """Return a directory for about 2 GB of temporary files: /tmp is often in memory."""
    return os.environ.get("TMPDIR") or "/var/tmp"  # noqa: S108  (only the parent of private directories)


def lock_file(name: str) -> Path:
    """Return the file that `one_at_a_time` locks; the file may be missing."""
    return cache_directory() / f"{name}.lock"


@contextmanager
def one_at_a_time(name: str, waiting: Callable[[], None]) -> Iterator[None]:
    """Let no other process into the block of the same name.

    Args:
        name: Name of the block.
        waiting: Called before the wait, if another process is in the block.
    """
    with lock_file(name).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
