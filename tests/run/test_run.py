"""What `run` does beside the plan, with a cibuildwheel that is only noted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cibw_debian.cibw.adapter import Arguments
from cibw_debian.errors import ConfigurationError, MissingInterpreterError
from cibw_debian.run import run as module
from cibw_debian.run.invocation import Invocation
from cibw_debian.run.run import run

if TYPE_CHECKING:
    from pathlib import Path

#: not for Linux, so that cibuildwheel is called without a plan
ELSEWHERE = Invocation(arguments=Arguments(platform="macos"))


@pytest.fixture(autouse=True)
def child(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Note what would be run, which fails with 3."""
    called: list[list[str]] = []

    def run_child(command: list[str], _env: object) -> int:
        called.append(command)
        return 3

    monkeypatch.setattr(module, "run_child", run_child)
    return called


@pytest.mark.parametrize("name", ["no/such/directory/report.json", "."])
def test_what_cannot_be_written_is_refused_before_anything_is_built(
    tmp_path: Path, name: str, child: list[list[str]]
) -> None:
    with pytest.raises(ConfigurationError, match="--report"):
        run(ELSEWHERE, {}, report=tmp_path / name)
    assert child == []


def test_a_report_is_written_of_every_run(tmp_path: Path) -> None:
    assert run(ELSEWHERE, {}, report=tmp_path / "report.json") == 3
    # For a person to read, too.
    assert (tmp_path / "report.json").read_text() == (
        '{\n  "version": 1,\n  "exit_code": 3,\n  "installed": {}\n}\n'
    )


def test_a_disk_that_is_full_does_not_hide_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "report.json").symlink_to("/dev/full")
    assert run(ELSEWHERE, {}, report=tmp_path / "report.json") == 3
    assert "the report is not complete" in capsys.readouterr().err


def test_only_a_build_whose_interpreter_the_image_lacks(tmp_path: Path, child: list[list[str]]) -> None:
    (tmp_path / "setup.py").touch()
    env = {"CIBW_MANYLINUX_ARMV7L_IMAGE": "debian-11", "CIBW_DEBIAN_INTERPRETERS": "suite"}
    arguments = Arguments(package_dir=tmp_path, only="cp313-manylinux_armv7l")
    switches = {"allow_missing": True}
    with pytest.raises(MissingInterpreterError):
        run(Invocation(arguments=arguments), env)
    with pytest.raises(MissingInterpreterError):
        run(Invocation(arguments=arguments, switches=switches), env)
    empty = replace(arguments, allow_empty=True)
    with pytest.raises(MissingInterpreterError):
        run(Invocation(arguments=empty), env)
    assert run(Invocation(arguments=empty, switches=switches), env) == 0
    assert child == []
