"""In which order images and volumes are made ready, with an engine that only remembers."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cibw_debian.cibw.adapter import EngineOption
from cibw_debian.engine.engine import Engine, LocalImage
from cibw_debian.errors import ImageUnavailableError, NativeError, NotReadyError
from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.mounts.companion import make_companion
from cibw_debian.run import prepare as module
from cibw_debian.run.prepare import prepare
from cibw_debian.settings import Settings
from tests.planning.test_plan import build, plan

if TYPE_CHECKING:
    from cibw_debian.cibw.adapter import Build


PROJECT = Path("/some/project")
RUN = "cibw-debian.run=1"
PRUNED = [("prune", "cibw-debian"), ("prune", "cibw-debian.native")]


class FakeEngine:
    """Has no image until it is pulled, and then for the platform of the last pull."""

    calls: list[tuple[str, ...]]
    platforms: dict[str, str]

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def option(self) -> str:
        return Engine(self.name).option

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FakeEngine) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def require(self) -> None: ...

    def image(self, reference: str) -> LocalImage:
        return LocalImage(id="", platform=self.platforms[reference])

    def image_platform(self, reference: str) -> str | None:
        return self.platforms.get(reference)

    def architecture(self) -> str:
        return "arm"


class FakeVolumes:
    def __init__(self, engine: FakeEngine, run_label: str) -> None:
        self.engine = engine
        assert run_label == RUN

    def fill(self, *_args: object, **_options: object) -> None:
        FakeEngine.calls.append(("fill",))

    def hold(self, name: str, **_options: object) -> None:
        FakeEngine.calls.append(("hold", name))

    def prune(self, label: str) -> None:
        FakeEngine.calls.append(("prune", label))


def pull(engine: FakeEngine, reference: str, platform: str) -> None:
    engine.calls.append(("pull", platform))
    engine.platforms[reference] = platform


@pytest.fixture(autouse=True)
def handlers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with QEMU's handlers, and the directory where the kernel shows them."""
    for name in ("register", "qemu-arm", "qemu-riscv64"):
        (tmp_path / name).write_text("enabled\nflags: F\n")
    for place in ("host.emulation", "doctor.facts"):
        monkeypatch.setattr(f"cibw_debian.{place}.BINFMT_MISC", tmp_path)
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setenv("DOCKER_HOST", "unix:///none")
    return tmp_path


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    FakeEngine.calls = []
    FakeEngine.platforms = {}
    monkeypatch.setattr(module, "Engine", FakeEngine)
    monkeypatch.setattr(module, "Volumes", FakeVolumes)
    monkeypatch.setattr(module, "pull", pull)
    return FakeEngine.calls


def prepare_for(*builds: Build, settings: Settings | None = None) -> list[tuple[str, ...]]:
    return prepare(
        plan(*builds), load_catalogue(), settings or Settings(), {}, project=PROJECT, run_label=RUN
    )


def test_the_order_of_things(calls: list[tuple[str, ...]]) -> None:
    """The volumes of the run are in use before others are removed."""
    (args,) = prepare_for(build("cp311-manylinux_armv7l", "manylinux_2_31", before_all="bash ci/deps.sh"))
    assert calls == [("pull", "linux/arm/v7"), ("fill",), *PRUNED]
    assert any(arg.startswith("--volume=") for arg in args)


def test_one_reference_is_pulled_for_every_arch(calls: list[tuple[str, ...]]) -> None:
    image = "example.org/multi-arch:1"
    prepare_for(build("cp311-manylinux_armv7l", image), build("cp311-manylinux_riscv64", image))
    pulls = [("pull", "linux/arm/v7"), ("pull", "linux/riscv64")]
    assert calls == [*pulls, *PRUNED]


def test_without_emulation_nothing_is_made_ready(calls: list[tuple[str, ...]], handlers: Path) -> None:
    (handlers / "qemu-riscv64").unlink()
    image = "example.org/multi-arch:1"
    emulated = replace(build("cp311-manylinux_riscv64", image), engine=EngineOption(name="podman"))
    with pytest.raises(NotReadyError, match="qemu-riscv64 is not registered") as caught:
        prepare_for(build("cp311-manylinux_armv7l", image), emulated)
    assert "`cibw-debian doctor --fix --engine podman`" in caught.value.hint
    assert calls == []


