"""The names that hooks of public projects use, against what a Debian maintainer wants."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import tomli

from cibw_debian.resolver.model import NOTHING, PACKAGE, Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from cibw_debian.resolver.resolve import Resolver

WANTED: dict[str, dict[str, str]] = tomli.loads(
    Path(__file__).with_name("wanted.toml").read_text(encoding="utf-8")
)
TARGETS = ("bullseye/armhf", "bookworm/armhf", "trixie/armhf", "trixie/riscv64")


def _is_right(wanted: str, answer: Answer) -> bool:
    words = wanted.split()
    if answer.status != PACKAGE:
        return ("nothing" if answer.status == NOTHING else "refused") in words[0].split("|")
    needed = [word.split("|") for word in words if not word.startswith("?")]
    allowed = [name for names in needed for name in names]
    allowed += [word[1:] for word in words if word.startswith("?")]
    complete = all(set(names) & set(answer.deb) for names in needed)
    return complete and all(any(fnmatchcase(deb, name) for name in allowed) for deb in answer.deb)


@pytest.mark.parametrize("target", TARGETS)
def test_names_of_real_hooks(on: Callable[[str], Resolver], target: str) -> None:
    wanted = WANTED["names"] | WANTED.get(target, {})
    assert len(wanted) > 250
    answers = {name: on(target).resolve(name) for name in wanted}
    assert [answers[name] for name in wanted if not _is_right(wanted[name], answers[name])] == []


@pytest.mark.parametrize(
    ("wanted", "deb", "right"),
    [
        ("a|b c ?d-*", ("b", "c", "d-x"), True),
        ("a|b c ?d-*", ("a", "b", "c"), True),
        ("a|b c ?d-*", ("a", "d-x"), False),
        ("a|b c ?d-*", ("a", "c", "e"), False),
        ("nothing|a", ("a",), True),
        ("refused", ("a",), False),
    ],
)
def test_what_is_right(wanted: str, deb: tuple[str, ...], right: bool) -> None:
    assert _is_right(wanted, Answer("x", PACKAGE, deb)) is right
