"""What cibuildwheel's log tells: which packages a run installed, and how its last step ended."""

from __future__ import annotations

import re
from collections import deque
from typing import Any

#: cibuildwheel, before it starts a container
_CONTAINER = re.compile(rb"info: This container will host the build for (\S+?)(?:,|\.\.\.)")
#: cibuildwheel, before the first step of a build; colours may stand around the words
_BUILD = re.compile(rb"(?:\x1b\[[\d;]*m)*Building ([a-z]+\d+\w*-\w+) wheel(?:\x1b\[[\d;]*m)*$")
#: cibuildwheel, when a step begins; GitHub and Azure get a mark before the words
_STEP = re.compile(
    rb"(?:::group::|##\[group\])?((?:Running before_\w+|Setting up build environment|Building wheel"
    rb"|Repairing wheel|Testing wheel|Copying project into container|Copying wheels back to host"
    rb"|Starting container image \S+))\.\.\.$"
)
#: dpkg, when a package is there
_SETTING_UP = re.compile(rb"Setting up ([a-z0-9][a-z0-9+.-]+)(?::\S+)? \(([^)]+)\)")
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07|\(B)")
#: bytes; the rest of a longer line is passed over
_LONGEST_LINE = 8192
#: bytes of the last step that are kept
_KEPT = 1 << 20
#: bytes that Python needs for a line beside its text
_LINE_COST = 64


class Log:
    """Reads a log while it is written, in memory of a fixed size and in linear time."""

    def __init__(self) -> None:
        #: platform tag -> deb name -> version
        self.packages: dict[str, dict[str, str]] = {}
        #: the build that was named last; in `before-all`, the first of those that the container is for
        self.identifier = ""
        #: the step that began last, in cibuildwheel's words: `Running before_all`
        self.step = ""
        self._rests = {"output": b"", "errors": b""}
        self._lines: deque[bytes] = deque()
        self._size = 0

    def feed(self, piece: bytes) -> None:
        """Read the next piece of standard output, which may end within a line."""
        self._feed("output", piece)

    def feed_errors(self, piece: bytes) -> None:
        """Read the next piece of standard error, which may end within a line."""
        self._feed("errors", piece)

    def _feed(self, stream: str, piece: bytes) -> None:
        # A progress bar goes back to the start of its line.
        *lines, rest = (self._rests[stream] + piece).replace(b"\r", b"\n").split(b"\n")
        self._rests[stream] = rest[:_LONGEST_LINE]
        for line in filter(None, lines):
            self._read(line[:_LONGEST_LINE])

    def _read(self, line: bytes) -> None:
        if found := _STEP.match(line):
            self.step = found[1].decode(errors="replace")
            self._lines.clear()
            self._size = 0
        elif found := _CONTAINER.match(line) or _BUILD.match(line):
            self.identifier = found[1].decode()
        elif found := _SETTING_UP.match(line):
            tag = self.identifier.partition("-")[2]
            self.packages.setdefault(tag, {})[found[1].decode()] = found[2].decode()
        self._lines.append(line)
        self._size += len(line) + _LINE_COST
        while self._size > _KEPT:
            self._size -= len(self._lines.popleft()) + _LINE_COST

    def tail(self) -> list[str]:
        """Return the last lines of the last step, without colours and empty lines."""
        lines = (*self._lines, *filter(None, self._rests.values()))
        return [_ESCAPES.sub("", line.decode(errors="replace")).rstrip() for line in lines]

    def to_json(self) -> dict[str, Any]:
        """Return the installed packages by platform tag."""
        return {
            tag: [{"name": name, "version": version} for name, version in sorted(packages.items())]
            for tag, packages in self.packages.items()
        }

    def describe(self) -> list[str]:
        """Name the installed packages, in one line for each platform tag."""
        return [
            f"{tag}: installed {', '.join(f'{name} {version}' for name, version in sorted(packages.items()))}"
            for tag, packages in self.packages.items()
        ]