def test_other_builds_need_no_engine(calls: list[tuple[str, ...]]) -> None:
    assert prepare_for(build("cp311-manylinux_x86_64", "an/image:1")) == [()]
    assert calls == []


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        (Settings(), None),
        (Settings(native_compiler=True), True),
        (Settings(companion=False), False),
        (Settings(companion=False, native_compiler=True), True),
    ],
)
def test_without_the_companion_the_native_compiler_has_to_be_asked_for(
    calls: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, settings: Settings, wanted: bool | None
) -> None:
    def native_args(_build: object, _engine: object, *, wanted: bool | None, **_: object) -> tuple[str, ...]:
        return (f"wanted={wanted}",)

    monkeypatch.setattr(module, "native_args", native_args)
    (args,) = prepare_for(build("cp311-manylinux_armv7l", "manylinux_2_31"), settings=settings)
    assert args[-1] == f"wanted={wanted}"
    assert calls


@pytest.mark.parametrize(
    ("hook", "options"),
    [
        (
            "bash ci/deps.sh",
            (
                "--volume={volume}:/opt/cibw-debian:ro",
                "--env=PATH=/opt/cibw-debian/bin:/bin",
                "--env=BASH_ENV=/opt/cibw-debian/start.sh",
                "--volume={volume}:/opt/rh:ro",
            ),
        ),
        ("dnf install -y openssl-devel", ()),
    ],
)
def test_switched_off_the_native_compiler_changes_nothing(
    calls: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, hook: str, options: tuple[str, ...]
) -> None:
    monkeypatch.setattr(FakeEngine, "architecture", lambda _: "amd64")
    monkeypatch.setattr(
        FakeEngine, "image", lambda *_: LocalImage(id="", platform="", variables={"PATH": "/bin"})
    )
    off = Settings(native_compiler=False)
    (args,) = prepare_for(build("cp311-manylinux_armv7l", "manylinux_2_31", before_all=hook), settings=off)
    volume = make_companion({}, answers=True, packages={}).volume
    assert args == tuple(option.format(volume=volume) for option in options)
    assert calls.count(("fill",)) == bool(options)


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.usefixtures("calls")
def test_the_companion_gets_the_projects_settings(strict: bool) -> None:
    settings = Settings(strict=strict, packages={"our-sdk": ("libour-dev",)})
    hook = build("cp311-manylinux_armv7l", "manylinux_2_31", before_all="bash ci/deps.sh")
    (args,) = prepare_for(hook, settings=settings)
    same = make_companion({}, answers=True, packages=settings.packages, strict=strict)
    assert f"--volume={same.volume}:/opt/cibw-debian:ro" in args


@pytest.mark.parametrize(("machine", "fails"), [("amd64", True), ("arm", False)])
def test_asking_for_the_native_compiler_where_the_image_cannot_have_it_is_an_error(
    calls: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, machine: str, fails: bool
) -> None:
    """But not on a machine that needs none."""
    monkeypatch.setattr(FakeEngine, "architecture", lambda _: machine)
    reason = pytest.raises(NativeError, match="manylinux_armv7l: its image is no Debian of the catalogue")
    with reason if fails else contextlib.nullcontext():
        prepare_for(
            build("cp311-manylinux_armv7l", "example.org/other:1"), settings=Settings(native_compiler=True)
        )
    assert calls


