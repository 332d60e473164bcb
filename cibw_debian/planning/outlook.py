"""What a run of a plan would do on this machine: image, compiler, names of the wheels."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cibw_debian.engine.state import ImageState, NeededImage, look
from cibw_debian.host.emulation import is_emulated
from cibw_debian.images.local import state_of
from cibw_debian.images.releases import Choice
from cibw_debian.mounts.native.choice import obstacle, wish
from cibw_debian.platforms import ARCHS

if TYPE_CHECKING:
    from cibw_debian.planning.plan import Plan, PlannedBuild
    from cibw_debian.settings import Settings

#: how long an image takes to build on two cores under emulation, measured for debian-11 and debian-13
_BUILD_MINUTES = "3 to 7"
#: how long each interpreter takes
_INTERPRETER_MINUTES = "2 to 4"


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What a run does for one group of builds."""

    state: ImageState
    #: whether the compiler runs natively in emulated containers; None if that is not known
    native: bool | None
    #: about the compiler, for a person
    compiler: str
    #: why the native compiler, which is asked for, is not possible; empty otherwise
    native_problem: str = ""

    def to_json(self) -> dict[str, Any]:
        return {"image_state": self.state.value, "native_compiler": self.native, "compiler": self.compiler}

    def image_work(self, build: PlannedBuild) -> str:
        """Say for a person what has to be done for the image."""
        match self.state:
            case ImageState.PRESENT:
                return "on this machine"
            case ImageState.BUILD:
                assert build.image  # noqa: S101  (only an image of the catalogue is built)
                compiled = len(build.image.pythons) - 1
                each = f"for each of {compiled} interpreters" if compiled > 1 else "for an interpreter"
                more = f", and {_INTERPRETER_MINUTES} {each} to compile" if compiled else ""
                return f"will be built on this machine ({_BUILD_MINUTES} minutes{more})"
            case ImageState.EXTEND:
                return f"will get the interpreters that it lacks ({_INTERPRETER_MINUTES} minutes each)"
            case ImageState.PULL:
                return "will be pulled from its registry"
        return f"not known whether it is here: {build.engine.name} does not answer"


def look_ahead(plan: Plan, settings: Settings) -> tuple[Outlook | None, ...]:
    """Ask the engines about the images of a plan; an engine that does not answer is no error.

    Returns:
        One outlook for each build of the plan; None for a build that is left to cibuildwheel.
    """
    outlooks: dict[int, Outlook] = {}
    for name in dict.fromkeys(build.engine.name for build in plan.builds if build.ours):
        numbers = [n for n, build in enumerate(plan.builds) if build.ours and build.engine.name == name]
        engine = look(name, [_needed(plan.builds[n], settings) for n in numbers])
        for n, state in zip(numbers, engine.images, strict=True):
            outlooks[n] = foresee(plan.builds[n], state, engine.architecture, settings)
    return tuple(outlooks.get(n) for n in range(len(plan.builds)))


def foresee(build: PlannedBuild, state: ImageState, host: str, settings: Settings) -> Outlook:
    """Decide what a run does for a build. Of this machine, only the kernel's emulators are asked.

    Args:
        build: A build whose image is ours to make ready.
        state: What the engine says about the image.
        host: Architecture of the engine's machine, in the words of OCI platforms; empty if not known.
        settings: The project's.
    """
    if not host:
        return Outlook(state=state, native=None, compiler=f"not known: {build.engine.name} does not answer")
    if not is_emulated(build.arch, host):
        return Outlook(state=state, native=False, compiler="the image's own, without emulation")
    wanted = wish(build, settings)
    emulated = "the image's own, under emulation"
    if wanted is False:
        return Outlook(state=state, native=False, compiler=emulated)
    if reason := obstacle(build, host):
        problem = f"no native compiler for {build.platform_tag}: {reason}" if wanted else ""
        return Outlook(state=state, native=False, compiler=f"{emulated}: {reason}", native_problem=problem)
    return Outlook(state=state, native=True, compiler="native: the suite's own cross compiler")


def _needed(build: PlannedBuild, settings: Settings) -> NeededImage:
    needed = NeededImage(reference=build.container_image, platform=ARCHS[build.arch].oci)
    if not build.image or not build.is_built_here:
        return needed
    state = functools.partial(state_of, build.image, build.arch, Choice.of(settings, build.pythons))
    return replace(needed, state=state)
