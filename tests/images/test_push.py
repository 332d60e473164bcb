"""The whole round on a registry on the loopback interface: push, update, verify, pull by digest."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from cibw_debian.cli import main
from cibw_debian.engine import distribution
from cibw_debian.engine.distribution import Repository
from cibw_debian.engine.engine import Engine
from cibw_debian.engine.pull import pull
from cibw_debian.images import builder
from cibw_debian.images.catalogue import read_images, shipped_catalogue
from cibw_debian.images.push import Pushed, make_index
from cibw_debian.images.recipe import FINGERPRINT_LABEL, recipe_for
from cibw_debian.platforms import ARCHS
from tests.command import cibw_debian
from tests.engine.conftest import ENGINE, archive, load
from tests.engine.registry import AUTHENTICATION, CONFIGURATION, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ARCH_PAIR = ("armv7l", "riscv64")


def test_the_list_of_platforms() -> None:
    images = [
        Pushed(digest="sha256:2", size=20, platform="linux/riscv64"),
        Pushed(digest="sha256:1", size=10, platform="linux/arm/v7"),
    ]
    body = make_index(images)
    assert body == make_index(images[::-1])
    assert [(entry["digest"], entry["platform"]) for entry in json.loads(body)["manifests"]] == [
        ("sha256:1", {"os": "linux", "architecture": "arm", "variant": "v7"}),
        ("sha256:2", {"os": "linux", "architecture": "riscv64"}),
    ]


class FakeRepository:
    """Has an image for each digest: its platform."""

    tags_of: ClassVar[dict[str, bytes]] = {}

    def __init__(self, name: str, *, push: bool) -> None:
        assert push
        self.name = name

    def tags(self) -> list[str]:
        return [*self.tags_of]

    def manifest(self, digest: str) -> Any:
        platform = {"sha256:1": "linux/arm/v7", "sha256:2": "linux/riscv64"}.get(digest, "linux/riscv64")
        return SimpleNamespace(platforms={platform: digest}, size=10)

    def put_manifest(self, tag: str, body: bytes) -> str:
        self.tags_of[tag] = body
        return "sha256:9"


def test_digests_that_other_jobs_sent_get_the_tags(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(distribution, "Repository", FakeRepository)
    push = ["images", "push", "debian-13", "--to", "registry.example/x"]
    first, second, third = (["--digest", f"sha256:{n}"] for n in (1, 2, 3))
    assert main([*push, *first, *second, *third]) == 40
    assert "two of the digests are for linux/riscv64" in capsys.readouterr().err
    assert FakeRepository.tags_of == {}
    assert main([*push, *first, *second]) == 0
    place = "registry.example/x/debian-13"
    *images, dated, latest = capsys.readouterr().out.splitlines()
    assert images == [f"{place}@sha256:1", f"{place}@sha256:2"]
    assert re.fullmatch(rf"{place}:\d{{4}}\.\d\d\.\d\d-1@sha256:9", dated)
    assert latest == f"{place}:latest@sha256:9"


def test_nothing_to_push(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(Engine, "require", lambda _: None)
    monkeypatch.setattr(builder, "is_current", lambda *_: False)
    push = ["images", "push", "debian-13", "--to", "registry.example/x"]
    assert main(push) == 44
    assert "`cibw-debian images build debian-13 --arch armv7l` builds one." in capsys.readouterr().err
    assert main([*push, "--arch", "riscv64"]) == 44
    assert "`cibw-debian images build debian-13 --arch riscv64` builds it." in capsys.readouterr().err


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory with a catalogue of an image for two archs that is built here: of a few bytes."""
    text = shipped_catalogue().read_text()
    begin = text.index("[images.debian-13]")
    table = text[begin : text.find("\n[images.", begin)].partition("\n#")[0]
    table = re.sub(r"(?m)^archs = .*", f"archs = {json.dumps(ARCH_PAIR)}", table)
    table = re.sub("(?m)^packages = .*\n", "", table)  # lists of the shipped catalogue
    table = table.replace("debian-13]", "probe]").replace("debian/debian-13", "debian/test-probe")
    (tmp_path / "own.toml").write_text(table)
    monkeypatch.setenv("CIBW_DEBIAN_IMAGES", str(tmp_path / "own.toml"))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (image,) = read_images(tmp_path / "own.toml")
    layer = tmp_path / "layer.tar"
    for arch in ARCH_PAIR:
        layer.write_bytes(archive({"readme": arch.encode()}))
        labels = {FINGERPRINT_LABEL: recipe_for(image, arch).fingerprint}
        load(layer, image.reference(arch), platform=ARCHS[arch].oci, labels=labels)
    yield tmp_path
    for arch in ARCH_PAIR:
        ENGINE.remove_image(image.reference(arch))


