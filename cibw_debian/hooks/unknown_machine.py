"""Scripts that decide by the machine (`uname -m`), and end with an error on this one."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from cibw_debian.findings import Finding, Level
from cibw_debian.hooks.guards import Guards, items, parts, stop_in
from cibw_debian.hooks.machines import ASKED, UNAME
from cibw_debian.hooks.own_branch import Runs, runs_inside
from cibw_debian.hooks.shell import descend

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from tree_sitter import Node

    from cibw_debian.hooks.shell import Script

#: `uname -m`, `arch`, and the variable of manylinux images
_MACHINE = rf"(?:{UNAME}|(?<![\w$/{{.-])arch(?=[\s)`])|\bAUDITWHEEL_ARCH\b)"


def machine_stops(script: Script, machine: str) -> Iterator[Finding]:
    """Yield the places that stop because of the machine that the hook runs on.

    Args:
        script: The script.
        machine: What `uname -m` prints there.
    """
    if not re.search(ASKED, script.text):
        return
    guards = Guards(script.root, machine)
    assigned = {*re.findall(rf"\b(\w+)=[\"']?(?:\$\(|`)\s*{_MACHINE}", script.text)}
    for node, runs in descend(script.root, Runs.ALWAYS, runs_inside):
        # The grammar nests a list in a list: the outermost one has the members of all.
        stop = None if runs is Runs.IN_LIST else _stop(node, guards)
        if stop is None:
            continue
        message = f"the script ends with an error here on {machine}; add a branch for this machine"
        asked = script.text[script.span(node)[0] : script.span(stop)[0]]
        level = Level.WARNING if runs is Runs.PERHAPS or not _is_sure(asked, assigned) else None
        yield Finding.of("machine", message, span=script.span(stop), level=level)


def _is_sure(asked: str, assigned: AbstractSet[str]) -> bool:
    """Say whether a question is surely about this machine: a variable may be the author's own.

    Args:
        asked: The text with the question.
        assigned: The variables that the script sets to the machine.
    """
    return bool(re.search(_MACHINE, asked)) or not assigned.isdisjoint(re.findall(r"\$\{?(\w+)", asked))


def _stop(node: Node, guards: Guards) -> Node | None:
    match node.type:
        case "case_statement":
            subject = node.child_by_field_name("value")
            if subject is None or not re.search(ASKED.encode(), subject.text or b""):
                return None
            ways = (
                (_is_default(patterns) or guards.chosen(patterns), body) for patterns, body in items(node)
            )
        case "if_statement":
            ways = ((not asked or guards.verdict_of(asked), body) for asked, body in parts(node))
        case "list":
            # What stands first runs on every machine.
            return next(filter(None, map(_stop_of, islice(guards.reached(node), 1, None))), None)
        case _:
            return None
    taken = next(((verdict, body) for verdict, body in ways if verdict is not False), None)
    return stop_in(taken[1]) if taken and taken[0] else None


def _is_default(patterns: Sequence[Node]) -> bool:
    return any(pattern.text == b"*" for pattern in patterns)


def _stop_of(member: Node) -> Node | None:
    return stop_in(member.children if member.type == "compound_statement" else [member])
