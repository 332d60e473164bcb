"""The builder with a stand-in for mmdebstrap and for the engine: what is left behind, and when."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import textwrap
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, cast

import pytest

from cibw_debian.engine.engine import Engine, LocalImage
from cibw_debian.errors import ImageBuildError
from cibw_debian.images.builder import build_image, is_current
from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.images.recipe import FINGERPRINT_LABEL, LEFT_OUT_LABEL, recipe_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

IMAGE = load_catalogue().get("debian-11")
REFERENCE = "localhost/cibw-debian/debian-11:armv7l"


@dataclass
class FakeEngine:
    """Keeps what it is given, as docker would describe it."""

    name: str = "docker"
    loads: int = 0
    images: dict[str, LocalImage] = field(default_factory=dict)
    #: id -> archive
    archives: dict[str, bytes] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)

    def require(self) -> None: ...

    def image(self, reference: str) -> LocalImage | None:
        return self.images.get(reference)

    def load(self, write: Callable[[IO[bytes]], None]) -> None:
        buffer = io.BytesIO()
        write(buffer)
        self.loads += 1
        same = (i for i, archive in self.archives.items() if archive == buffer.getvalue())
        identity = next(same, f"image {self.loads}")
        self.archives[identity] = buffer.getvalue()
        self.images[REFERENCE] = described(buffer.getvalue(), identity)

    @contextlib.contextmanager
    def reading(self, command: str, identity: str) -> Iterator[IO[bytes]]:
        assert command == "save"
        yield io.BytesIO(self.archives[identity])

    def remove_image(self, reference: str) -> None:
        self.removed.append(reference)


def described(archive: bytes, identity: str) -> LocalImage:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        content = {member.name: cast("IO[bytes]", tar.extractfile(member)).read() for member in tar}
    manifest = json.loads(content["manifest.json"])[0]
    config = json.loads(content[manifest["Config"]])
    layers = [f"sha256:{hashlib.sha256(content[layer]).hexdigest()}" for layer in manifest["Layers"]]
    assert config["rootfs"]["diff_ids"] == layers
    assert len(config["history"]) == len(layers)
    assert manifest["RepoTags"] == [REFERENCE]
    platform = "/".join((config["os"], config["architecture"], config["variant"]))
    return LocalImage(id=identity, platform=platform, labels=config["config"]["Labels"])


@pytest.fixture
def mmdebstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Puts a stand-in for mmdebstrap on PATH; returns the directory that builds work in."""
    work = tmp_path / "work"
    work.mkdir()
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("TMPDIR", str(work))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")

    def install(script: str) -> Path:
        program = tmp_path / "bin/mmdebstrap"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return work

    return install


def build(engine: FakeEngine, *, rebuild: bool = False) -> str:
    return build_image(IMAGE, "armv7l", engine=cast("Engine", engine), rebuild=rebuild)


def test_image_is_loaded_once_for_the_right_platform(mmdebstrap: Callable[[str], Path]) -> None:
    work = mmdebstrap("echo 'I: creating tarball...' >&2; head -c 102400 /dev/urandom")
    engine = FakeEngine()
    assert build(engine) == REFERENCE
    assert build(engine) == REFERENCE
    assert engine.loads == 1
    assert engine.images[REFERENCE].platform == "linux/arm/v7"
    assert is_current(IMAGE, "armv7l", cast("Engine", engine))
    assert list(work.iterdir()) == []

    build(engine, rebuild=True)
    assert engine.loads == 2
    assert engine.removed == ["image 1"]


