"""The table of findings' codes: what is raised, what is documented and what the table has are the same."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cibw_debian
from cibw_debian.findings import Finding, Level, codes
from cibw_debian.hooks.translate import translate
from cibw_debian.resolver.model import Target
from cibw_debian.resolver.resolve import open_resolver
from tests.hooks.test_corpus import HOOKS
from tests.resolver.test_hooks import _DATA

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(cibw_debian.__file__).parent
DOCS = PACKAGE.parent / "docs" / "translation.md"
#: functions whose first argument is a code; some get it handed on
RAISERS = {"of", "_find", "_dropped", "_refused", "_always_dropped"}
#: what no text of the corpora shows: it depends on the real table, on another file, or is of a plan
ELSEWHERE = {
    *("other-version", "package-note", "not-translated", "missing-deb", "spec-condition"),
    *("doubtful-package", "unknown-arch", "unknown-image", "unknown-key"),
}
#: codes that are about another option than a hook, or about another suite
NO_HOOK = {"doubtful-package", "not-translated", "unknown-arch", "unknown-image", "unknown-key"}


def _raised() -> set[str]:
    found = set()
    for source in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in RAISERS and isinstance(node.args[0].value, str):
                    found.add(node.args[0].value)
    return found


def test_every_code_that_is_raised_is_in_the_table() -> None:
    assert len(_raised()) > 30
    assert _raised() <= set(codes())


def test_every_code_of_the_table_is_raised() -> None:
    seen = {found.partition(":")[2] for hook in HOOKS for found in hook.get("findings", [])}
    seen |= {code for hook in _DATA["refused"] for code in hook["codes"]}
    assert seen | ELSEWHERE == set(codes())


def test_the_docs_have_the_table() -> None:
    lines = re.findall(r"^\| `([a-z0-9-]+)`(\*?) \| (\w+) \| (.*) \|$", DOCS.read_text(), re.MULTILINE)
    documented = {code: (level, bool(star), summary) for code, star, level, summary in lines}
    assert documented == {
        code: (row.level, row.settled, row.summary.replace("|", "\\|")) for code, row in codes().items()
    }


@pytest.mark.parametrize("code", codes())
def test_every_row_says_what_it_means_and_what_to_do(code: str) -> None:
    row = codes()[code]
    for text in (row.summary, row.meaning, row.action):
        assert text.endswith((".", "; }`."))
        assert "\n" not in text


#: a spec file whose requirement stands under a condition that only rpm knows
SPEC = "%if %(date)\nBuildRequires: zlib-devel\n%endif"


def _examples() -> Iterator[tuple[str, str, str]]:
    for code, row in codes().items():
        if code not in NO_HOOK:
            yield code, row.before, row.after


@pytest.mark.parametrize(("code", "before", "after"), [*_examples()])
def test_the_example_has_the_finding_and_is_without_it_afterwards(code: str, before: str, after: str) -> None:
    def found(text: str) -> tuple[Finding, ...]:
        read = {"packaging/thing.spec": SPEC}.get
        return translate(text, open_resolver(Target("bookworm", "armhf")), read=read).findings

    assert code in {finding.code for finding in found(before)}
    assert Level.ERROR not in {finding.level for finding in found(after)}
    # A branch for Debian images makes an error a warning.
    assert codes()[code].level is Level.ERROR or code not in {finding.code for finding in found(after)}
    assert bool(after) or codes()[code].level is Level.NOTE


def test_an_unknown_code_cannot_be_raised() -> None:
    with pytest.raises(KeyError):
        Finding.of("no-such-code", "message")


def test_the_level_is_the_tables_unless_given() -> None:
    assert Finding.of("argument", "m").level is Level.WARNING
    assert Finding.of("argument", "m", level=Level.ERROR).level is Level.ERROR
    assert f"{Level.NOTE}" == "note"
