"""What only a real engine can say, with an image of a few bytes: nothing is pulled, nothing is run."""

from __future__ import annotations

import io
import subprocess
import tarfile
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from cibw_debian.engine.engine import Engine
from cibw_debian.errors import EngineError
from cibw_debian.images.archive import write_archive
from cibw_debian.mounts.companion import Companion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.engine

ENGINE = Engine()
PLATFORM = "linux/arm/v7"


@pytest.fixture
def image(tmp_path: Path) -> Iterator[str]:
    reference = f"localhost/cibw-debian/test:{uuid.uuid4().hex}"
    layer = tmp_path / "layer.tar"
    layer.write_bytes(archive({"mnt/readme": reference.encode()}))

    load(layer, reference)
    yield reference
    ENGINE.remove_image(reference)


@pytest.fixture
def volume() -> Iterator[str]:
    name = f"cibw-debian-test-{uuid.uuid4().hex}"
    yield name
    ENGINE.remove_volume(name)


def load(layer: Path, reference: str) -> None:
    """Give the engine an image for armv7l of one layer."""

    def configure(digest: str) -> dict[str, object]:
        return {
            "os": "linux",
            "architecture": "arm",
            "variant": "v7",
            "config": {"Labels": {"a": "b"}, "Cmd": ["/x"]},
            "rootfs": {"type": "layers", "diff_ids": [digest]},
        }

    ENGINE.load(lambda output: write_archive(output, layer=layer, reference=reference, configure=configure))


def content_of(files: dict[str, bytes]) -> Callable[[tarfile.TarFile], None]:
    return Companion(files=files).add_to


def archive(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        content_of(files)(tar)
    return buffer.getvalue()


def files_of(volume: str, image: str) -> dict[str, bytes]:
    def docker(*arguments: str) -> bytes:
        return subprocess.run(["docker", *arguments], check=True, capture_output=True).stdout

    container = (
        docker("create", "--platform", PLATFORM, "--volume", f"{volume}:/v", image, "x").decode().strip()
    )
    try:
        with tarfile.open(fileobj=io.BytesIO(docker("cp", f"{container}:/v", "-"))) as tar:
            return {m.name.removeprefix("v/"): tar.extractfile(m).read() for m in tar if m.isfile()}  # type: ignore[union-attr]
    finally:
        docker("rm", container)


def test_loaded_image_has_the_platform_that_cibuildwheel_compares(image: str) -> None:
    found = ENGINE.image(image)
    assert found
    assert found.platform == PLATFORM
    assert found.labels == {"a": "b"}


def test_image_that_is_not_there() -> None:
    assert ENGINE.image_platform("localhost/cibw-debian/test:none") is None


def test_volume_is_filled_once(image: str, volume: str) -> None:
    def fill(content: bytes) -> None:
        ENGINE.fill_volume(
            volume, content_of({"bin/dnf": content}), image=image, platform=PLATFORM, labels={"l": "1"}
        )

    fill(b"first")
    fill(b"second")
    assert files_of(volume, image) == {"bin/dnf": b"first", ".complete": b""}


def test_half_filled_volume_is_filled_again(image: str, volume: str) -> None:
    subprocess.run(["docker", "volume", "create", volume], check=True, capture_output=True)
    ENGINE.fill_volume(volume, content_of({"a": b"1"}), image=image, platform=PLATFORM, labels={})
    assert files_of(volume, image) == {"a": b"1", ".complete": b""}


def test_a_volume_whose_content_cannot_be_had_counts_as_not_filled(image: str, volume: str) -> None:
    def fail(_: tarfile.TarFile) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        ENGINE.fill_volume(volume, fail, image=image, platform=PLATFORM, labels={})
    ENGINE.fill_volume(volume, content_of({"a": b"1"}), image=image, platform=PLATFORM, labels={})
    assert files_of(volume, image) == {"a": b"1", ".complete": b""}


def test_files_of_an_image_are_read_without_running_it(image: str) -> None:
    assert ENGINE.read_files(image, PLATFORM, "/mnt") == {"readme": image.encode()}
    assert ENGINE.read_files(image, PLATFORM, "/mnt/readme") == {"": image.encode()}
    with pytest.raises(EngineError):
        ENGINE.read_files(image, PLATFORM, "/none")


def test_filling_leaves_no_container(image: str, volume: str) -> None:
    ENGINE.fill_volume(volume, content_of({"a": b"1"}), image=image, platform=PLATFORM, labels={})
    listed = subprocess.run(
        ["docker", "ps", "--all", "--quiet", "--filter", f"ancestor={image}"], check=True, capture_output=True
    )
    assert listed.stdout == b""


@pytest.mark.parametrize(("age", "kept"), [(timedelta(days=7), True), (timedelta(seconds=-1), False)])
def test_only_old_volumes_are_pruned(
    volume: str, age: timedelta, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    label = f"cibw-debian-test.{volume}"
    subprocess.run(["docker", "volume", "create", "--label", label, volume], check=True, capture_output=True)
    monkeypatch.setattr("cibw_debian.engine.engine._KEPT", age)
    ENGINE.prune_volumes(label)
    there = subprocess.run(
        ["docker", "volume", "ls", "--quiet", "--filter", f"label={label}"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert (there.stdout.split() == [volume]) is kept
