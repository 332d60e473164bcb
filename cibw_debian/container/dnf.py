"""`dnf`, `yum` and `microdnf` on a Debian image."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence

from ..resolver import actions, apt
from ..resolver import dnf as requests
from ..resolver.model import NOTHING, PACKAGE, Answer
from ..resolver.resolve import Resolver
from ..resolver.table import load_table
from . import system
from .names import open_image_resolver

#: what dnf exits with
DONE, FAILED, UPDATES_AVAILABLE = 0, 1, 100

_WITHOUT_LISTS = frozenset(
    {actions.CLEAN, actions.AUTOREMOVE, actions.VERSION, actions.LIST_INSTALLED, actions.REMOVE}
)
#: no translations of descriptions, no terminal for dpkg, no waiting for the disk: a build's container is
#: thrown away. For another dnf at work one waits, as dnf does (seconds).
_LEAN = (
    "-o",
    "DPkg::Lock::Timeout=600",
    "-o",
    "Acquire::Languages=none",
    "-o",
    "Dpkg::Use-Pty=0",
    "-o",
    "Dpkg::Options::=--force-unsafe-io",
)

_CACHE = "/var/cache/apt/archives/partial"
#: where commands are, and get the names that RHEL gives them
_BIN = "/usr/bin"


def main(
    program: str, args: Sequence[str], packages: Mapping[str, Sequence[str]], *, strict: bool = True
) -> int:
    """Do what one dnf command line asks for, and return dnf's exit code.

    Args:
        program: The command's name, one of `resolver.dnf.PROGRAMS`.
        args: The words after it.
        packages: The project's own names.
        strict: A name without a Debian package is an error; otherwise it is left out with a warning.
    """
    words = [word for word in args if not word.startswith("-")]
    if program == "repoquery" or words[:1] == ["repoquery"]:
        return _repoquery(words if program == "repoquery" else words[1:], packages)
    request = _refused_early(requests.parse(program, args), packages)
    if request.action in (actions.DROP, actions.REFUSE):
        return _report(apt.plan(request, {}))
    needs_lists = request.action not in _WITHOUT_LISTS and not _is_for_rhel_only(request, packages)
    wants_update = request.action in (actions.REFRESH, actions.CHECK_UPDATE)
    if (wants_update or (needs_lists and not system.lists_are_fresh())) and not _update():
        return FAILED
    if request.action == actions.REFRESH:
        return DONE
    if request.action == actions.CHECK_UPDATE:
        return UPDATES_AVAILABLE if _updates() else DONE
    resolver = open_image_resolver(system.target(), packages, lists=needs_lists)
    request = _with_requirements(request, resolver)
    answers = {spec: resolver.resolve(spec) for spec in apt.needs_answers(request)}
    plan = apt.plan(request, answers, robust=True, strict=strict)
    # A script that lets this command fail gets the packages that there are, as its translation does.
    done = _report(plan)
    if plan.command is None:
        return done
    operands = [operand.text for operand in plan.command.operands]
    if request.action == actions.REMOVE:
        # apt fails where it has never heard of a name; dnf has nothing to do where it is not installed.
        there = dict(system.installed())
        operands = [name for name in operands if name in there]
        if not operands:
            system.say("note", "nothing of this is installed, nothing to remove")
            return done
    if system.run((*_lean(plan.command.head), *operands), dict(apt.NONINTERACTIVE)):
        return FAILED
    _name_commands(answers)
    return done


def _refused_early(request: actions.Request, packages: Mapping[str, Sequence[str]]) -> actions.Request:
    """Refuse a request that names a spec file which cannot be read: that needs no lists of packages."""
    if request.action != actions.BUILD_REQUIREMENTS:
        return request
    read = _with_requirements(request, open_image_resolver(system.target(), packages, lists=False))
    return read if read.action == actions.REFUSE else request


def _is_for_rhel_only(request: actions.Request, packages: Mapping[str, Sequence[str]]) -> bool:
    """Say whether a Debian image needs nothing of what is asked for, so that no lists have to be fetched."""
    names = apt.needs_answers(request)
    if not names:
        return False
    resolver = open_image_resolver(system.target(), packages, lists=False)
    return all(resolver.resolve(name).status == NOTHING for name in names)


def _with_requirements(request: actions.Request, resolver: Resolver) -> actions.Request:
    """Put what spec files need in the place of their names."""
    if request.action != actions.BUILD_REQUIREMENTS:
        return request
    from ..resolver.specfile import LARGEST, with_requirements  # noqa: PLC0415  (cold start)

    def read(path: str) -> str | None:
        return system.read(path, LARGEST + 1)

    return with_requirements(request, read, resolver.resolve, resolver.target)


def _update() -> bool:
    # `rm -rf /var/cache` does no harm on RHEL.
    os.makedirs(_CACHE, exist_ok=True)
    if system.run(_lean(apt.UPDATE_ROBUST)):
        system.say("error", "apt-get update failed, see above")
        return False
    return True


def _lean(command: Sequence[str]) -> Sequence[str]:
    """Add what makes apt-get and dpkg quicker and changes nothing of the result."""
    return (command[0], *_LEAN, *command[1:]) if command[0] == "apt-get" else command


def _repoquery(names: Sequence[str], packages: Mapping[str, Sequence[str]]) -> int:
    if not system.lists_are_fresh() and not _update():
        return FAILED
    resolver = open_image_resolver(system.target(), packages, lists=True)
    for name in names:
        for deb in resolver.resolve(name).deb:
            print(f"{deb}-{system.candidate(deb)}")
    return DONE


def _report(plan: apt.Plan) -> int:
    for found in plan.findings:
        meant = f"; perhaps {' or '.join(found.suggestions)} is meant" if found.suggestions else ""
        system.say(found.level, found.message + meant)
    return FAILED if plan.refused else DONE


def _updates() -> list[str]:
    simulated = system.output("apt-get", "--simulate", "dist-upgrade")
    return [line for line in simulated.splitlines() if line.startswith("Inst ")]


def _name_commands(answers: Mapping[str, Answer]) -> None:
    """Give commands the names that they have on RHEL too, where the package is now there.

    A copy and no link: the hook may link, move or copy the one name to the other.
    """
    table = load_table()
    rows = (table.find(spec) for spec, answer in answers.items() if answer.status == PACKAGE)
    for rhel, debian in sorted(pair for row in rows if row for pair in row.commands.items()):
        path, there = os.path.join(_BIN, rhel), os.path.join(_BIN, debian)
        if os.path.exists(there) and not os.path.lexists(path):
            if debian.startswith("/"):
                os.symlink(there, path)
            else:
                shutil.copy2(there, path)
