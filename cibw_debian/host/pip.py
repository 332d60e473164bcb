"""pip on this machine, as the user configured it: index, certificates, proxy."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: would hide what pip says about the index
_SILENCING = frozenset({"PIP_QUIET", "PIP_VERBOSE", "PIP_LOG"})


def call_pip(*arguments: str, timeout: float) -> tuple[int, str] | None:
    """Call pip.

    Args:
        arguments: Command and options.
        timeout: Seconds that pip may take.

    Returns:
        Exit code and output; None if there is no pip, or pip took too long.
    """
    pip = [sys.executable, "-P", "-m", "pip"]
    if not importlib.util.find_spec("pip"):
        # An environment of uv's has none.
        pip = [shutil.which("pip3") or "pip"]
    options = ["--disable-pip-version-check", "--no-input", "--timeout=10", "--retries=1"]
    environment = {name: value for name, value in os.environ.items() if name not in _SILENCING}
    try:
        done = subprocess.run(
            [*pip, *arguments, *options],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            env=environment,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.returncode, done.stdout.decode(errors="replace")


def last_error(output: str) -> str:
    """Return what pip says of its failure: its last line with an error, or its last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors: Sequence[str] = [line for line in lines if line.startswith("ERROR:")]
    return (errors or lines or ["no reason given"])[-1].removeprefix("ERROR:").strip()
