"""Read what the project in the current directory needs, and look for its images."""

from __future__ import annotations

import platform
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.doctor.facts import DEFAULT_ARCHS, WantedImage, Wants
from cibw_debian.errors import CibwDebianError
from cibw_debian.platforms import ARCHS, oci_architecture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cibw_debian.engine.engine import Engine
    from cibw_debian.images.catalogue import Catalogue
    from cibw_debian.planning.compute import Planned

#: seconds that a registry has to answer
_PATIENCE = 3.0
_PROJECT_FILES = ("pyproject.toml", "setup.py", "setup.cfg")


def read_wants(env: Mapping[str, str], *, engine: str | None = None) -> Wants:
    """Read the needs of the project in the current directory.

    Args:
        env: Environment variables, `CIBW_...` among them.
        engine: Name of the container engine that wins over the configuration.
    """
    try:
        wants = _wants(_plan(env)) if any(Path(name).exists() for name in _PROJECT_FILES) else _variables(env)
    except CibwDebianError as error:
        wants = replace(_variables(env), error=error.message, hint=error.hint)
    if engine and engine != wants.engine:
        wants = replace(wants, engine=engine, option=f" --engine {engine}")
    return wants


def _plan(env: Mapping[str, str]) -> Planned:
    from cibw_debian.cibw.adapter import Arguments  # noqa: PLC0415  (cold start)
    from cibw_debian.planning.compute import compute_plan  # noqa: PLC0415

    machine = oci_architecture(platform.machine())
    planned = compute_plan(Arguments(platform="linux", allow_empty=True), env, switches={})
    if any(build.ours or machine not in ARCHS[build.arch].native_on for build in planned.plan.builds):
        return planned
    arguments = Arguments(platform="linux", allow_empty=True, archs=",".join(DEFAULT_ARCHS))
    return compute_plan(arguments, env, switches={})


def _wants(planned: Planned) -> Wants:
    from cibw_debian.planning.refusal import unusable_images  # noqa: PLC0415  (cold start)

    builds = planned.plan.builds
    engines = [build.engine.name for build in builds if build.ours] or [b.engine.name for b in builds]
    images = {
        (build.container_image, build.arch): WantedImage(
            name=build.image.name if build.image else build.container_image,
            arch=build.arch,
            reference=build.container_image,
            built_here=build.is_built_here,
            alternatives=tuple(image.name for image in planned.catalogue.instead(build.arch, build.pythons)),
            warnings=build.warnings,
        )
        for build in builds
        if build.ours
    }
    unusable = unusable_images(planned.plan)
    return Wants(
        engine=engines[0] if engines else Wants.engine,
        archs=tuple(dict.fromkeys(build.arch for build in builds)) or DEFAULT_ARCHS,
        images=tuple(images.values()),
        error=" ".join(unusable.message.split()) if unusable else "",
    )


def _variables(env: Mapping[str, str]) -> Wants:
    """Return what variables alone say, where no project can be read."""
    engine = re.split(r"[;:\s]", env.get("CIBW_CONTAINER_ENGINE", "").strip())[0]
    archs = re.split(r"[,\s]+", env.get("CIBW_ARCHS_LINUX") or env.get("CIBW_ARCHS", ""))
    return Wants(
        engine=engine if engine in {"docker", "podman"} else Wants.engine,
        archs=tuple(arch for arch in archs if arch in ARCHS) or DEFAULT_ARCHS,
    )


def look_at_image(image: WantedImage, engine: Engine, catalogue: Catalogue) -> WantedImage:
    """Look for an image in the engine; if the image is not there, look at its registry.

    Args:
        image: The image.
        engine: The container engine, which answers.
        catalogue: Has the image if it is built here.
    """
    if image.built_here:
        from cibw_debian.images.builder import is_current  # noqa: PLC0415  (rarely needed)

        return replace(image, present=is_current(catalogue.get(image.name), image.arch, engine))
    if engine.image_platform(image.reference) == ARCHS[image.arch].oci:
        return replace(image, present=True)
    return replace(image, present=False, registry_error=_registry_error(image, engine))


def _registry_error(image: WantedImage, engine: Engine) -> str | None:
    """Say why an image cannot be pulled; empty if it can, None if its registry was not asked."""
    from cibw_debian.engine.registry import look_up  # noqa: PLC0415  (rarely needed)

    try:
        found = look_up(replace(engine, patience=_PATIENCE), image.reference)
    except CibwDebianError as error:
        return error.message
    if found is None or ARCHS[image.arch].oci in found.platforms:
        return None if found is None else ""
    return f"its registry has the image only for {', '.join(found.platforms)}"
