"""Two builds from one state of an archive are the same image."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import tarfile
from email.utils import parsedate_to_datetime
from typing import IO, TYPE_CHECKING, Any, cast
from urllib.request import urlopen

import pytest

from cibw_debian.images import recipe
from cibw_debian.images.bases import Source
from cibw_debian.images.builder import build_image
from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.platforms import ARCHS, oci_architecture
from tests.archive import BASE, Signer, download, make_archive, served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cibw_debian.engine.engine import Engine

#: so that a build takes half a minute: no compiler
PACKAGES = ("ca-certificates", "python3", "python3-venv", "tzdata")
PYTHON = ("python3.11", "python3.11-venv", "libpython3.11-dev")
#: of this machine, so that nothing is emulated
ARCH = next(a for a in ARCHS.values() if a.oci_architecture == oci_architecture(os.uname().machine))


class Loaded:
    """An engine that only looks at what it is given."""

    name = "docker"

    def require(self) -> None: ...

    def image(self, _reference: str) -> None: ...

    def load(self, write: Callable[[IO[bytes]], None]) -> None:
        buffer = io.BytesIO()
        write(buffer)
        self.digest = hashlib.sha256(buffer.getvalue()).hexdigest()
        self.content = buffer.getvalue()

    def config(self) -> dict[str, Any]:
        with tarfile.open(fileobj=io.BytesIO(self.content)) as archive:
            content = {member.name: archive.extractfile(member) for member in archive}
            (manifest,) = json.load(cast("IO[bytes]", content["manifest.json"]))
            config: dict[str, Any] = json.load(cast("IO[bytes]", content[manifest["Config"]]))
            return config


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    directory = tmp_path_factory.mktemp("archive")
    debs = download(directory / "apt", "bookworm", ARCH.deb, (*BASE, *PACKAGES, *PYTHON))
    release = {"Origin": "Debian", "Codename": "bookworm", "Suite": "oldstable", "Architectures": ARCH.deb}
    with Signer.made(directory) as signer, served(directory) as url:
        make_archive(directory / "debian", signer, release, {"main": debs})
        yield Source(mirror=f"deb {url}/debian bookworm main", keyring=str(signer.keyring))


def build(source: Source) -> Loaded:
    engine = Loaded()
    image = load_catalogue().get("debian-12")
    build_image(image, ARCH.name, engine=cast("Engine", engine), source=source, rebuild=True)
    return engine


@pytest.mark.engine
def test_two_builds_are_one_image(source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {**recipe.recipe_files(), "packages.txt": "\n".join(PACKAGES).encode()}
    monkeypatch.setattr(recipe, "recipe_files", lambda: files)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    first, second = build(source), build(source)
    assert first.digest == second.digest
    # The time of the image is that of the archive.
    with urlopen(f"{source.mirror.split()[1]}/dists/bookworm/Release") as release:  # noqa: S310  (our own)
        (date,) = re.findall(r"^Date: (.*)$", release.read().decode(), re.MULTILINE)
    assert first.config()["created"] == f"{parsedate_to_datetime(date):%Y-%m-%dT%H:%M:%SZ}"
