"""Judge facts: pure."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from cibw_debian.doctor.facts import TOOLS, Emulation, Facts, WantedImage
from cibw_debian.host.emulation import PROCESSOR_VARIABLE, definition, processor_model
from cibw_debian.platforms import ARCHS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_GIB = 1024**3
#: an image has 0.5 to 1 GB, a build of an image needs its layer in addition, and containers grow
_DISK_NEEDED = 3 * _GIB
_DISK_WANTED = 10 * _GIB
_LOG = "/var/log/dockerd.log"
_REGISTER = "/proc/sys/fs/binfmt_misc/register"


class Status(StrEnum):
    OK = "ok"
    #: builds work, but something is not as good as possible
    WARN = "warn"
    #: builds do not work
    FAIL = "fail"


@dataclass(frozen=True, kw_only=True)
class Check:
    name: str
    status: Status
    #: the finding, for a person
    found: str
    #: shell commands that fix the fault, in order, exactly as `--fix` runs them
    fix: tuple[str, ...] = ()
    #: whether `--fix` runs the commands; otherwise they are advice
    automatic: bool = True

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "status": self.status.value, "found": self.found, "fix": list(self.fix)}


def judge(facts: Facts) -> list[Check]:
    """Check everything that builds need, in the order in which faults are fixed."""
    return [
        *(judge_emulation(facts.emulation, arch) for arch in facts.wants.archs),
        _engine(facts),
        _disk(facts),
        _tools(facts),
        *(_with_warnings(_image(facts, image), image.warnings) for image in facts.wants.images),
        _configuration(facts),
    ]


def can_fix(facts: Facts) -> bool:
    """Tell whether `--fix` knows this kind of system."""
    return bool(facts.systems & {"debian", "ubuntu"})


def judge_emulation(facts: Emulation, arch: str) -> Check:
    """Check whether containers of an arch run on the engine's machine."""
    name = f"emulation {arch}"
    handler = facts.handlers.get(arch)
    file = f"/proc/sys/fs/binfmt_misc/{ARCHS[arch].binfmt}"
    register = _root(facts, f"cat {definition(arch)} > {_REGISTER}")
    native = facts.architecture in ARCHS[arch].native_on
    if native and (handler is None or facts.remote):
        return Check(name=name, status=Status.OK, found="not needed: the engine's machine runs it")
    if facts.remote:
        found = f"not looked at: the engine is on another machine, {facts.remote}"
        return Check(name=name, status=Status.OK, found=found)
    fix: tuple[str, ...]
    if not facts.binfmt_mounted:
        mount = _root(facts, "mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc")
        found, fix = "binfmt_misc is not mounted", (mount,)
    elif handler is None:
        known = arch in facts.definitions
        # The installation registers the handler too, but not where services must not be started.
        fix = (register,) if known else _install(facts, "qemu-user-static", "binfmt-support")
        found = f"{file} is not registered"
    elif not handler.enabled:
        found, fix = f"{file} is disabled", (_root(facts, f"echo 1 > {file}"),)
    elif "F" not in handler.flags:
        found = f"{file} has no F flag, so it does not work in containers"
        install = () if arch in facts.definitions else _install(facts, "qemu-user-static")
        fix = (*install, _root(facts, f"echo -1 > {file}"), register)
    else:
        found = f"{file}, flags {handler.flags}{_emulator(arch, facts.versions.get(arch, ()))}"
        return Check(name=name, status=Status.OK, found=found)
    return Check(name=name, status=Status.FAIL, found=found, fix=fix)


def _emulator(arch: str, version: tuple[int, ...]) -> str:
    """Say which QEMU it is, and what `run` does about its default; empty if the version is not known."""
    if not version:
        return ""
    model = processor_model(arch, version)
    remedy = f", whose default is slow: `run` sets {PROCESSOR_VARIABLE}={model}" if model else ""
    return f", QEMU {'.'.join(map(str, version))}{remedy}"


def _engine(facts: Facts) -> Check:
    name = f"engine {facts.engine}"
    packages = ["docker.io", "iptables", *(["apparmor"] if facts.apparmor else [])]
    if facts.engine != "docker":
        packages = [facts.engine]
    if facts.engine_recent:
        return Check(name=name, status=Status.OK, found=facts.engine_version)
    if facts.engine_version:
        found = f"{facts.engine_version} is too old, {facts.engine_minimum} is needed"
        return Check(name=name, status=Status.FAIL, found=found, fix=_install(facts.emulation, *packages))
    remote = facts.emulation.remote
    if remote and "not installed" not in facts.engine_error:
        found = f"the remote engine at {remote} does not answer"
        variable = "CONTAINER_HOST" if facts.engine == "podman" else "DOCKER_HOST or `docker context use`"
        fix = (f"# start the engine there, or choose another one: {variable}",)
        return Check(name=name, status=Status.FAIL, found=found, fix=fix, automatic=False)
    if not facts.daemon_installed:
        # Since Debian 13 the client is a package of its own, which docker.io only recommends.
        client = _root(
            facts.emulation,
            "apt-cache show docker-cli >/dev/null 2>&1 && apt-get install -y docker-cli || true",
        )
        fix = (*_install(facts.emulation, *packages), *((client,) if facts.engine == "docker" else ()))
        return Check(name=name, status=Status.FAIL, found=facts.engine_error, fix=fix)
    if "not allowed" in facts.engine_error:
        fix = ("sudo usermod --append --groups docker $USER  # then log in again",)
        return Check(name=name, status=Status.FAIL, found=facts.engine_error, fix=fix, automatic=False)
    start = f"setsid dockerd >>{_LOG} 2>&1 </dev/null &"
    fix = (_root(facts.emulation, "systemctl start docker" if facts.systemd else start),)
    return Check(name=name, status=Status.FAIL, found=facts.engine_error, fix=fix)


