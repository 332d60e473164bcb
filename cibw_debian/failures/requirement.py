"""Whose sources were built where a log has an error: those of a requirement, or the project's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: pip, build and uv put marks before the lines of the programs that they call
_MARKS = re.compile(r"^(?:[\s|<>×│╰├─▶╴]|╰─>)+")  # noqa: RUF001
_NAME = r"(?P<name>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)"
_BEGINS = re.compile(
    rf"(?:Running command )?Building wheel for {_NAME} \(|"
    rf"Collecting (?P<collected>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)|"
    rf"Failed to (?:download and )?build `(?P<uv>[\w.-]+?)(?:==[^`]*)?`|"
    rf"(?P<other>Processing |Successfully installed )"
)
_NAMED_AFTERWARDS = re.compile(rf"(?:ERROR: )?Failed building wheel for {_NAME}")
#: lines in which pip names, after a program's output, what it was building
_SOON = 60


def normalise(name: str) -> str:
    """Return the name of a distribution as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirement(lines: Sequence[str], at: int, project: str) -> str:
    """Return the distribution that was built, empty for the project itself or where the log does not say.

    Args:
        lines: The end of a log.
        at: Number of the line with the error.
        project: The project's name, or empty.
    """
    for line in reversed(lines[: at + 1]):
        if found := _BEGINS.match(_MARKS.sub("", line)):
            name = found["name"] or found["collected"] or found["uv"] or ""
            if name or found["other"].startswith("Processing"):
                return "" if normalise(name) == normalise(project) else normalise(name)
            break
    for line in lines[at : at + _SOON]:
        if found := _NAMED_AFTERWARDS.match(_MARKS.sub("", line)):
            name = normalise(found["name"])
            return "" if name == normalise(project) else name
    return ""
