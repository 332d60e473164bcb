"""The translation does what the original did: same flow, same exit status, same packages asked for."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest

from cibw_debian.hooks.translate import Style, translate
from tests.hooks.differential import Case, differences, generated_cases
from tests.hooks.names import AnyNames
from tests.hooks.test_corpus import HOOKS

if TYPE_CHECKING:
    from pathlib import Path

_BATCH = 500


def _run(first: int, last: int, directory: Path) -> None:
    cases = list(generated_cases(range(first, last)))
    # The grammar joins two lines in a few rare pipelines; those scripts are refused, which is safe.
    assert len(cases) > 0.97 * (last - first)
    for start in range(0, len(cases), _BATCH):
        found = differences(cases[start : start + _BATCH], directory)
        assert not found, "\n\n".join(sorted(found, key=len)[:3])


def test_ten_thousand_generated_scripts(tmp_path: Path) -> None:
    _run(0, 10_000, tmp_path)


#: asks what differs between the two worlds, writes outside, or never ends when something fails
_UNFIT = re.compile(
    r"/opt/rh|\b(?:scl|scl_source|while|until|rpm|list|search|info|swap|module|autoremove|group\w*|nothing)\b"
    r"|\r|eval yum"
    r"|&>|\s&\s"
    r"|--(?:enablerepo |exclude|version|help|installed|installroot|made-up)|\s-[xd]|^dnf$|bash -[el]"
    r"|-o errexit|<<EOF|\u2013"
)


@pytest.mark.parametrize("style", Style)
def test_corpus(style: Style, tmp_path: Path) -> None:
    rng = random.Random(str(style))  # noqa: S311  (repeatable on purpose)
    cases = []
    for hook in HOOKS:
        text = hook["text"].replace("/etc/", "./etc/").replace("/var/", "./var/")
        result = translate(text, AnyNames(), style=style)
        if not result.changed or _UNFIT.search(text):
            continue
        words = sorted(set(re.findall(r"[\w+.-]+", text)))
        for share in (0.0, 0.2, 0.5):
            fail = tuple(word for word in words if rng.random() < share)
            cases.append(Case(original=text, translated=result.translated, fail=fail, offline=share == 0.5))
    assert len(cases) > 300
    found = differences(cases, tmp_path)
    assert not found, "\n\n".join(found)


def test_a_difference_is_found(tmp_path: Path) -> None:
    """The comparison itself: it must not agree with a wrong translation."""
    wrong = [
        Case(original="dnf install a", translated="apt-get update && apt-get install -y deb-b", fail=()),
        Case(
            original="c1 || dnf install a",
            translated="c1 || apt-get update && apt-get install deb-a",
            fail=(),
        ),
        Case(original="dnf install a; c1", translated="apt-get install deb-a && c1", fail=("a",)),
        Case(original="dnf install a", translated="apt-get install deb-a || true", fail=("a",)),
        Case(
            original="set -e\ndnf install a\nc1",
            translated="set -e\nc0 && apt-get install deb-a\nc1",
            fail=("c0",),
        ),
        Case(
            original="case a in a) rm /var/lib/apt/lists/* ;; esac; dnf install a",
            translated="apt-get update; case a in a) rm /var/lib/apt/lists/* ;; esac; apt-get install deb-a",
            fail=(),
        ),
    ]
    assert len(differences(wrong, tmp_path)) == len(wrong)
