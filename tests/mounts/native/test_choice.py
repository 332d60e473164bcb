"""Who gets the native compiler, with an engine that only says what machine it is on."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import pytest

from cibw_debian.cibw.adapter import EngineOption
from cibw_debian.engine.engine import Engine, LocalImage
from cibw_debian.engine.volumes import Volumes
from cibw_debian.errors import NativeError
from cibw_debian.host import emulation
from cibw_debian.host.emulation import Handler, is_emulated
from cibw_debian.mounts.native import choice
from cibw_debian.mounts.native.choice import native_args, wish
from cibw_debian.mounts.native.toolchain import LABEL, Ready, Toolchain
from cibw_debian.settings import Settings
from tests.planning.test_plan import build, plan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TAG = "cp39-manylinux_armv7l"
(BUILD,) = plan(build(TAG, "debian-11")).builds
READY = Ready(volume="v", version="10.2.1-6", python="3.9")


class FakeEngine(Engine):
    """On a machine of a given architecture."""

    machine = "amd64"

    def architecture(self) -> str:
        return self.machine

    def image(self, reference: str) -> LocalImage:
        assert reference == BUILD.container_image
        return LocalImage(id="", platform="linux/arm/v7", entrypoint=("/enter", "two words"))


class FakeVolumes(Volumes):
    """Holds no volume, but remembers which."""

    held: ClassVar[set[str]] = set()

    def hold(self, name: str, *, image: str, platform: str, labels: Mapping[str, str]) -> str:
        assert (image, platform) == (BUILD.container_image, "linux/arm/v7")
        assert labels.keys() == {LABEL}
        self.held.add(name)
        return "container"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Toolchain]:
    """The toolchains that were asked for; every one can be had."""
    toolchains: list[Toolchain] = []

    def make_ready(toolchain: Toolchain, **_options: object) -> Ready:
        toolchains.append(toolchain)
        return READY

    monkeypatch.setattr(choice, "make_ready", make_ready)
    return toolchains


def on(machine: str) -> Volumes:
    engine = FakeEngine()
    object.__setattr__(engine, "machine", machine)
    return FakeVolumes(engine, "run=1")


@pytest.mark.parametrize(
    ("image", "settings", "wanted"),
    [
        ("debian-11", Settings(), None),
        ("debian-11", Settings(companion=True), None),
        ("debian-11", Settings(companion=False), False),
        ("debian-11", Settings(companion=False, native_compiler=True), True),
        ("debian-11", Settings(native_compiler=False), False),
        ("registry.example/own:1", Settings(), False),
        ("registry.example/own:1", Settings(native_compiler=True), True),
    ],
)
def test_it_is_used_where_hooks_are_translated_unless_the_user_decides(
    image: str, settings: Settings, wanted: bool | None
) -> None:
    (planned,) = plan(build(TAG, image)).builds
    assert wish(planned, settings) is wanted


@pytest.mark.parametrize("wanted", [None, True])
def test_an_emulated_build_gets_the_compiler_of_its_suite(
    asked: list[Toolchain], capsys: pytest.CaptureFixture[str], wanted: bool | None
) -> None:
    args = native_args(BUILD, on("amd64"), wanted=wanted)
    assert args == (
        "--volume=v:/opt/cibw-debian-native:ro",
        "--entrypoint=/opt/cibw-debian-native/enter",
        "--env=CIBW_DEBIAN_ENTRYPOINT=/enter\ntwo words",
        "--env=PIP_COMPILE=0",
    )
    assert asked == [Toolchain(suite="bullseye", gcc="10", arch="armv7l", host="amd64", python="3.9")]
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(
        "manylinux_armv7l: compiling natively, with the suite's own cross compiler: gcc 10.2.1-6,"
        " and Python 3.9's own tools"
    )


@pytest.mark.parametrize(
    ("image", "wanted", "ready", "python", "said"),
    [
        ("debian-11", True, "3.9", "3.9", "gcc 10.2.1-6, and Python 3.9's own tools\n"),
        (
            "debian-11",
            None,
            "",
            "3.9",
            "Python 3.9's own tools stay emulated: the archive has not the image's version\n",
        ),
        ("debian-11", False, "", "", "gcc 10.2.1-6\n"),
        # builds use interpreters of pypa's
        (
            "pypa-manylinux_2_31",
            True,
            "",
            "",
            "own tools stay emulated: the image's interpreters are not those of its suite\n",
        ),
        ("pypa-manylinux_2_31", None, "", "", "gcc 10.2.1-6\n"),
    ],
)
def test_the_suites_own_python_runs_natively_too(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    image: str,
    wanted: bool | None,
    ready: str,
    python: str,
    said: str,
) -> None:
    (planned,) = plan(build(TAG, image)).builds

    def make_ready(toolchain: Toolchain, **_options: object) -> Ready:
        assert toolchain.python == python
        return replace(READY, python=ready)

    monkeypatch.setattr(choice, "make_ready", make_ready)
    monkeypatch.setattr(FakeEngine, "image", lambda *_: LocalImage(id="", platform="linux/arm/v7"))
    assert native_args(planned, on("amd64"), wanted=None, native_python=wanted)
    assert said in capsys.readouterr().err


def test_each_project_and_compiler_has_a_cache_of_its_own(
    asked: list[Toolchain], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    volumes = on("amd64")
    mounts = [
        native_args(BUILD, volumes, wanted=None, cached_for=project)[0]
        for project in (tmp_path / "a", tmp_path / "b", tmp_path / "x" / ".." / "a")
    ]
    assert mounts[0] == mounts[2] != mounts[1]
    assert mounts[0] == f"--volume={READY.cache(tmp_path / 'a')}:/opt/cibw-debian-cache"
    assert re.fullmatch("cibw-debian-cache-[0-9a-f]{16}", READY.cache(tmp_path))
    assert READY.cache(tmp_path) != replace(READY, volume="w").cache(tmp_path)
    assert FakeVolumes.held == {READY.cache(tmp_path / name) for name in "ab"}
    assert len(asked) == 3
    assert f"Python 3.9's own tools, cached in {READY.cache(tmp_path / 'a')}" in capsys.readouterr().err


@pytest.mark.parametrize("wanted", [None, True, False])
def test_nothing_is_mounted_on_a_native_machine(
    asked: list[Toolchain], capsys: pytest.CaptureFixture[str], wanted: bool | None
) -> None:
    assert native_args(BUILD, on("arm"), wanted=wanted) == ()
    assert asked == []
    assert capsys.readouterr().err == ""


def test_nothing_is_mounted_where_it_is_switched_off(asked: list[Toolchain]) -> None:
    assert native_args(BUILD, on("amd64"), wanted=False) == ()
    assert asked == []


@pytest.mark.parametrize(
    ("machine", "arguments", "reason"),
    [
        ("ppc64le", (), "the engine's machine is ppc64le, not amd64 or arm64"),
        ("amd64", ("--entrypoint=/bin/sh",), "an entrypoint is set in container-engine's create-args"),
    ],
)
def test_where_it_cannot_be_had_the_log_says_why(
    asked: list[Toolchain],
    capsys: pytest.CaptureFixture[str],
    machine: str,
    arguments: tuple[str, ...],
    reason: str,
) -> None:
    ours = replace(BUILD, engine=EngineOption(name="docker", create_args=arguments))
    assert native_args(ours, on(machine), wanted=None) == ()
    assert asked == []
    assert f"compiling under emulation, no native compiler: {reason}" in capsys.readouterr().err
    with pytest.raises(NativeError, match="no native compiler for manylinux_armv7l: "):
        native_args(ours, on(machine), wanted=True)


@pytest.mark.parametrize(
    ("machine", "handler", "emulated"),
    [
        ("amd64", None, True),
        ("arm", Handler(enabled=True, flags=""), False),
        # Whether these processors run 32-bit programs differs; where an emulator is registered, it does.
        ("arm64", None, False),
        ("arm64", Handler(enabled=False, flags=""), False),
        ("arm64", Handler(enabled=True, flags="F"), True),
    ],
)
def test_emulation(
    monkeypatch: pytest.MonkeyPatch, machine: str, handler: Handler | None, emulated: bool
) -> None:
    monkeypatch.setattr(emulation, "handler", lambda _: handler)
    assert is_emulated("armv7l", machine) is emulated
