"""The wheel cache: what pip and uv compile for build environments, kept for a project's next builds."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from cibw_debian.mounts.companion import LABEL
from cibw_debian.platforms import ARCHS
from cibw_debian.terminal import say

if TYPE_CHECKING:
    from pathlib import Path

    from cibw_debian.engine.volumes import Volumes
    from cibw_debian.planning.plan import PlannedBuild

#: where the volume is mounted
MOUNT = "/var/cache/cibw-debian"
#: options that decide what a wheel is compiled from and with
_DECIDING = ("before-all", "environment")
_VARIABLES = {
    "PIP_CACHE_DIR": f"{MOUNT}/pip",
    "UV_CACHE_DIR": f"{MOUNT}/uv",
    # A volume is a file system of its own, so uv's hard links fail with a warning.
    "UV_LINK_MODE": "copy",
}


def volume_name(build: PlannedBuild, image_id: str, project: Path) -> str:
    """Return the name of the volume with a build's wheel cache. Pure.

    Each project has its own, because the project's builds can write to it. A wheel depends on the image and
    on what hooks install too, and neither pip nor uv knows of these.

    Args:
        build: The build.
        image_id: The engine's identifier of the image's content.
        project: The directory or source distribution that is built.
    """
    hooks = [
        (hook.option, hook.after) for hook in (*build.hooks, *build.unchanged) if hook.option in _DECIDING
    ]
    key = (str(project.resolve()), build.platform_tag, image_id, hooks)
    return f"cibw-debian-wheels-{hashlib.sha256(repr(key).encode()).hexdigest()[:16]}"


def wheel_cache_args(build: PlannedBuild, volumes: Volumes, project: Path) -> tuple[str, ...]:
    """Make a build's wheel cache ready, and say in the log where it is.

    Args:
        build: The build; the engine has its image.
        volumes: The volumes of the run, in the engine of the build.
        project: The directory or source distribution that is built.

    Returns:
        Arguments for creating the build's container. A variable in `environment` wins over these.

    Raises:
        EngineError: The engine refused.
    """
    if not build.translated:
        say(f"{build.platform_tag}: no wheel cache: its image is no Debian of the catalogue")
        return ()
    image = volumes.engine.image(build.container_image)
    assert image  # noqa: S101  (prepared before)
    name = volume_name(build, image.id, project)
    volumes.hold(name, image=build.container_image, platform=ARCHS[build.arch].oci, labels={LABEL: "wheels"})
    say(f"{build.platform_tag}: wheels that pip or uv compiles for build environments are kept in {name}")
    return (f"--volume={name}:{MOUNT}", *(f"--env={key}={value}" for key, value in _VARIABLES.items()))
