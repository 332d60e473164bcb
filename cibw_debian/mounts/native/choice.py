"""Whether a build gets the native compiler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cibw_debian.errors import NativeError
from cibw_debian.host.emulation import is_emulated
from cibw_debian.mounts.native.toolchain import HOSTS, LABEL, Toolchain, make_ready
from cibw_debian.platforms import ARCHS
from cibw_debian.terminal import say

if TYPE_CHECKING:
    from pathlib import Path

    from cibw_debian.engine.volumes import Volumes
    from cibw_debian.images.catalogue import Image
    from cibw_debian.planning.plan import PlannedBuild
    from cibw_debian.settings import Settings


def wish(build: PlannedBuild, settings: Settings) -> bool | None:
    """Return whether a build is to compile natively: True, False, or None for where that is possible."""
    if settings.native_compiler is None and (settings.companion is False or not build.translated):
        # Images with dnf have no such compiler. Where the companion is off, a user must ask for it.
        return False
    return settings.native_compiler


def obstacle(build: PlannedBuild, host: str) -> str:
    """Return why a build cannot compile natively, empty if nothing is in the way. Pure.

    Args:
        build: What is built.
        host: Architecture of the engine's machine, in the words of OCI platforms.
    """
    if host not in HOSTS:
        return f"the engine's machine is {host}, not {' or '.join(HOSTS)}"
    if any(arg.startswith("--entrypoint") for arg in build.engine.create_args):
        return "an entrypoint is set in container-engine's create-args, and the native compiler needs its own"
    if not build.translated:
        return "its image is no Debian of the catalogue"
    return ""


def native_args(
    build: PlannedBuild,
    volumes: Volumes,
    *,
    wanted: bool | None,
    cached_for: Path | None = None,
    native_python: bool | None = None,
) -> tuple[str, ...]:
    """Make the native compiler ready for a build, and say in the log what is used.

    Args:
        build: The build; the engine has its image.
        volumes: The volumes of the run, in the engine of the build.
        wanted: As `wish` says.
        cached_for: The project that has a compiler cache; None for no cache.
        native_python: Whether programs written in Python run natively, too; None: where that is possible.

    Returns:
        Arguments for creating the build's container; none if the container is not emulated.

    Raises:
        NativeError: The native compiler is wanted and not available.
        EngineError: The engine refused.
    """
    if wanted is False:
        return ()
    host = volumes.engine.architecture()
    if not is_emulated(build.arch, host):
        return ()
    try:
        args, what = _make_ready(build, volumes, host, cached_for, native_python=native_python)
    except NativeError as error:
        if wanted:
            raise NativeError(f"no native compiler for {build.platform_tag}: {error.message}") from error
        say(f"{build.platform_tag}: compiling under emulation, no native compiler: {error.message}")
        return ()
    say(f"{build.platform_tag}: compiling natively, with the suite's own cross compiler: {what}")
    return args


def suites_python(image: Image | None) -> str:
    """Return the version of the suite's own Python, ``3.11``; empty if builds use another one. Pure."""
    if not image or not image.built_here:
        return ""
    return image.pythons[0].replace("cp3", "3.")


def _make_ready(
    build: PlannedBuild, volumes: Volumes, host: str, cached_for: Path | None, *, native_python: bool | None
) -> tuple[tuple[str, ...], str]:
    if reason := obstacle(build, host):
        raise NativeError(reason)
    assert build.image  # noqa: S101  (a translated build has one)
    local = volumes.engine.image(build.container_image)
    assert local  # noqa: S101  (prepared before)
    python = "" if native_python is False else suites_python(build.image)
    toolchain = Toolchain(
        suite=build.image.suite, gcc=build.image.gcc, arch=build.arch, host=host, python=python
    )
    ready = make_ready(toolchain, volumes=volumes, reference=build.container_image, image=build.image)
    what = f"gcc {ready.version}"
    if python or native_python:
        what += _about_python(python, ready.python)
    if not cached_for:
        return ready.create_args(local), what
    cache = ready.cache(cached_for)
    platform = ARCHS[build.arch].oci
    volumes.hold(cache, image=build.container_image, platform=platform, labels={LABEL: "cache"})
    return ready.create_args(local, cache=cache), f"{what}, cached in {cache}"


def _about_python(version: str, ready: str) -> str:
    if not version:
        return "; Python's own tools stay emulated: the image's interpreters are not those of its suite"
    if not ready:
        return f"; Python {version}'s own tools stay emulated: the archive has not the image's version"
    return f", and Python {version}'s own tools"
