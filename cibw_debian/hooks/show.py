"""Findings for a person: place, message, the line and carets under the place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cibw_debian.terminal import style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cibw_debian.findings import Finding
    from cibw_debian.terminal import Colour

#: the colour of each level
COLOURS: dict[str, Colour] = {"error": "red", "warning": "yellow", "note": "cyan"}
_GAP = "..."


def show(finding: Finding, text: str, where: str, *, width: int = 100) -> Iterator[str]:
    """Yield the lines that show a finding.

    Args:
        finding: What there is to say.
        text: The hook or script that it is about.
        where: The hook's or the file's name.
        width: How many characters of a long line are shown.
    """
    start, end = finding.span
    line_start = text.rfind("\n", 0, start) + 1
    line = text[line_start:].partition("\n")[0].rstrip("\r")
    number = text.count("\n", 0, start) + 1
    column = start - line_start
    colour = COLOURS[finding.level]
    level = style(finding.level.value, colour, bold=True)
    yield f"{where}:{number}:{column + 1}: {level}: {message(finding)} [{finding.code}]"
    before, marked, after = _excerpt(line, column, max(1, min(end - line_start, len(line)) - column), width)
    yield f"    {before}{marked}{after}"
    blank = re.sub(r"[^\t]", " ", before)
    yield f"    {blank}{style('^' * max(1, len(marked)), colour)}"


def message(finding: Finding) -> str:
    """Return the message with the names that may have been meant."""
    if not finding.suggestions:
        return finding.message
    return f"{finding.message}; perhaps {' or '.join(finding.suggestions)}?"


def _excerpt(line: str, column: int, length: int, width: int) -> tuple[str, str, str]:
    """Cut a line around its marked part: what stands before it, the part itself, and what stands behind."""
    before, marked, after = line[:column], line[column : column + length], line[column + length :]
    if len(line) <= width:
        return before, marked, after
    if len(marked) > width // 2:
        marked, after = marked[: width // 2], _GAP
    room = (width - len(marked)) // 2 - len(_GAP)
    if len(before) > room:
        before = _GAP + before[len(before) - room :]
    if len(after) > room:
        after = after[:room] + _GAP
    return before, marked, after
