"""Telling a person how far a build is: a line per phase, and on a terminal what happens right now."""

from __future__ import annotations

import re
import sys
import time
from typing import TYPE_CHECKING, Protocol, Self

from rich.console import Console
from rich.markup import escape

from cibw_debian.terminal import is_quiet

if TYPE_CHECKING:
    from types import TracebackType

#: a line of mmdebstrap's that begins a phase -> what the phase is called
_PHASES = (
    ("date.sh", "asking the archive for its date"),
    ("running --setup-hook", "reading the archive's indices"),
    ("downloading packages with apt", "downloading the base system"),
    ("extracting archives", "unpacking the base system"),
    ("installing essential packages", "installing the base system"),
    ("installing remaining packages", "installing compiler and tools"),
    ("certificates.sh", "linking certificates"),
    ("python.sh", "installing Python's build tools"),
    ("finish.sh", "cleaning up"),
    ("creating tarball", "packing"),
)
#: what apt, dpkg and pip say when they do something worth showing
_ACTIVITY = re.compile(r"^(?:Get:\d+ .*|Unpacking .*|Setting up .*|Collecting .*|Installing .*)")


def phase_of(line: str) -> str | None:
    """The phase that a line of mmdebstrap's log begins, if any."""
    if not line.startswith("I: "):
        return None
    if line.startswith("I: compiling "):
        return line.removeprefix("I: ").strip()
    return next((phase for sign, phase in _PHASES if sign in line), None)


class Progress(Protocol):
    """Is told the phases of a build, and every line that it logs."""

    def phase(self, name: str) -> None: ...

    def line(self, text: str) -> None: ...


class ConsoleProgress:
    """Writes to standard error: phases with the time since the start; on a terminal a spinner too.

    Args:
        title: What is being built.
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._console = Console(file=sys.stderr, highlight=False, soft_wrap=True, quiet=is_quiet())
        self._status = self._console.status("")
        self._started = time.monotonic()
        self._lanes = [_Lane(self, "")]

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._status.stop()

    def lane(self, title: str) -> Progress:
        """Return the progress of a part that runs beside the others; an empty phase is the part's end.

        Args:
            title: What the part makes.
        """
        self._lanes.append(_Lane(self, f"{title}: "))
        return self._lanes[-1]

    def phase(self, name: str) -> None:
        self._lanes[0].phase(name)

    def line(self, text: str) -> None:
        self._lanes[0].line(text)

    def announce(self, phase: str) -> None:
        """Write a phase that begins."""
        elapsed = time.monotonic() - self._started
        self._console.print(f"{escape(self._title)}: {elapsed:4.0f} s  {escape(phase)}")

    def activity(self, text: str) -> None:
        """Show on a terminal what happens right now."""
        phases = " · ".join(lane.now for lane in self._lanes if lane.now)
        width = max(20, self._console.width - len(phases) - 8)
        self._status.update(f"{escape(phases)}  [dim]{escape(text[:width])}[/dim]")


class _Lane:
    """One of the parts of a build."""

    def __init__(self, console: ConsoleProgress, prefix: str) -> None:
        self._console = console
        self._prefix = prefix
        self.now = ""

    def phase(self, name: str) -> None:
        now = name and self._prefix + name
        if now != self.now:
            self.now = now
            if now:
                self._console.announce(now)
            self._console.activity("")

    def line(self, text: str) -> None:
        if _ACTIVITY.match(text):
            self._console.activity(text)
