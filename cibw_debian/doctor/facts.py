"""Looking at this machine. Nothing here changes anything."""

from __future__ import annotations

import os
import platform
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.errors import CibwDebianError, EngineError
from cibw_debian.host.aptroot import DEBIAN_KEYRING
from cibw_debian.host.emulation import BINFMT_MISC, Handler, definition, handler
from cibw_debian.platforms import ARCHS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cibw_debian.engine.engine import Engine

#: users often have no sbin on PATH
_SBIN = "/usr/local/sbin:/usr/sbin:/sbin"
#: programs that building an image needs -> the Debian package that has it
TOOLS = {"mmdebstrap": "mmdebstrap", "arch-test": "arch-test", "openssl": "openssl", "newuidmap": "uidmap"}


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the checks are judged by."""

    #: `ID` and `ID_LIKE` of /etc/os-release
    systems: frozenset[str]
    root: bool
    #: the kernel's name of this machine: `x86_64`
    machine: str
    systemd: bool
    #: AppArmor is in force, so the engine needs its parser
    apparmor: bool

    engine: str
    #: what the engine says it is, empty if it does not answer
    engine_version: str
    engine_recent: bool
    engine_minimum: str
    #: why it does not answer
    engine_error: str
    #: the daemon's program is on this machine
    daemon_installed: bool
    #: free bytes where the engine keeps images, None if that is on another machine
    free: int | None
    storage: str

    binfmt_mounted: bool
    #: arch -> handler; no entry where none is registered
    handlers: Mapping[str, Handler]
    #: archs whose handler's definition is installed
    definitions: frozenset[str]
    #: of `TOOLS`, what is missing
    missing_tools: frozenset[str]
    debian_keyring: bool

    #: (image, arch) -> whether the engine has it, built by this version's recipe; empty if nobody can say
    images: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    #: what is wrong with the configuration, or empty
    configuration_error: str = ""


def gather(
    engine: Engine,
    archs: Iterable[str],
    *,
    images: Callable[[], Mapping[tuple[str, str], bool]],
    configuration: Callable[[], None],
) -> Facts:
    """Look at everything.

    Args:
        engine: The container engine that builds use.
        archs: cibuildwheel's names of the architectures that are to be built.
        images: Says which images that are built here the engine has; asked only if the engine answers
            and the configuration is right.
        configuration: Reads the configuration, raises CibwDebianError if it is wrong.
    """
    version, recent, error = _engine(engine)
    storage, free = _storage(engine) if version else ("", None)
    configuration_error = _configuration_error(configuration)
    path = f"{os.environ.get('PATH', os.defpath)}:{_SBIN}"
    return Facts(
        systems=_systems(),
        root=os.geteuid() == 0,
        machine=platform.machine(),
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
        binfmt_mounted=(BINFMT_MISC / "register").exists(),
        handlers={arch: found for arch in archs if (found := handler(ARCHS[arch].binfmt))},
        definitions=frozenset(arch for arch in archs if definition(arch).exists()),
        missing_tools=frozenset(tool for tool in TOOLS if not shutil.which(tool, path=path)),
        debian_keyring=Path(DEBIAN_KEYRING).exists(),
        images=images() if recent and not configuration_error else {},
        configuration_error=configuration_error,
    )


def _engine(engine: Engine) -> tuple[str, bool, str]:
    try:
        version, comparable = engine.version()
    except EngineError as error:
        return "", False, error.message
    return version, comparable >= engine.minimum, ""


def _storage(engine: Engine) -> tuple[str, int | None]:
    storage = engine.storage()
    try:
        return storage, shutil.disk_usage(storage).free
    except OSError:  # a remote engine, or a directory that only root may enter
        return storage, None


def _systems() -> frozenset[str]:
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return frozenset()
    return frozenset({release.get("ID", ""), *release.get("ID_LIKE", "").split()} - {""})


def _configuration_error(read: Callable[[], None]) -> str:
    try:
        read()
    except CibwDebianError as error:
        return error.message
    return ""


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
