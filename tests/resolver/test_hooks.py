"""Hooks as projects have them, translated with the real names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tomli

from cibw_debian.findings import Level
from cibw_debian.hooks.translate import translate

if TYPE_CHECKING:
    from cibw_debian.resolver.resolve import Resolver

_DATA: dict[str, Any] = tomli.loads(Path(__file__).with_name("hooks.toml").read_text(encoding="utf-8"))
INSTALLABLE: list[str] = _DATA["installable"]


@pytest.mark.parametrize("text", INSTALLABLE)
def test_translates(text: str, bookworm: Resolver) -> None:
    result = translate(text, bookworm)
    assert [finding for finding in result.findings if finding.level is Level.ERROR] == []
    assert result.changed
    assert all(
        answer.verified
        for command in result.commands
        for answer in command.packages
        if answer.status == "package"
    )
    assert translate(result.translated, bookworm).translated == result.translated


@pytest.mark.parametrize("hook", _DATA["refused"], ids=lambda hook: str(hook["codes"]))
def test_is_refused(hook: dict[str, Any], bookworm: Resolver) -> None:
    result = translate(hook["text"], bookworm)
    assert sorted({found.code for found in result.findings if found.level is Level.ERROR}) == hook["codes"]
    assert not result.changed
