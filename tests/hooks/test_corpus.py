"""Every hook of corpus.toml becomes what is written there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomli

from cibw_debian.hooks.shell import Edit, splice
from cibw_debian.hooks.translate import Style, translate
from tests.hooks.names import FewNames

HOOKS: list[dict[str, Any]] = tomli.loads(
    Path(__file__).with_name("corpus.toml").read_text(encoding="utf-8")
)["hook"]


@pytest.mark.parametrize("hook", HOOKS, ids=[str(number) for number in range(len(HOOKS))])
def test_hook(hook: dict[str, Any]) -> None:
    text = hook["text"]
    robust = "robust" in hook
    result = translate(text, FewNames(), style=Style.ROBUST if robust else Style.PLAIN)
    assert result.translated == (hook["robust"] if robust else hook.get("plain", text))
    assert [f"{finding.level}:{finding.code}" for finding in result.findings] == hook.get("findings", [])
    assert result.ok is not any(finding.startswith("error") for finding in hook.get("findings", []))


@pytest.mark.parametrize("style", Style)
def test_spans_tell_the_whole_change(style: Style) -> None:
    for hook in HOOKS:
        result = translate(hook["text"], FewNames(), style=style)
        for command in result.commands:
            assert hook["text"][slice(*command.span)] == command.original
        edits = [Edit(*command.span, (command.translated,)) for command in result.commands]
        assert splice(hook["text"], edits) == result.translated


@pytest.mark.parametrize("style", Style)
def test_twice_is_once(style: Style) -> None:
    for hook in HOOKS:
        once = translate(hook["text"], FewNames(), style=style).translated
        assert translate(once, FewNames(), style=style).translated == once


def test_corpus_is_large_and_has_no_doubles() -> None:
    texts = [(hook["text"], "robust" in hook) for hook in HOOKS]
    assert len(texts) >= 300
    assert len(set(texts)) == len(texts)


def test_without_strict_an_unknown_name_is_passed_over() -> None:
    text = "dnf install -y no-such-thing-devel zlib-devel"
    result = translate(text, FewNames(), strict=False)
    assert result.ok
    assert result.translated == "apt-get update && apt-get install -y zlib1g-dev"
    assert [finding.code for finding in result.findings] == ["unknown-package"]


@pytest.mark.parametrize(
    "text", ["(" * 3000 + "yum install -y wget" + ")" * 3000, "a && " * 9000 + "yum -y update"]
)
def test_what_is_nested_too_deeply_is_refused(text: str) -> None:
    result = translate(text, FewNames())
    assert result.translated == text
    assert [finding.code for finding in result.findings] == ["shell-syntax"]


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ('make && dnf install -y "wget zip', '" is opened here and not closed', '"wget zip'),
        ("make && dnf install -y 'wget zip", "' is opened here and not closed", "'wget zip"),
        ("dnf install -y `cat names", "` is opened here and not closed", "`cat names"),
        ("dnf install -y $(cat names", "( is opened here and not closed", "$(cat names"),
        ("dnf install -y perl(A::B)", "(a parenthesis in a name needs quotes)", ""),
        (
            "if true; then dnf install -y x",
            "this is not understood as shell syntax",
            "if true; then dnf install -y x",
        ),
        ("dnf install -y wget &&& make", "this is not understood as shell syntax", "&"),
    ],
)
def test_wrong_syntax_is_blamed_on_what_is_wrong(text: str, message: str, place: str) -> None:
    (finding,) = translate(text, FewNames()).findings
    assert finding.code == "shell-syntax"
    assert finding.message.endswith(message)
    assert text[slice(*finding.span)] == place


def test_findings_point_at_the_name() -> None:
    text = '# é\nbash -c "yum install -y zlib-devel \\"opensssl-devel\\""'
    (finding,) = translate(text, FewNames()).findings
    assert text[slice(*finding.span)] == '\\"opensssl-devel\\"'
    assert finding.suggestions == ("openssl-devel",)


def test_json() -> None:
    assert translate("yum install -y openssl-devel", FewNames()).to_json() == {
        "original": "yum install -y openssl-devel",
        "translated": "apt-get update && apt-get install -y libssl-dev",
        "changed": True,
        "ok": True,
        "commands": [
            {
                "original": "yum install -y openssl-devel",
                "translated": "apt-get update && apt-get install -y libssl-dev",
                "span": [0, 28],
                "packages": [
                    {
                        "rpm": "openssl-devel",
                        "status": "package",
                        "deb": ["libssl-dev"],
                        "source": "table",
                        "verified": True,
                    }
                ],
            }
        ],
        "findings": [],
    }