def _disk(facts: Facts) -> Check:
    if facts.free is None:
        reason = "the engine does not answer"
        if facts.storage:
            reason = f"only root may look at {facts.storage}"
        if facts.emulation.remote:
            reason = f"the engine is on another machine, {facts.emulation.remote}"
        return Check(name="disk", status=Status.OK, found=f"not looked at: {reason}")
    found = f"{facts.free / _GIB:.1f} GiB free in {facts.storage}"
    if facts.free >= _DISK_WANTED:
        return Check(name="disk", status=Status.OK, found=found)
    status = Status.WARN if facts.free >= _DISK_NEEDED else Status.FAIL
    # `--fix` removes nothing that somebody may want.
    return Check(
        name="disk", status=status, found=found, fix=(f"{facts.engine} system prune",), automatic=False
    )


def _tools(facts: Facts) -> Check:
    # Only users other than root need user namespaces.
    missing = [
        tool
        for tool in TOOLS
        if tool in facts.missing_tools and not (tool == "newuidmap" and facts.emulation.root)
    ]
    packages = [TOOLS[tool] for tool in missing]
    if not facts.debian_keyring:
        packages.append("debian-archive-keyring")
    if packages:
        found = f"missing: {', '.join(packages)}"
        return Check(
            name="image tools", status=Status.FAIL, found=found, fix=_install(facts.emulation, *packages)
        )
    return Check(name="image tools", status=Status.OK, found="mmdebstrap, arch-test, Debian's archive keys")


def _image(facts: Facts, image: WantedImage) -> Check:
    name = f"image {image.name} {image.arch}"
    if image.present is None:
        return Check(name=name, status=Status.OK, found="not looked at: the engine does not answer")
    if image.present:
        return Check(name=name, status=Status.OK, found="built" if image.built_here else "on this machine")
    if image.built_here:
        build = f"cibw-debian images build {image.name} --arch {image.arch}{facts.wants.option}"
        return Check(name=name, status=Status.WARN, found="not built yet", fix=(build,), automatic=False)
    if not image.registry_error:
        found = "not pulled yet" + ("; its registry has it" if image.registry_error == "" else "")
        return Check(name=name, status=Status.OK, found=found)
    others = image.alternatives
    fix = tuple(f"export CIBW_MANYLINUX_{image.arch.upper()}_IMAGE={other}" for other in others[:1])
    found = f"not pulled yet, and not available: {image.registry_error}"
    if others:
        found += f"; built on this machine instead: {' or '.join(others)}"
    return Check(name=name, status=Status.WARN, found=found, fix=fix, automatic=False)


def _with_warnings(check: Check, warnings: Sequence[str]) -> Check:
    if not warnings:
        return check
    return replace(check, status=Status.WARN, found="; ".join((check.found, *warnings)))


def _configuration(facts: Facts) -> Check:
    if facts.wants.error:
        advice = tuple(f"# {line}" for line in facts.wants.hint.splitlines())
        found = facts.wants.error
        return Check(name="configuration", status=Status.FAIL, found=found, fix=advice, automatic=False)
    return Check(name="configuration", status=Status.OK, found="readable")


def _install(facts: Emulation, *packages: str) -> tuple[str, ...]:
    install = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if facts.root:
        return "apt-get update", f"DEBIAN_FRONTEND=noninteractive {install}"
    return "sudo apt-get update", f"sudo DEBIAN_FRONTEND=noninteractive {install}"


def _root(facts: Emulation, line: str) -> str:
    if facts.root:
        return line
    simple = not set(line) & set("<>&|")
    return f"sudo {line}" if simple else f"sudo sh -c {shlex.quote(line)}"


def failed(checks: Iterable[Check]) -> list[Check]:
    """Return the checks with which builds do not work."""
    return [check for check in checks if check.status is Status.FAIL]


def advise(checks: Sequence[Check], option: str) -> str:
    """Say which of the failed checks `--fix` repairs; empty if it repairs none.

    Args:
        checks: All checks, before `--fix`.
        option: Option that `doctor` needs to use the same engine, with a space before it, or empty.
    """
    names = [check.name for check in failed(checks) if check.fix and check.automatic]
    if not names:
        return ""
    which = "" if len(names) == len(failed(checks)) else f" for {', '.join(names)}"
    return f"`cibw-debian doctor --fix{option}` runs the commands above{which}."
