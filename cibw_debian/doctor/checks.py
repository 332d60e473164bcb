"""From facts to verdicts: pure."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from cibw_debian.doctor.facts import TOOLS, Facts
from cibw_debian.host.emulation import definition
from cibw_debian.platforms import ARCHS, oci_architecture

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_GIB = 1024**3
#: an image is 0.5 to 1 GB, its layer stands beside it while it is built, and a container grows
_DISK_NEEDED = 3 * _GIB
_DISK_WANTED = 10 * _GIB
_LOG = "/var/log/dockerd.log"
_REGISTER = "/proc/sys/fs/binfmt_misc/register"


class Status(StrEnum):
    OK = "ok"
    #: works, but not as well as it could
    WARN = "warn"
    #: keeps builds from working
    FAIL = "fail"


@dataclass(frozen=True, kw_only=True)
class Check:
    name: str
    status: Status
    #: what was found, for a person
    found: str
    #: shell commands that mend it, in order, exactly as `--fix` runs them
    fix: tuple[str, ...] = ()
    #: whether `--fix` runs them; otherwise they are advice
    automatic: bool = True

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "status": self.status.value, "found": self.found, "fix": list(self.fix)}


def judge(facts: Facts, archs: Sequence[str]) -> list[Check]:
    """Check everything that a build needs, in the order in which it is to be mended.

    Args:
        facts: About this machine.
        archs: cibuildwheel's names of the architectures that are to be built.
    """
    return [
        *(check for arch in archs for check in _emulation(facts, arch)),
        _engine(facts),
        _disk(facts),
        _tools(facts),
        *_images(facts),
        _configuration(facts),
    ]


def can_mend(facts: Facts) -> bool:
    """Whether `--fix` knows this kind of system."""
    return bool(facts.systems & {"debian", "ubuntu"})


def _emulation(facts: Facts, arch: str) -> Iterator[Check]:
    name = f"emulation {arch}"
    handler = facts.handlers.get(arch)
    file = f"/proc/sys/fs/binfmt_misc/{ARCHS[arch].binfmt}"
    register = _root(facts, f"cat {definition(arch)} > {_REGISTER}")
    if handler is None and oci_architecture(facts.machine) in ARCHS[arch].native_on:
        yield Check(name=name, status=Status.OK, found="not needed, this machine is one")
    elif not facts.binfmt_mounted:
        mount = _root(facts, "mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc")
        yield Check(name=name, status=Status.FAIL, found="binfmt_misc is not mounted", fix=(mount,))
    elif handler is None:
        known = arch in facts.definitions
        # Installing registers as well, but not where services must not be started.
        fix = (register,) if known else _install(facts, "qemu-user-static", "binfmt-support")
        yield Check(name=name, status=Status.FAIL, found=f"{file} is not registered", fix=fix)
    elif not handler.enabled:
        enable = _root(facts, f"echo 1 > {file}")
        yield Check(name=name, status=Status.FAIL, found=f"{file} is disabled", fix=(enable,))
    elif "F" not in handler.flags:
        found = f"{file} has no F flag, so it does not work in containers"
        again = (_root(facts, f"echo -1 > {file}"), register)
        install = () if arch in facts.definitions else _install(facts, "qemu-user-static")
        yield Check(name=name, status=Status.FAIL, found=found, fix=(*install, *again))
    else:
        yield Check(name=name, status=Status.OK, found=f"{file}, flags {handler.flags}")


def _engine(facts: Facts) -> Check:
    name = f"engine {facts.engine}"
    packages = ["docker.io", "iptables", *(["apparmor"] if facts.apparmor else [])]
    if facts.engine != "docker":
        packages = [facts.engine]
    if facts.engine_recent:
        return Check(name=name, status=Status.OK, found=facts.engine_version)
    if facts.engine_version:
        found = f"{facts.engine_version} is too old, {facts.engine_minimum} is needed"
        return Check(name=name, status=Status.FAIL, found=found, fix=_install(facts, *packages))
    if not facts.daemon_installed:
        # The client is a package of its own, which docker.io recommends, since Debian 13.
        client = _root(
            facts, "apt-cache show docker-cli >/dev/null 2>&1 && apt-get install -y docker-cli || true"
        )
        fix = (*_install(facts, *packages), *((client,) if facts.engine == "docker" else ()))
        return Check(name=name, status=Status.FAIL, found=facts.engine_error, fix=fix)
    if "not allowed" in facts.engine_error:
        fix = ("sudo usermod --append --groups docker $USER  # then log in again",)
        return Check(name=name, status=Status.FAIL, found=facts.engine_error, fix=fix, automatic=False)
    start = f"setsid dockerd >>{_LOG} 2>&1 </dev/null &"
    fix = (_root(facts, "systemctl start docker" if facts.systemd else start),)
    return Check(name=name, status=Status.FAIL, found=facts.engine_error, fix=fix)


def _disk(facts: Facts) -> Check:
    if facts.free is None:
        where = facts.storage or "unknown while the engine does not answer"
        return Check(name="disk", status=Status.OK, found=f"not looked at: {where}")
    found = f"{facts.free / _GIB:.1f} GiB free in {facts.storage}"
    if facts.free >= _DISK_WANTED:
        return Check(name="disk", status=Status.OK, found=found)
    status = Status.WARN if facts.free >= _DISK_NEEDED else Status.FAIL
    # Throwing away what somebody may want is not for --fix.
    return Check(
        name="disk", status=status, found=found, fix=(f"{facts.engine} system prune",), automatic=False
    )


def _tools(facts: Facts) -> Check:
    # User namespaces are only needed where root is not at hand.
    missing = [
        tool for tool in TOOLS if tool in facts.missing_tools and not (tool == "newuidmap" and facts.root)
    ]
    packages = [TOOLS[tool] for tool in missing]
    if not facts.debian_keyring:
        packages.append("debian-archive-keyring")
    if packages:
        found = f"missing: {', '.join(packages)}"
        return Check(name="image tools", status=Status.FAIL, found=found, fix=_install(facts, *packages))
    return Check(name="image tools", status=Status.OK, found="mmdebstrap, arch-test, Debian's archive keys")


def _images(facts: Facts) -> Iterator[Check]:
    for (image, arch), current in facts.images.items():
        name = f"image {image} {arch}"
        if current:
            yield Check(name=name, status=Status.OK, found="built")
        else:
            build = f"cibw-debian images build {image} --arch {arch}"
            yield Check(name=name, status=Status.WARN, found="not built yet", fix=(build,), automatic=False)


def _configuration(facts: Facts) -> Check:
    if facts.configuration_error:
        return Check(name="configuration", status=Status.FAIL, found=facts.configuration_error)
    return Check(name="configuration", status=Status.OK, found="readable")


def _install(facts: Facts, *packages: str) -> tuple[str, ...]:
    install = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if facts.root:
        return "apt-get update", f"DEBIAN_FRONTEND=noninteractive {install}"
    return "sudo apt-get update", f"sudo DEBIAN_FRONTEND=noninteractive {install}"


def _root(facts: Facts, line: str) -> str:
    if facts.root:
        return line
    simple = not set(line) & set("<>&|")
    return f"sudo {line}" if simple else f"sudo sh -c {shlex.quote(line)}"


def failed(checks: Iterable[Check]) -> list[Check]:
    """The checks that keep builds from working."""
    return [check for check in checks if check.status is Status.FAIL]
