"""Walk a shell script in the order in which it runs, and say of each command how it stands there.

Along the way goes one fact, `fresh`: whether the lists of packages have surely been fetched when a command
starts. It is true, false, or none for "never gets here". What is not understood counts as "perhaps not run",
so that the answer errs towards false.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tree_sitter import Node

    from cibw_debian.hooks.shell import Script

    #: a member of a list: the operator before it, the node, its redirections
    _Member = tuple[str, Node, tuple[Node, ...]]


class After(NamedTuple):
    """`fresh` after a command, by whether it succeeded."""

    success: bool | None
    failure: bool | None
    #: the command was taken out of the text, with the operator beside it
    dropped: bool = False

    @property
    def either(self) -> bool | None:
        return _meet(self.success, self.failure)


def _meet(one: bool | None, other: bool | None) -> bool | None:
    if one is None:
        return other
    return one if other is None else one and other


class Place(NamedTuple):
    """Where a command stands."""

    #: two commands joined by `&&` need braces to stand here
    braces: bool = False
    #: its status is tested, so that `set -e` does not look at it
    tested: bool = False
    #: something reads its output
    captured: bool = False
    #: the hook has another way for images without dnf, and takes it when this command fails or is passed over
    guarded: bool = False
    #: its redirections
    redirects: tuple[Node, ...] = ()
    #: operators of the list before and after it, when it is itself a member of a list
    before: str = ""
    after: str = ""
    #: where the member before ends and the member after begins, in bytes
    previous_end: int = 0
    next_start: int = 0
    #: a member of the list that stands before it is still there
    kept_before: bool = False


_SUBSTITUTIONS = frozenset({"command_substitution", "process_substitution"})
_SKIPPED = frozenset({"comment", "heredoc_body", "heredoc_start", "heredoc_end", "ERROR"})
#: commands that ask something
_ASKS = re.compile(rb"\[|(?:test|grep|egrep|command|which|type|hash)\s")
_APT = re.compile(rb"\bapt(?:-get)?\s")
#: a question with this in it is about RHEL
_RHEL = re.compile(rb"(?i)\b(?:dnf|yum|microdnf|rpm|redhat-release|rhel|centos|almalinux|rocky|fedora)\b")
_MACHINE = re.compile(rb"(?<![\w.-])(?:x86_64|i[3-6]86|aarch64|armv\d\w*|riscv64|ppc64le|s390x)(?![\w.-])")


class Flow:
    """One walk over one script.

    Args:
        script: The script.
        visit: Called with every simple command, how it stands there, and `fresh`.
        machine: What `uname -m` prints where the script runs.
    """

    def __init__(
        self, script: Script, visit: Callable[[Node, Place, bool], After], machine: str = ""
    ) -> None:
        self._visit = visit
        self._machine = machine
        self._exits: list[bool | None] = []
        self._root = script.root
        self._substitutes = any(mark in script.text for mark in ("$(", "`", "<(", ">("))

    def run(self, fresh: bool, place: Place) -> After:
        return self._contained(self._root.children, fresh, place)

    def _contained(self, nodes: Sequence[Node], fresh: bool | None, place: Place) -> After:
        """Walk statements that leave the surrounding shell running: `exit` ends only them."""
        outer, self._exits = self._exits, []
        after = self._sequence(nodes, fresh, place)
        for state in self._exits:
            after = After(_meet(after.success, state), _meet(after.failure, state))
        self._exits = outer
        return after

    def _sequence(self, nodes: Sequence[Node], fresh: bool | None, place: Place) -> After:
        after = After(fresh, fresh)
        for position, node in enumerate(nodes):
            if not node.is_named or node.type in _SKIPPED:
                continue
            before = after.either
            after = self._node(node, before, place)
            if position + 1 < len(nodes) and nodes[position + 1].type == "&":
                after = After(before, before)
        return after

    def _node(self, node: Node, fresh: bool | None, place: Place) -> After:
        handler = _HANDLERS.get(node.type)
        if handler is not None:
            return handler(self, node, fresh, place)
        self._inner_substitutions(node, fresh, place)
        return After(fresh, fresh)

    def _command(self, node: Node, fresh: bool | None, place: Place) -> After:
        self._inner_substitutions(node, fresh, place)
        after = self._visit(node, place, bool(fresh))
        if after.either is None:
            self._exits.append(fresh)
        return After(None, None, after.dropped) if fresh is None else after

    def _inner_substitutions(self, node: Node, fresh: bool | None, place: Place) -> None:
        """Walk what `$(...)` runs before the command itself; it may not run, so it leaves nothing behind."""
        if not self._substitutes:
            return
        for child in node.children:
            if child.type in _SUBSTITUTIONS:
                self._contained(child.children, fresh, Place(captured=True, guarded=place.guarded))
            elif child.type not in _SKIPPED:
                self._inner_substitutions(child, fresh, place)

    def _list(self, node: Node, fresh: bool | None, place: Place) -> After:
        members = _members(node)
        after = After(fresh, fresh)
        kept = False
        elsewhere = False
        last = len(members) - 1
        for position, (operator, member, own) in enumerate(members):
            following = members[position + 1] if position < last else None
            here = place._replace(
                braces=place.braces or operator == "||",
                tested=place.tested or position < last,
                guarded=place.guarded or elsewhere or _falls_back_to_apt(members[position + 1 :]),
                redirects=own if following else own + place.redirects,
                before=operator,
                after=following[0] if following else "",
                previous_end=members[position - 1][1].end_byte if position else 0,
                next_start=following[1].start_byte if following else 0,
                kept_before=kept,
            )
            start = after.failure if operator == "||" else after.success
            one = self._node(member, start, here if member.type == "command" else _outside_lists(here))
            kept = kept or not one.dropped
            # `[ -f /etc/redhat-release ] && yum install ...`
            if following is None or following[0] == "||":
                elsewhere = False
            elif _ASKS.match(member.text or b""):
                elsewhere = elsewhere or self._asks_elsewhere([member])
            if operator == "&&":
                after = After(one.success, _meet(after.failure, one.failure))
            elif operator == "||":
                after = After(_meet(after.success, one.success), one.failure)
            else:
                after = After(one.success, one.failure)
        return after

    def _redirected(self, node: Node, fresh: bool | None, place: Place) -> After:
        redirects = tuple(
            child for child in node.children if child.is_named and child.type.endswith("_redirect")
        )
        body = node.child_by_field_name("body")
        for redirect in redirects:
            self._inner_substitutions(redirect, fresh, place)
        inner = _outside_lists(place)._replace(redirects=place.redirects + redirects)
        after = After(fresh, fresh) if body is None else self._node(body, fresh, inner)
        for redirect in redirects:
            if redirect.type == "heredoc_redirect":
                # `cat <<EOF && next`: the grammar keeps the rest of the line inside the redirection.
                for child in redirect.children:
                    if child.is_named and child.type not in _SKIPPED and child.type != "file_descriptor":
                        self._node(child, False, _outside_lists(place)._replace(braces=True))
                after = After(_meet(fresh, after.success), _meet(fresh, after.failure))
        return after

    def _pipeline(self, node: Node, fresh: bool | None, place: Place) -> After:
        members = [child for child in node.children if child.is_named and child.type not in _SKIPPED]
        result = fresh
        for position, member in enumerate(members):
            last = position == len(members) - 1
            here = _outside_lists(place)._replace(
                braces=True,
                captured=place.captured or not last,
                redirects=place.redirects if last else (),
            )
            result = self._node(member, fresh, here).either or result
        return After(result, result)

    def _negated(self, node: Node, fresh: bool | None, place: Place) -> After:
        inner = _outside_lists(place)._replace(braces=True, tested=True)
        after = self._sequence(node.children, fresh, inner)
        return After(after.failure, after.success)

    def _block(self, node: Node, fresh: bool | None, place: Place) -> After:
        if node.children and node.children[0].type == "((":
            return After(fresh, fresh)
        return self._sequence(node.children, fresh, _inside(place))

    def _subshell(self, node: Node, fresh: bool | None, place: Place) -> After:
        return self._contained(node.children, fresh, _inside(place))

    def _function(self, node: Node, fresh: bool | None, place: Place) -> After:
        body = node.child_by_field_name("body")
        if body is not None:
            self._contained([body], False, Place(guarded=place.guarded))
        return After(fresh, fresh)

    def _if(self, node: Node, fresh: bool | None, place: Place) -> After:
        inside = _inside(place)
        condition: list[Node] = []
        branch: list[Node] = []
        alternatives: list[Node] = []
        target = condition
        for child in node.children:
            if child.type == "then":
                target = branch
            elif child.type in {"elif_clause", "else_clause"}:
                alternatives.append(child)
            elif child.type not in {"if", "elif", "fi"}:
                target.append(child)
        if _APT.search(node.text or b""):
            inside = inside._replace(guarded=True)
        asked = self._sequence(condition, fresh, inside._replace(tested=True))
        taken = self._sequence(branch, asked.success, self._behind(condition, inside))
        # Every elif and else hangs below the one `if`: each starts where the condition before it failed.
        passed = asked.failure
        for clause in alternatives:
            if clause.type == "else_clause":
                other = self._sequence(clause.children, passed, inside)
                return After(_meet(taken.success, other.success), _meet(taken.failure, other.failure))
            one, passed = self._elif(clause, passed, inside)
            taken = After(_meet(taken.success, one.success), _meet(taken.failure, one.failure))
        return After(_meet(taken.success, passed), taken.failure)

    def _elif(self, node: Node, fresh: bool | None, inside: Place) -> tuple[After, bool | None]:
        then = next(position for position, child in enumerate(node.children) if child.type == "then")
        condition, branch = node.children[:then], node.children[then + 1 :]
        asked = self._sequence(condition, fresh, inside._replace(tested=True))
        return self._sequence(branch, asked.success, self._behind(condition, inside)), asked.failure

    def _loop(self, node: Node, fresh: bool | None, place: Place) -> After:
        """Walk `while` and `until`: the condition runs at least once."""
        inside = _inside(place)
        body = node.child_by_field_name("body")
        condition = [
            child for child in node.children if child != body and child.type not in {"while", "until"}
        ]
        asked = self._sequence(condition, fresh, inside._replace(tested=True))
        result = asked.either
        if body is not None:
            result = _meet(result, self._sequence(body.children, asked.either, inside).either)
        return After(result, result)

    def _for(self, node: Node, fresh: bool | None, place: Place) -> After:
        self._inner_substitutions_of_values(node, fresh, place)
        body = node.child_by_field_name("body")
        result = fresh
        if body is not None:
            result = _meet(fresh, self._sequence(body.children, fresh, _inside(place)).either)
        return After(result, result)

    def _inner_substitutions_of_values(self, node: Node, fresh: bool | None, place: Place) -> None:
        for child in node.children_by_field_name("value"):
            if child.type in _SUBSTITUTIONS:
                self._contained(child.children, fresh, Place(captured=True, guarded=place.guarded))
            else:
                self._inner_substitutions(child, fresh, place)

    def _case(self, node: Node, fresh: bool | None, place: Place) -> After:
        inside = _inside(place)
        if _APT.search(node.text or b""):
            inside = inside._replace(guarded=True)
        for item in node.children:
            if item.type == "case_item":
                values = item.children_by_field_name("value")
                body = [child for child in item.children if child not in values]
                self._sequence(body, fresh, self._behind(values, inside))
        return After(fresh, fresh)

    def _behind(self, condition: Sequence[Node], inside: Place) -> Place:
        """Return the place of what runs only if `condition` holds, which may not be on images like this."""
        return inside._replace(guarded=True) if self._asks_elsewhere(condition) else inside

    def _asks_elsewhere(self, condition: Sequence[Node]) -> bool:
        """Say whether a condition (or a case's patterns) is about RHEL, or about another machine."""
        text = b" ".join(node.text or b"" for node in condition)
        if _RHEL.search(text):
            return True
        machines = _MACHINE.findall(text)
        if not (self._machine and machines) or b"!" in text:
            return False
        own = self._machine.encode()
        return all(machine != own and not own.startswith(machine) for machine in machines)


_HANDLERS: dict[str, Callable[[Flow, Node, bool | None, Place], After]] = {
    "command": Flow._command,  # noqa: SLF001  (the table belongs to the class)
    "list": Flow._list,  # noqa: SLF001
    "redirected_statement": Flow._redirected,  # noqa: SLF001
    "pipeline": Flow._pipeline,  # noqa: SLF001
    "negated_command": Flow._negated,  # noqa: SLF001
    "compound_statement": Flow._block,  # noqa: SLF001
    "subshell": Flow._subshell,  # noqa: SLF001
    "function_definition": Flow._function,  # noqa: SLF001
    "if_statement": Flow._if,  # noqa: SLF001
    "while_statement": Flow._loop,  # noqa: SLF001
    "for_statement": Flow._for,  # noqa: SLF001
    "c_style_for_statement": Flow._for,  # noqa: SLF001
    "case_statement": Flow._case,  # noqa: SLF001
}


def _outside_lists(place: Place) -> Place:
    return place._replace(before="", after="")


def _inside(place: Place) -> Place:
    """Return the place of a statement within a compound command that stands at `place`."""
    return Place(tested=place.tested, captured=place.captured, guarded=place.guarded)


def _members(node: Node, redirects: tuple[Node, ...] = ()) -> list[_Member]:
    """Flatten a list, which the grammar nests to the left, into its members."""
    members: list[_Member] = []
    operator = ""
    named = [child for child in node.children if child.type not in {"comment", "ERROR"}]
    for position, child in enumerate(named):
        if child.type in {"&&", "||"}:
            operator = child.type
            continue
        own = redirects if position == len(named) - 1 else ()
        inner = child.child_by_field_name("body") if child.type == "redirected_statement" else None
        if child.type == "list" and not operator:
            members += _members(child, own)
        elif inner is not None and inner.type == "list" and not operator:
            found = [redirect for redirect in child.children if redirect.type.endswith("_redirect")]
            if any(redirect.type == "heredoc_redirect" for redirect in found):
                members.append((operator, child, own))
            else:
                members += _members(inner, (*found, *own))
        else:
            members.append((operator, child, own))
    return members


def _falls_back_to_apt(following: Sequence[_Member]) -> bool:
    return any(operator == "||" and _APT.search(node.text or b"") for operator, node, _ in following)
