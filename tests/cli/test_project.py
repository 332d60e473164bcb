"""`lookup` and `translate` honour the project in the current directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.command import cibw_debian

if TYPE_CHECKING:
    from pathlib import Path


def test_lookup_asks_the_projects_table_first(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.cibw-debian.packages]\nour-sdk = ["libour-dev"]\n')
    code, out, _ = cibw_debian("lookup", "our-sdk", cwd=tmp_path)
    assert (code, out.splitlines()[0]) == (0, "our-sdk: libour-dev")


def test_translate_is_as_strict_as_the_project(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.cibw-debian]\nstrict = false\n")
    code, out, _ = cibw_debian("translate", "dnf install -y zlib-devel nobody-knows-this", cwd=tmp_path)
    assert (code, out) == (0, "apt-get update && apt-get install -y zlib1g-dev\n")


@pytest.mark.parametrize("text", ["tool = 3", "[tool]\ncibw-debian = 3"])
def test_a_table_that_is_none_is_the_projects_mistake(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    code, _, err = cibw_debian("lookup", "zlib-devel", cwd=tmp_path)
    assert (code, "must be a table" in err) == (40, True)
