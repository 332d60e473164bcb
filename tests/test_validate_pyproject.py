"""The real validate-pyproject, with the schema that our entry point gives to it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = '[project]\nname = "thing"\nversion = "1"\n'
ALL_KEYS = """
[tool.cibw-debian]
strict = false
images = "images.toml"
companion = "auto"
native-compiler = false
compiler-cache = true
wheel-cache = true
allow-missing = true
mirror = "http://mirror.example/{snapshot}"
snapshot = "20261101T000000Z"
keyring = "keys.gpg"
manylinux-armv7l-image = "debian-11"
packages = { our-sdk-devel = ["libour-sdk-dev"], only-on-rhel = [] }
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""),
        (ALL_KEYS, ""),
        ("[tool.cibw-debian]\nstric = true\n", "`tool.cibw-debian` must not contain {'stric'} properties"),
        ('[tool.cibw-debian]\nstrict = "yes"\n', "`tool.cibw-debian.strict` must be boolean"),
    ],
)
def test_validate_pyproject(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT + text)
    command = [sys.executable, "-m", "validate_pyproject", "pyproject.toml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == (1 if said else 0), done.stdout + done.stderr
    assert said in done.stdout + done.stderr
