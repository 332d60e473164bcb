"""Volumes of a real engine: filled once, kept while a run needs them, removed a week after their last use."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from cibw_debian.engine import volumes as module
from cibw_debian.engine.volumes import Volumes
from cibw_debian.host.cache import lock_file
from cibw_debian.host.process import reaper

from .conftest import ENGINE, PLATFORM, content_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.engine
DAY = 24 * 3600.0


def docker(*arguments: str) -> bytes:
    return subprocess.run(["docker", *arguments], check=True, capture_output=True).stdout


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def volume() -> Iterator[str]:
    name = f"cibw-debian-test-{uuid.uuid4().hex}"
    yield name
    docker("volume", "rm", "--force", name)


@pytest.fixture
def run(volume: str, image: str) -> Iterator[Volumes]:
    """The volumes of a run that lasts as long as the test; its containers end before the image does."""
    del image
    label = f"cibw-debian-test.run={volume}"
    with reaper("docker", label):
        yield Volumes(ENGINE, label)


def exists(volume: str) -> bool:
    return docker("volume", "ls", "--quiet", "--filter", f"name={volume}").split() == [volume.encode()]


def files_of(volume: str, image: str) -> dict[str, bytes]:
    create = docker("create", "--platform", PLATFORM, "--volume", f"{volume}:/v", image, "x")
    container = create.decode().strip()
    try:
        with tarfile.open(fileobj=io.BytesIO(docker("cp", f"{container}:/v", "-"))) as tar:
            return {m.name.removeprefix("v/"): tar.extractfile(m).read() for m in tar if m.isfile()}  # type: ignore[union-attr]
    finally:
        docker("rm", container)


def fill(run: Volumes, volume: str, image: str, add: Callable[[tarfile.TarFile], None]) -> None:
    run.fill(volume, add, image=image, platform=PLATFORM, labels={volume: "1"})


def test_volume_is_filled_once(run: Volumes, image: str, volume: str) -> None:
    fill(run, volume, image, content_of({"bin/dnf": b"first"}))
    fill(run, volume, image, content_of({"bin/dnf": b"second"}))
    assert files_of(volume, image) == {"bin/dnf": b"first", ".complete": b""}


def test_of_two_runs_one_fills_and_the_other_waits(
    run: Volumes, image: str, volume: str, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = threading.Event()
    others: list[tarfile.TarFile] = []

    def slowly(archive: tarfile.TarFile) -> None:
        begun.set()
        time.sleep(2)
        content_of({"a": b"1"})(archive)

    first = threading.Thread(target=fill, args=(run, volume, image, slowly))
    first.start()
    assert begun.wait(30)
    fill(run, volume, image, others.append)
    assert others == []
    assert files_of(volume, image) == {"a": b"1", ".complete": b""}
    first.join()
    assert "waiting for another run" in capsys.readouterr().err


def test_half_filled_volume_is_filled_again(run: Volumes, image: str, volume: str) -> None:
    docker("volume", "create", volume)
    fill(run, volume, image, content_of({"a": b"1"}))
    assert files_of(volume, image) == {"a": b"1", ".complete": b""}


def test_a_volume_whose_content_is_not_available_counts_as_not_filled(
    run: Volumes, image: str, volume: str
) -> None:
    def fail(_: tarfile.TarFile) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        fill(run, volume, image, fail)
    fill(run, volume, image, content_of({"a": b"1"}))
    assert files_of(volume, image) == {"a": b"1", ".complete": b""}


@pytest.mark.parametrize(("days", "kept"), [(6, True), (8, False)])
def test_age_counts_from_the_last_use(
    volume: str, image: str, monkeypatch: pytest.MonkeyPatch, days: int, *, kept: bool
) -> None:
    """However long ago the volume was made."""
    label = f"cibw-debian-test.run={volume}"
    with reaper("docker", label):
        Volumes(ENGINE, label).hold(volume, image=image, platform=PLATFORM, labels={volume: "1"})
    last = time.time() - days * DAY
    os.utime(lock_file(volume), (last, last))
    monkeypatch.setattr(module, "_time", lambda _: datetime.fromtimestamp(0, UTC))
    Volumes(ENGINE, label).prune(volume)
    assert exists(volume) is kept
    assert lock_file(volume).exists() is kept


def test_a_young_volume_is_kept_that_no_run_of_this_machine_has_used(volume: str) -> None:
    docker("volume", "create", "--label", volume, volume)
    Volumes(ENGINE, "x=y").prune(volume)
    assert exists(volume)


def test_a_volume_stays_as_long_as_the_run(image: str, volume: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing prunes it, neither we nor the user, until the reaper has removed its container."""
    monkeypatch.setattr(module, "_KEPT", -timedelta(seconds=1))
    label = f"cibw-debian-test.run={volume}"
    ours = Volumes(ENGINE, label)
    with reaper("docker", label):
        ours.hold(volume, image=image, platform=PLATFORM, labels={volume: "1"})
        ours.prune(volume)
        docker("volume", "prune", "--force", "--filter", f"label={volume}")
        assert exists(volume)
    # The reaper removes anonymous volumes with the container, but not this one.
    assert exists(volume)
    assert docker("ps", "--all", "--quiet", "--filter", f"label={label}") == b""
    ours.prune(volume)
    assert not exists(volume)