def test_an_image_tells_which_parts_of_the_archive_it_was_built_without(
    mmdebstrap: Callable[[str], Path],
) -> None:
    line = "deb [signed-by=/k.gpg] http://mirror.example/debian bullseye-{} main"
    said = "warning: left out, the archive has no usable index: $line"
    assert said in recipe_files()["setup.sh"].decode()
    left_out = (f"echo 'cibw-debian: {said.replace('$line', line.format(part))}' >&2" for part in "ab")
    mmdebstrap("; ".join(left_out))
    engine = FakeEngine()
    build(engine)
    labels = engine.images[REFERENCE].labels
    assert labels[LEFT_OUT_LABEL] == "bullseye-a bullseye-b"

    mmdebstrap("true")
    build(engine, rebuild=True)
    assert LEFT_OUT_LABEL not in engine.images[REFERENCE].labels


def test_the_same_image_again_stays(mmdebstrap: Callable[[str], Path]) -> None:
    mmdebstrap("echo cibw-debian: date: 1700000000 >&2")
    engine = FakeEngine()
    for _ in range(2):
        build(engine, rebuild=True)
    assert (engine.loads, [*engine.archives], engine.removed) == (2, ["image 1"], [])


@pytest.mark.parametrize(
    ("variable", "created"),
    [("", "2023-11-14T22:13:20Z"), ("1600000000", "2020-09-13T12:26:40Z"), ("soon", "2023-11-14T22:13:20Z")],
)
def test_the_time_of_the_image_is_the_archives_unless_a_variable_says_one(
    mmdebstrap: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, variable: str, created: str
) -> None:
    mmdebstrap(
        "for time in 1600000001 1700000000 1500000000; do echo cibw-debian: date: $time >&2; done;"
        "echo $SOURCE_DATE_EPOCH"
    )
    monkeypatch.setenv("SOURCE_DATE_EPOCH", variable)
    engine = FakeEngine()
    build(engine)
    assert engine.images[REFERENCE].labels["org.opencontainers.image.created"] == created


def test_image_of_another_recipe_is_built_again(mmdebstrap: Callable[[str], Path]) -> None:
    mmdebstrap("true")
    old = LocalImage(id="old", platform="linux/arm/v7", labels={FINGERPRINT_LABEL: "older"})
    engine = FakeEngine(images={REFERENCE: old})
    assert not is_current(IMAGE, "armv7l", cast("Engine", engine))
    build(engine)
    assert engine.loads == 1
    assert engine.removed == ["old"]


def test_failure_shows_the_last_lines_and_leaves_nothing(
    mmdebstrap: Callable[[str], Path], tmp_path: Path
) -> None:
    work = mmdebstrap("echo 'I: extracting archives...' >&2; echo 'E: the disk is full' >&2; exit 25")
    engine = FakeEngine()
    with pytest.raises(ImageBuildError, match="exited with 25") as caught:
        build(engine)
    log = tmp_path / "cache/cibw-debian/build-debian-11-armv7l.log"
    assert "E: the disk is full" in caught.value.message
    assert str(log) in caught.value.message
    assert [line.split(maxsplit=1)[1] for line in log.read_text().splitlines()] == [
        "I: extracting archives...",
        "E: the disk is full",
    ]
    assert engine.loads == 0
    assert list(work.iterdir()) == []


def test_missing_mmdebstrap_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(ImageBuildError, match="mmdebstrap") as caught:
        build(FakeEngine())
    assert "doctor --fix" in caught.value.hint


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_interruption_lets_mmdebstrap_clean_up(
    mmdebstrap: Callable[[str], Path], tmp_path: Path, signum: signal.Signals
) -> None:
    work = mmdebstrap(
        f"trap 'touch {tmp_path}/cleaned; exit 1' TERM; echo 'I: extracting archives...' >&2; "
        "i=0; while [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done"
    )
    program = textwrap.dedent("""
        from tests.images.test_builder import FakeEngine, build
        build(FakeEngine())
    """)
    process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True)
    assert process.stderr
    for line in process.stderr:
        if "unpacking" in line:
            break
    process.send_signal(signum)
    process.communicate(timeout=20)
    assert process.returncode != 0
    assert (tmp_path / "cleaned").exists()
    assert list(work.iterdir()) == []
