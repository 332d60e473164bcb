"""`explain` tells what the table of findings has."""

from __future__ import annotations

import json
import re

import pytest

from cibw_debian.findings import codes
from tests.command import cibw_debian


@pytest.mark.parametrize("word", ["lib64", "[lib64]", "LIB64"])
def test_a_code_is_explained(word: str) -> None:
    code, out, err = cibw_debian("explain", word)
    row = codes()["lib64"]
    assert (code, err) == (0, "")
    assert out.startswith(f"warning lib64: {row.summary}\n")
    words = " ".join(out.split())
    for text in (row.meaning, row.action, row.before, row.after):
        assert " ".join(text.split()) in words


def test_what_the_companion_settles_is_said() -> None:
    assert "companion settles" in cibw_debian("explain", "shell-variable").out
    assert "companion settles" not in cibw_debian("explain", "copr").out


def test_without_a_code_all_are_listed_errors_first() -> None:
    out = cibw_debian("explain").out
    listed = re.findall(r"^(error|warning|note) ([a-z0-9-]+): ", out, re.MULTILINE)
    assert {code for _, code in listed} == set(codes())
    levels = [level for level, _ in listed]
    assert levels == sorted(levels, key=["error", "warning", "note"].index)


def test_json_has_the_rows_in_the_order_asked_for() -> None:
    document = json.loads(cibw_debian("explain", "--format", "json", "spec-file", "copr").out)
    assert [row["code"] for row in document["findings"]] == ["spec-file", "copr"]
    assert document["findings"][0]["action"] == codes()["spec-file"].action


def test_a_wrong_code_gets_a_suggestion() -> None:
    code, out, err = cibw_debian("explain", "shell-varable")
    assert (code, out) == (40, "")
    assert "Perhaps you meant shell-variable?" in err
    assert "Perhaps" not in cibw_debian("explain", "zzz").err
    assert cibw_debian("check", "--ignore", "shell-varable").err == err
