"""Findings: what there is to say about a place in a hook, and the table of their codes.

This runs in containers too: standard library only, and Python 3.9.
"""

from __future__ import annotations

from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from .resolver.files import read_json, reading

if TYPE_CHECKING:
    from collections.abc import Mapping


class Level(str, Enum):  # noqa: UP042  (Python 3.9 has no StrEnum)
    """How bad a finding is: an error stops the run before it starts."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    __str__ = str.__str__


class Code(NamedTuple):
    """One row of the table `data/findings.json`."""

    level: Level
    #: whether the companion answers this at run time, so that there is nothing to fix
    settled: bool
    #: one line
    summary: str
    #: why this is said
    meaning: str
    #: what the author of the hook can do
    action: str
    #: a hook that has it
    before: str
    #: the same without it; empty where there is nothing to do
    after: str = ""

    def to_json(self) -> dict[str, Any]:
        return {**self._asdict(), "level": self.level.value}


@cache
def codes() -> Mapping[str, Code]:
    """Return the table of codes: code -> its row."""
    rows = read_json("findings.json")
    with reading("findings.json"):
        return {code: Code(**{**row, "level": Level(row["level"])}) for code, row in rows.items()}


#: a longer message has a part of the hook in it that nobody wants to read again
_LONG = 600


class Finding(NamedTuple):
    """Something to say about one place."""

    level: Level
    #: stable, machine-readable: ``unknown-package``
    code: str
    #: for a person; says what is wrong and what to do
    message: str
    #: start and end of the place, in characters of the hook's text
    span: tuple[int, int] = (0, 0)
    #: names that may have been meant, best first
    suggestions: tuple[str, ...] = ()
    #: of a finding of the resolver, which knows no text: index of dnf's argument; -1 for the whole command
    word: int = -1
    #: the author has a branch for apt beside this place, which runs unless the companion answers for dnf
    own_branch: bool = False

    @classmethod
    def of(
        cls,
        code: str,
        message: str,
        *,
        span: tuple[int, int] = (0, 0),
        word: int = -1,
        suggestions: tuple[str, ...] = (),
        level: Level | None = None,
    ) -> Finding:
        """Make a finding of the level that the table gives its code, unless another one is given."""
        row = codes()[code]
        if len(message) > _LONG:
            message = f"{message[: _LONG // 2]} ... {message[-_LONG // 2 :]}"
        return cls(level or row.level, code, message, span, suggestions, word)

    @property
    def settled(self) -> bool:
        """Whether the companion answers this at run time."""
        return codes()[self.code].settled

    def to_json(self) -> dict[str, Any]:
        return {
            "level": self.level.value,
            "code": self.code,
            "message": self.message,
            "span": list(self.span),
            "suggestions": list(self.suggestions),
        }
