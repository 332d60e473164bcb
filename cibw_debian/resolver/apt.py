"""From an understood dnf request and the answers for its specs to one apt command line."""

from __future__ import annotations

from typing import Dict, List, Mapping, NamedTuple, Optional, Tuple

from ..findings import Finding, Level
from . import actions
from .arguments import Spec
from .model import NOTHING, PACKAGE, UNAVAILABLE, Answer

#: the command that refreshes the lists of packages
UPDATE: Tuple[str, ...] = ("apt-get", "update")
UPDATE_ROBUST: Tuple[str, ...] = ("apt-get", "-o", "Acquire::Retries=3", "update")
#: environment in which apt and debconf ask nothing
NONINTERACTIVE: Mapping[str, str] = {"DEBIAN_FRONTEND": "noninteractive"}

_ROBUST_INSTALL = (
    "--no-install-recommends",
    "-o",
    "Acquire::Retries=3",
    "-o",
    "Dpkg::Options::=--force-confdef",
    "-o",
    "Dpkg::Options::=--force-confold",
    # Keeps the empty directories of manual pages where an image excludes the pages: update-alternatives
    # fails if the directory of a link is missing.
    "-o",
    "Dpkg::Options::=--path-include=/usr/share/man",
)


class Command(NamedTuple):
    """One apt command line."""

    #: program, subcommand, options
    head: Tuple[str, ...]
    #: names, each with the dnf argument that it stands for
    operands: Tuple[Spec, ...] = ()
    #: needs the lists of packages that `UPDATE` fetches
    needs_lists: bool = False
    #: runs dpkg, which may ask questions and read standard input
    changes_system: bool = False


class Plan(NamedTuple):
    """What to run instead of a dnf command: one command, or nothing at all."""

    command: Optional[Command]
    findings: Tuple[Finding, ...] = ()

    @property
    def refused(self) -> bool:
        return any(found.level is Level.ERROR for found in self.findings)


def plan(
    request: actions.Request, answers: Mapping[str, Answer], *, robust: bool = False, strict: bool = True
) -> Plan:
    """Decide the apt command for a request.

    Args:
        request: The dnf command line, understood.
        answers: spec text -> answer, for every spec of `needs_answers(request)`.
        robust: Ask nothing, retry downloads, leave recommended packages out, whatever the user wrote.
        strict: A name without a Debian package is an error; otherwise it is passed over with a warning.

    Returns:
        The command, or none when there is nothing to do. An ERROR among the findings means: do not use it.
    """
    findings = list(request.findings)
    if request.action in {actions.DROP, actions.REFUSE}:
        return Plan(None, tuple(findings))
    if request.action in _WITHOUT_NAMES:
        head = _WITHOUT_NAMES[request.action]
        if robust and head == UPDATE:
            head = UPDATE_ROBUST
        if request.action == actions.AUTOREMOVE and (request.assume_yes or robust):
            head = (*head, "-y")
        return Plan(Command(head, changes_system=request.action == actions.AUTOREMOVE), tuple(findings))
    if request.action in _QUERIES:
        findings.append(Finding.of("output-differs", "apt prints its answer in another form than dnf"))
    if request.action == actions.SEARCH:
        return Plan(
            Command(
                ("apt-cache", "search"),
                request.specs,
                needs_lists=True,
            ),
            tuple(findings),
        )

    forgiving = request.skip_missing or not strict or request.action not in _STRICT
    operands = _operands(request, answers, forgiving, findings)
    if not operands and (request.specs or request.action not in _QUERIES):
        return Plan(None, tuple(findings))
    return Plan(_command(request, operands, robust), tuple(findings))


def needs_answers(request: actions.Request) -> Tuple[str, ...]:
    """Return the specs that a resolver has to answer before `plan`."""
    if request.action in {actions.DROP, actions.REFUSE, actions.SEARCH, actions.BUILD_REQUIREMENTS}:
        return ()
    return tuple(spec.text for spec in request.specs)


