"""Text for a person: styled where it is made; the styles go where a terminal would not show them."""

from __future__ import annotations

import os
import re
import sys
from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal, TextIO

    Colour = Literal["red", "green", "yellow", "cyan"]

#: version of every JSON document; a change that breaks a reader raises the number
JSON_VERSION = 1

_CODES = {"red": 31, "green": 32, "yellow": 33, "cyan": 36}


def style(text: str, colour: Colour | None = None, *, bold: bool = False) -> str:
    """Return the text with the escape codes for a colour, for bold, or both around it."""
    codes = [_CODES[colour]] if colour else []
    if bold:
        codes.append(1)
    return "".join(f"\x1b[{code}m" for code in codes) + text + "\x1b[0m" if codes else text


def unstyle(text: str) -> str:
    """Return the text without what `style` put around its parts."""
    return re.sub(r"\x1b\[\d+m", "", text)


def width(stream: TextIO | None = None) -> int | None:
    """Return the columns of the terminal that a stream is, None if it is none; standard output by default."""
    if not (stream or sys.stdout).isatty():
        return None
    from shutil import get_terminal_size  # noqa: PLC0415  (cold start)

    return get_terminal_size().columns


def fold(line: str, columns: int | None, indent: int = 0) -> str:
    """Break a line between words, so that a terminal does not break it inside of them.

    Args:
        line: One line, styled or not.
        columns: The columns of the terminal; None for no terminal.
        indent: The columns that further lines are indented by.
    """
    if not columns or len(unstyle(line)) <= columns:
        return line
    words = line.split(" ")
    lines = [words.pop(0)]
    for word in words:
        # blanks of the line's own indentation and between columns stay
        if lines[-1].strip() and len(unstyle(lines[-1])) + 1 + len(unstyle(word)) > columns:
            lines.append(" " * indent + word)
        else:
            lines[-1] += " " + word
    return "\n".join(map(str.rstrip, lines))


def shows_colour(stream: TextIO) -> bool:
    """Tell whether a stream gets colour: a terminal does, unless NO_COLOR or FORCE_COLOR say otherwise."""
    match os.environ.get("NO_COLOR", ""), os.environ.get("FORCE_COLOR", ""):
        case "", "":
            return stream.isatty() and os.environ.get("TERM") != "dumb"
        case "", _:
            return True
        case _:
            return False


def echo(text: str, *, err: bool = False, end: str = "\n") -> None:
    """Write text to standard output, or to standard error."""
    stream = sys.stderr if err else sys.stdout
    stream.write((text if shows_colour(stream) else unstyle(text)) + end)


def write_json(document: Mapping[str, Any]) -> None:
    """Write a JSON document, with its version, to standard output."""
    import json  # noqa: PLC0415  (cold start)

    echo(json.dumps({"version": JSON_VERSION, **document}, indent=2))


class Amount(IntEnum):
    """How much is said; errors always are."""

    QUIET = -1
    NORMAL = 0
    VERBOSE = 1


_amount = Amount.NORMAL


def set_amount(amount: Amount) -> None:
    """Choose how much this process says."""
    global _amount  # noqa: PLW0603  (what is said is this process's, as its streams are)
    _amount = amount


def is_quiet() -> bool:
    return _amount is Amount.QUIET


def is_verbose() -> bool:
    return _amount is Amount.VERBOSE


def note(line: str) -> None:
    """Write what is good to know to standard error, unless the user wants it quiet."""
    if not is_quiet():
        echo(fold(line, width(sys.stderr), 2), err=True)


def warn(line: str) -> None:
    """Write a warning to standard error, unless the user wants it quiet."""
    note(style("warning: ", "yellow") + line)


def say(line: str) -> None:
    """Write one line of our own into a log that is mostly others', unless the user wants it quiet."""
    note(style("cibw-debian: ", bold=True) + line)


def show_error(message: str, hint: str = "") -> None:
    """Write an error the way all commands do: what is wrong, then what to do next."""
    columns = width(sys.stderr)
    for line in (style("error: ", "red", bold=True) + message).splitlines():
        echo(fold(line, columns, 2), err=True)
    for line in hint.splitlines():
        # An indented line is a row of a list or a command to paste.
        echo(line if line.startswith(" ") else fold(line, columns), err=True)
