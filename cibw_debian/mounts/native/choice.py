"""Whether a build gets the native compiler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cibw_debian.errors import NativeError
from cibw_debian.host.emulation import is_emulated
from cibw_debian.mounts.native.toolchain import HOSTS, LABEL, Toolchain, make_ready
from cibw_debian.terminal import say

if TYPE_CHECKING:
    from pathlib import Path

    from cibw_debian.engine.engine import Engine
    from cibw_debian.planning.plan import PlannedBuild


def native_args(
    build: PlannedBuild, engine: Engine, *, wanted: bool | None, cached_for: Path | None = None
) -> tuple[str, ...]:
    """Make the native compiler ready for a build, and say in the log what is used.

    Args:
        build: Of an image that the engine has.
        engine: Where.
        wanted: None: if it can be had.
        cached_for: The project that has a compiler cache; None for no cache.

    Returns:
        Arguments for creating the build's container; none where nothing is emulated.

    Raises:
        NativeError: It is wanted, and cannot be had.
        EngineError: The engine refused.
    """
    if wanted is False:
        return ()
    host = engine.architecture()
    if not is_emulated(build.arch, host):
        return ()
    try:
        args, what = _make_ready(build, engine, host, cached_for)
    except NativeError as error:
        if wanted:
            raise NativeError(f"no native compiler for {build.platform_tag}: {error.message}") from error
        say(f"{build.platform_tag}: compiling under emulation, no native compiler: {error.message}")
        return ()
    say(f"{build.platform_tag}: compiling natively, with the suite's own cross compiler: {what}")
    return args


def _make_ready(
    build: PlannedBuild, engine: Engine, host: str, cached_for: Path | None
) -> tuple[tuple[str, ...], str]:
    if host not in HOSTS:
        raise NativeError(f"the engine's machine is {host}, not {' or '.join(HOSTS)}")
    if any(arg.startswith("--entrypoint") for arg in build.engine.create_args):
        raise NativeError("an entrypoint is set in container-engine's create-args, and this needs one too")
    if not build.image or not build.translated:
        raise NativeError("its image is no Debian of the catalogue")
    local = engine.image(build.container_image)
    assert local  # noqa: S101  (prepared before)
    toolchain = Toolchain(suite=build.image.suite, gcc=build.image.gcc, arch=build.arch, host=host)
    ready = make_ready(toolchain, engine=engine, reference=build.container_image, image=build.image)
    if not cached_for:
        return ready.create_args(local), f"gcc {ready.version}"
    cache = ready.cache(cached_for)
    engine.create_volume(cache, labels={LABEL: "cache"})
    return ready.create_args(local, cache=cache), f"gcc {ready.version}, cached in {cache}"
