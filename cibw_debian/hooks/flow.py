"""Walk a shell script in the order in which it runs, and say of each command how it stands there.

Along the way goes one fact, `fresh`: whether the lists of packages have surely been fetched when a command
starts. It is true, false, or none for "never gets here". What is not understood counts as "perhaps not run",
so that the answer errs towards false.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cibw_debian.hooks.forgetting import forgetting
from cibw_debian.hooks.guards import (
    ALLOWED_TO_FAIL,
    ANOTHER_MACHINE,
    ANOTHER_WAY,
    APT,
    ASKS,
    SKIPPED,
    Guards,
    forgiven,
    items,
    joined,
    members,
    passed_over,
    piped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tree_sitter import Node

    from cibw_debian.hooks.command import SimpleCommand
    from cibw_debian.hooks.shell import Script


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
    #: why an error does no harm here; empty where it does
    guarded: str = ""
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


#: a `case` with more branches does not ask for the machine
_MAX_BRANCHES = 200
_SUBSTITUTIONS = frozenset({"command_substitution", "process_substitution"})


class Flow:
    """One walk over one script.

    Args:
        script: The script.
        visit: Called with every simple command, how it stands there, and `fresh`.
        machine: What `uname -m` prints where the script runs.
        answered: The companion is in the container, and answers questions for dnf with yes.
        own_branch: The author has a branch for apt.
    """

    def __init__(
        self,
        script: Script,
        visit: Callable[[Node, Place, bool], After],
        machine: str = "",
        *,
        answered: bool = False,
        own_branch: bool = False,
    ) -> None:
        self._visit = visit
        self._guards = Guards(script.root, machine, answered=answered, own_branch=own_branch)
        self._exits: list[bool | None] = []
        #: whether a command runs at all is not known, so that it leaves nothing for those after it
        self._uncertain = 0
        self._root = script.root
        self._negated_groups = script.negated
        self._substitutes = any(mark in script.text for mark in ("$(", "`", "<(", ">("))
        self._forgetting = forgetting(script.root) if "/var/lib/apt" in script.text else None

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
            if not node.is_named or node.type in SKIPPED:
                continue
            before = after.either
            after = self._node(node, before, place)
            if not place.guarded and self._guards.leaves(node):
                place = place._replace(guarded=ANOTHER_MACHINE)
            if position + 1 < len(nodes) and nodes[position + 1].type == "&":
                left = before and not self._forgets(node)
                after = After(left, left)
        return after

    def _node(self, node: Node, fresh: bool | None, place: Place) -> After:
        if node.start_byte in self._negated_groups and node.type != "list":
            inner = outside_lists(place)._replace(braces=True, tested=True)
            after = self._statement(node, fresh, inner)
            return After(after.failure, after.success)
        return self._statement(node, fresh, place)

    def _statement(self, node: Node, fresh: bool | None, place: Place) -> After:
        handler = _HANDLERS.get(node.type)
        if handler is not None:
            return handler(self, node, fresh, place)
        self._inner_substitutions(node, fresh, place)
        return After(fresh, fresh)

    def _command(self, node: Node, fresh: bool | None, place: Place) -> After:
        self._inner_substitutions(node, fresh, place)
        after = self._visit(node, place, bool(fresh) and not self._uncertain)
        if after.either is None:
            self._exits.append(fresh)
        elif self._uncertain or self._forgets(node):
            after = after._replace(
                success=None if after.success is None else False,
                failure=None if after.failure is None else False,
            )
        return After(None, None, after.dropped) if fresh is None else after

    def _inner_substitutions(self, node: Node, fresh: bool | None, place: Place) -> None:
        """Walk what `$(...)` runs before the command itself; it may not run, so it leaves nothing behind."""
        if not self._substitutes:
            return
        for child in node.children:
            if child.type in _SUBSTITUTIONS:
                self._contained(child.children, fresh, Place(captured=True, guarded=place.guarded))
            elif child.type not in SKIPPED:
                self._inner_substitutions(child, fresh, place)

    def _list(self, node: Node, fresh: bool | None, place: Place) -> After:
        found = members(node)
        after = After(fresh, fresh)
        kept = False
        elsewhere = False
        status: bool | None = None
        tried_apt = False
        last = len(found) - 1
        reasons = forgiven(found)
        apt_before = False
        for position, (operator, member, own) in enumerate(found):
            following = found[position + 1] if position < last else None
            tried_apt = tried_apt or (operator == "||" and apt_before)
            apt_before = apt_before or re.search(APT, member.text or b"") is not None
            here = place._replace(
                braces=place.braces or operator == "||",
                tested=place.tested or position < last,
                guarded=_closest(
                    reasons[position],
                    # In `{ a && b; } || true` the failure of `a` keeps `b` from running.
                    (ANOTHER_WAY if following and place.guarded == ALLOWED_TO_FAIL else place.guarded)
                    or (ANOTHER_WAY if elsewhere or tried_apt else "")
                    or (ANOTHER_MACHINE if passed_over(operator, status) else ""),
                ),
                redirects=own if following else own + place.redirects,
                before=operator,
                after=following[0] if following else "",
                previous_end=found[position - 1][1].end_byte if position else 0,
                next_start=following[1].start_byte if following else 0,
                kept_before=kept,
            )
            start = after.failure if operator == "||" else after.success
            one = self._node(member, start, here if member.type == "command" else outside_lists(here))
            kept = kept or not one.dropped
            if not passed_over(operator, status):
                status = joined(operator, status, self._guards.verdict(member))
            # `[ -f /etc/redhat-release ] && yum install ...`
            if following is None or following[0] == "||":
                elsewhere = False
            elif re.match(ASKS, member.text or b""):
                elsewhere = elsewhere or self._guards.elsewhere([member])
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
        inner = outside_lists(place)._replace(redirects=place.redirects + redirects)
        after = After(fresh, fresh) if body is None else self._node(body, fresh, inner)
        for redirect in redirects:
            if redirect.type == "heredoc_redirect":
                # `cat <<EOF && next`: the grammar keeps the rest of the line inside the redirection.
                for child in redirect.children:
                    if child.is_named and child.type not in SKIPPED and child.type != "file_descriptor":
                        self._node(child, False, outside_lists(place)._replace(braces=True))
                after = After(_meet(fresh, after.success), _meet(fresh, after.failure))
        return after

    def _pipeline(self, node: Node, fresh: bool | None, place: Place) -> After:
        members = [child for child in node.children if child.is_named and child.type not in SKIPPED]
        # `a || b > file | c`: the grammar takes the whole list for the first part, so that c may not run.
        # `a | b || c > file | d`, and `! a | b\nc || d`: what the grammar takes for one pipeline are several.
        lists = [part.type == "list" for part in piped(node)]
        result = fresh
        for position, member in enumerate(members):
            last = position == len(members) - 1
            here = outside_lists(place)._replace(
                braces=True,
                captured=place.captured or not last,
                redirects=place.redirects if last else (),
            )
            uncertain = any(lists) and position > 0
            self._uncertain += uncertain
            result = self._contained([member], fresh, here).either or result
            self._uncertain -= uncertain
        if any(lists):
            result = fresh if lists[0] else False
        result = result and not self._forgets(node)
        return After(result, result)

    def _negated(self, node: Node, fresh: bool | None, place: Place) -> After:
        inner = outside_lists(place)._replace(braces=True, tested=True)
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
        taken, passed = After(None, None), fresh
        # Each elif and else starts where the condition before it failed.
        for branch in self._guards.branches(node):
            start, failed = passed, None
            if branch.condition:
                questions = _guarded(inside._replace(tested=True), branch.guarded_condition)
                start, failed, _ = self._sequence(branch.condition, passed, questions)
            one = self._sequence(branch.body, start, _guarded(inside, branch.guarded))
            taken = After(_meet(taken.success, one.success), _meet(taken.failure, one.failure))
            passed = failed
        return After(_meet(taken.success, passed), taken.failure)

    def _loop(self, node: Node, fresh: bool | None, place: Place) -> After:
        """Walk `while` and `until`: the condition runs at least once."""
        inside = _inside(place)
        body = node.child_by_field_name("body")
        condition = [
            child for child in node.children if child != body and child.type not in {"while", "until"}
        ]
        # The first round may leave less than it found.
        fresh = fresh and not self._forgets(node)
        asked = self._sequence(condition, fresh, inside._replace(tested=True))
        result = asked.either
        if body is not None:
            result = _meet(result, self._sequence(body.children, asked.either, inside).either)
        return After(result, result)

    def _for(self, node: Node, fresh: bool | None, place: Place) -> After:
        self._inner_substitutions_of_values(node, fresh, place)
        body = node.child_by_field_name("body")
        result = fresh = fresh and not self._forgets(node)
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
        # One of the branches runs, or none at all.
        result = After(fresh, fresh)
        start = fresh
        for_apt = self._guards.count_apt([node])
        for position, (patterns, body) in enumerate(items(node)):
            verdict = self._guards.chosen(patterns) if position < _MAX_BRANCHES else None
            reason = self._guards.behind(patterns, verdict, other_way=for_apt > self._guards.count_apt(body))
            one = self._sequence(body, start, _guarded(inside, reason))
            result = After(_meet(result.success, one.success), _meet(result.failure, one.failure))
            # Where `;&` ends a branch, the next one runs too.
            start = _meet(start, one.either)
            if verdict:
                inside = _guarded(inside, ANOTHER_MACHINE)
        return result

    def _forgets(self, node: Node) -> bool:
        """Say whether a statement may remove the lists of packages, by itself or by a function it calls."""
        return self._forgetting is not None and self._forgetting.count(node) > 0


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


def outside_lists(place: Place) -> Place:
    return place._replace(before="", after="")


def _inside(place: Place) -> Place:
    """Return the place of a statement within a compound command that stands at `place`."""
    return Place(tested=place.tested, captured=place.captured, guarded=place.guarded)


def _closest(inner: str, outer: str) -> str:
    """Return why an error does no harm: `{ a || true; } || b` never comes to the other way."""
    return outer if outer == ANOTHER_MACHINE else inner or outer


def _guarded(place: Place, reason: str) -> Place:
    return place._replace(guarded=_closest(reason, place.guarded))


def known_effect(command: SimpleCommand, fresh: bool) -> After | None:
    """Return what another command than dnf does to the lists of packages and to the flow."""
    match command.program:
        case "true" | ":":
            return After(fresh, None)
        case "false":
            return After(None, fresh)
        case "exit" | "return":
            return After(None, None)
        case "apt-get" | "apt" if any(word.text == "update" for word in command.arguments):
            return After(True, True)
    return None
