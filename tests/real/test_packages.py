"""The packages that hooks want most, really installed on each suite and arch.

The text that runs is the product's own translation of `dnf install -y NAMES`. The native compiler's volume is
mounted because apt and the tools of maintainer scripts then run at full speed; dpkg is the image's own.
"""

from __future__ import annotations

import contextlib
import logging
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from cibw_debian.hooks.translate import Style, translate
from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.mounts.native.toolchain import Toolchain, make_ready
from cibw_debian.platforms import ARCHS
from cibw_debian.resolver.model import PACKAGE, UNKNOWN, Target
from cibw_debian.resolver.resolve import Resolver, open_resolver
from cibw_debian.resolver.table import load_table

from .conftest import docker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cibw_debian.engine.volumes import Volumes

TARGETS = [
    ("debian-11", "armv7l"),
    ("debian-12", "armv7l"),
    ("debian-13", "armv7l"),
    ("debian-13", "riscv64"),
]
#: names of one installation: a failure is searched for among so many
STEP = 40
#: default-jdk-headless and postgresql-client-common link manual pages with update-alternatives
FAILED_BEFORE = ("java-1.8.0-openjdk-devel", "postgresql", "postgresql-devel", "postgresql-server-devel")
#: what the entrypoint of the native compiler's volume starts at its end
STAY = ": >/started; exec sleep infinity"
#: Makes the container like one of another image, without directories of manual pages and options of dpkg for
#: them: the options of the translated text have to be enough. That text runs without its update.
PREPARE = """
set -e
until [ -e /started ]; do sleep 0.1; done
rm -r /usr/share/man
sed -i '\\,^path-include=/usr/share/man$,d' /etc/dpkg/dpkg.cfg.d/*
apt-get -o Acquire::Retries=3 update
"""

log = logging.getLogger(__name__)


class Wanted(NamedTuple):
    hooks: int
    tables: int
    name: str


def read_wanted() -> list[Wanted]:
    lines = (Path(__file__).parent / "wanted.txt").read_text().splitlines()
    fields = (line.split() for line in lines if not line.startswith("#"))
    return [Wanted(int(hooks), int(tables), name) for hooks, tables, name in fields]


class Machine(NamedTuple):
    """Where containers come from, and what their packages are called."""

    create_args: tuple[str, ...]
    resolver: Resolver

    @contextlib.contextmanager
    def container(self) -> Iterator[Container]:
        """Start a container that has the lists of packages, and remove it at the end."""
        identity = docker("run", "--detach", *self.create_args, "sh", "-c", STAY).strip()
        try:
            container = Container(identity, self.resolver)
            done = container.run(PREPARE)
            assert done.returncode == 0, done.stdout
            yield container
        finally:
            docker("rm", "--force", identity)


class Container(NamedTuple):
    identity: str
    resolver: Resolver

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        command = ["docker", "exec", self.identity, "sh", "-c", script]
        return subprocess.run(
            command,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )

    def can_have(self, names: Sequence[str]) -> bool:
        """Tell whether apt finds a way to install packages together."""
        return self.run(self._install(names).replace(" install ", " install --simulate ", 1)).returncode == 0

    def install(self, names: Sequence[str]) -> str:
        """Install packages, and return what is wrong afterwards: empty, or texts of apt and dpkg."""
        done = self.run(self._install(names))
        debs = dict.fromkeys(deb for name in names for deb in self.resolver.resolve(name).deb)
        status = self.run(
            "dpkg --audit; dpkg-query --show --showformat '${Package} ${db:Status-Status}\\n'"
        ).stdout
        missing = [deb for deb in debs if f"\n{deb} installed\n" not in f"\n{status}"]
        broken = [line for line in status.splitlines() if not line.endswith((" installed", " config-files"))]
        if done.returncode == 0 and not missing and not broken:
            self.run("apt-get clean")
            return ""
        last = done.stdout.splitlines()[-30:]
        return "\n".join([f"exit code {done.returncode}, not installed: {missing}", *broken, *last])

    def _install(self, names: Sequence[str]) -> str:
        translation = translate(f"dnf install -y {' '.join(names)}", self.resolver, style=Style.ROBUST)
        assert translation.ok, translation.findings
        return translation.translated.partition(" && ")[2]  # the container has the lists already


