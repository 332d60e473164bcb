"""Damaged data files: the file is named, 41, and never a traceback."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cibw_debian
from cibw_debian.mounts.companion import make_companion

if TYPE_CHECKING:
    from collections.abc import Callable

TRANSLATE = ["translate", "--robust", "dnf install -y no-such-thing-devel"]
LOOKUP = ["lookup", "openssl-devel", "no-such-thing-devel"]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package, to be damaged."""
    source = Path(cibw_debian.__file__).parent
    copy = tmp_path / "copy" / "cibw_debian"
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
    if not (copy / "data" / "images.toml").exists():
        shutil.copy(source.parent / "images.toml", copy / "data" / "images.toml")
    return copy


def run(package: Path, *args: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}
    command = [sys.executable, "-m", "cibw_debian", *args]
    return subprocess.run(
        command, env=environment, cwd=package.parent, capture_output=True, text=True, check=False
    )


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def empty(_content: bytes) -> bytes:
    return b""


def other(_content: bytes) -> bytes:
    return b'{"openssl-devel": 3, "bookworm": [], "unknown-package": 1}'


def late(content: bytes) -> bytes:
    """Damage every block of the index and leave its directory."""
    start = 12 + int.from_bytes(content[8:12], "big")
    return content[:start] + b"\0" * (len(content) - start)


@pytest.mark.parametrize(
    ("name", "damage", "args"),
    [
        ("index.bin", cut, LOOKUP),
        ("index.bin", empty, LOOKUP),
        ("index.bin", other, LOOKUP),
        ("index.bin", late, LOOKUP),
        ("packages.json", cut, LOOKUP),
        ("packages.json", empty, LOOKUP),
        ("packages.json", other, LOOKUP),
        ("suites.json", cut, LOOKUP),
        ("suites.json", other, LOOKUP),
        ("findings.json", cut, TRANSLATE),
        ("findings.json", other, TRANSLATE),
        ("images.toml", cut, ["images", "list"]),
        ("images.toml", other, ["images", "list"]),
        ("images.toml", empty, ["images", "list"]),
        ("images.schema.json", cut, ["images", "list"]),
    ],
)
def test_the_damaged_file_is_named(
    package: Path, name: str, damage: Callable[[bytes], bytes], args: list[str]
) -> None:
    file = package / "data" / name
    file.write_bytes(damage(file.read_bytes()))
    done = run(package, *args)
    assert (done.returncode, done.stdout) == (41, "")
    assert str(file) in done.stderr
    assert "Reinstall cibw-debian." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["index.bin", "packages.json", "images.toml"])
def test_a_missing_file_is_named(package: Path, name: str) -> None:
    file = package / "data" / name
    file.unlink()
    done = run(package, *(["images", "list"] if name == "images.toml" else LOOKUP))
    assert (done.returncode, done.stdout) == (41, "")
    assert name in done.stderr


def test_plan_names_it_too(package: Path) -> None:
    (package / "data" / "index.bin").write_bytes(b"")
    hook = 'before-all = "dnf install -y openssl-devel"\nmanylinux-armv7l-image = "debian-12"\n'
    (package.parent / "pyproject.toml").write_text(
        f'[project]\nname = "x"\nversion = "1"\n[tool.cibuildwheel]\n{hook}'
    )
    done = run(package, "plan", "--archs", "armv7l", "--allow-missing", "--format", "json")
    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (41, "data")
    assert "index.bin" in json.loads(done.stdout)["error"]["message"]


@pytest.mark.parametrize(
    ("name", "damage"), [("packages.json", cut), ("index.bin", cut), ("index.bin", late)]
)
def test_in_the_container_there_is_a_message_and_no_traceback(
    tmp_path: Path, name: str, damage: Callable[[bytes], bytes]
) -> None:
    """The companion's own files, with this machine's Python; `rpm -q` asks for no lists of packages."""
    # This machine's own suite may have no index.
    (tmp_path / "os-release").write_text("VERSION_CODENAME=bookworm\n")
    for path, original in make_companion({}, answers=True).files.items():
        content = original.replace(b"/etc/os-release", str(tmp_path / "os-release").encode())
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(damage(content) if path.endswith(name) else content)
    (tmp_path / "rpm").symlink_to(tmp_path / "lib/cibw_debian/container/__main__.py")
    command = [sys.executable, "-IS", str(tmp_path / "rpm"), "-q", "openssl-devel"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.fullmatch(rf"cibw-debian: error: .*{name} is damaged: .*\n", done.stderr)
