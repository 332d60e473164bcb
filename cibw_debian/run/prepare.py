"""Make ready what a plan needs: every image on this machine, and the companion's volume."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cibw_debian import __version__
from cibw_debian.doctor.require import require_emulation
from cibw_debian.engine.engine import Engine
from cibw_debian.engine.pull import pull
from cibw_debian.engine.volumes import Volumes
from cibw_debian.errors import ImageUnavailableError
from cibw_debian.mounts.companion import LABEL, Companion, make_companion
from cibw_debian.mounts.native.choice import native_args, wish
from cibw_debian.mounts.native.toolchain import LABEL as NATIVE_LABEL
from cibw_debian.mounts.native.uv import uv_args
from cibw_debian.mounts.wheels import wheel_cache_args
from cibw_debian.platforms import ARCHS
from cibw_debian.run.processor import processor_args
from cibw_debian.terminal import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cibw_debian.images.catalogue import Catalogue
    from cibw_debian.planning.plan import Plan, PlannedBuild
    from cibw_debian.settings import Settings


def prepare(
    plan: Plan,
    catalogue: Catalogue,
    settings: Settings,
    env: Mapping[str, str],
    *,
    project: Path,
    run_label: str,
    line: str = "cibw-debian run",
) -> list[tuple[str, ...]]:
    """Make images and volumes ready.

    Args:
        plan: What will be built.
        catalogue: Names images that can be built instead of one that cannot be pulled.
        settings: The project's.
        env: The host's environment variables.
        project: The directory or source distribution that is built.
        run_label: Label of the run's containers, `name=value`. The containers that keep the volumes get it;
            the caller removes them at the end.
        line: This call as a person would repeat it, for hints.

    Returns:
        For each build of the plan, the arguments for creating containers with its companion.

    Raises:
        ImageUnavailableError: An image cannot be pulled.
        ImageBuildError: An image cannot be built here.
        NativeError: The native compiler is asked for and not available.
        EngineError: The container engine is missing, not running or too old.
        NotReadyError: Emulation is needed and not set up.
    """
    wanted = [build for build in plan.builds if build.ours and build.identifiers]
    for name in {build.engine.name for build in wanted}:
        archs = dict.fromkeys(build.arch for build in wanted if build.engine.name == name)
        require_emulation(Engine(name), tuple(archs))
    # One reference may stand for the images of several archs.
    images: dict[tuple[str, str, str], list[PlannedBuild]] = {}
    for build in wanted:
        images.setdefault((build.engine.name, build.container_image, build.arch), []).append(build)
    for builds in images.values():
        _prepare_image(builds, Engine(builds[0].engine.name), catalogue, settings, line)
    natives: dict[object, tuple[str, ...]] = {}
    create_args = []
    for build in plan.builds:
        args: tuple[str, ...] = ()
        if build in wanted:
            # Groups that differ in their hooks share a container's image, and this.
            same = _container(build)
            volumes = Volumes(Engine(build.engine.name), run_label)
            if same not in natives:
                uses_uv = any(other.uses_uv for other in wanted if _container(other) == same)
                natives[same] = _native(build, volumes, settings, project, uses_uv=uses_uv)
                natives[same] += processor_args(build, volumes.engine)
            args = _mount(_companion(build, settings, env), build, volumes) + natives[same]
            if settings.wheel_cache:
                args += wheel_cache_args(build, volumes, project)
        create_args.append(args)
    # Now a container uses each volume of this run, so none of these is removed, however old it is.
    for name in {build.engine.name for build in wanted}:
        for label in (LABEL, NATIVE_LABEL):
            Volumes(Engine(name), run_label).prune(label)
    return create_args


def _container(build: PlannedBuild) -> tuple[object, ...]:
    return (build.platform_tag, build.container_image, build.engine)


def _companion(build: PlannedBuild, settings: Settings, env: Mapping[str, str]) -> Companion:
    if not build.translated or settings.companion is False:
        return Companion()
    return make_companion(
        env,
        answers=bool(build.companion),
        releases=build.releases,
        packages=settings.packages,
        strict=settings.strict,
    )


def _native(
    build: PlannedBuild, volumes: Volumes, settings: Settings, project: Path, *, uses_uv: bool
) -> tuple[str, ...]:
    cached_for = project if settings.compiler_cache else None
    args = native_args(
        build,
        volumes,
        wanted=wish(build, settings),
        cached_for=cached_for,
        native_python=settings.native_python,
    )
    if cached_for and not args:
        say(f"{build.platform_tag}: no compiler cache: it belongs to the native compiler, which is not used")
    if settings.native_python and not args:
        what = "Python's own tools stay as they are: only with the native compiler do they run natively"
        say(f"{build.platform_tag}: {what}")
    if args and uses_uv and settings.native_python is not False:
        args += uv_args(build, volumes)
    return args


def _mount(companion: Companion, build: PlannedBuild, volumes: Volumes) -> tuple[str, ...]:
    if companion == Companion():
        return ()
    if companion.files:
        volumes.fill(
            companion.volume,
            companion.add_to,
            image=build.container_image,
            platform=ARCHS[build.arch].oci,
            labels={LABEL: __version__},
        )
    image = volumes.engine.image(build.container_image)
    return companion.create_args(image.path if image else "")


def _prepare_image(
    builds: Sequence[PlannedBuild], engine: Engine, catalogue: Catalogue, settings: Settings, line: str
) -> None:
    """Make the image of builds ready that share it."""
    build = builds[0]
    platform = ARCHS[build.arch].oci
    if build.image and build.is_built_here:
        from cibw_debian.images.bases import Source  # noqa: PLC0415  (rarely needed)
        from cibw_debian.images.builder import build_image  # noqa: PLC0415
        from cibw_debian.images.releases import Choice  # noqa: PLC0415

        build_image(
            build.image,
            build.arch,
            source=Source.of(settings),
            choice=Choice.of(settings, [python for b in builds for python in b.pythons]),
            engine=engine,
        )
        return
    if engine.image_platform(build.container_image) == platform:
        return
    try:
        pull(engine, build.container_image, platform)
    except ImageUnavailableError as error:
        raise ImageUnavailableError(error.message, hint=_instead(build, catalogue, line)) from error


def _instead(build: PlannedBuild, catalogue: Catalogue, line: str) -> str:
    """Name the images that need no registry; those with all selected interpreters, if there are any."""
    fitting = catalogue.instead(build.arch, build.pythons)
    if not fitting:
        return ""
    complete = all(map(fitting[0].has_python, build.pythons))
    names = ", ".join(f"{image.name} ({image.policy}, {', '.join(image.pythons)})" for image in fitting)
    lacking = "" if complete or "--allow-missing" in line else " --allow-missing"
    return (
        f"Without a registry, these can be built on this machine for {build.arch}: {names}.\n"
        f"Try: CIBW_MANYLINUX_{build.arch.upper()}_IMAGE={fitting[0].name} {line}{lacking}"
    )
