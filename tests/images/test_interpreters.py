"""Interpreters of images, with a stand-in for mmdebstrap: what is compiled, kept, and put into an image."""

from __future__ import annotations

import hashlib
import subprocess
import time
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cibw_debian.engine.engine import LocalImage
from cibw_debian.engine.state import ImageState
from cibw_debian.errors import EngineError, ImageBuildError
from cibw_debian.images import interpreters, tarballs
from cibw_debian.images.archive import read_layers
from cibw_debian.images.bases import Source
from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.images.interpreters import Kitchen, interpreters_for
from cibw_debian.images.local import look_here, state_of
from cibw_debian.images.recipe import FINGERPRINT_LABEL, LEFT_OUT_LABEL, recipe_for
from cibw_debian.images.releases import Choice, Release, Releases, installed, labels_of
from cibw_debian.progress import ConsoleProgress

from .test_builder import IMAGE, REFERENCE, FakeEngine, mmdebstrap

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["mmdebstrap"]

RECIPE = recipe_for(load_catalogue().get("debian-12"), "armv7l")
CONTENT = {"3.11.2": b"the one", "3.13.5": b"the other"}
RELEASES = Releases(
    url="http://localhost:1/{version}",
    default=("cp310", "cp311", "cp313"),
    releases=(
        Release(version="3.10.1", sha256="0" * 64),
        *(Release(version=v, sha256=hashlib.sha256(content).hexdigest()) for v, content in CONTENT.items()),
    ),
)
#: writes the layers that the recipe wants, and notes them
COMPILE = (
    'while read -r tag version tarball layer; do echo "$tag $version $(cat "$RECIPE/$tarball")" >>{log};'
    ' echo "$tag" >"$RECIPE/layers/$layer"; done <"$RECIPE/wanted"'
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a directory with the tarballs of two releases; of the third one there is none."""
    directory = tmp_path / "tarballs"
    directory.mkdir()
    for version, content in CONTENT.items():
        (directory / f"Python-{version}.tar.xz").write_bytes(content)
    for module in ("interpreters", "local", "releases"):
        monkeypatch.setattr(f"cibw_debian.images.{module}.load_releases", lambda: RELEASES)
    tarballs._hashes.cache_clear()
    return str(directory)


def make(words: str, place: str) -> list[tuple[str, str, str]]:
    choice = Choice(words=words, place=place)
    with (
        ConsoleProgress("test") as progress,
        interpreters_for(RECIPE, "12", choice, source=Source(), progress=progress) as made,
    ):
        return [(i.tag, i.version, i.layer.read_text().strip()) for i in made()]


def test_interpreters_are_compiled_once(
    mmdebstrap: Callable[[str], Path], tmp_path: Path, place: str
) -> None:
    log = tmp_path / "log"
    work = mmdebstrap(COMPILE.replace("{log}", str(log)))
    assert make("cp311", place) == [("cp311", "3.11.2", "cp311-cp311")]
    assert make("cp313t,cp311", place) == [
        ("cp311", "3.11.2", "cp311-cp311"),
        ("cp313t", "3.13.5", "cp313-cp313t"),
    ]
    assert log.read_text().splitlines() == ["cp311-cp311 3.11.2 the one", "cp313-cp313t 3.13.5 the other"]
    assert list(work.iterdir()) == []


def test_group_leaves_out_those_without_a_tarball(
    mmdebstrap: Callable[[str], Path], tmp_path: Path, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    mmdebstrap(COMPILE.replace("{log}", str(tmp_path / "log")))
    # The suite has its own cp311.
    assert [tag for tag, _, _ in make("default", place)] == ["cp313"]
    assert "left out: no tarball for cp310" in capsys.readouterr().err
    with pytest.raises(ImageBuildError, match="no tarball for cp310"):
        make("cp310,cp311", place)


def test_failure_keeps_what_was_complete(
    mmdebstrap: Callable[[str], Path], tmp_path: Path, place: str
) -> None:
    mmdebstrap(f"{COMPILE.replace('{log}', str(tmp_path / 'log'))}; rm $RECIPE/layers/cp313*; exit 1")
    with pytest.raises(ImageBuildError):
        make("cp311,cp313", place)
    assert [path.name[:6] for path in (tmp_path / "cache").glob("**/*.tar")] == ["cp311-"]


def test_failure_keeps_nothing(mmdebstrap: Callable[[str], Path], tmp_path: Path, place: str) -> None:
    work = mmdebstrap("echo 'E: no compiler' >&2; exit 1")
    with pytest.raises(ImageBuildError, match="bookworm armv7l could not be built") as caught:
        make("cp311", place)
    assert "E: no compiler" in caught.value.message
    assert list(work.iterdir()) == []
    assert list((tmp_path / "cache").glob("**/*.tar")) == []


def test_failure_beside_ends_the_compilation(
    mmdebstrap: Callable[[str], Path], tmp_path: Path, place: str
) -> None:
    compiled = COMPILE.replace("{log}", str(tmp_path / "log"))
    work = mmdebstrap(f"{compiled}; touch {tmp_path}/made; exec sleep 60")
    choice, started = Choice(words="cp311", place=place), time.monotonic()

    def build() -> None:
        with (
            ConsoleProgress("test") as progress,
            interpreters_for(RECIPE, "12", choice, source=Source(), progress=progress),
        ):
            while not (tmp_path / "made").exists():
                time.sleep(0.01)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        build()
    assert time.monotonic() - started < 30
    assert list(work.iterdir()) == []
    # What was complete is kept.
    assert [path.name[:6] for path in (tmp_path / "cache").glob("**/*.tar")] == ["cp311-"]


def test_an_image_has_a_layer_for_each_interpreter(
    mmdebstrap: Callable[[str], Path], tmp_path: Path, place: str
) -> None:
    from cibw_debian.images.builder import build_image  # noqa: PLC0415  (the name `build` is taken there)

    mmdebstrap(f'if [ -e "$RECIPE/wanted" ]; then {COMPILE.replace("{log}", str(tmp_path / "log"))}; fi')
    engine = FakeEngine()
    choice = Choice(words="cp311,cp313", place=place)
    for _ in range(2):
        build_image(IMAGE, "armv7l", engine=engine, choice=choice)  # type: ignore[arg-type]
    assert engine.loads == 1
    labels = engine.images[REFERENCE].labels
    assert labels["cibw-debian.interpreters"] == "cp311=3.11.2 cp313=3.13.5"
    assert state_of(IMAGE, "armv7l", choice, labels) is ImageState.PRESENT
    assert state_of(IMAGE, "armv7l", Choice(words="suite"), labels) is ImageState.PRESENT
    assert state_of(IMAGE, "armv7l", Choice(words="cp313t"), labels) is ImageState.EXTEND
    older = {**labels, FINGERPRINT_LABEL: "older"}
    assert state_of(IMAGE, "armv7l", choice, older) is ImageState.BUILD


def test_an_image_of_the_recipe_only_gets_what_it_lacks(
    mmdebstrap: Callable[[str], Path], tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cibw_debian.images.builder import build_image  # noqa: PLC0415  (the name `build` is taken there)

    log, bases = tmp_path / "log", tmp_path / "bases"
    compiled = COMPILE.replace("{log}", str(log))
    base = f"echo base >>{bases}; echo cibw-debian: date: 1700000000 >&2; head -c 10240 /dev/urandom"
    work = mmdebstrap(f'if [ -e "$RECIPE/wanted" ]; then {compiled}; else {base}; fi')
    engine = FakeEngine()

    def build(words: str, *, rebuild: bool = False) -> tuple[str, list[bytes]]:
        choice = Choice(words=words, place=place)
        build_image(IMAGE, "armv7l", engine=engine, choice=choice, rebuild=rebuild)  # type: ignore[arg-type]
        image = engine.images[REFERENCE]
        archive = tmp_path / "image.tar"
        archive.write_bytes(engine.archives[image.id])
        assert list(work.iterdir()) == []
        assert state_of(IMAGE, "armv7l", choice, image.labels) is ImageState.PRESENT
        (tmp_path / "layers").mkdir(exist_ok=True)
        layers = read_layers(archive, tmp_path / "layers", 1 + len(installed(image.labels)))
        return image.labels["cibw-debian.interpreters"], [layer.read_bytes() for layer in layers]

    name, first = build("cp313")
    assert (name, bases.read_text()) == ("cp313=3.13.5", "base\nbase\n")  # the date, and the base
    # Another machine has the image, and not the cache of interpreters.
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    compilations = log.read_text().count("\n")
    name, second = build("cp311")
    assert (name, bases.read_text()) == ("cp311=3.11.2 cp313=3.13.5", "base\nbase\n")
    assert [second[0], second[2]] == first
    assert log.read_text().count("\n") == compilations + 1
    assert engine.removed == ["image 1"]
    assert engine.images[REFERENCE].labels["org.opencontainers.image.created"] == "2023-11-14T22:13:20Z"

    name, third = build("cp311", rebuild=True)
    assert name == "cp311=3.11.2 cp313=3.13.5"
    assert third[0] != first[0]


def test_an_image_that_cannot_be_read_is_not_replaced(
    mmdebstrap: Callable[[str], Path], tmp_path: Path, place: str
) -> None:
    from cibw_debian.images.builder import build_image  # noqa: PLC0415  (the name `build` is taken there)

    compiled = COMPILE.replace("{log}", str(tmp_path / "log"))
    work = mmdebstrap(f'if [ -e "$RECIPE/wanted" ]; then {compiled}; else echo base; fi')
    engine = FakeEngine()
    build_image(IMAGE, "armv7l", engine=engine)  # type: ignore[arg-type]
    whole = engine.archives["image 1"]
    choice = Choice(words="cp311", place=place)
    for archive in (b"", whole[:600], whole.replace(b"base", b"hook"), whole.replace(b"Layers", b"Others")):
        engine.archives["image 1"] = archive
        with pytest.raises(ImageBuildError, match="cannot be read") as caught:
            build_image(IMAGE, "armv7l", engine=engine, choice=choice)  # type: ignore[arg-type]
        assert "--rebuild" in caught.value.hint
        assert (engine.loads, engine.removed, list(work.iterdir())) == (1, [], [])


def test_machine_without_dpkg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(ImageBuildError, match="dpkg does not tell"):
        make("cp311", place)


def test_cache_knows_what_changes_an_interpreter() -> None:
    kitchen = Kitchen(recipe=RECIPE, gcc="12", host="amd64", files={"compile.sh": b"x"})
    release = RELEASES.releases[1]
    layers = [
        kitchen.interpreter("cp311", release),
        kitchen.interpreter("cp311t", release),
        kitchen.interpreter("cp311", replace(release, sha256="1" * 64)),
        replace(kitchen, gcc="13").interpreter("cp311", release),
        replace(kitchen, files={"compile.sh": b"y"}).interpreter("cp311", release),
        replace(kitchen, recipe=replace(RECIPE, suite="trixie")).interpreter("cp311", release),
        replace(kitchen, recipe=recipe_for(IMAGE, "aarch64")).interpreter("cp311", release),
    ]
    assert len({i.layer.stem.rpartition("-")[2] for i in layers}) == len(layers)
    assert kitchen.interpreter("cp311", release) == layers[0]


@pytest.mark.parametrize(
    ("host", "archs", "compiler", "header"),
    [
        ("amd64", "amd64,armhf", "gcc-12-arm-linux-gnueabihf", "libssl-dev:armhf"),
        ("armhf", "armhf", "gcc-12", "libssl-dev:armhf"),
    ],
)
def test_root_has_the_cross_compiler_and_the_images_headers(
    host: str, archs: str, compiler: str, header: str
) -> None:
    kitchen = Kitchen(recipe=RECIPE, gcc="12", host=host, files=interpreters._files())
    options = kitchen.mmdebstrap_options(Path("/w"), root=True, source=Source(keyring="/w/k.gpg"))
    (include,) = (option for option in options if option.startswith("--include="))
    assert {compiler, header, "make"} <= set(include.removeprefix("--include=").split(","))
    assert f"--architectures={archs}" in options
    assert "--keyring=/w/k.gpg" in options
    assert "{" not in include


def test_scripts_parse() -> None:
    for script in files("cibw_debian.images").joinpath("recipe/interpreters").iterdir():
        if script.name.endswith(".sh"):
            subprocess.run(["sh", "-n"], input=script.read_bytes(), check=True)


class _Engine:
    """An engine that has one image, or does not answer."""

    def __init__(self, labels: dict[str, str] | None) -> None:
        self.labels = labels

    def __call__(self, *_: object, **__: object) -> _Engine:
        return self

    def image(self, reference: str) -> LocalImage | None:
        assert reference == REFERENCE
        if self.labels is None:
            raise EngineError("no answer")
        return LocalImage(id="1", platform="linux/arm/v7", labels=self.labels) if self.labels else None


CURRENT = {FINGERPRINT_LABEL: recipe_for(IMAGE, "armv7l").fingerprint}
THREE = labels_of({"cp310": "3.10.1", "cp313t": "3.13.5"}, ("cp310", "cp313t"))


@pytest.mark.parametrize(
    ("words", "labels", "pythons"),
    [
        pytest.param("suite", {}, ("cp39",), id="not built yet"),
        pytest.param("suite", None, ("cp39",), id="engine does not answer"),
        pytest.param("suite", {**CURRENT, **THREE}, ("cp39", "cp310", "cp313t"), id="has more"),
        pytest.param("suite", {**THREE, FINGERPRINT_LABEL: "old"}, ("cp39", "cp313t"), id="is built again"),
        pytest.param("cp311", {**CURRENT, **THREE}, ("cp39", "cp310", "cp311", "cp313t"), id="gets more"),
        pytest.param("cp311", {**THREE, FINGERPRINT_LABEL: "old"}, ("cp39", "cp311", "cp313t"), id="keeps"),
        pytest.param("default", {}, ("cp39", "cp313"), id="what is selected and has a tarball"),
        pytest.param("cp310", CURRENT | labels_of({}, ("cp310",)), ("cp39",), id="was to have more"),
    ],
)
def test_plan_knows_what_the_image_has_or_will_have(
    words: str,
    labels: dict[str, str] | None,
    pythons: tuple[str, ...],
    place: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cibw_debian.images.local.Engine", _Engine(labels))
    choice = Choice(words=words, place=place, selected=frozenset({"cp39", "cp310", "cp313"}))
    image, *_ = look_here(IMAGE, "armv7l", choice, "docker")
    assert image.pythons == pythons
    assert recipe_for(image, "armv7l") == recipe_for(IMAGE, "armv7l")


@pytest.mark.parametrize(
    ("labels", "warnings"),
    [
        pytest.param({}, ["there is no tarball of CPython for cp310: no file in "], id="not built yet"),
        pytest.param(
            CURRENT | labels_of({"cp313": "3.13.5"}, ("cp310", "cp313")),
            ["debian-11 was built without cp310, which had no tarball of CPython; `cibw-debian images build"],
            id="built without",
        ),
        pytest.param(
            CURRENT | labels_of({"cp310": "3.10", "cp313": "3.13.5"}, ()) | {LEFT_OUT_LABEL: "bullseye-x"},
            ["debian-11 was built without bullseye-x, whose index could not be used then"],
            id="parts of the archive",
        ),
        pytest.param(CURRENT | labels_of({"cp310": "3.10", "cp313": "3.13.5"}, ()), [], id="has all"),
    ],
)
def test_plan_tells_what_an_image_lacks(
    labels: dict[str, str], warnings: list[str], place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cibw_debian.images.local.Engine", _Engine(labels))
    choice = Choice(words="default", place=place, selected=frozenset({"cp39", "cp310", "cp313"}))
    here = look_here(IMAGE, "armv7l", choice, "docker")
    assert [told[: len(w)] for told, w in zip(here.warnings, warnings, strict=True)] == warnings
    assert here.missing == (("cp310",) if "cp310" in "".join(warnings) else ())
    # Of a suite that has ended, nobody expects updates.
    ended = look_here(IMAGE, "armv7l", choice, "docker", today="2100-01-01")
    assert not [told for told in ended.warnings if "index" in told]


def test_a_name_without_a_tarball_is_refused_before_anything_starts(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cibw_debian.images.local.Engine", _Engine({}))
    with pytest.raises(ImageBuildError, match=f"no tarball for cp310: no file in {place} is one"):
        look_here(IMAGE, "armv7l", Choice(words="cp310", place=place), "docker")
