"""Whether a script has a branch for apt that its author wrote beside the one for dnf."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

from cibw_debian.hooks.command import inner_script, read_command
from cibw_debian.hooks.guards import APT, ASKS, members
from cibw_debian.hooks.shell import descend
from cibw_debian.resolver.actions import DROP, VERSION

if TYPE_CHECKING:
    from tree_sitter import Node

    from cibw_debian.hooks.shell import Script
    from cibw_debian.resolver.actions import Request

_PROGRAMS = frozenset({"apt", "apt-get", "aptitude"})
_CONDITIONAL = frozenset({"if_statement", "case_item", "function_definition"})


class Runs(Enum):
    """How a statement runs."""

    ALWAYS = "always"
    #: always, and it is a member of a list
    IN_LIST = "in a list"
    PERHAPS = "under a condition"


def has_own_branch(script: Script) -> bool:
    """Say whether a command of apt runs under a condition, as the other way for images without dnf.

    Text that only speaks of apt, such as a message, does not count.
    """
    if not re.search(r"\bapt", script.text):
        return False
    nodes = descend(script.root, Runs.ALWAYS, runs_inside)
    return any(runs is Runs.PERHAPS and _is_apt(script, node) for node, runs in nodes)


def runs_inside(node: Node, runs: Runs) -> Runs:
    """Say how the statements in a node run; `runs` says it of the node itself."""
    if runs is Runs.PERHAPS or node.type in _CONDITIONAL:
        return Runs.PERHAPS
    if node.type != "list":
        return Runs.ALWAYS
    # The grammar nests a list in a list: the outermost one has the members of all.
    return Runs.PERHAPS if runs is not Runs.IN_LIST and _is_choice(node) else Runs.IN_LIST


def _is_choice(node: Node) -> bool:
    found = members(node)
    return any(operator == "||" or re.match(ASKS, member.text or b"") for operator, member, _ in found)


def _is_apt(script: Script, node: Node) -> bool:
    if node.type == "variable_assignment":
        return re.search(APT, node.text or b"") is not None
    if node.type != "command" or b"apt" not in (node.text or b""):
        return False
    command = read_command(script, node, ())
    if command is None:
        return False
    inner = inner_script(command)
    return command.program in _PROGRAMS or (inner is not None and bool(re.search(APT, inner.raw.encode())))


def only_asks(request: Request) -> bool:
    """Say whether a command line of dnf does nothing but print something."""
    dropped = {found.code for found in request.findings}
    return request.action == VERSION or (
        request.action == DROP and dropped <= {"help-dropped", "query-dropped"}
    )