_WITHOUT_NAMES = {
    actions.REFRESH: UPDATE,
    actions.CHECK_UPDATE: UPDATE,
    actions.CLEAN: ("apt-get", "clean"),
    actions.AUTOREMOVE: ("apt-get", "autoremove"),
    actions.VERSION: ("apt-get", "--version"),
}
_QUERIES = {
    actions.LIST_INSTALLED: ("dpkg-query", "--show"),
    actions.LIST: ("apt-cache", "policy"),
    actions.INFO: ("apt-cache", "show"),
    actions.SEARCH: ("apt-cache", "search"),
}
_LISTS = frozenset({actions.LIST, actions.LIST_INSTALLED})
#: actions for which a name that nobody knows is an error
_STRICT = frozenset({actions.INSTALL, actions.REINSTALL, actions.UPGRADE, actions.INFO})


def _operands(
    request: actions.Request, answers: Mapping[str, Answer], forgiving: bool, findings: List[Finding]
) -> Tuple[Spec, ...]:
    found: Dict[str, Spec] = {}
    for position, spec in enumerate(request.specs):
        answer = answers[spec.text]
        name = f"{spec.origin}: {spec.text}" if spec.origin else spec.text
        swapped_out = request.action == actions.SWAP and position == 0
        lenient = forgiving and not (request.action == actions.SWAP and position == 1)
        if answer.status == PACKAGE:
            for deb in answer.deb:
                found.setdefault(deb, Spec(deb + "-" if swapped_out else deb, spec.word))
                if found[deb].text == deb + "-" and not swapped_out:
                    found[deb] = Spec(deb, spec.word)
            if answer.note:
                code = "doubtful-package" if answer.doubtful else "package-note"
                findings.append(Finding.of(code, f"{name}: {answer.note}", word=spec.word))
        elif answer.status == NOTHING:
            why = answer.note or "nothing to install on a Debian image"
            findings.append(Finding.of("nothing-to-install", f"{name}: {why}", word=spec.word))
        elif request.action in _LISTS:
            # `yum list installed x || yum install y` asks: no answer is not the answer no
            message = f"whether {spec.text} is there cannot be asked: Debian has no package of that name"
            findings.append(Finding.of("rhel-query", message, word=spec.word))
        else:
            findings.append(_missing(answer, name, spec.word, lenient=lenient))
        if answer.warning and answer.status in {PACKAGE, NOTHING}:
            findings.append(Finding.of("other-version", f"{name}: {answer.warning}", word=spec.word))
    return tuple(found.values())


def _missing(answer: Answer, name: str, word: int, *, lenient: bool) -> Finding:
    if answer.status == UNAVAILABLE:
        code, what = "unavailable-package", "has no equivalent on this suite and architecture"
    else:
        code, what = "unknown-package", "is not a package name that has a known Debian equivalent"
    message = (
        f"{name} {what}" + (f": {answer.note}" if answer.note else "") + ("; left out" if lenient else "")
    )
    level = Level.WARNING if lenient else None
    return Finding.of(code, message, word=word, suggestions=answer.suggestions, level=level)


def _command(request: actions.Request, operands: Tuple[Spec, ...], robust: bool) -> Command:
    if request.action in _QUERIES:
        needs_lists = request.action != actions.LIST_INSTALLED
        return Command(_QUERIES[request.action], operands, needs_lists=needs_lists)
    options = ["--assume-no"] if request.assume_no else ["-y"] if request.assume_yes or robust else []
    if request.quiet:
        options.append("-q")
    if request.action == actions.REMOVE:
        return Command(("apt-get", "remove", *options), operands, changes_system=True)
    options += _INSTALL_OPTIONS.get(request.action, ())
    if request.download_only:
        options.append("--download-only")
    if robust:
        options += _ROBUST_INSTALL
    elif not request.weak_deps:
        options.append("--no-install-recommends")
    return Command(("apt-get", "install", *options), operands, needs_lists=True, changes_system=True)


_INSTALL_OPTIONS = {actions.REINSTALL: ("--reinstall",), actions.UPGRADE: ("--only-upgrade",)}
