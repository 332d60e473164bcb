"""Conditions about the machine: whether `[ "$(uname -m)" != x86_64 ]` holds where a hook runs."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from operator import eq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Set as AbstractSet

#: what `uname -m` prints -> other words for the same machine
_NAMES: dict[str, tuple[str, ...]] = {
    "x86_64": ("amd64", "x64"),
    "i686": ("i386", "i586", "x86"),
    "aarch64": ("arm64",),
    "armv7l": ("armhf", "armv7", "arm", "armv8l"),
    "ppc64le": ("ppc64el",),
    "s390x": (),
    "riscv64": (),
}
_ALL = [name for machine, others in _NAMES.items() for name in (machine, *others)]
_32_BITS = frozenset({"i686", "armv7l"})
#: one of these names, also as a part: `manylinux_2_28_x86_64`
_NAMED = rf"(?<![A-Za-z\d])(?:{'|'.join(sorted(_ALL, reverse=True))})(?![A-Za-z\d])"
UNAME = r"\buname\s+-[mpi]"
#: an expression whose value names a machine
ASKED = rf"(?i){UNAME}|(?<![a-z])(?:arch|machine|plat|cpu)"
_WORD = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|\$\([^()]*\)|`[^`]*`|\\.|[^\s"'`\\])+""", re.DOTALL)
#: `uname -m | grep -q x86_64`
_GREP = rf"(?:{UNAME}|\barch\b)[^|]{{0,200}}\|\s*[ef]?grep\s+(?:-\w+\s+)*(\S+)\s*\Z"


def holds(condition: str, machine: str) -> bool | None:
    """Say whether a test holds on a machine.

    Args:
        condition: A command `test`, `[` or `[[`, or `uname -m | grep X`, as the script has it.
        machine: What `uname -m` prints there.

    Returns:
        None where the answer does not depend on the machine alone.
    """
    if machine not in _NAMES:
        return None
    found = re.search(_GREP, condition)
    if found:
        return _matches(found[1], machine, _searched)
    words = _WORD.findall(condition)
    if not words or words[0] not in {"[", "[[", "test"}:
        return None
    return _either(words[1:] if words[0] == "test" else words[1:-1], machine)


def chosen(pattern: str, machine: str) -> bool | None:
    """Say whether the pattern of a `case` about the machine is the one for a machine; None for neither."""
    return _matches(pattern, machine, fnmatchcase if re.search(r"[*?\[]", pattern) else eq)


def _either(words: list[str], machine: str) -> bool | None:
    """Evaluate `a || b`, which binds weakest, with three values."""
    for operators, decisive in (({"||", "-o"}, True), ({"&&", "-a"}, False)):
        if not operators.isdisjoint(words):
            answers = {_either(part, machine) for part in _split(words, operators)}
            return decisive if decisive in answers else None if None in answers else not decisive
    if words and words[0] == "!":
        answer = _either(words[1:], machine)
        return None if answer is None else not answer
    return _compare(*words, machine=machine) if len(words) == 3 else None  # noqa: PLR2004


def _split(words: list[str], operators: AbstractSet[str]) -> Iterator[list[str]]:
    start = 0
    for position, word in enumerate(words):
        if word in operators:
            yield words[start:position]
            start = position + 1
    yield words[start:]


def _compare(left: str, operator: str, right: str, *, machine: str) -> bool | None:
    if operator != "=~" and ("$" in right or "`" in right):
        left, right = right, left
    right = right.strip("\"'")
    answer: bool | None = None
    if "LONG_BIT" in left and right in {"32", "64"}:
        answer = (right == "32") is (machine in _32_BITS)
    elif re.search(ASKED, left) or re.search(_NAMED, right):
        how = {"=~": _searched}.get(operator, fnmatchcase)
        answer = _matches(right, machine, how)
    if answer is None or operator in {"=", "==", "-eq", "=~"}:
        return answer
    return not answer if operator in {"!=", "-ne"} else None


def _matches(pattern: str, machine: str, how: Callable[[str, str], bool]) -> bool | None:
    pattern = pattern.strip("\"'")
    if pattern.strip("*"):
        if how(machine, pattern):
            return True
        # Which of the other words the script asks for is not known; a name inside a longer word is as good.
        named = re.findall(_NAMED, pattern)
        if any(how(name, pattern) or name in named for name in (machine, *_NAMES[machine])):
            return None
        if named or any(how(name, pattern) for name in _ALL):
            return False
    return None


def _searched(name: str, pattern: str) -> bool:
    try:
        return re.search(pattern, name) is not None
    except re.error:
        return False
