"""What a translation gives: the text before and after, the places changed, and what there is to say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cibw_debian.findings import Finding, Level

if TYPE_CHECKING:
    from cibw_debian.resolver.model import Answer


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
