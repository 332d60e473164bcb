"""Images and volumes as a directory: what is refused, and the way out of an engine and back."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cibw_debian.cli import main
from cibw_debian.engine.command import CommandFailedError
from cibw_debian.engine.engine import Engine
from cibw_debian.errors import ConfigurationError, DataError
from cibw_debian.images import builder, carry
from cibw_debian.images.bundle import INDEX, Bundle, Entry, decode, packing, read, unpacking
from cibw_debian.images.carry import load, save
from cibw_debian.images.recipe import FINGERPRINT_LABEL
from cibw_debian.mounts.native.toolchain import LABEL
from tests.command import cibw_debian
from tests.engine.conftest import ENGINE, archive
from tests.engine.conftest import load as load_layer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NAME = "localhost/cibw-debian/test-bundle:armv7l"


def engine_archive(*tags: str, label: str = "x") -> bytes:
    """Return an archive as `docker save` writes it."""
    config = json.dumps({"config": {"Labels": {FINGERPRINT_LABEL: label} if label else {}}}).encode()
    name = f"{hashlib.sha256(config).hexdigest()}.json"
    manifest = json.dumps([{"Config": name, "RepoTags": tags, "Layers": ["layer.tar"]}]).encode()
    return archive({"layer.tar": b"x", name: config, "manifest.json": manifest})


def add_file(directory: Path, content: bytes, **fields: Any) -> Entry:
    new = directory / "new.tar.gz"
    with packing(new) as file:
        file.write(content)
    data = new.read_bytes()
    name = f"{hashlib.sha256(data).hexdigest()}.tar.gz"
    new.rename(directory / name)
    return Entry(**{"kind": "image", "name": NAME, "file": name, "size": len(data), **fields})


def write_bundle(directory: Path, *entries: Entry) -> Bundle:
    bundle = Bundle(architecture="amd64", entries=entries)
    (directory / INDEX).write_bytes(bundle.encode())
    return bundle


def test_a_whole_bundle(tmp_path: Path) -> None:
    image = add_file(tmp_path, engine_archive(NAME), platform="linux/arm/v7")
    volume = add_file(
        tmp_path,
        archive({"x": b""}),
        kind="toolchain",
        name=f"cibw-debian-native-{'0' * 16}",
        labels={LABEL: "1"},
    )
    bundle = write_bundle(tmp_path, image, volume)
    assert read(tmp_path) == bundle
    assert Bundle(architecture="amd64", entries=(volume, image)).key == bundle.key
    assert Bundle(architecture="arm64", entries=(image, volume)).key != bundle.key
    assert Bundle(architecture="amd64", entries=(replace(image, size=1), volume)).key != bundle.key


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-2])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def link(path: Path) -> None:
    path.rename(path.with_suffix(".other"))
    path.symlink_to(path.with_suffix(".other"))


@pytest.mark.parametrize("damage", [cut, flip, link, os.unlink])
@pytest.mark.parametrize("name", [INDEX, ""])
def test_a_damaged_file_is_refused(tmp_path: Path, damage: Callable[[Path], None], name: str) -> None:
    entry = add_file(tmp_path, engine_archive(NAME))
    write_bundle(tmp_path, entry)
    if (damage, name) == (link, INDEX):
        return  # the index may be a link: what it says counts
    damage(tmp_path / (name or entry.file))
    with pytest.raises(DataError, match=r"damaged|no bundle"):
        read(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        engine_archive("localhost/cibw-debian/other:armv7l"),
        engine_archive(NAME, "docker.io/library/python:3"),
        engine_archive(),
        engine_archive(NAME, label=""),
        archive({"manifest.json": b"[]"}),
        archive({"manifest.json": b"[" * 100_000}),
        archive({"x": b""}),
        b"no archive",
        b"",
    ],
)
def test_an_archive_of_other_images_is_refused(tmp_path: Path, content: bytes) -> None:
    write_bundle(tmp_path, add_file(tmp_path, content))
    with pytest.raises(DataError):
        read(tmp_path)


def test_a_second_list_of_names_in_an_archive_counts_too(tmp_path: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(engine_archive(NAME))) as source:
        files = {m.name: file.read() for m in source if (file := source.extractfile(m))}
    files["repositories"] = json.dumps({"docker.io/library/python": {"3": "0"}}).encode()
    write_bundle(tmp_path, add_file(tmp_path, archive(files)))
    with pytest.raises(DataError, match=r"docker\.io/library/python:3"):
        read(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "volume"},
        {"name": "docker.io/library/python:3"},
        {"kind": "cache", "name": "mysql-data"},
        {"kind": "toolchain", "name": "cibw-debian-native-0/../../x"},
        {"file": "../../etc/passwd"},
        {"file": f"{'0' * 64}.tar.xz"},
        {"size": "1"},
        {"labels": {"com.docker.compose.project": "x"}},
        {"labels": {LABEL: 5}},
        {"unknown": "x"},
    ],
)
def test_a_foreign_index_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    entry = add_file(tmp_path, engine_archive(NAME))
    document = json.loads(write_bundle(tmp_path, entry).encode())
    document["entries"][0] |= change
    with pytest.raises(DataError):
        decode(json.dumps(document).encode(), "x")
    for content in (b"", b"[]", b"{}", b"<html>", b"\xff", b'{"format": "other"}', b"[" * 100_000):
        with pytest.raises(DataError):
            decode(content, "x")


@pytest.mark.parametrize("suffix", ["gz", "zst"])
def test_both_kinds_of_compression(tmp_path: Path, suffix: str) -> None:
    if suffix == "zst" and not shutil.which("zstd"):
        pytest.skip("no zstd on this machine")
    content = os.urandom(3 << 20)
    with packing(tmp_path / f"x.{suffix}") as file:
        file.write(content)
    with unpacking(tmp_path / f"x.{suffix}") as file:
        assert file.read() == content
    cut(tmp_path / f"x.{suffix}")
    with pytest.raises(EOFError), unpacking(tmp_path / f"x.{suffix}") as file:
        file.read()


def test_a_key_before_anything_is_built() -> None:
    keys = [
        cibw_debian("images", "key", *words).out
        for words in ((), ("debian-12",), ("debian-12", "--arch", "armv7l"), ("debian-13",))
    ]
    assert len(set(keys)) == len(keys)
    assert cibw_debian("images", "key", "debian-13").out == keys[-1]
    assert cibw_debian("images", "key", "mayeut-manylinux_2_31").code == 42


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_command_tells_what_was_saved_and_its_key(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = Entry(kind="image", name=NAME, file=f"{'0' * 64}.tar.gz", size=152_500_001)
    bundle = Bundle(architecture="amd64", entries=(entry,))
    monkeypatch.setattr(Engine, "require", lambda _: None)
    monkeypatch.setattr(builder, "is_current", lambda *_: True)
    monkeypatch.setattr(carry, "save", lambda *_, **_options: bundle)
    assert main(["images", "save", str(tmp_path), "debian-12", "--format", form]) == 0
    out, err = capsys.readouterr()
    if form == "text":
        assert (out, f"image {NAME}: 153 MB\n" in err) == (f"{bundle.key}\n", True)
    else:
        document = json.loads(out)
        assert (document["key"], document["entries"][0]["size"]) == (bundle.key, entry.size)


@pytest.fixture
def volumes() -> Iterator[dict[str, str]]:
    """Kind -> name of a volume of this test's own."""
    names = {kind: f"cibw-debian-{kind}-{uuid.uuid4().hex[:16]}" for kind in ("native", "cache")}
    yield names
    for name in names.values():
        ENGINE.attempt("volume", "rm", "--force", name)


