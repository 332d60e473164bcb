"""Every hook of harvest.toml, which public projects have, comes out as a Debian maintainer would want."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tomli

from cibw_debian.findings import Level
from cibw_debian.hooks.runtime_only import why_unseen
from cibw_debian.hooks.translate import Style, translate
from cibw_debian.resolver.model import Target
from cibw_debian.resolver.resolve import open_resolver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cibw_debian.hooks.translation import Translation

HOOKS: list[dict[str, Any]] = tomli.loads(
    Path(__file__).with_name("harvest.toml").read_text(encoding="utf-8")
)["hook"]

#: result that is wanted -> what may come of the hook
FINE = {
    "translated": {"translated", "warning"},
    "own-branch": {"translated", "warning", "untouched"},
    "untouched": {"untouched"},
    "warning": {"warning"},
    "companion": {"companion"},
    "refused": {"refused"},
}
#: kinds of hooks whose scripts rarely install packages
SCRIPTS_DO_NOT_COUNT = {"repair-wheel-command", "before-test", "environment"}


def _cases() -> Iterator[Any]:
    """Yield hook, target and results; what is known to be wrong must be wrong until its mark is removed."""
    for hook in HOOKS:
        for target, result in {"bookworm/armhf": hook["result"], **hook.get("on", {})}.items():
            wrong = hook.get("wrong", {}).get(target)
            marks = [pytest.mark.xfail(reason=wrong)] if wrong else []
            yield pytest.param(hook, target, result.split("|"), marks=marks, id=f"{hook['id']}-{target}")


def outcome(hook: dict[str, Any], target: str, result: Translation) -> str:
    """Say in one word what would come of a hook in a plan."""
    reason = why_unseen(hook["text"], result.findings, scripts=hook["kind"] not in SCRIPTS_DO_NOT_COUNT)
    if reason:
        resolver = open_resolver(Target(*target.split("/")))
        result = translate(hook["text"], resolver, style=Style.ROBUST, answered=True)
    left = [found for found in result.findings if not (reason and found.settled)]
    if any(found.level is Level.ERROR for found in left):
        return "refused"
    if reason:
        return "companion"
    if any(found.level is Level.WARNING for found in left):
        return "warning"
    return "translated" if result.changed else "untouched"


def installed(result: Translation) -> set[str]:
    commands = (command for command in result.commands if " install " in command.translated)
    return {deb for command in commands for answer in command.packages for deb in answer.deb}


@pytest.mark.parametrize(("hook", "target", "wanted"), [*_cases()])
def test_hook(hook: dict[str, Any], target: str, wanted: list[str]) -> None:
    result = translate(hook["text"], open_resolver(Target(*target.split("/"))), style=Style.ROBUST)
    came = outcome(hook, target, result)
    assert any(came in FINE[word] for word in wanted), result.findings
    if came in {"translated", "warning"} and "packages" in hook:
        choices = [name.split("|") for name in hook["packages"]]
        got = installed(result)
        assert [names for names in choices if not got.intersection(names)] == []
        patterns = [*hook.get("allowed", []), *(name for names in choices for name in names)]
        assert {name for name in got if not any(fnmatchcase(name, one) for one in patterns)} == set()
    if came not in {"companion", "refused"}:
        assert [text for text in hook.get("gone", []) if text in result.translated] == []
    if came != "companion":
        assert set(hook.get("codes", [])) <= {found.code for found in result.findings}


def test_harvest_is_large_and_each_hook_has_a_name() -> None:
    assert len(HOOKS) >= 180
    assert len({hook["id"] for hook in HOOKS}) == len({hook["text"] for hook in HOOKS}) == len(HOOKS)
