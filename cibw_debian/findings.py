"""Findings: what there is to say about a place in a hook."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple


class Level(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Finding(NamedTuple):
    level: Level
    #: stable, machine-readable: ``unknown-package``
    code: str
    #: for a person; says what is wrong and what to do
    message: str
    #: start and end of the place, in characters of the hook's text
    span: tuple[int, int]
    #: names that may have been meant, best first
    suggestions: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "level": self.level.value,
            "code": self.code,
            "message": self.message,
            "span": list(self.span),
            "suggestions": list(self.suggestions),
        }
