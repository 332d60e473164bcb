"""`doctor --fix`: run the commands that the checks name, one check after the other, and look again."""

from __future__ import annotations

import os
import subprocess
import time
from typing import TYPE_CHECKING

from cibw_debian.doctor.checks import Check, failed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: seconds that a daemon has to answer after its start
_PATIENCE = 60.0


def fix(look: Callable[[], Sequence[Check]], *, say: Callable[[str], None]) -> list[Check]:
    """Run the commands of failed checks, until no command is left that was not tried.

    A command that fails does not stop the others: only the check afterwards counts. No command runs twice.

    Args:
        look: Checks everything; called again after each command.
        say: Called with each command before the command runs.

    Returns:
        The checks after the last command.
    """
    done: set[str] = set()
    while True:
        checks = list(look())
        lines = _next(checks, done)
        if not lines:
            return checks
        for line in lines:
            done.add(line)
            say(f"+ {line}")
            # Standard output is for the result.
            subprocess.run(
                ["sh", "-c", line], check=False, stdin=subprocess.DEVNULL, stdout=2, env=_environment()
            )
        if any("dockerd" in line or "systemctl" in line for line in lines):
            _wait(look)


def _next(checks: Sequence[Check], done: set[str]) -> list[str]:
    """Return the commands that were not tried, of the first failed check with such commands."""
    for check in failed(checks):
        lines = [line for line in check.fix if line not in done]
        if lines and check.automatic:
            return lines
    return []


def _wait(look: Callable[[], Sequence[Check]]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and any(check.name.startswith("engine") for check in failed(look())):
        time.sleep(0.5)


def _environment() -> dict[str, str]:
    return os.environ | {"PATH": f"{os.environ.get('PATH', os.defpath)}:/usr/local/sbin:/usr/sbin:/sbin"}
