"""Every screen at 80 columns, in colour and without: no line is broken inside a word by the terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from cibw_debian.cli import COMMANDS
from tests.command import cibw_debian, in_terminal

if TYPE_CHECKING:
    from pathlib import Path

PYPROJECT = """
[project]
name = "thing"
version = "1"
[tool.cibuildwheel]
manylinux-armv7l-image = "debian-11"
before-all = "set -e; [[ -d /usr/lib64 ]] && dnf install -y openssl-devel java-1.8.0-openjdk-devel"
before-test = "yum install -y no-such-thing-devel and-another-such-thing-devel and-more-devel"
"""
SCREENS = [
    "",
    "images",
    "images list",
    "images list --arch riscv64",
    "images show debian-13",
    "images show mayeut-manylinux_2_35",
    "images resolve nope --arch armv7l",
    "lookup @development-tools java-1.8.0-openjdk-devel pcre-devel zilb-devel epel-release",
    "lookup --suite jammy pkgconfig(libcurl) /usr/bin/cmake",
    "lookup --suite nope x",
    "lookup --arch armv7 x",
    "translate --file hook.sh",
    "plan --archs armv7l",
    "plan --archs armv7l --allow-missing",
    "plan --archs amd64",
    "run --archs armv7l",
    "run --archs armv7l --allow-missing",
    *(f"help {command}" for command in COMMANDS),
]
#: what is to be pasted stays on one line
PASTED = re.compile(r"^ +(?:fix: |[+-] |before-)|^  \w+=|^\[\[")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    hook = "yum install -y cmake3 && [[ -d /usr/lib64 ]] && " + " ".join(
        ["dnf install -y no-such-devel;"] * 9
    )
    (tmp_path / "hook.sh").write_text(hook)
    return tmp_path


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("colour", [True, False])
def test_lines_fit(project: Path, screen: str, colour: bool) -> None:
    env = {"NO_COLOR": "" if colour else "1"}
    _, shown = in_terminal(*screen.split(), cwd=project, env=env)
    text = re.sub(r"\x1b\[[\d;]*m", "", shown)
    assert text
    assert "Traceback" not in text
    assert (text != shown) <= colour
    assert [line for line in text.splitlines() if len(line) > 80 and not PASTED.match(line)] == []


def test_doctor_fits(project: Path) -> None:
    _, shown = in_terminal("doctor", cwd=project)
    too_long = [line for line in shown.splitlines() if len(line) > 80]
    assert all(re.match(" +fix: ", line) for line in too_long)


def test_a_word_is_never_broken(project: Path) -> None:
    """What a file gets in one line, the terminal gets in several, with the same words."""
    args = ("lookup", "--suite", "bookworm", "@development-tools", "java-1.8.0-openjdk-devel")
    code, shown = in_terminal(*args, cwd=project, env={"NO_COLOR": "1"}, columns=40)
    out = cibw_debian(*args, cwd=project)
    assert code == 0
    assert len(shown.splitlines()) > len((out.err + out.out).splitlines())
    assert shown.split() == (out.err + out.out).split()


def test_the_short_list_has_a_long_form(project: Path) -> None:
    heads = "NAME ARCHS POLICY SUITE PYTHONS"
    assert cibw_debian("images", "list").out.splitlines()[0].split() == heads.split()
    long = cibw_debian("-v", "images", "list", cwd=project).out
    assert long.splitlines()[0].split() == [*heads.split(), "DISTRIBUTION", "GCC", "PACKAGES", "HOME"]
    assert "x86_64,aarch64,armv7l" in long


def test_translate_says_that_it_reads_the_terminal(project: Path) -> None:
    code, shown = in_terminal(
        "translate", "--suite", "bookworm", typed=b"dnf install -y zlib-devel\n\x04", cwd=project
    )
    assert code == 0
    assert "reading standard input; end with Ctrl-D" in shown
    assert shown.endswith("apt-get update && apt-get install -y zlib1g-dev\n")


def test_translate_says_nothing_of_the_kind_of_a_pipe() -> None:
    assert "reading" not in cibw_debian("translate").err
