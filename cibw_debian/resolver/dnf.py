"""What a dnf, yum or microdnf command line asks for.

Only the arguments are read here: no package name is resolved and nothing is executed. The option and
subcommand lists follow the manual pages of dnf 4, dnf5, yum 3 and microdnf.
"""

from __future__ import annotations

import re
from typing import Iterator, List, Mapping, Sequence, Tuple

from ..findings import Finding, Level
from .actions import REFUSE, Request
from .arguments import Arguments
from .repositories import third_party, unknown_repositories
from .subcommands import act, split

#: program name -> the subcommand that it is short for, or nothing
PROGRAMS: Mapping[str, str] = {
    "dnf": "",
    "dnf-3": "",
    "dnf4": "",
    "dnf5": "",
    "yum": "",
    "microdnf": "",
    "yum-config-manager": "config-manager",
    "yum-builddep": "builddep",
    "yumdownloader": "download",
    "repoquery": "repoquery",
    "crb": "config-manager",
}


def parse(program: str, args: Sequence[str]) -> Request:
    """Read one command line.

    Args:
        program: The command's name without its directory; one of `PROGRAMS`.
        args: The words after it, as the shell hands them over.

    Returns:
        What is asked for. A request that cannot be met has the action REFUSE and a finding of level ERROR.
    """
    given = Arguments(args)
    subcommand, words = split(PROGRAMS[program], given.words)
    findings = given.findings + _option_findings(given, subcommand)
    setopts = {value.replace(" ", "").lower() for name, value, _ in given.values if name == "setopt"}
    excluded = {
        name
        for key, value, _ in given.values
        if key in {"x", "exclude", "excludepkgs"}
        for name in re.split(r"[,\s]+", value)
    }
    action, specs, more = act(subcommand, words, given)
    findings += more
    return Request(
        action=REFUSE if any(found.level is Level.ERROR for found in findings) else action,
        specs=tuple(spec for spec in specs if spec.text not in excluded),
        findings=tuple(findings),
        assume_yes=given.has("y", "assumeyes") or "assumeyes=1" in setopts or "assumeyes=true" in setopts,
        assume_no=given.has("assumeno"),
        quiet=given.has("q", "quiet"),
        download_only=given.has("downloadonly"),
        weak_deps=not setopts & {"install_weak_deps=false", "install_weak_deps=0", "install_weak_deps=no"},
        macros=tuple(_macros(given)),
        skip_missing=given.has("skip-broken", "skip-unavailable", "t", "tolerant")
        or bool(
            setopts
            & {
                "strict=0",
                "strict=false",
                "skip_missing_names_on_install=true",
                "skip_missing_names_on_install=1",
            }
        ),
    )


def _macros(given: Arguments) -> Iterator[Tuple[str, str]]:
    """Yield the macros that options of builddep define: `-D 'name value'`, `--with name`."""
    for name, value, _ in given.values:
        if name in {"D", "define"}:
            macro, _, body = value.partition(" ")
            yield macro, body.strip()
        elif name in {"with", "without"}:
            yield f"_{name}_{value}", "1"


def _option_findings(given: Arguments, subcommand: str) -> List[Finding]:
    findings: List[Finding] = []
    for name, value, word in given.values:
        if name == "installroot" or (name == "releasever" and value.startswith("/")):
            message = "--installroot fills another root directory: apt-get has no equivalent"
            findings.append(Finding.of("installroot", message, word=word))
        elif name == "repofrompath":
            findings.append(third_party(value, word))
        elif name in {"enablerepo", "repo", "repoid"} and subcommand != "config-manager":
            findings += unknown_repositories(re.split(r"[,\s]+", value), word)
    return findings
