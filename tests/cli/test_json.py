"""JSON for programs: every document has a version, and errors are documents too."""

from __future__ import annotations

import json

import pytest

from cibw_debian.cli import main
from tests.command import cibw_debian


@pytest.mark.parametrize(
    ("args", "code", "word"),
    [
        (("lookup", "--suite", "sid", "zlib-devel", "--format", "json"), 40, "configuration"),
        (("images", "resolve", "nope", "--arch", "armv7l", "--format=json"), 42, "unknown-image"),
        (("lookup", "--format", "json"), 2, "usage"),
        (("plan", "no/such/directory", "--archs", "armv7l", "--format", "json"), 2, None),
    ],
)
def test_an_error_is_a_document_too(args: tuple[str, ...], code: int, word: str | None) -> None:
    ended, out, _ = cibw_debian(*args)
    document = json.loads(out)
    assert (ended, document["version"]) == (code, 1)
    assert document["error"].keys() == {"code", "message", "hint"}
    assert word is None or document["error"]["code"] == word


def test_lookup_is_a_document_with_a_version() -> None:
    document = json.loads(cibw_debian("lookup", "--format", "json", "zlib-devel")[1])
    assert document["version"] == 1
    assert document["packages"][0]["deb"] == ["zlib1g-dev"]


def test_a_bug_is_called_a_bug(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(_argv: object) -> int:
        raise KeyError("suite")

    monkeypatch.setattr("cibw_debian.cli.lookup.main", broken)
    assert main(["lookup", "zlib-devel"]) == 70
    said = capsys.readouterr().err
    assert "a bug in cibw-debian" in said
    assert "Traceback" not in said
    assert main(["lookup", "--debug-traceback", "zlib-devel"]) == 70
    assert "Traceback" in capsys.readouterr().err


def test_debug_traceback_keeps_the_exit_code() -> None:
    assert cibw_debian("lookup", "--suite", "sid", "zlib-devel", "--debug-traceback").code == 40
