"""The hook that chooses the archive's usable pockets, with a recording apt-get."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from cibw_debian.images.recipe import recipe_files

if TYPE_CHECKING:
    from pathlib import Path

MAIN = "deb http://archive/debian trixie main"
UPDATES = "deb http://archive/debian trixie-updates main"
SECURITY = "deb http://archive/debian-security trixie-security main"


def run_hook(tmp_path: Path, *, broken: str, codename: str = "trixie") -> subprocess.CompletedProcess[str]:
    (tmp_path / "hook").write_bytes(recipe_files()["setup.sh"])
    apt = tmp_path / "root/etc/apt"
    apt.mkdir(parents=True)
    (apt / "sources.list").write_text(f"{MAIN}\n{UPDATES}\n{SECURITY}\n")
    fake = tmp_path / "bin/apt-get"
    fake.parent.mkdir()
    fake.write_text(
        f"#!/bin/sh\n[ $1 = update ] || exec echo {codename}\n! grep -q -E -- '{broken}' {apt}/sources.list\n"
    )
    fake.chmod(0o755)
    environment = {"PATH": f"{fake.parent}:{os.environ['PATH']}", "MMDEBSTRAP_APT_CONFIG": "/dev/null"}
    return subprocess.run(
        ["sh", tmp_path / "hook", tmp_path / "root"],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("broken", "kept"),
    [
        ("nothing", [MAIN, UPDATES, SECURITY]),
        ("-security ", [MAIN, UPDATES]),
        ("-updates ", [MAIN, SECURITY]),
    ],
)
def test_unusable_pockets_are_left_out_and_named(tmp_path: Path, broken: str, kept: list[str]) -> None:
    done = run_hook(tmp_path, broken=broken)
    assert done.returncode == 0
    assert (tmp_path / "root/etc/apt/sources.list").read_text().splitlines() == kept
    assert [path.name for path in (tmp_path / "root/etc/apt").iterdir()] == ["sources.list"]
    assert done.stderr.count("warning: left out") == 3 - len(kept)


def test_the_suite_may_be_whole_under_its_other_name(tmp_path: Path) -> None:
    done = run_hook(tmp_path, broken="(trixie|/debian stable) main")
    assert done.returncode == 0
    other = "deb http://archive/debian oldstable main"
    assert (tmp_path / "root/etc/apt/sources.list").read_text().splitlines() == [other, UPDATES, SECURITY]
    assert f"warning: no usable index: {MAIN}; used instead: {other}\n" in done.stderr


@pytest.mark.parametrize(
    ("broken", "codename"), [("(trixie|stable) main", "trixie"), ("trixie main", "forky")]
)
def test_without_the_suite_itself_nothing_is_built(tmp_path: Path, broken: str, codename: str) -> None:
    done = run_hook(tmp_path, broken=broken, codename=codename)
    assert done.returncode != 0
    assert f"error: the archive has no usable index: {MAIN}\n" in done.stderr
