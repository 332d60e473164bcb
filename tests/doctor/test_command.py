"""The command itself, on a machine that has no engine as far as it can see."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cibw_debian.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_without_an_engine_it_fails_names_the_command_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "subprocess.run", lambda *_, **__: (_ for _ in ()).throw(AssertionError("ran something"))
    )
    assert main(["doctor"]) == 47
    captured = capsys.readouterr()
    assert "The container engine docker is not installed." in captured.out
    assert "engine docker" in captured.err
    assert "doctor --fix" in captured.err


def test_json_has_every_check(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    main(["doctor", "--format", "json"])
    checks = {check["name"]: check for check in json.loads(capsys.readouterr().out)["checks"]}
    assert {"emulation armv7l", "emulation riscv64", "engine docker", "disk", "image tools"} <= set(checks)
    assert checks["engine docker"]["status"] == "fail"
    assert checks["configuration"] == {
        "name": "configuration",
        "status": "ok",
        "found": "readable",
        "fix": [],
    }
