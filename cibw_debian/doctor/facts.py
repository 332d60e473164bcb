"""Look at this machine and at the container engine. Nothing here changes anything."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.errors import EngineError
from cibw_debian.host.aptroot import DEBIAN_KEYRING
from cibw_debian.host.emulation import BINFMT_MISC, Handler, definition, emulator_version, handler
from cibw_debian.platforms import ARCHS, oci_architecture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from cibw_debian.engine.engine import Engine

#: archs that are looked at if the project selects none that is built on Debian
DEFAULT_ARCHS = ("armv7l", "riscv64")
#: many users have no sbin on PATH
_SBIN = "/usr/local/sbin:/usr/sbin:/sbin"
#: programs that are needed to build an image -> Debian package
TOOLS = {"mmdebstrap": "mmdebstrap", "arch-test": "arch-test", "openssl": "openssl", "newuidmap": "uidmap"}


@dataclass(frozen=True, kw_only=True)
class WantedImage:
    name: str
    arch: str
    #: as the container engine knows the image
    reference: str
    #: made on this machine
    built_here: bool
    #: the engine has the image, if built here from the recipe of this version; None if this is not known
    present: bool | None = None
    #: why the registry of an image that is not present does not give it, or empty; None if it was not asked
    registry_error: str | None = None
    #: names of images that can be built here instead
    alternatives: tuple[str, ...] = ()
    #: what the image lacks on this machine
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Wants:
    """What the project in the current directory needs."""

    #: name of the container engine that is used if no option names one
    engine: str = "docker"
    #: option that a command needs to use the engine; empty if commands in this directory use it anyway
    option: str = ""
    #: cibuildwheel's names
    archs: tuple[str, ...] = DEFAULT_ARCHS
    #: the images that builds use: name of the catalogue or reference, and arch
    images: tuple[WantedImage, ...] = ()
    #: what is wrong with the configuration, or empty
    error: str = ""
    #: what to do about it, lines of text; may be empty
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Emulation:
    """How containers of other architectures run."""

    root: bool
    #: architecture of the engine's machine in the words of OCI platforms (`amd64`); empty if not known
    architecture: str
    #: address of an engine on another machine; empty for an engine on this machine
    remote: str
    binfmt_mounted: bool
    #: arch -> handler; no entry where none is registered
    handlers: Mapping[str, Handler]
    #: archs whose handler's definition is installed
    definitions: frozenset[str]
    #: arch -> version of QEMU; no entry if it is not known, or if nobody asked
    versions: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The facts that the checks judge."""

    emulation: Emulation
    wants: Wants
    #: `ID` and `ID_LIKE` of /etc/os-release
    systems: frozenset[str]
    systemd: bool
    #: AppArmor is in force, so the engine needs its parser
    apparmor: bool

    engine: str
    #: version of the engine; empty if the engine does not answer
    engine_version: str
    engine_recent: bool
    engine_minimum: str
    #: why the engine does not answer
    engine_error: str
    #: whether the daemon's program is on this machine
    daemon_installed: bool
    #: free bytes in the directory where the engine keeps images; None if this is not known
    free: int | None
    storage: str

    #: programs of `TOOLS` that are missing
    missing_tools: frozenset[str]
    debian_keyring: bool


def gather(engine: Engine, wants: Wants, *, look: Callable[[WantedImage], WantedImage]) -> Facts:
    """Look at everything that builds need.

    Args:
        engine: The container engine that builds use.
        wants: The needs of the project.
        look: Looks for one image in the engine and in its registry; called only if the engine answers.
    """
    version, recent, error = _engine(engine)
    remote = remote_address(engine.name, os.environ)
    storage, free = _storage(engine, remote) if version else ("", None)
    images = tuple(look(image) for image in wants.images) if recent else wants.images
    path = f"{os.environ.get('PATH', os.defpath)}:{_SBIN}"
    emulation = look_at_emulation(engine, wants.archs, remote, answers=bool(version))
    asked = {} if remote else {arch: emulator_version(found) for arch, found in emulation.handlers.items()}
    return Facts(
        emulation=replace(emulation, versions={arch: number for arch, number in asked.items() if number}),
        wants=replace(wants, images=images),
        systems=_systems(),
        systemd=Path("/run/systemd/system").is_dir(),
        apparmor=_read(Path("/sys/module/apparmor/parameters/enabled")).strip() == "Y",
        engine=engine.name,
        engine_version=version,
        engine_recent=recent,
        engine_minimum=engine.minimum_text,
        engine_error=error,
        daemon_installed=bool(shutil.which("dockerd" if engine.name == "docker" else engine.name, path=path)),
        free=free,
        storage=storage,
        missing_tools=frozenset(tool for tool in TOOLS if not shutil.which(tool, path=path)),
        debian_keyring=Path(DEBIAN_KEYRING).exists(),
    )


def look_at_emulation(
    engine: Engine, archs: Iterable[str], remote: str, *, answers: bool = True
) -> Emulation:
    """Look at how containers for some archs run.

    Args:
        engine: The container engine.
        archs: cibuildwheel's names.
        remote: Address of an engine on another machine; empty for an engine on this machine.
        answers: Whether the engine answers.
    """
    architecture = oci_architecture(platform.machine())
    if remote:
        architecture = engine.architecture() if answers else ""
    return Emulation(
        root=os.geteuid() == 0,
        architecture=architecture,
        remote=remote,
        binfmt_mounted=(BINFMT_MISC / "register").exists(),
        handlers={arch: found for arch in archs if (found := handler(ARCHS[arch].binfmt))},
        definitions=frozenset(arch for arch in archs if definition(arch).exists()),
    )


def remote_address(name: str, env: Mapping[str, str]) -> str:
    """Return the address of an engine on another machine; empty for an engine on this machine.

    Args:
        name: ``docker`` or ``podman``.
        env: Environment variables; docker's or podman's own variables count.
    """
    if name == "podman":
        address = env.get("CONTAINER_HOST", "")
    else:
        command = ["docker", "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]
        address = env.get("DOCKER_HOST") or _output(command)
    return "" if address.startswith(("unix://", "npipe://")) else address


def _output(command: Sequence[str]) -> str:
    try:
        return subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip()
    except OSError:
        return ""


def _engine(engine: Engine) -> tuple[str, bool, str]:
    try:
        version, comparable = engine.version()
    except EngineError as error:
        return "", False, error.message
    return version, comparable >= engine.minimum, ""


def _storage(engine: Engine, remote: str) -> tuple[str, int | None]:
    storage = engine.storage()
    try:
        return storage, None if remote else shutil.disk_usage(storage).free
    except OSError:  # a directory that only root may enter
        return storage, None


def _systems() -> frozenset[str]:
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return frozenset()
    return frozenset({release.get("ID", ""), *release.get("ID_LIKE", "").split()} - {""})


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
