"""Which commands of a script surely run, and make the script fail if they fail.

What is not understood counts as "perhaps not".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cibw_debian.hooks.guards import ASKS, LEAVES, SKIPPED, Guards, members, parts
from cibw_debian.hooks.own_branch import has_own_branch
from cibw_debian.hooks.rendering import errexit
from cibw_debian.hooks.shell import Script, TooManyPipes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node


def decisive(text: str) -> list[tuple[int, int]]:
    """Return the places of the commands that decide whether a script succeeds, where the companion is.

    Args:
        text: The script.
    """
    try:
        script = Script(text)
        guards = Guards(script.root, "", answered=True, own_branch=has_own_branch(script))
        stops = errexit(text) and not re.search(r"\bset\s+\+", text)
        return [script.span(node) for node in _sequence(script.root.children, guards, stops=stops)]
    except (RecursionError, TooManyPipes):
        return []


def _sequence(nodes: Sequence[Node], guards: Guards, *, stops: bool) -> Iterator[Node]:
    """Yield those of statements that follow one another; `stops`: each of them can end the script."""
    statements = [node for node in nodes if node.is_named and node.type not in SKIPPED]
    for position, node in enumerate(statements):
        if stops or position == len(statements) - 1:
            yield from _inside(node, guards, stops=stops)
        if re.search(LEAVES, node.text or b""):
            return


def _inside(node: Node, guards: Guards, *, stops: bool) -> Iterator[Node]:
    match node.type:
        case "command":
            yield node
        case "redirected_statement" if body := node.child_by_field_name("body"):
            yield from _inside(body, guards, stops=stops)
        case "compound_statement" | "subshell":
            yield from _sequence(node.children, guards, stops=stops)
        case "pipeline":
            yield from _inside([child for child in node.children if child.is_named][-1], guards, stops=stops)
        case "if_statement":
            condition, body_nodes = next(parts(node))
            if guards.finds_dnf(condition):
                yield from _sequence(body_nodes, guards, stops=stops)
        case "list":
            for member in _all_needed(node):
                yield from _inside(member, guards, stops=stops)


def _all_needed(node: Node) -> Iterator[Node]:
    """Yield the members of a list that run and must succeed: none if there is another way."""
    found = members(node)
    if any(operator == "||" for operator, _, _ in found):
        return
    for _, member, _ in found:
        yield member
        if re.match(ASKS, member.text or b""):
            return