@pytest.mark.parametrize("native", [("x",), ()])
def test_a_compiler_cache_belongs_to_the_project(
    calls: list[tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    native: tuple[str, ...],
) -> None:
    def native_args(_build: object, _engine: object, *, cached_for: Path | None, **_: object) -> object:
        assert cached_for == PROJECT
        return native

    monkeypatch.setattr(module, "native_args", native_args)
    (args,) = prepare_for(
        build("cp311-manylinux_armv7l", "manylinux_2_31"), settings=Settings(compiler_cache=True)
    )
    assert args == native
    assert ("manylinux_armv7l: no compiler cache: " in capsys.readouterr().err) is not bool(native)
    assert calls


def test_a_wheel_cache_is_for_those_who_ask(calls: list[tuple[str, ...]]) -> None:
    wanted = build("cp311-manylinux_armv7l", "manylinux_2_31")
    assert prepare_for(wanted) == [()]
    (args,) = prepare_for(wanted, settings=Settings(wheel_cache=True, native_compiler=False))
    ((held,),) = (call[1:] for call in calls if call[0] == "hold")
    assert args[0] == f"--volume={held}:/var/cache/cibw-debian"
    assert "--env=PIP_CACHE_DIR=/var/cache/cibw-debian/pip" in args


def test_groups_of_one_image_share_the_native_compiler(
    calls: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def native_args(build: object, _engine: object, **_: object) -> tuple[str, ...]:
        asked.append(build)
        return ("x",)

    monkeypatch.setattr(module, "native_args", native_args)
    args = prepare_for(
        build("cp311-manylinux_armv7l", "manylinux_2_31", before_all="true"),
        build("cp312-manylinux_armv7l", "manylinux_2_31", before_all="false"),
    )
    assert args == [("x",), ("x",)]
    assert len(asked) == 1
    assert calls


@pytest.mark.parametrize(
    ("frontend", "hook", "native_python", "native", "expected"),
    [
        ("build[uv]", "", None, ("x",), ("x", "uv")),
        ("uv", "", True, ("x",), ("x", "uv")),
        ("build", "uv pip install a", True, ("x",), ("x", "uv")),
        ("build", "pip install uvloop", True, ("x",), ("x",)),
        ("build[uv]", "", False, ("x",), ("x",)),
        ("build[uv]", "", True, (), ()),
        ("build[uv]", "", None, (), ()),
    ],
)
@pytest.mark.usefixtures("calls")
def test_uv_runs_natively_where_it_is_used_and_the_compiler_does(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    frontend: str,
    hook: str,
    native_python: bool | None,
    native: tuple[str, ...],
    expected: tuple[str, ...],
) -> None:
    """The builds of one container count together."""

    def native_args(_build: object, _volumes: object, **options: object) -> tuple[str, ...]:
        assert options["native_python"] is native_python
        return native

    monkeypatch.setattr(module, "native_args", native_args)
    monkeypatch.setattr(module, "uv_args", lambda *_: ("uv",))
    args = prepare_for(
        build("cp311-manylinux_armv7l", "manylinux_2_31", before_all="true"),
        replace(build("cp312-manylinux_armv7l", "manylinux_2_31", before_build=hook), frontend=frontend),
        settings=Settings(native_python=native_python),
    )
    assert args == [expected, expected]
    said = "Python's own tools stay as they are" in capsys.readouterr().err
    assert said == (native_python is True and not native)


@pytest.mark.parametrize(
    ("python", "line", "hint"),
    [
        (
            "cp311",
            "run x",
            "debian-12 (manylinux_2_36, cp311).\nTry: CIBW_MANYLINUX_ARMV7L_IMAGE=debian-12 run x",
        ),
        ("cp311 cp39", "run", "debian-11 (manylinux_2_31, cp39), debian-12 (manylinux_2_36, cp311)"),
        ("cp311 cp39", "run", "ARMV7L_IMAGE=debian-11 run --allow-missing"),
        ("cp311 cp39", "run --allow-missing", "ARMV7L_IMAGE=debian-11 run --allow-missing"),
    ],
)
def test_an_image_that_cannot_be_pulled_names_one_that_fits(
    calls: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, python: str, line: str, hint: str
) -> None:
    def fail(*_: object) -> None:
        raise ImageUnavailableError("no registry")

    monkeypatch.setattr(module, "pull", fail)
    builds = [build(f"{tag}-manylinux_armv7l", "example.org/an/image:1") for tag in python.split()]
    with pytest.raises(ImageUnavailableError) as caught:
        prepare(plan(*builds), load_catalogue(), Settings(), {}, project=PROJECT, run_label=RUN, line=line)
    assert hint in caught.value.hint
    assert caught.value.hint.count("--allow-missing") == ("--allow-missing" in hint or " " in python)
    assert calls == []
