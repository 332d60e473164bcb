"""Scripts that decide by the distribution (ID of /etc/os-release), and stop at one that they do not know."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from cibw_debian.findings import Finding, Level
from cibw_debian.hooks.guards import APT, items, parts, stop_in
from cibw_debian.hooks.own_branch import Runs, runs_inside
from cibw_debian.hooks.shell import descend

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from cibw_debian.hooks.shell import Script

_UBUNTU = frozenset({"focal", "jammy", "noble"})
_INSTALLS = rb"\b(?:dnf|yum)\b[^;&|\n]*install"
#: what a script may ask for the distribution
_ASKED = re.compile(
    r"(?i)\$\{?(?:ID|ID_LIKE|NAME|PRETTY_NAME|DIST\w*|OS|OS_\w+|OSNAME|LINUX_\w+)\b|os-release"
)
_DISTRIBUTION = re.compile(
    r"(?i)(?<![a-z])(almalinux|alma|alpine|amzn|arch|centos|debian|fedora|ol|opensuse[\w-]*|oracle|rhel|rocky|sles|ubuntu)(?![a-z])"
)


def unknown_stops(script: Script, suite: str) -> Iterator[Finding]:
    """Yield the places that stop because the distribution of a suite is not one that the script knows."""
    own = ("ubuntu", "debian") if suite in _UBUNTU else ("debian",)
    own_way = re.search(APT, script.text.encode()) is not None
    for node, runs in descend(script.root, Runs.ALWAYS, runs_inside):
        if node.type == "case_statement":
            branches = [*_cases(node)]
        elif node.type == "if_statement":
            branches = [*_ifs(node)]
        else:
            continue
        known = list(
            dict.fromkeys(name.lower() for asked, _ in branches for name in _DISTRIBUTION.findall(asked))
        )
        if not known or any(_chosen(asked, own) for asked, _ in branches):
            continue
        stop = next(
            (found for asked, body in branches if asked in {"", "*"} and (found := stop_in(body))), None
        )
        if stop is not None:
            message = (
                f"this stops on {own[0].capitalize()}-based images: only {', '.join(known)} are known here; "
                "add a branch with apt-get"
            )
            level = Level.WARNING if runs is Runs.PERHAPS else None
            yield Finding.of("distribution", message, span=script.span(stop), level=level)
        elif not own_way and _installs_on_rhel_only(branches):
            message = (
                f"no branch of this installs anything on {own[0].capitalize()}-based images"
                f" (known here: {', '.join(known)}); add a branch with apt-get"
            )
            yield Finding.of("distribution", message, span=script.span(node), level=Level.WARNING)


def _cases(node: Node) -> Iterator[tuple[str, Sequence[Node]]]:
    subject = node.child_by_field_name("value")
    if subject is not None and _ASKED.search(_text(subject)):
        yield from (("|".join(map(_text, patterns)), body) for patterns, body in items(node))


def _ifs(node: Node) -> Iterator[tuple[str, Sequence[Node]]]:
    for condition, body in parts(node):
        asked = " ".join(map(_text, condition))
        if condition and not _ASKED.search(asked) and "-release" not in asked:
            return
        yield asked, body


def _chosen(asked: str, own: tuple[str, ...]) -> bool:
    """Say whether a branch may be the one for a distribution."""
    patterns = [pattern.strip("\"'() ") for pattern in asked.split("|")]
    by_pattern = any(fnmatchcase(name, pattern) for name in own for pattern in patterns if pattern.strip("*"))
    return by_pattern or any(name in asked.lower() for name in own) or bool(re.search(r"!|\bapt|-n\b", asked))


def _installs_on_rhel_only(branches: Sequence[tuple[str, Sequence[Node]]]) -> bool:
    """Say whether branches for named distributions install something, and the one for all others does not.

    Questions for release files do not count: the companion brings these.
    """
    installing = [
        asked for asked, body in branches if any(re.search(_INSTALLS, node.text or b"") for node in body)
    ]
    return bool(installing) and not any(
        asked in {"", "*"} or re.search(r"/etc/(?!os-)\w+-release", asked) for asked in installing
    )


def _text(node: Node) -> str:
    return (node.text or b"").decode(errors="replace")
