"""What `plan` says about this machine: the image, the compiler, the wheels."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cibw_debian.cibw.adapter import EngineOption
from cibw_debian.engine.state import EngineState, ImageState, NeededImage
from cibw_debian.errors import NativeError, TranslationError
from cibw_debian.planning.outlook import Outlook, foresee, look_ahead
from cibw_debian.planning.refusal import refusal
from cibw_debian.planning.report import render_plan, to_json
from cibw_debian.settings import Settings
from cibw_debian.terminal import unstyle

from .test_plan import build, plan

PLAN = plan(build("cp39-manylinux_armv7l", "debian-11"))
DEBIAN = PLAN.builds[0]
ROCKY = plan(build("cp39-manylinux_riscv64", "quay.io/pypa/manylinux_2_39_riscv64:1")).builds[0]
ENTRYPOINT = replace(DEBIAN, engine=EngineOption(name="docker", create_args=("--entrypoint=x",)))


@pytest.mark.parametrize(
    ("planned", "host", "settings", "native", "compiler"),
    [
        (DEBIAN, "amd64", Settings(), True, "native: the suite's own cross compiler"),
        (DEBIAN, "arm", Settings(), False, "the image's own, without emulation"),
        (DEBIAN, "", Settings(), None, "not known: docker does not answer"),
        (DEBIAN, "amd64", Settings(native_compiler=False), False, "the image's own, under emulation"),
        (DEBIAN, "amd64", Settings(companion=False), False, "the image's own, under emulation"),
        (DEBIAN, "amd64", Settings(companion=False, native_compiler=True), True, "native: "),
        (DEBIAN, "s390x", Settings(), False, "under emulation: the engine's machine is s390x"),
        (ENTRYPOINT, "amd64", Settings(), False, "under emulation: an entrypoint is set"),
        (ROCKY, "amd64", Settings(), False, "the image's own, under emulation"),
    ],
)
def test_compiler(
    planned: object, host: str, *, settings: Settings, native: bool | None, compiler: str
) -> None:
    assert isinstance(planned, type(DEBIAN))
    outlook = foresee(planned, ImageState.PRESENT, host, settings)
    assert outlook.native is native
    assert compiler in outlook.compiler


def test_each_engine_is_asked_once_for_its_own_images(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, list[str]] = {}

    def look(name: str, images: list[NeededImage]) -> EngineState:
        assert name not in asked
        asked[name] = [image.reference for image in images]
        return EngineState(architecture="amd64", images=(ImageState.PRESENT,) * len(images))

    monkeypatch.setattr("cibw_debian.planning.outlook.look", look)
    tags = {"cp39-manylinux_armv7l": "podman", "cp311-manylinux_armv7l": "docker"}
    made = plan(
        *(
            replace(build(tag, f"example.org/{tag}:1"), engine=EngineOption(name=engine))
            for tag, engine in tags.items()
        )
    )
    outlooks = look_ahead(made, Settings())
    assert all(outlook and outlook.state is ImageState.PRESENT for outlook in outlooks)
    assert asked == {engine: [f"example.org/{tag}:1"] for tag, engine in tags.items()}


@pytest.mark.parametrize("planned", [ENTRYPOINT, ROCKY])
def test_a_native_compiler_that_is_asked_for_and_not_possible_is_refused(planned: object) -> None:
    assert isinstance(planned, type(DEBIAN))
    settings = Settings(native_compiler=True)
    outlook = foresee(planned, ImageState.PRESENT, "amd64", settings)
    refused = refusal(replace(PLAN, builds=(planned,)), [outlook])
    assert isinstance(refused, NativeError)
    assert f"no native compiler for {planned.platform_tag}: " in refused.message
    possible = foresee(DEBIAN, ImageState.PRESENT, "amd64", settings)
    assert refusal(PLAN, [possible]) is None


def test_the_plans_own_refusal_comes_first() -> None:
    refused = plan(build("cp39-manylinux_armv7l", "debian-11", before_all="dnf install -y one-devel"))
    outlook = Outlook(state=ImageState.PRESENT, native=False, compiler="", native_problem="another")
    assert isinstance(refusal(refused, [outlook]), TranslationError)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (ImageState.PRESENT, "on this machine"),
        (ImageState.BUILD, "will be built on this machine (3 to 7 minutes)"),
        (ImageState.EXTEND, "will get the interpreters that it lacks (2 to 4 minutes each)"),
        (ImageState.PULL, "will be pulled from its registry"),
        (ImageState.UNKNOWN, "not known whether it is here: docker does not answer"),
    ],
)
def test_text_and_json_say_what_is_to_be_done(state: ImageState, words: str) -> None:
    outlook = foresee(DEBIAN, state, "amd64", Settings())
    text = unstyle(render_plan(PLAN, outlooks=[outlook]))
    assert words in text
    assert "compiler: native" in text
    assert "wheels: cp39-cp39-manylinux_2_31_armv7l\n" in text
    document = to_json(PLAN, [outlook])["builds"][0]
    assert document["outlook"]["image_state"] == state.value
    assert document["outlook"]["native_compiler"] is True
    assert document["wheel_tags"] == ["cp39-cp39-manylinux_2_31_armv7l"]


@pytest.mark.parametrize(
    ("pythons", "words"),
    [
        (("cp39",), "(3 to 7 minutes)"),
        (("cp39", "cp310"), "(3 to 7 minutes, and 2 to 4 for an interpreter to compile)"),
        (("cp39", "cp310", "cp311"), "(3 to 7 minutes, and 2 to 4 for each of 2 interpreters to compile)"),
    ],
)
def test_interpreters_besides_the_suites_own_take_longer(pythons: tuple[str, ...], words: str) -> None:
    assert DEBIAN.image
    planned = replace(DEBIAN, image=replace(DEBIAN.image, pythons=pythons))
    outlook = foresee(planned, ImageState.BUILD, "amd64", Settings())
    assert outlook.image_work(planned) == f"will be built on this machine {words}"


def test_wheels_of_free_threaded_interpreters_and_of_many() -> None:
    builds = [build(f"{tag}-manylinux_armv7l", "manylinux_2_35") for tag in ("cp313", "cp314t")]
    several = plan(*builds)
    assert several.builds[0].wheel_tags[1] == "cp314-cp314t-manylinux_2_35_armv7l"
    assert "wheels: cp313-cp313-manylinux_2_35_armv7l and 1 more" in render_plan(several)
    assert "cp314-cp314t-manylinux_2_35_armv7l" in render_plan(several, exact=True)


def test_a_machine_without_an_engine_can_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    both = plan(build("cp39-manylinux_armv7l", "debian-11"), build("cp39-manylinux_x86_64", "an/image:1"))
    ours, others = look_ahead(both, Settings())
    assert ours
    assert ours.state is ImageState.UNKNOWN
    assert ours.native is None
    assert others is None
