"""uv at full speed: the index has uv as a static program of the machine's own architecture.

uv asks the interpreter that it works for about platform and version, so it answers for the container's.
"""

from __future__ import annotations

import io
import re
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian import __version__
from cibw_debian.engine.command import CommandFailedError
from cibw_debian.errors import NativeError
from cibw_debian.host.cache import roomy
from cibw_debian.host.pip import call_pip, last_error
from cibw_debian.mounts.native import elf
from cibw_debian.mounts.native.toolchain import LABEL
from cibw_debian.mounts.native.tree import UV
from cibw_debian.platforms import ARCHS, arch_of_deb
from cibw_debian.terminal import say

if TYPE_CHECKING:
    from cibw_debian.engine.volumes import Volumes
    from cibw_debian.planning.plan import PlannedBuild

#: the image's own uv, and that of pypa's images
_PROGRAM = "/usr/local/bin/uv"
#: seconds that the download may take: 20 MB
_LONGEST = 300


def uv_args(build: PlannedBuild, volumes: Volumes) -> tuple[str, ...]:
    """Make the native uv of the image's version ready, and say in the log what is used.

    Args:
        build: A build with the native compiler; the engine has its image.
        volumes: The volumes of the run, in the engine of the build.

    Returns:
        Arguments for creating the build's container; none if the image or the index has no such uv.

    Raises:
        EngineError: The engine refused.
    """
    platform = ARCHS[build.arch].oci
    version = _version(volumes, build.container_image, platform)
    if not version:
        return ()
    host = volumes.engine.architecture()
    name = f"cibw-debian-uv-{version}-{host}"

    def add(archive: tarfile.TarFile) -> None:
        content = _download(version, host)
        member = tarfile.TarInfo("uv")
        member.size, member.mode = len(content), 0o755
        archive.addfile(member, io.BytesIO(content))

    try:
        volumes.fill(name, add, image=build.container_image, platform=platform, labels={LABEL: __version__})
    except NativeError as error:
        say(f"{build.platform_tag}: uv {version} runs under emulation: {error.message}")
        return ()
    say(f"{build.platform_tag}: uv {version} runs natively")
    return (f"--volume={name}:{UV}:ro",)


def _version(volumes: Volumes, image: str, platform: str) -> str:
    """Return the version of an image's uv; empty if there is none."""
    options = ("--rm", "--platform", platform, f"--entrypoint={_PROGRAM}")
    try:
        answer = volumes.engine.text("run", *options, image, "--version")
    except CommandFailedError:
        return ""
    found = re.match(r"uv (\d[\w.]*)", answer)
    return found[1] if found else ""


def _download(version: str, host: str) -> bytes:
    """Return the program uv from the index.

    Raises:
        NativeError: The index has none that fits, or does not answer.
    """
    arch = arch_of_deb(host)
    assert arch  # noqa: S101  (one of HOSTS)
    with tempfile.TemporaryDirectory(prefix="cibw-debian-", dir=roomy()) as directory:
        # A wheel for musl has a program that needs no library.
        platforms = (f"--platform=musllinux_1_{minor}_{arch.name}" for minor in (2, 1))
        options = ("--no-deps", "--only-binary=:all:", *platforms, f"--dest={directory}")
        done = call_pip("download", f"uv=={version}", *options, timeout=_LONGEST)
        if done is None:
            raise NativeError("pip on this machine did not answer")
        if done[0]:
            raise NativeError(f"pip cannot download it: {last_error(done[1])}")
        program = Path(directory, "uv")
        (wheel,) = Path(directory).glob("uv-*.whl")
        try:
            with zipfile.ZipFile(wheel) as archive:
                program.write_bytes(archive.read(f"uv-{version}.data/scripts/uv"))
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise NativeError(f"its wheel cannot be read: {error}") from error
        if not elf.is_elf_for(program, host) or elf.interpreter(program):
            raise NativeError("the index has no static program for this machine")
        return program.read_bytes()
