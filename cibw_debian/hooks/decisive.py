"""Which commands of a script surely run, and make the script fail if they fail.

What is not understood counts as "perhaps not".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cibw_debian.hooks.guards import ASKS, LEAVES, SKIPPED, members, parts
from cibw_debian.hooks.shell import Script, TooManyPipes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

_DNF = rb"(?:dnf|yum|microdnf)"
#: a question for dnf and for nothing else, with what becomes of its output
_ASKS_FOR_DNF = re.compile(
    rb"(?:(?:command\s+-v|which|type|hash)\s+%b|(?:\[|\[\[|test)\s+-[efx]\s+[\"']?(?:/usr)?/bin/%b[\"']?(?:\s+\]{1,2})?)"
    rb"(?:\s*(?:[12&]?>>?\s*[\w/]+|2>&1))*\s*" % (_DNF, _DNF)
)
_OWN_FUNCTION = re.compile(rb"(?:^|[;\s])%b\s*\(\)" % _DNF)
_STOPS = re.compile(rb"set\s+(?:-\w+\s+)*(?:-\w*e\w*\b|-\w*o\s+errexit)")
_GOES_ON = re.compile(rb"set\s+\+")


def decisive(text: str, *, answered: bool = True) -> list[tuple[int, int]]:
    """Return the places of the commands that decide whether a script succeeds.

    Args:
        text: The script.
        answered: Whether a question for dnf is answered with yes there.
    """
    try:
        script = Script(text)
        if _OWN_FUNCTION.search(script.root.text or b""):
            return []
        found = _sequence(script.root.children, stops=False, last=True, answered=answered)
        return [script.span(node) for node in found]
    except (RecursionError, TooManyPipes):
        return []


def _sequence(nodes: Sequence[Node], *, stops: bool, last: bool, answered: bool) -> Iterator[Node]:
    """Yield those of statements that follow one another.

    Args:
        nodes: The statements, with what stands between them.
        stops: `set -e` is in force.
        last: The script ends with these statements.
        answered: As for `decisive`.
    """
    rest = [node for node in nodes if node.type == "&" or (node.is_named and node.type not in SKIPPED)]
    for position, node in enumerate(rest):
        following = rest[position + 1].type if position + 1 < len(rest) else ""
        if node.type == "&" or following == "&":
            continue  # in the background, nobody waits for it
        text = node.text or b""
        if stops or (last and not following):
            yield from _inside(node, stops=stops, last=last and not following, answered=answered)
        if node.type == "command":
            stops = bool(_STOPS.match(text)) or (stops and not _GOES_ON.match(text))
        if re.search(LEAVES, text) or text.startswith(b"exec "):
            return


def _inside(node: Node, *, stops: bool, last: bool, answered: bool) -> Iterator[Node]:
    how = {"stops": stops, "last": last, "answered": answered}
    match node.type:
        case "command":
            yield node
        case "redirected_statement" if body := node.child_by_field_name("body"):
            yield from _inside(body, **how)
        case "compound_statement":
            yield from _sequence(node.children, **how)
        case "subshell":
            # The subshell ends with its own last statement.
            yield from _sequence(node.children, stops=stops, last=True, answered=answered)
        case "pipeline":
            yield from _inside([child for child in node.children if child.is_named][-1], **how)
        case "if_statement":
            condition, body_nodes = next(parts(node))
            asked = b"".join(part.text or b"" for part in condition if part.type != ";")
            if answered and _ASKS_FOR_DNF.fullmatch(asked):
                yield from _sequence(body_nodes, **how)
        case "list":
            for member in _all_needed(node, last=last):
                yield from _inside(member, **how)


def _all_needed(node: Node, *, last: bool) -> Iterator[Node]:
    """Yield the members of a list that run and must succeed: none if there is another way."""
    found = members(node)
    if any(operator == "||" for operator, _, _ in found):
        return
    for position, (_, member, _) in enumerate(found):
        # `set -e` passes over the failure of each member but the last.
        if last or position == len(found) - 1:
            yield member
        if re.match(ASKS, member.text or b""):
            return
