"""`plan` predicts `run`: the same exit code, and the selection that cibuildwheel ends up with."""

from __future__ import annotations

import dataclasses
import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cibuildwheel.options import CommandLineArguments, compute_options
from cibuildwheel.platforms.linux import get_python_configurations

from cibw_debian.cli import main
from cibw_debian.run import run as module

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .conftest import Stage

START = """
[build-system]
requires = ["setuptools"]
[project]
name = "thing"
version = "1"
"""
PROJECTS = {
    "plain": START,
    "python 3.10": START + 'requires-python = ">=3.10"\n',
    "hook": START
    + '[tool.cibuildwheel]\nskip = "*-musllinux*"\nbefore-all = "dnf install -y openssl-devel"\n',
    "unknown name": START + '[tool.cibuildwheel]\nbefore-all = "dnf install -y no-such-thing-devel"\n',
    "wrong option": START + "[tool.cibuildwheel]\nbefore-al = 1\n",
    "own image": START
    + '[tool.cibuildwheel]\nbefore-all = "dnf install -y openssl-devel"\n'
    + '[tool.cibw-debian]\nmanylinux-armv7l-image = "debian-12"\nmanylinux-riscv64-image = "jammy"\n',
    "overrides": START
    + """
[tool.cibuildwheel]
build = "cp39-* cp313-*"
manylinux-armv7l-image = "debian-13"
[[tool.cibuildwheel.overrides]]
select = "cp39-*"
manylinux-armv7l-image = "debian-11"
before-all = "yum install -y zlib-devel"
""",
}
VARIABLES: tuple[dict[str, str], ...] = (
    {},
    {"CIBW_MANYLINUX_ARMV7L_IMAGE": "debian-11"},
    {"CIBW_MANYLINUX_ARMV7L_IMAGE": "ghcr.io/mayeut/manylinux_2_31:1", "CIBW_SKIP": "*t-*"},
    {"CIBW_MANYLINUX_ARMV7L_IMAGE": "debain-11"},
    {"CIBW_MANYLINUX_RISCV64_IMAGE": "manylinux_2_35", "CIBW_BUILD": "*manylinux*"},
    {"CIBW_BUILD": "cp39-manylinux*", "CIBW_MANYLINUX_ARMV7L_IMAGE": "bullseye"},
    {"CIBW_BUILD": "cp27-*"},
    {"CIBW_BUILD": "*-musllinux*"},
)
ARGUMENTS = (
    ["--archs", "armv7l"],
    ["--archs", "armv7l,riscv64", "--allow-missing"],
    ["--archs", "armv7l,x86_64", "--allow-missing", "--allow-empty", "--enable", "pypy"],
)
#: further calls of the project `hook`
MORE = (
    ["--only", "cp311-manylinux_armv7l"],
    ["--only", "cp31-manylinux_armv7l"],
    ["--only", "foo"],
    ["--only", "cp31-macosx_arm64"],
    ["--only", "cp311-manylinux_armv7l", "--archs", "armv7l"],
    ["--archs", "armv9"],
    ["--archs", "armv7l", "missing"],
    ["--archs", "armv7l", "missing.tar.gz"],
    ["--archs", "armv7l", "empty"],
    ["--archs", "armv7l", "--", "."],
    ["--archs", "armv7l", "--config-file", "missing.toml"],
    ["--archs", "armv7l", "--strict"],
    ["--archs", "armv7l", "--enable", "nothing"],
    ["--archs", "armv7l", "--clean-cache"],
    ["--archs", "armv7l", "--print-build-identifiers"],
    ["--archs", "armv7l", "--output-dir", "wheels", "--report", "report.json"],
    ["--archs", "armv7l", "--no-native-compiler", "--native-python", "--compiler-cache"],
    ["--platform", "macos"],
)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("CIBW_ARCHS", "CIBW_BUILD", "CIBW_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def selected(command: Sequence[str], env: Mapping[str, str]) -> set[str]:
    """What cibuildwheel, called like this, would build."""
    words = list(command[3:])
    options: dict[str, Any] = {"platform": "linux", "package_dir": Path.cwd()}
    options["enable"] = [words[i + 1] for i, word in enumerate(words) if word == "--enable"]
    options["allow_empty"] = "--allow-empty" in words
    for name in ("--archs", "--only", "--config-file"):
        if name in words:
            options[name[2:].replace("-", "_")] = words[words.index(name) + 1]
    arguments = dataclasses.replace(CommandLineArguments.defaults(), **options)
    chosen = compute_options("linux", arguments, env).globals
    return {c.identifier for c in get_python_configurations(chosen.build_selector, chosen.architectures)}


@pytest.fixture
def compare(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[Sequence[str]], None]:
    """Compare `plan` and `run` for the arguments of one call."""
    built: set[str] = set()

    def run_child(
        command: Sequence[str],
        env: Mapping[str, str],
        *,
        watch: Callable[[bytes], None] | None = None,
        watch_errors: Callable[[bytes], None] | None = None,
    ) -> int:
        del watch, watch_errors
        if {"macos", "--clean-cache", "--print-build-identifiers"}.isdisjoint(command):
            built.update(selected(command, env))
        return 0

    def compare(words: Sequence[str]) -> None:
        run_code = main(["run", *words])
        run_error = capsys.readouterr().err
        plan_code = main(["plan", "--format", "json", *words])
        printed = capsys.readouterr().out
        assert plan_code == run_code, run_error
        planned: set[str] = set()
        if run_code == 0:
            for build in json.loads(printed)["builds"]:
                planned.update(build["identifiers"])
        assert planned == built

    assert stage.children == []
    monkeypatch.setattr(module, "run_child", run_child)
    return compare


@pytest.mark.parametrize("words", ARGUMENTS, ids=" ".join)
@pytest.mark.parametrize("variables", VARIABLES, ids=str)
@pytest.mark.parametrize("config", PROJECTS)
def test_configurations(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    compare: Callable[[Sequence[str]], None],
    *,
    config: str,
    variables: dict[str, str],
    words: list[str],
) -> None:
    (project / "pyproject.toml").write_text(PROJECTS[config])
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    compare(words)


@pytest.mark.parametrize("words", MORE, ids=" ".join)
def test_arguments(project: Path, compare: Callable[[Sequence[str]], None], words: list[str]) -> None:
    (project / "pyproject.toml").write_text(PROJECTS["hook"])
    compare(words)


def test_the_matrix_has_all_kinds_of_ends(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A matrix that only ever ends in one way would prove little."""
    codes = set()
    for config in PROJECTS.values():
        (project / "pyproject.toml").write_text(config)
        for variables, words in itertools.product(VARIABLES, ARGUMENTS):
            with monkeypatch.context() as patch:
                for name, value in variables.items():
                    patch.setenv(name, value)
                codes.add(main(["plan", *words, "--format", "json"]))
    assert codes == {0, 3, 4, 40, 42, 43, 48}
