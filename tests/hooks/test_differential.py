"""Translation and companion do what the original did: same flow, exit status, packages asked for."""

from __future__ import annotations

import os
import random
import re
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count as count_up
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from cibw_debian.hooks.translate import Style, translate
from tests.hooks.differential import Case, differences, generated_cases
from tests.hooks.names import AnyNames
from tests.hooks.test_corpus import HOOKS

if TYPE_CHECKING:
    from pathlib import Path

_BATCH = 100
_PROCESSES = min(4, os.cpu_count() or 1)


def _run(first: int, last: int, directory: Path) -> None:
    count = 0
    found: list[str] = []
    cases = generated_cases(range(first, last))
    with ThreadPoolExecutor(_PROCESSES) as pool:
        waiting: deque[Future[list[str]]] = deque()
        for number in count_up():
            batch = list(islice(cases, _BATCH))
            count += len(batch)
            if batch:
                waiting.append(pool.submit(differences, batch, directory / str(number % (2 * _PROCESSES))))
            while waiting and (len(waiting) == 2 * _PROCESSES - 1 or not batch):
                found += waiting.popleft().result()
            assert not found, "\n\n".join(sorted(found, key=len)[:3])
            if not batch:
                break
    # The rest is refused, which is safe.
    assert count > 0.98 * (last - first)


def test_ten_thousand_generated_scripts(tmp_path: Path) -> None:
    _run(0, 10_000, tmp_path)


@pytest.mark.proof
def test_a_hundred_thousand_generated_scripts(tmp_path: Path) -> None:
    _run(10_000, 110_000, tmp_path)


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
            offline = share == 0.5
            done = Case(
                original=text, translated=result.translated, fail=fail, offline=offline, keep_dnf=True
            )
            cases.append(done)
    assert len(cases) > 300
    found = differences(cases, tmp_path)
    assert not found, "\n\n".join(found)


def test_a_difference_is_found(tmp_path: Path) -> None:
    """The comparison itself: it must not agree with a wrong translation."""
    companion = {
        "dnf install a": "apt-get update; if apt-get install deb-a; then return 0; else return 7; fi"
    }
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
        Case(original="dnf install a", translated="dnf install a", fail=()),
        Case(original="dnf install a", translated="", answers={"dnf install a": "return 0"}, fail=()),
        Case(original="dnf install b", translated="", answers=companion, fail=()),
        Case(original="dnf install a", translated="", answers={"dnf install a": "return 1"}, fail=("a",)),
    ]
    assert len(differences(wrong, tmp_path)) == len(wrong)
