"""Where an error does no harm: in parts of a hook that do not run here, or that the hook lets fail."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from cibw_debian.hooks.machines import chosen, holds
from cibw_debian.hooks.shell import places

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from cibw_debian.hooks.shell import Places

    #: a member of a list: the operator before it, the node, its redirections
    Member = tuple[str, Node, tuple[Node, ...]]

# Why an error does no harm.
ANOTHER_WAY = "left as it is, because the hook has another way for images like this"
ANOTHER_MACHINE = "left as it is, because this part of the hook is for other machines"
ALLOWED_TO_FAIL = "this does no harm, because the hook lets the command fail"

SKIPPED = frozenset({"comment", "heredoc_body", "heredoc_start", "heredoc_end", "ERROR"})
# Patterns are compiled when they are needed: most hooks have no guards.
#: commands that ask something
ASKS = rb"\[|(?:test|grep|egrep|command|which|type|hash)\s"
APT = rb"(?<![\w./-])(?:/usr/bin/)?apt(?:-get)?(?![\w.-])"
#: commands that end the script or make it fail
LEAVES = rb"(?:\A|[;&|({\n]|\b(?:then|else|do)\b)\s*(?:exit|return|false|die|fail|abort|fatal|kill)\b"
_STOPS = rb"(?:exit|return)\s+[1-9]|false\b|die\b"
#: commands that do nothing but talk
_HARMLESS = rb"(?:(?:/usr)?/bin/)?(?:true|:|echo|printf)(?![\w-])[^$`]*\Z"
#: what is no other way to get packages: a pause before a command is tried again, and what tidies dnf up
_NO_WAY = rb"(?:sleep\b|(?:sudo\s+)?(?:dnf|yum|microdnf)\s(?:-\S+\s+)*(?:clean|makecache)\b)[^;&|]*\Z"
#: a question with this in it is about RHEL
_RHEL = rb"(?i)\b(?:dnf|yum|microdnf|rpm|redhat-release|rhel|centos|almalinux|rocky|fedora)\b"


#: a question for a command or a file that the companion brings
_BROUGHT = rb"(?<![\w./-])(?:(?:/usr)?/bin/)?(?:dnf|yum|microdnf|rpm)(?![\w.-])|/etc/(?:yum|dnf)\b"
#: whether a file is there that the companion brings where nothing is for apt
_RELEASE_FILE = rb"-[efrs]\s+[\"']?/etc/(?:redhat|centos|almalinux|system)-release"
_RELEASE = rb"(?i)redhat-release|rhel|centos|almalinux|rocky|fedora"


class Branch(NamedTuple):
    """One branch of an `if`."""

    #: empty for `else`
    condition: list[Node]
    body: list[Node]
    #: why an error does no harm in the condition, and in the body; empty where it does
    guarded_condition: str
    guarded: str


class Guards:
    """What conditions say of one machine.

    Args:
        root: The script.
        machine: What `uname -m` prints there; empty: no condition is decided.
        answered: The companion is in the container, so that a question for dnf is answered with yes.
        own_branch: The author has a branch for apt; otherwise a question for RHEL is answered with yes too.
    """

    def __init__(self, root: Node, machine: str, *, answered: bool = False, own_branch: bool = False) -> None:
        self._root = root
        self._machine = machine
        self._answered = answered
        self._own_branch = own_branch

    @cached_property
    def _apt(self) -> Places:
        return places(APT, self._root)

    @cached_property
    def _leaves(self) -> Places:
        return places(LEAVES, self._root)

    def count_apt(self, nodes: Sequence[Node]) -> int:
        """Count what statements have for apt: more than one branch has, and another branch is for apt."""
        return sum(map(self._apt.count, nodes))

    def verdict(self, node: Node) -> bool | None:
        """Say whether a statement succeeds, where that depends on the machine alone; otherwise None."""
        match node.type:
            case "test_command" | "command" | "pipeline":
                text = node.text or b""
                return holds(text.decode(errors="replace"), self._machine) if re.search(ASKS, text) else None
            case "negated_command":
                answer = self.verdict_of(node.children[1:])
                return None if answer is None else not answer
            case "list":
                status = None
                for operator, member, _ in members(node):
                    status = joined(operator, status, self.verdict(member))
                return status
        return None

    def verdict_of(self, nodes: Sequence[Node]) -> bool | None:
        """Say whether the last of several statements succeeds."""
        statements = [node for node in nodes if node.is_named and node.type not in SKIPPED]
        return self.verdict(statements[-1]) if statements else None

    def chosen(self, patterns: Sequence[Node]) -> bool | None:
        """Say whether a `case` takes the branch behind patterns, where that depends on the machine alone."""
        texts = [(pattern.text or b"").decode(errors="replace") for pattern in patterns]
        answers = [chosen(text, self._machine) for text in texts]
        return True if True in answers else None if None in answers else False

    def finds_dnf(self, condition: Sequence[Node]) -> bool | None:
        """Say whether a condition holds because the companion brings dnf; None where that does not matter."""
        text = b" ".join(node.text or b"" for node in condition)
        brought = re.search(_BROUGHT, text) and not re.search(_RELEASE, text)
        if not self._own_branch and re.search(_RELEASE_FILE, text):
            brought = True
        if not self._answered or not brought:
            return None
        return b"!" not in text and b"-z" not in text

    def elsewhere(self, condition: Sequence[Node]) -> bool:
        """Say whether a condition (or a pattern of `case`) is about RHEL, and so does not hold here."""
        text = b" ".join(node.text or b"" for node in condition)
        return re.search(_RHEL, text) is not None and not self.finds_dnf(condition)

    def behind(self, condition: Sequence[Node], verdict: bool | None, *, other_way: bool) -> str:
        """Say why an error does no harm in what runs only if a condition (or a pattern of `case`) holds.

        Args:
            condition: The condition.
            verdict: Whether it holds, where that depends on the machine alone.
            other_way: Another branch is for apt.
        """
        if verdict is False:
            return ANOTHER_MACHINE
        if self.finds_dnf(condition):
            return ""
        return ANOTHER_WAY if other_way or self.elsewhere(condition) else ""

    def branches(self, node: Node) -> Iterator[Branch]:
        """Yield the branches of an `if`, in the order in which they are tried."""
        forgiving = not self._leaves.count(node)
        #: why what follows does no harm: a branch before it was taken
        taken = ""
        lacks_dnf = False
        for_apt = self.count_apt([node])
        for condition, body in parts(node):
            verdict = self.verdict_of(condition)
            other_way = for_apt > self.count_apt(body)
            if condition:
                guarded = self.behind(condition, verdict, other_way=other_way)
            else:
                guarded = ANOTHER_WAY if other_way and not lacks_dnf else ""
            questions = ANOTHER_WAY if forgiving or for_apt > self.count_apt(condition) else ""
            yield Branch(condition, body, taken or questions, taken or guarded)
            finds_dnf = self.finds_dnf(condition)
            lacks_dnf = lacks_dnf or finds_dnf is False
            if verdict:
                taken = taken or ANOTHER_MACHINE
            elif finds_dnf or self.count_apt(condition):
                taken = taken or ANOTHER_WAY

    def leaves(self, node: Node) -> bool:
        """Say whether a statement surely ends the script on this machine."""
        if node.type == "list":
            return any(map(_exits, self.reached(node)))
        if node.type == "if_statement":
            condition, body = next(parts(node))
            return bool(self.verdict_of(condition)) and any(map(_exits, body))
        return False

    def reached(self, node: Node) -> Iterator[Node]:
        """Yield the members of a list that surely run on this machine; the first one always does."""
        status: bool | None = None
        for operator, member, _ in members(node):
            if not operator or status is (operator == "&&"):
                yield member
            if not passed_over(operator, status):
                status = joined(operator, status, self.verdict(member))


def _exits(node: Node) -> bool:
    if node.type == "compound_statement":
        return any(_exits(child) for child in node.children)
    return node.type == "command" and re.match(rb"exit\b", node.text or b"") is not None


def stop_in(nodes: Sequence[Node]) -> Node | None:
    """Return the statement that ends a script with an error, where one of several does."""
    return next((node for node in nodes if re.match(_STOPS, node.text or b"")), None)


def passed_over(operator: str, status: bool | None) -> bool:
    """Say whether a member of a list surely does not run, after what the members before it came to."""
    return bool(operator) and status is (operator == "||")


def joined(operator: str, status: bool | None, answer: bool | None) -> bool | None:
    """Return what a list comes to with one more member."""
    if not operator:
        return answer
    decisive = operator == "||"
    if decisive in (status, answer):
        return decisive
    return None if None in (status, answer) else not decisive


def forgiven(found: Sequence[Member]) -> list[str]:
    """Say of each member of a list why its failure does no harm, after the members that follow it."""
    reasons: list[str] = []
    #: of what stands right before the next `||`, and of what stands before that
    near = far = following = ""
    leaves, for_apt, harmless = False, False, True
    for operator, node, _ in reversed(found):
        reasons.append(near if following == "||" else far)
        text = node.text or b""
        leaves = leaves or re.search(LEAVES, text) is not None
        for_apt = for_apt or re.search(APT, text) is not None
        harmless = harmless and re.match(_HARMLESS, text) is not None
        if operator == "||":
            if leaves:
                near = far = ANOTHER_WAY if for_apt else ""
            elif re.match(_NO_WAY, text):
                near = far = ""
            else:
                near, far = ALLOWED_TO_FAIL if harmless else ANOTHER_WAY, ANOTHER_WAY
        following = operator
    return reasons[::-1]


def items(node: Node) -> Iterator[tuple[list[Node], list[Node]]]:
    """Yield patterns and body of each branch of a `case`."""
    for item in node.children:
        if item.type == "case_item":
            patterns = item.children_by_field_name("value")
            yield patterns, [child for child in item.children if child not in patterns]


def parts(node: Node) -> Iterator[tuple[list[Node], list[Node]]]:
    """Yield condition and body of `if`, of each `elif`, and of `else`, whose condition is empty."""
    clauses = {"elif_clause", "else_clause"}
    for part in (node, *(child for child in node.children if child.type in clauses)):
        children = [child for child in part.children if child.type not in clauses]
        then = next((position for position, child in enumerate(children) if child.type == "then"), 0)
        yield children[1:then], children[then + 1 :]


def members(node: Node, redirects: tuple[Node, ...] = ()) -> list[Member]:
    """Flatten a list, which the grammar nests to the left, into its members."""
    found: list[Member] = []
    operator = ""
    named = [child for child in node.children if child.type not in {"comment", "ERROR"}]
    for position, child in enumerate(named):
        if child.type in {"&&", "||"}:
            operator = child.type
            continue
        own = redirects if position == len(named) - 1 else ()
        inner = child.child_by_field_name("body") if child.type == "redirected_statement" else None
        if child.type == "list" and not operator:
            found += members(child, own)
        elif inner is not None and inner.type == "list" and not operator:
            outer = [redirect for redirect in child.children if redirect.type.endswith("_redirect")]
            if any(redirect.type == "heredoc_redirect" for redirect in outer):
                found.append((operator, child, own))
            else:
                found += members(inner, (*outer, *own))
        else:
            found.append((operator, child, own))
    return found


def piped(node: Node) -> Iterator[Node]:
    """Yield the parts of a pipeline in their order, also of pipelines that the grammar nests in it."""
    left = [node]
    while left:
        part = left.pop()
        body = part.child_by_field_name("body") if part.type == "redirected_statement" else None
        if part.type == "pipeline":
            left += reversed(part.children)
        elif body is not None:
            left.append(body)
        else:
            yield part