@pytest.mark.engine
def test_push_update_verify_and_pull_by_digest(project: Path) -> None:
    push = ("images", "push", "probe", "--format", "json", "--to")
    with serve(project, CONFIGURATION) as address:
        (first,) = json.loads(cibw_debian(*push, f"{address}/owner").out)["images"]
        assert set(first["platforms"]) == {"linux/arm/v7", "linux/riscv64"}
        _, number = first["tags"][0].split("-")
        assert (number, first["tags"][1]) == ("1", "latest")

        # Two jobs, and a third one for the list: the same digests again, and the next tag.
        digests = []
        for arch in ARCH_PAIR:
            (part,) = json.loads(cibw_debian(*push, f"{address}/owner", "--arch", arch, "--no-tags").out)[
                "images"
            ]
            assert (part["tags"], part["digest"]) == ([], None)
            digests += part["platforms"].values()
        options = [word for digest in digests for word in ("--digest", digest)]
        (second,) = json.loads(cibw_debian(*push, f"{address}/owner", *options).out)["images"]
        assert (second["digest"], second["platforms"]) == (first["digest"], first["platforms"])
        assert second["tags"][0] > first["tags"][0]
        assert set(Repository(first["repository"]).tags()) == {first["tags"][0], *second["tags"]}

        catalogue = project / "pinned.toml"
        table = (project / "own.toml").read_text()
        table = re.sub("(?m)^repository = .*", f'repository = "{address}/owner/probe"', table)
        table = table.replace("built-here = true", f'registry = {{ tag = "{first["tags"][0]}" }} # pinned')
        catalogue.write_text(table)
        assert cibw_debian("images", "update", "--file", str(catalogue), "--per-arch").code == 0
        assert cibw_debian("images", "verify", "--file", str(catalogue)).code == 0
        (image,) = read_images(catalogue)
        assert (image.tag, len(image.digests)) == (second["tags"][0], 2)
        for arch in ARCH_PAIR:
            reference = image.reference(arch)
            pull(ENGINE, reference, ARCHS[arch].oci)
            assert ENGINE.image_platform(reference) == ARCHS[arch].oci
            assert ENGINE.read_files(reference, ARCHS[arch].oci, "/readme") == {"": arch.encode()}
            ENGINE.remove_image(reference)
        index = f"{image.repository}@{second['digest']}"
        pull(ENGINE, index, "linux/riscv64")
        assert ENGINE.image_platform(index) == "linux/riscv64"
        ENGINE.remove_image(index)


@pytest.mark.engine
def test_a_push_needs_the_right_to_push(project: Path) -> None:
    push = ("images", "push", "probe", "--to")
    with serve(project, CONFIGURATION + AUTHENTICATION) as address:
        ended = cibw_debian(*push, f"{address}/owner")
        assert (ended.code, "denies access" in ended.err) == (44, True)
        auth = {"auths": {address: {"auth": "dXNlcjpzZWNyZXQ="}}}
        (project / "config.json").write_text(json.dumps(auth))
        assert cibw_debian(*push, f"{address}/owner").code == 0
    ended = cibw_debian(*push, f"{address}/owner")
    assert (ended.code, "cannot be reached" in ended.err) == (44, True)


@pytest.mark.engine
def test_only_what_is_on_this_machine_is_pushed(project: Path) -> None:
    del project
    for arguments, code in (
        (("probe", "--to", "127.0.0.1:1/x", "--arch", "s390x"), 44),
        (("mayeut-manylinux_2_31", "--to", "127.0.0.1:1/x"), 42),
        (("probe", "--to", "registry.example"), 40),
        (("probe", "--to", "127.0.0.1:1/x", "--arch", "z80"), 40),
    ):
        assert cibw_debian("images", "push", *arguments).code == code
