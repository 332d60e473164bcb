"""`lookup` and `translate` honour the project in the current directory."""

from __future__ import annotations

import subprocess
import sys
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


def test_translate_reads_a_spec_file_of_the_current_directory(tmp_path: Path) -> None:
    (tmp_path / "x.spec").write_text("BuildRequires: pkgconfig(zlib)")
    done = cibw_debian("translate", "dnf -y builddep x.spec", cwd=tmp_path)
    assert done.out == "apt-get update && apt-get install -y zlib1g-dev\n"
    done = cibw_debian("translate", "dnf -y builddep ../x.spec", cwd=tmp_path)
    assert (done.code, done.out) == (43, "")


def test_a_table_that_is_none_is_the_projects_mistake(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool]\ncibw-debian = 3")
    code, _, err = cibw_debian("lookup", "zlib-devel", cwd=tmp_path)
    assert (code, "must be a table" in err) == (40, True)


def test_a_pyproject_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").mkdir()
    code, _, err = cibw_debian("lookup", "zlib-devel", cwd=tmp_path)
    assert (code, "cannot read pyproject.toml: Is a directory" in err) == (40, True)


@pytest.mark.parametrize("command", [["lookup", "zlib-devel"], ["translate", "dnf install -y zlib-devel"]])
@pytest.mark.parametrize(
    ("text", "heavy"),
    [("", {"tomli"}), ('[project]\nname = "x"\n', {"tomli"}), ("[tool.cibw-debian]\nstrict = true\n", set())],
)
def test_a_project_costs_no_heavy_import(
    tmp_path: Path, command: list[str], text: str, heavy: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The figures are measured by bench/cold_start.py; here is what they come from."""
    for name in ("CIBW_DEBIAN_INTERPRETERS", "CIBW_DEBIAN_REQUIREMENTS"):
        monkeypatch.delenv(name)  # a variable of the product's costs an import
    (tmp_path / "pyproject.toml").write_text(text)
    heavy = {"dataclasses", "fastjsonschema", "cibuildwheel", "docker", "rich", "packaging", "shtab", *heavy}
    code = f"import sys; from cibw_debian.cli import main; main({command!r}); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert heavy.isdisjoint(done.stdout.splitlines()[-1].split())
