"""The table of causes, `data/failures.toml`, and which of them the lines of a log show."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import tomli

from cibw_debian.resolver.files import read_data, reading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FILE = "failures.toml"
#: lines before the end in which a weak cause counts
_NEAR = 80


@dataclass(frozen=True, kw_only=True)
class Cause:
    """One row of the table; the file says what its fields mean."""

    code: str
    pattern: re.Pattern[str]
    message: str
    next: str
    find: str = ""
    installed: str = ""
    otherwise: str = ""
    bits: int = 0
    weak: bool = False
    requirement: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    causes: tuple[Cause, ...]
    #: lines that say nothing
    ignore: re.Pattern[str]
    #: header of C++ -> the first major version of gcc that has it
    headers: Mapping[str, int]
    #: name of a standard -> the first major version of gcc that knows it
    standards: Mapping[str, int]
    #: function of C -> the first glibc that has it
    functions: Mapping[str, str]


@dataclass(frozen=True)
class Hit:
    """A line that shows a cause."""

    cause: Cause
    #: the name in the line, or empty
    what: str
    #: the line's number in the log's end
    at: int


@functools.cache
def load_table() -> Table:
    """Read the table.

    Raises:
        DataError: It is damaged.
    """
    with reading(_FILE):
        data: dict[str, Any] = tomli.loads(read_data(_FILE).decode())
        return Table(
            causes=tuple(Cause(**{**row, "pattern": re.compile(row["pattern"])}) for row in data["cause"]),
            ignore=re.compile(data["ignore"]),
            headers=data["gcc"]["headers"],
            standards=data["gcc"]["standards"],
            functions=data["glibc"]["functions"],
        )


def find_hits(lines: Sequence[str]) -> list[Hit]:
    """Return the lines that show causes, all causes of each line in the order of the table.

    Weak causes are left out where they are far from the end.
    """
    table = load_table()
    return [
        Hit(cause, next(filter(None, found.groups()), ""), at)
        for at, line in enumerate(lines)
        if not table.ignore.search(line)
        for cause in table.causes
        if (not cause.weak or at >= len(lines) - _NEAR) and (found := cause.pattern.search(line))
    ]