@pytest.fixture(params=TARGETS, ids="-".join)
def machine(request: pytest.FixtureRequest, run_volumes: Volumes) -> Machine:
    name, arch = request.param
    image = load_catalogue().get(name)
    reference = image.reference(arch)
    local = run_volumes.engine.image(reference)
    assert local, f"build it first: cibw-debian images build {name} --arch {arch}"
    toolchain = Toolchain(suite=image.suite, gcc=image.gcc, arch=arch, host=run_volumes.engine.architecture())
    ready = make_ready(toolchain, volumes=run_volumes, reference=reference, image=image)
    args = ("--platform", ARCHS[arch].oci, *ready.create_args(local), reference)
    return Machine(args, open_resolver(Target(image.suite, ARCHS[arch].deb)))


def together(kept: list[str], names: Sequence[str], fits: Callable[[list[str]], bool]) -> list[str]:
    """Return `kept` and as many of the names as fit to them."""
    if not names or fits([*kept, *names]):
        return [*kept, *names]
    if len(names) == 1:
        return kept
    half = len(names) // 2
    return together(together(kept, names[:half], fits), names[half:], fits)


def culprits(names: Sequence[str], why: Callable[[Sequence[str]], str]) -> dict[str, str]:
    """Return the smallest groups of names that cannot be installed, each with the reason."""
    reason = why(names)
    if not reason:
        return {}
    half = len(names) // 2
    found = culprits(names[:half], why) | culprits(names[half:], why) if half else {}
    return found or {" ".join(names): reason}


def install_all(machine: Machine, names: Sequence[str]) -> dict[str, str]:
    """Install names in one container, in steps; where a step fails, search in fresh containers."""

    def install_apart(part: Sequence[str]) -> str:
        with machine.container() as fresh:
            return fresh.install(part)

    steps = [names[start : start + STEP] for start in range(0, len(names), STEP)]
    failures: dict[str, str] = {}
    while steps:
        with machine.container() as container:
            reason = ""
            while steps and not reason:
                step, began = steps.pop(0), time.monotonic()
                reason = container.install(step)
                log.info("%s to %s: %.0f s", step[0], step[-1], time.monotonic() - began)
        if reason:
            log.info("failed, searching: %s", reason)
            failures |= culprits(step, install_apart) or {f"after others: {' '.join(step)}": reason}
    return failures


@pytest.mark.engine
@pytest.mark.proof
def test_the_packages_wanted_most_can_be_installed(machine: Machine) -> None:
    left = [name for name in names_to_install() if machine.resolver.resolve(name).status == PACKAGE]
    failures: dict[str, str] = {}
    while left:
        with machine.container() as container:
            batch = together([], left, container.can_have)
        if not batch:
            failures |= dict.fromkeys(left, "apt finds no way to install it")
            break
        left = [name for name in left if name not in batch]
        log.info("%d names together, not with these: %s", len(batch), " ".join(left))
        failures |= install_all(machine, batch)
    assert not failures, "\n\n".join(f"{names}: {reason}" for names, reason in failures.items())


def names_to_install() -> list[str]:
    """Return the names wanted most, those that the table calls common, and those that failed before."""
    wanted = [wanted.name for wanted in read_wanted()]
    return list(dict.fromkeys([*FAILED_BEFORE, *wanted, *sorted(load_table().common)]))


def test_the_list_is_in_order_and_each_name_has_a_package_somewhere() -> None:
    wanted = read_wanted()
    assert wanted == sorted(
        wanted, key=lambda row: (-row.hooks, -row.tables, not row.name.endswith("-devel"), row.name)
    )
    assert len({row.name for row in wanted}) == len(wanted) == 300
    targets = {(load_catalogue().get(image).suite, ARCHS[arch].deb) for image, arch in TARGETS}
    resolvers = [open_resolver(Target(*target)) for target in targets]
    statuses = {row.name: {resolver.resolve(row.name).status for resolver in resolvers} for row in wanted}
    assert [name for name, status in statuses.items() if PACKAGE not in status] == []
    assert [name for name, status in statuses.items() if UNKNOWN in status] == []


def test_the_search_for_what_does_not_fit_and_what_fails() -> None:
    names = list("abcdefgh")
    assert together([], names, lambda some: not {"b", "g"} <= set(some) and "e" not in some) == list("abcdfh")
    assert culprits(names, lambda some: "no" if "c" in some or "h" in some else "") == {"c": "no", "h": "no"}
    assert culprits(names, lambda some: "no" if {"a", "h"} <= set(some) else "") == {"a b c d e f g h": "no"}
    assert culprits(names, lambda _: "") == {}
