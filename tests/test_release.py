"""What runs in CI services, run here: the action's script, and the check of a release."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from cibw_debian import __version__

ROOT = Path(__file__).parents[1]
INPUTS = ("PACKAGE_DIR", "OUTPUT_DIR", "CONFIG_FILE", "ONLY", "ARCHS", "ARGUMENTS")


def _release(root: Path, tag: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "scripts" / "check-release"), tag]
    return subprocess.run(command, check=False, capture_output=True, text=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for path in ("scripts/check-release", "pyproject.toml", "cibw_debian/__init__.py"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n## {__version__} (2026-01-01)\n\n- all\n")
    return tmp_path


def test_a_release_agrees_with_itself(checkout: Path) -> None:
    assert _release(checkout, f"v{__version__}").returncode == 0


def test_what_keeps_a_tag_from_being_a_release(checkout: Path) -> None:
    ran = _release(checkout, "v99.0")
    assert ran.returncode == 1
    for file in ("pyproject.toml", "cibw_debian/__init__.py", "CHANGELOG.md"):
        assert f"error: {file}" in ran.stderr


def test_the_action_hands_its_inputs_on(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@" >> called\n[ "$1" = plan ] && exit 43\nexit "$CODE"\n')
    program.chmod(0o755)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a-1-py3-none-any.whl").write_text("")
    summary = tmp_path / "summary"
    inputs = ("a dir", "out", "", "", "armv7l", "--allow-missing\n--compiler-cache\n")
    env = {**os.environ, **dict(zip(INPUTS, inputs, strict=True)), "GITHUB_STEP_SUMMARY": str(summary)}
    for code in (0, 5):
        (tmp_path / "called").unlink(missing_ok=True)
        ran = subprocess.run(
            [ROOT / "scripts" / "action", program], check=False, cwd=tmp_path, env={**env, "CODE": str(code)}
        )
        assert ran.returncode == code
        lines = (tmp_path / "called").read_text().splitlines()
        expected = [
            "a dir",
            "--output-dir",
            "out",
            "--archs",
            "armv7l",
            "--allow-missing",
            "--compiler-cache",
        ]
        assert lines[: len(expected) + 2] == ["plan", *expected, "run"]
        assert lines[len(expected) + 2 :][: len(expected)] == expected
    assert summary.read_text().count("a-1-py3-none-any.whl") == 1


def test_the_actions_inputs_are_those_of_its_script() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    step = action["runs"]["steps"][-1]
    assert set(step["env"]) == set(INPUTS)
    assert {value.split(".")[-1].split()[0] for value in step["env"].values()} == set(action["inputs"])