@pytest.mark.engine
def test_out_of_an_engine_and_back(tmp_path: Path, volumes: dict[str, str]) -> None:
    layer = tmp_path / "layer.tar"
    layer.write_bytes(archive({"readme": b"image"}))
    load_layer(layer, NAME, labels={FINGERPRINT_LABEL: "x"})
    image = ENGINE.image(NAME)
    assert image
    for kind, name in volumes.items():
        label = "cache" if kind == "cache" else "1.0"
        ENGINE.text("volume", "create", "--label", f"{LABEL}={label}", name)
        container = ENGINE.create_container(NAME, "linux/arm/v7", "--volume", f"{name}:/v")
        with ENGINE.writing("cp", "-", f"{container}:/v") as output:
            output.write(archive({"bin/tool": b"#!" + kind.encode()}))
        ENGINE.text("rm", container)
    directory = tmp_path / "bundle"
    try:
        bundle = save(directory, [NAME], engine=ENGINE, progress=lambda _: None)
        names = {entry.name: entry for entry in bundle.entries}
        assert {NAME, *volumes.values()} <= names.keys()
        assert names[volumes["cache"]].labels == {LABEL: "cache"}
        # Only what this test made is removed, and loaded again.
        own = [names[name] for name in (NAME, *volumes.values())]
        (directory / INDEX).write_bytes(Bundle(architecture=bundle.architecture, entries=tuple(own)).encode())
        ENGINE.remove_image(NAME)
        for name in volumes.values():
            ENGINE.text("volume", "rm", name)

        with pytest.raises(DataError, match="its key is"):
            load(directory, engine=ENGINE, progress=lambda _: None, key=bundle.key[:-1] + "x")
        _, loaded = load(directory, engine=ENGINE, progress=lambda _: None)
        assert loaded == own
        assert ENGINE.image(NAME) == image
        for kind, name in volumes.items():
            (data,) = json.loads(ENGINE.text("volume", "inspect", name))
            assert data["Labels"][LABEL] == ("cache" if kind == "cache" else "1.0")
            container = ENGINE.create_container(NAME, "linux/arm/v7", "--volume", f"{name}:/v")
            with tarfile.open(
                fileobj=io.BytesIO(ENGINE.output("cp", f"{container}:/v/bin/tool", "-"))
            ) as tar:
                (member,) = tar
                file = tar.extractfile(member)
                assert file
                assert file.read() == b"#!" + kind.encode()
            assert member.mode & 0o777 == 0o755
            ENGINE.text("rm", container)
        assert load(directory, engine=ENGINE, progress=lambda _: None)[1] == []

        cut(directory / names[NAME].file)
        ENGINE.remove_image(NAME)
        ended = cibw_debian("images", "load", str(directory))
        assert (ended.code, "nothing of it was loaded" in ended.err) == (41, True)
        assert ENGINE.image(NAME) is None
        assert not ENGINE.text("image", "ls", "--quiet", "localhost/cibw-debian/empty")
    finally:
        ENGINE.attempt("image", "rm", "--force", NAME)


@pytest.mark.engine
def test_a_directory_with_other_files_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("x")
    with pytest.raises(ConfigurationError, match=r"thesis\.txt"):
        save(tmp_path, [], engine=ENGINE, progress=lambda _: None)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.engine
def test_an_image_that_the_engine_lacks(tmp_path: Path) -> None:
    with pytest.raises(CommandFailedError):
        save(tmp_path, ["localhost/cibw-debian/none:x"], engine=ENGINE, progress=lambda _: None)
    assert list(tmp_path.iterdir()) == []
