from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cibw_debian.engine.engine import Engine
from cibw_debian.engine.local_only import finds_local_image
from cibw_debian.engine.registry import PullProblem, classify_pull_error
from cibw_debian.engine.volumes import Volumes
from cibw_debian.errors import EngineError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "Error response from daemon: Get https://r/v2/: dial tcp: lookup r: no such host",
            PullProblem.NETWORK,
        ),
        (
            "Get https://r/v2/: net/http: request canceled (Client.Timeout exceeded while awaiting headers)",
            PullProblem.NETWORK,
        ),
        ("x509: certificate signed by unknown authority", PullProblem.NETWORK),
        (
            "Error response from daemon: manifest for r/i@sha256:0 not found: manifest unknown",
            PullProblem.NOT_FOUND,
        ),
        ("no matching manifest for linux/arm/v7 in the manifest list entries", PullProblem.NOT_FOUND),
        (
            "image with reference r/i was found but does not match the specified platform",
            PullProblem.NOT_FOUND,
        ),
        ("toomanyrequests: You have reached your pull rate limit.", PullProblem.RATE_LIMIT),
        ("pull access denied for i, repository does not exist", PullProblem.DENIED),
        ("unauthorized: access to the requested resource is not authorized", PullProblem.DENIED),
        ("no space left on device", PullProblem.OTHER),
    ],
)
def test_pull_problems(text: str, problem: PullProblem) -> None:
    assert classify_pull_error(text) is problem


def test_missing_engine_says_what_to_do() -> None:
    with pytest.raises(EngineError, match="no-such-engine is not installed") as caught:
        Engine("no-such-engine").require()
    assert "doctor --fix" in caught.value.hint


def test_engine_that_does_not_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = tmp_path / "docker"
    fake.write_text("#!/bin/sh\necho 'Cannot connect to the Docker daemon at unix:///x.' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(EngineError, match="installed but does not answer"):
        Engine().require()


@pytest.mark.parametrize(("api", "good"), [("1.41", True), ("1.50", True), ("2.0", True), ("1.40", False)])
def test_oldest_api(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, api: str, good: bool) -> None:
    fake = tmp_path / "docker"
    fake.write_text(
        f'#!/bin/sh\necho \'{{"Client":{{}},"Server":{{"Version":"v","ApiVersion":"{api}"}}}}\'\n'
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    if good:
        Engine().require()
    else:
        with pytest.raises(EngineError, match="too old"):
            Engine().require()


@pytest.mark.parametrize(
    ("engine", "platform", "found"),
    [
        ("podman", "linux/arm/v7", False),
        ("podman", "linux/riscv64", True),
        ("podman", "linux/amd64", True),
        ("docker", "linux/arm/v7", True),
    ],
)
def test_podman_does_not_tell_a_variant(engine: str, platform: str, *, found: bool) -> None:
    assert finds_local_image(engine, platform) is found


def test_a_volume_that_somebody_removes_meanwhile_ends_no_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = tmp_path / "docker"
    fake.write_text("#!/bin/sh\n[ $2 = ls ] && echo v && exit\necho 'Error: No such volume: v' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    Volumes(Engine(), "run=1").prune("label")
