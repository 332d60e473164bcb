"""QEMU's model of the processor: the default of newer versions makes riscv64 builds slow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cibw_debian.engine.command import CommandFailedError
from cibw_debian.host.emulation import (
    ASK_VERSION,
    PROCESSOR_MODELS,
    PROCESSOR_VARIABLE,
    is_emulated,
    processor_model,
    read_version,
)
from cibw_debian.platforms import ARCHS
from cibw_debian.terminal import say

if TYPE_CHECKING:
    from cibw_debian.engine.engine import Engine
    from cibw_debian.planning.plan import PlannedBuild


def model_for(arch: str, version: tuple[int, ...], create_args: tuple[str, ...]) -> str:
    """Return the model to set for an emulated container; empty if the default is right. Pure.

    Args:
        arch: cibuildwheel's name.
        version: QEMU's; empty if not known.
        create_args: The user's arguments for creating containers; a model in them stays.
    """
    if any(PROCESSOR_VARIABLE in argument for argument in create_args):
        return ""
    return processor_model(arch, version)


def processor_args(build: PlannedBuild, engine: Engine) -> tuple[str, ...]:
    """Return arguments for creating a build's container that set the model of the processor, and say so.

    Args:
        build: The build; the engine has its image.
        engine: The engine of the build.
    """
    if not build.translated or build.arch not in PROCESSOR_MODELS:
        return ()
    if not is_emulated(build.arch, engine.architecture()):
        return ()
    version = version_in_container(engine, build.container_image, ARCHS[build.arch].oci)
    model = model_for(build.arch, version, build.engine.create_args)
    if not model:
        return ()
    number = ".".join(map(str, version))
    say(
        f"{build.platform_tag}: {PROCESSOR_VARIABLE}={model}, because the default of QEMU {number} is slow;"
        f" a {PROCESSOR_VARIABLE} of your own in `environment` counts instead"
    )
    return (f"--env={PROCESSOR_VARIABLE}={model}",)


def version_in_container(engine: Engine, image: str, platform: str) -> tuple[int, ...]:
    """Return the version of QEMU that runs an image's programs; empty if no QEMU does.

    The emulator itself answers (variable QEMU_VERSION, qemu-user's documentation). It may come from an
    image or be on another machine, so there is no file to ask.
    """
    options = ("--rm", "--platform", platform, f"--env={ASK_VERSION}=1", "--entrypoint=/bin/true")
    try:
        answer = engine.text("run", *options, image)
    except CommandFailedError:
        return ()
    return read_version(answer)
