"""The script for a shell, run by that shell."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from typing import TYPE_CHECKING

import pytest

from cibw_debian.cli import COMMANDS
from cibw_debian.findings import codes
from tests.command import cibw_debian

if TYPE_CHECKING:
    from pathlib import Path

#: what bash does for a line of words, the last of which is being written
_COMPLETE = r"""
eval "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
complete -p cibw-debian >/dev/null || exit 1
_shtab_cibw_debian cibw-debian "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
printf '%s\n' "${COMPREPLY[@]}"
"""


@cache
def script(shell: str) -> str:
    ran = cibw_debian("completion", shell)
    assert ran.code == 0, ran.err
    return ran.out


def completed(*words: str) -> set[str]:
    command = ["bash", "-c", _COMPLETE, "bash", script("bash"), "cibw-debian", *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_bash_completes_commands() -> None:
    assert completed("") == {*COMMANDS, "help"}
    assert completed("tr") == {"translate"}
    assert completed("images", "s") == {"show", "save", "sbom"}
    assert completed("help", "pl") == {"plan"}


def test_bash_completes_options() -> None:
    assert completed("run", "--native") == {"--native-compiler", "--native-python"}
    assert completed("sync", "--che") == {"--check"}
    assert completed("images", "build", "--reb") == {"--rebuild"}
    assert completed("doctor", "--fi") == {"--fix"}


def test_bash_completes_values() -> None:
    assert completed("plan", "--archs", "a") == {"aarch64", "armv7l"}
    assert completed("lookup", "--suite", "book") == {"bookworm"}
    assert completed("images", "build", "debian-1") == {"debian-11", "debian-12", "debian-13"}
    assert completed("translate", "--format", "") == {"text", "json", "diff"}
    assert completed("explain", "shell-") == {code for code in codes() if code.startswith("shell-")}


def test_bash_completes_files(tmp_path: Path) -> None:
    (tmp_path / "deps.sh").touch()
    assert completed("check", f"{tmp_path}/d") == {f"{tmp_path}/deps.sh"}


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_another_shell_reads_its_script(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"this machine has no {shell}")
    subprocess.run([shell, "-n"], input=script(shell), text=True, check=True)


def test_fish_completes() -> None:
    if shutil.which("fish") is None:
        pytest.skip("this machine has no fish")
    text = f"{script('fish')}\ncomplete -C 'cibw-debian tr'\ncomplete -C 'cibw-debian run --native'\n"
    done = subprocess.run(["fish", "-N"], input=text, text=True, capture_output=True, check=True)
    words = [line.split("\t")[0] for line in done.stdout.splitlines()]
    assert words == ["translate", "--native-compiler"]


def test_another_shell_is_refused() -> None:
    ran = cibw_debian("completion", "tcsh")
    assert ran.code == 2
    assert "bash, zsh, fish" in ran.err
