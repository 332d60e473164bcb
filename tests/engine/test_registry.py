"""Pulling from a real registry, on this machine's loopback interface."""

from __future__ import annotations

import re
import socket
import subprocess
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cibw_debian.engine.pull import pull
from cibw_debian.errors import ImageUnavailableError

from .conftest import ENGINE, PLATFORM, archive, load

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.engine

#: put there by `make test`
REGISTRY = Path(__file__).parent.parent.parent / ".cache/registry/usr/bin/docker-registry"
CONFIGURATION = """
version: 0.1
storage:
  filesystem:
    rootdirectory: {directory}
http:
  addr: 127.0.0.1:{port}
"""


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Host and port of a registry."""
    directory = tmp_path_factory.mktemp("registry")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    configuration = directory / "config.yml"
    configuration.write_text(CONFIGURATION.format(directory=directory / "data", port=port))
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen([REGISTRY, "serve", configuration], stdout=log, stderr=log)
        try:
            _wait_for(port)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def _wait_for(port: int) -> None:
    end = time.monotonic() + 30
    while True:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.fixture(scope="module")
def pushed(registry: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Reference with tag, and digest, of an image for armv7l that the registry has and the engine not."""
    reference = f"{registry}/test/image:{uuid.uuid4().hex}"
    layer: Path = tmp_path_factory.mktemp("image") / "layer.tar"
    layer.write_bytes(archive({"readme": reference.encode()}))

    load(layer, reference)
    done = subprocess.run(["docker", "push", reference], check=True, capture_output=True, text=True)
    digest = re.search(r"sha256:[0-9a-f]{64}", done.stdout)
    assert digest is not None
    ENGINE.remove_image(reference)
    yield reference, digest[0]
    for name in (reference, f"{reference.rpartition(':')[0]}@{digest[0]}"):
        if ENGINE.image(name) is not None:
            ENGINE.remove_image(name)


def test_by_tag_and_by_digest(pushed: tuple[str, str]) -> None:
    reference, digest = pushed
    repository = reference.rpartition(":")[0]
    for name in (reference, f"{repository}@{digest}", f"{reference}@{digest}"):
        pull(ENGINE, name, PLATFORM)
        assert ENGINE.image_platform(name) == PLATFORM


@pytest.mark.parametrize("wrong", ["tag", "digest", "repository"])
def test_what_is_not_there(pushed: tuple[str, str], wrong: str) -> None:
    repository = pushed[0].rpartition(":")[0]
    name = {
        "tag": f"{repository}:no-such-tag",
        "digest": f"{repository}@sha256:{'0' * 64}",
        "repository": f"{repository}-other:1",
    }[wrong]
    with pytest.raises(ImageUnavailableError, match="no such image, tag, digest or platform"):
        pull(ENGINE, name, PLATFORM)


def test_no_registry() -> None:
    with pytest.raises(ImageUnavailableError, match="cannot be reached"):
        pull(ENGINE, "127.0.0.1:1/test/image:1", PLATFORM)
