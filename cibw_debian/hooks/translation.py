"""What a translation gives: the text before and after, the places changed, and what there is to say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from cibw_debian.findings import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cibw_debian.resolver.model import Answer, Target

_ENDS_COMMAND = r"(?<!\\)\n|[;&|]"
#: so many findings of one code are shown
MAX_ALIKE = 100

_T = TypeVar("_T")


class Names(Protocol):
    """What is needed of a resolver."""

    @property
    def target(self) -> Target: ...

    def resolve(self, spec: str) -> Answer: ...


class TranslatedCommand(NamedTuple):
    """One place that was changed."""

    original: str
    translated: str
    #: start and end of `original`, in characters of the hook
    span: tuple[int, int]
    packages: tuple[Answer, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "original": self.original,
            "translated": self.translated,
            "span": list(self.span),
            "packages": [answer.to_json() for answer in self.packages],
        }


class Translation(NamedTuple):
    """A hook before and after."""

    original: str
    #: equals `original` when there is an error among the findings: a hook is never changed half
    translated: str
    commands: tuple[TranslatedCommand, ...] = ()
    findings: tuple[Finding, ...] = ()
    #: what was asked for, also where nothing was changed
    answers: tuple[Answer, ...] = ()

    @property
    def changed(self) -> bool:
        return self.translated != self.original

    @property
    def ok(self) -> bool:
        return all(finding.level is not Level.ERROR for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """Return the part of `translate --format json` that does not depend on the target."""
        return {
            "original": self.original,
            "translated": self.translated,
            "changed": self.changed,
            "ok": self.ok,
            "commands": [command.to_json() for command in self.commands],
            "findings": [finding.to_json() for finding in self.findings],
        }


def first_alike(findings: Iterable[Finding], text: str) -> tuple[Finding, ...]:
    """Return the first findings of each code by place; the last of many says how many more there are.

    Of findings that say the same of one command, only the first one is kept.
    """
    alike: dict[str, list[Finding]] = {}
    ends: dict[str, int] = {}
    for found in sorted(findings, key=lambda finding: finding.span):
        group = alike.setdefault(found.code, [])
        between = text[ends.get(found.code, 0) : found.span[0]] if group else ""
        ends[found.code] = found.span[1]
        if not group or group[-1].message != found.message or re.search(_ENDS_COMMAND, between):
            group.append(found)
    shown = []
    for group in alike.values():
        shown += group[:MAX_ALIKE]
        if len(group) > MAX_ALIKE:
            more = f"and {len(group) - MAX_ALIKE} more findings like this"
            shown[-1] = shown[-1]._replace(message=f"{shown[-1].message} ({more})")
    return tuple(sorted(shown, key=lambda finding: finding.span))


def drop_within(found: list[_T], start: int, end: int, span: Callable[[_T], tuple[int, int]]) -> None:
    """Remove from a list what was found within a place, since the walk came there."""
    position = len(found)
    while position and span(found[position - 1])[0] >= start:
        position -= 1
        if span(found[position])[1] <= end:
            del found[position]
