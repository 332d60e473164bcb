"""A resolver that takes an unknown name for a Debian name: what `strict = false` means."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from .model import PACKAGE, UNKNOWN, Answer, Target


class _Resolver(Protocol):
    target: Target

    def resolve(self, spec: str) -> Answer: ...


class LenientResolver:
    """Asks another resolver, and hands names that it does not know on to apt-get as they are."""

    def __init__(self, strict: _Resolver) -> None:
        self.target = strict.target
        self._strict = strict

    def resolve(self, spec: str) -> Answer:
        """Return what a spec means; as `Resolver.resolve`, but nothing is unknown."""
        answer = self._strict.resolve(spec)
        if answer.status != UNKNOWN:
            return answer
        note = f"{spec} is not known; it goes to apt-get as it is"
        return replace(answer, status=PACKAGE, deb=(spec,), source="guess", note=note, suggestions=())
