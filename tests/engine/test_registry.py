"""Pulling from a real registry, on this machine's loopback interface."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cibw_debian.doctor.facts import WantedImage
from cibw_debian.doctor.project import look_at_image
from cibw_debian.engine.engine import Engine
from cibw_debian.engine.pull import pull
from cibw_debian.engine.registry import RegistryImage, look_up
from cibw_debian.errors import ImageUnavailableError
from cibw_debian.images.catalogue import load_catalogue

from .conftest import ENGINE, PLATFORM, archive, load
from .registry import AUTHENTICATION, CONFIGURATION, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(tmp_path_factory.mktemp("registry"), CONFIGURATION) as address:
        yield address


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


def test_another_platform(pushed: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an image for one platform, which docker pulls all the same, and of an index of images."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    index = f"{pushed[0]}-index"
    subprocess.run(["docker", "manifest", "create", "--insecure", index, pushed[0]], check=True)
    subprocess.run(["docker", "manifest", "push", "--insecure", index], check=True)
    for name in (pushed[0], index):
        with pytest.raises(ImageUnavailableError, match="has the image only for linux/arm/v7"):
            pull(ENGINE, name, "linux/riscv64")


def test_a_pull_is_told_in_lines_where_there_is_no_terminal(
    pushed: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    if ENGINE.image(pushed[0]):
        ENGINE.remove_image(pushed[0])
    pull(ENGINE, pushed[0], PLATFORM)
    printed = capsys.readouterr()
    assert printed.out == ""
    *_, last = lines = printed.err.splitlines()
    assert all(line.startswith(f"{pushed[0]}: ") for line in lines)
    assert "pulled: 1 of 1 layers" in last


def test_what_a_registry_has(pushed: tuple[str, str]) -> None:
    reference, digest = pushed
    repository = reference.rpartition(":")[0]
    for name in (reference, f"{repository}@{digest}"):
        assert look_up(ENGINE, name) == RegistryImage(digest, (PLATFORM,))
    with pytest.raises(ImageUnavailableError, match="no such image"):
        look_up(ENGINE, f"{repository}:no-such-tag")
    with pytest.raises(ImageUnavailableError, match="cannot be reached"):
        look_up(ENGINE, "127.0.0.1:1/test/image:1")
    assert look_up(Engine("podman"), reference) is None


@pytest.mark.parametrize(
    ("arch", "reason"), [("armv7l", ""), ("riscv64", "its registry has the image only for linux/arm/v7")]
)
def test_doctor_asks_the_registry_of_an_image_that_is_not_pulled(
    pushed: tuple[str, str], arch: str, reason: str
) -> None:
    if ENGINE.image(pushed[0]):
        ENGINE.remove_image(pushed[0])
    image = WantedImage(name="x", arch=arch, reference=pushed[0], built_here=False)
    assert look_at_image(image, ENGINE, load_catalogue()) == replace(
        image, present=False, registry_error=reason
    )


def test_no_registry() -> None:
    with pytest.raises(ImageUnavailableError, match="cannot be reached"):
        pull(ENGINE, "127.0.0.1:1/test/image:1", PLATFORM)


def test_credentials_of_the_user_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As docker's command line keeps them: in its configuration, or with a helper."""
    helper = tmp_path / "docker-credential-test"
    helper.write_text("""#!/bin/sh\necho '{"Username": "user", "Secret": "secret"}'\n""")
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    layer = tmp_path / "layer.tar"
    layer.write_bytes(archive({"readme": b""}))
    with serve(tmp_path, CONFIGURATION + AUTHENTICATION) as address:
        reference = f"{address}/test/private:{uuid.uuid4().hex}"
        word = base64.b64encode(b"user:secret").decode()
        ways: tuple[dict[str, Any], ...] = (
            {},
            {"auths": {address: {"auth": word}}},
            {"credHelpers": {address: "test"}},
        )
        load(layer, reference)
        for way in reversed(ways):
            (tmp_path / "config.json").write_text(json.dumps(way))
            if way:
                subprocess.run(["docker", "push", reference], check=True, capture_output=True)
                ENGINE.remove_image(reference)
                pull(ENGINE, reference, PLATFORM)
                assert look_up(ENGINE, reference)
            else:
                ENGINE.remove_image(reference)
                with pytest.raises(ImageUnavailableError, match="denies access"):
                    pull(ENGINE, reference, PLATFORM)
