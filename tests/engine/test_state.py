"""What a quick look at an engine says; the engine is a script, except in the last test."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from cibw_debian.engine.state import EngineState, ImageState, NeededImage, look

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

ARM = "linux/arm/v7"
#: answers as docker 28 does; $1 is the command
DOCKER = """#!/bin/sh
echo "$*" >> {log}
case "$1" in
info) echo x86_64 ;;
image)
    for reference; do :; done
    file="{directory}/$(echo "$reference" | tr / _)"
    [ -f "$file" ] && exec cat "$file"
    echo "Error response from daemon: No such image: $reference" >&2
    exit 1
esac
"""


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Put a program on PATH in the place of docker; return the directory of its images."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")

    def write(script: str) -> Path:
        (tmp_path / "bin").mkdir()
        program = tmp_path / "bin/docker"
        program.write_text(script.format(log=tmp_path / "log", directory=tmp_path))
        program.chmod(0o755)
        return tmp_path

    return write


def inspected(platform: str, labels: dict[str, str] | None = None) -> str:
    system, architecture, *variant = platform.split("/")
    answer: dict[str, Any] = {"Id": "sha256:0", "Os": system, "Architecture": architecture}
    return json.dumps([answer | {"Variant": "".join(variant), "Config": {"Labels": labels}}])


def test_what_a_run_would_do_for_each_image(fake: Callable[[str], Path]) -> None:
    directory = fake(DOCKER)
    (directory / "r_i:1").write_text(inspected(ARM))
    (directory / "r_i:2").write_text(inspected("linux/riscv64"))
    (directory / "localhost_i:1").write_text(inspected(ARM, {"recipe": "new", "more": ""}))
    (directory / "localhost_i:2").write_text(inspected(ARM, {"recipe": "old"}))

    def state(labels: Mapping[str, str]) -> ImageState:
        return ImageState.PRESENT if labels["recipe"] == "new" else ImageState.EXTEND

    expected = {
        NeededImage(reference="r/i:1", platform=ARM): ImageState.PRESENT,
        NeededImage(reference="r/i:2", platform=ARM): ImageState.PULL,
        NeededImage(reference="r/i:3", platform=ARM): ImageState.PULL,
        NeededImage(reference="localhost/i:1", platform=ARM, state=state): ImageState.PRESENT,
        NeededImage(reference="localhost/i:2", platform=ARM, state=state): ImageState.EXTEND,
        NeededImage(reference="localhost/i:3", platform=ARM, state=state): ImageState.BUILD,
    }
    found = look("docker", tuple(expected))
    assert found == EngineState(architecture="amd64", images=tuple(expected.values()))
    calls = (directory / "log").read_text().splitlines()
    assert len(calls) == 1 + len(expected)
    assert {call.split()[0] for call in calls} == {"info", "image"}


NOTHING = EngineState(architecture="", images=(ImageState.UNKNOWN,))
IMAGES = (NeededImage(reference="r/i:1", platform=ARM),)


@pytest.mark.parametrize(
    "script",
    [
        "#!/bin/sh\necho 'Cannot connect to the Docker daemon at unix:///x.' >&2\nexit 1\n",
        # docker 20.10 without a daemon
        "#!/bin/sh\n[ $1 = info ] && echo && exit\necho 'Cannot connect to the Docker daemon' >&2\nexit 1\n",
        "#!/bin/sh\necho 'unable to resolve endpoint: context \"x\": context not found: x' >&2\nexit 1\n",
    ],
)
def test_an_engine_that_does_not_answer_is_no_error(fake: Callable[[str], Path], script: str) -> None:
    fake(script)
    assert look("docker", IMAGES) == NOTHING


def test_an_engine_that_is_not_installed_is_no_error() -> None:
    assert look("no-such-engine", IMAGES) == NOTHING


def test_nobody_waits_long_for_an_engine(fake: Callable[[str], Path]) -> None:
    fake("#!/bin/sh\nexec sleep 60\n")
    started = time.monotonic()
    assert look("docker", IMAGES, patience=0.2) == NOTHING
    assert time.monotonic() - started < 10


@pytest.mark.engine
def test_the_real_engine() -> None:
    found = look("docker", [NeededImage(reference="localhost/cibw-debian/test:none", platform=ARM)])
    assert found.images == (ImageState.PULL,)
    assert found.architecture
