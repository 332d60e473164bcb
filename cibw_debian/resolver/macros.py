"""rpm's macros and conditions, as an Enterprise Linux of a release would judge them; nothing is executed.

What only a running rpm knows (the output of a command, Lua, a macro of another package) is not known here.
"""

from __future__ import annotations

import re
from typing import Callable, Dict, List, Mapping, Optional, Tuple, Union

#: stands in an expanded text for what is not known
UNKNOWN = "\0"
#: so many macros are expanded, and no more: macros that name each other can grow without end
_MOST = 50_000
_DEEPEST = 20
#: a condition with more words than this is not read
_LONGEST = 200
#: a number with so many digits is not read
_TOO_LARGE = 18

_NAME = r"[A-Za-z_]\w*"
_BRACED = rf"([!?]*)({_NAME})(.*)"
_BARE = rf"([!?]*)({_NAME})"
_DEFINITION = rf"[ \t]*({_NAME})(\([^)]*\))?\s*(.*)"
_PART = r'v?"[^"]*"|\d+|\|\||&&|[=!<>]=|[-+*/<>!()?:]|[^\s"!()<>=&|?:]+'
#: what defines macros
_DEFINERS = frozenset({"define", "global", "undefine", "bcond", "bcond_with", "bcond_without"})
_TEST = r"with|without|defined|undefined"

#: dpkg's word for a machine -> rpm's words for it, the kernel's first
_MACHINES: Mapping[str, Tuple[str, ...]] = {
    "amd64": ("x86_64",),
    "arm64": ("aarch64",),
    "armhf": ("armv7l", "armv7hl"),
    "i386": ("i686",),
    "ppc64el": ("ppc64le",),
}
_64_BIT = "x86_64 aarch64 ppc64 ppc64le s390x riscv64"
#: macros that stand for machines, for %ifarch
_MACHINE_LISTS = {
    "ix86": "i386 i486 i586 i686 pentium3 pentium4 athlon geode",
    "x86_64": "x86_64 amd64 ia32e",
    "arm": "armv3l armv4b armv4l armv4tl armv5tl armv5tel armv5tejl armv6l armv6hl armv7l armv7hl armv7hnl",
    "arm32": "armv3l armv4b armv4l armv4tl armv5tl armv5tel armv5tejl armv6l armv6hl armv7l armv7hl armv7hnl",
    "arm64": "aarch64",
    "power64": "ppc64 ppc64p7 ppc64le",
    "riscv": "riscv32 riscv64 riscv128",
    "riscv64": "riscv64",
    "valgrind_arches": "x86_64 aarch64 ppc64le s390x",
    "java_arches": _64_BIT,
    "go_arches": _64_BIT,
    "golang_arches": _64_BIT,
    "rust_arches": f"{_64_BIT} armv7hl i686",
    "nodejs_arches": _64_BIT,
}
_DIRECTORIES = {
    "_prefix": "/usr",
    "_bindir": "/usr/bin",
    "_sbindir": "/usr/sbin",
    "_libdir": "/usr/lib",
    "_libexecdir": "/usr/libexec",
    "_includedir": "/usr/include",
    "_datadir": "/usr/share",
    "_datarootdir": "/usr/share",
    "_mandir": "/usr/share/man",
    "_sysconfdir": "/etc",
    "_localstatedir": "/var",
}
_PYTHONS = {"8": "3.6", "9": "3.9", "10": "3.12"}

_Value = Union[int, str, None]


class UnreadableError(Exception):
    """A text is too long, or does not come to an end."""


class Macros:
    """The macros that are defined, at one place of a file.

    Args:
        release: The release of RHEL: ``9``.
        deb_arch: dpkg's word for the machine.
        literal: Leave what is not known in the text as it is, as ``rpm --eval`` does.
    """

    def __init__(self, release: str, deb_arch: str, *, literal: bool = False) -> None:
        self.machines = _MACHINES.get(deb_arch, (deb_arch,))
        self._literal = literal
        self._left = _MOST
        #: whether what is defined now is defined at all, is not known
        self.uncertain = False
        machine = self.machines[0]
        python = _PYTHONS.get(release, "")
        self._values: Dict[str, str] = {
            **_DIRECTORIES,
            **_MACHINE_LISTS,
            "rhel": release,
            "centos": release,
            f"el{release}": "1",
            "dist": f".el{release}",
            "nil": "",
            "_isa": "",
            "_arch": machine,
            "_target_cpu": machine,
            "_host_cpu": machine,
            "_os": "linux",
            "_vendor": "redhat",
            "_lib": "lib",
            "__python3": "/usr/bin/python3",
            "python3_pkgversion": "3",
            "python3_version": python,
            "python3_version_nodots": python.replace(".", ""),
        }

    def define(self, name: str, value: str) -> None:
        """Give a macro a value, which is expanded where the macro is used."""
        self._values[name] = UNKNOWN if self.uncertain else value

    def expand(self, text: str, depth: int = 0) -> str:
        """Return a text with its macros expanded, and carry out the definitions in it.

        Raises:
            UnreadableError: The macros do not come to an end.
        """
        if depth > _DEEPEST:
            return UNKNOWN
        pieces: List[str] = []
        at = 0
        while True:
            start = text.find("%", at)
            if start < 0:
                return "".join((*pieces, text[at:]))
            pieces.append(text[at:start])
            value, at = self._macro(text, start + 1, depth)
            pieces.append(self._unknown(text[start:at]) if value is None else value)
            self._left -= 1 + (len(text) >> 10) + (len(pieces[-1]) >> 6)
            if self._left < 0:
                raise UnreadableError

    def _unknown(self, text: str) -> str:
        return text if self._literal else UNKNOWN

    def _macro(self, text: str, at: int, depth: int) -> Tuple[Optional[str], int]:
        """Return the value of the macro at a place behind its ``%``, and where it ends."""
        first = text[at : at + 1]
        if first == "%":
            return "%", at + 1
        if first and first in "{([":
            end = closing(text, at)
            if end < 0:
                return None, len(text)
            inside = text[at + 1 : end]
            value = None
            if first == "{":
                value = self._braced(inside, depth)
            elif first == "[":
                value = _written(self.judge(self.expand(inside, depth + 1)))
            return value, end + 1
        found = re.compile(_BARE).match(text, at)
        if not found:
            return "%", at
        flags, name = found.groups()
        if name in _DEFINERS and not flags:
            self._carry_out(name, text[found.end() :], depth)
            return "", len(text)
        return self._plain(flags, name, "", depth), found.end()

    def _braced(self, inside: str, depth: int) -> Optional[str]:
        found = re.match(_BRACED, inside, re.DOTALL)
        if not found:
            return None
        flags, name, rest = found.groups()
        if "?" not in flags:
            if re.fullmatch(_TEST, name) and rest.strip():
                return self._test(name, self.expand(rest.strip(), depth + 1))
            if name == "expand" and rest:
                return self.expand(self.expand(rest[1:], depth + 1), depth + 1)
            if name == "py3_dist":
                return " ".join(f"python3dist({dist})" for dist in self.expand(rest, depth + 1).split())
            if name in _DEFINERS:
                self._carry_out(name, rest, depth)
                return ""
            if rest:
                return None
        return self._plain(flags, name, rest, depth)

    def _plain(self, flags: str, name: str, rest: str, depth: int) -> Optional[str]:
        """Return what ``%{?name:rest}`` and the like stand for."""
        value = self._values.get(name)
        if "?" not in flags:
            return None if value is None else self.expand(value, depth + 1)
        negated = flags.count("!") % 2 == 1
        if (value is None) is not negated:
            return ""
        if rest.startswith(":"):
            return self.expand(rest[1:], depth + 1)
        return "" if value is None or negated else self.expand(value, depth + 1)

    def _test(self, name: str, what: str) -> Optional[str]:
        if UNKNOWN in what:
            return None
        value = self._values.get(f"with_{what}" if name.startswith("with") else what)
        if value is not None and name.startswith("with") and UNKNOWN in value:
            return None
        return str(int((value is not None) is (name in {"with", "defined"})))

    def _carry_out(self, word: str, text: str, depth: int) -> None:
        """Carry out one of `_DEFINERS`; `text` is the rest of its line."""
        if word == "undefine":
            name = text.strip()
            if self._values.pop(name, None) is not None and self.uncertain:
                self.define(name, UNKNOWN)
        elif word.startswith("bcond"):
            name, _, default = self.expand(text, depth + 1).strip().partition(" ")
            held = self.judge({"bcond_with": "0", "bcond_without": "1"}.get(word, default))
            if f"_with_{name}" in self._values:
                held = 1
            elif f"_without_{name}" in self._values:
                held = 0
            if held is None or held:
                self.define(f"with_{name}", UNKNOWN if held is None else "1")
        else:
            found = re.match(_DEFINITION, text, re.DOTALL)
            if found:
                body = found[3].rstrip()
                if word == "global":
                    body = self.expand(body, depth + 1)
                self.define(found[1], UNKNOWN if found[2] else body)

    def judge(self, expression: str) -> _Value:
        """Return the value of an expanded ``%if`` expression, None where it is not known."""
        tokens: List[str] = re.findall(_PART, expression)
        if not tokens or len(tokens) > _LONGEST:
            return None
        try:
            return _Expression(tokens).value()
        except (IndexError, RecursionError, ValueError):
            return None

    def is_machine(self, names: str) -> Optional[bool]:
        """Say whether this machine is one of those that ``%ifarch`` lists."""
        words = self.expand(names).replace(",", " ").split()
        if set(words) & {*self.machines}:
            return True
        return None if any(UNKNOWN in word for word in words) else False


def closing(text: str, at: int) -> int:
    """Return where the bracket at a place is closed, -1 if it is not."""
    opening = text[at]
    wanted = {"{": "}", "(": ")", "[": "]"}[opening]
    depth = 0
    for found in re.compile(rf"[\{opening}\{wanted}]").finditer(text, at):
        depth += 1 if found[0] == opening else -1
        if not depth:
            return found.start()
    return -1


def _written(value: _Value) -> Optional[str]:
    return None if value is None else str(value)


#: operator -> how tightly it binds
_TIGHTNESS = {
    "||": 1,
    "&&": 2,
    **dict.fromkeys(("==", "!=", "<", ">", "<=", ">="), 3),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("*", "/"), 5),
}
_TIGHTEST = 6


class _Expression:
    """Reads an expression from its words; a part that is not known does not matter where another decides."""

    def __init__(self, tokens: List[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def value(self) -> _Value:
        value = self._choice()
        if self._at < len(self._tokens):
            raise ValueError
        return value

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _is(self, *words: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at] in words

    def _choice(self) -> _Value:
        value = self._binary(1)
        if not self._is("?"):
            return value
        self._next()
        one = self._choice()
        if self._next() != ":":
            raise ValueError
        other = self._choice()
        return None if value is None else one if value else other

    def _binary(self, tightness: int) -> _Value:
        if tightness == _TIGHTEST:
            return self._unary()
        left = self._binary(tightness + 1)
        while self._at < len(self._tokens) and _TIGHTNESS.get(self._tokens[self._at]) == tightness:
            operator = self._next()
            left = _calculate(operator, left, self._binary(tightness + 1))
        return left

    def _unary(self) -> _Value:
        word = self._next()
        if word == "!":
            value = self._unary()
            return None if value is None else int(not value)
        if word == "-":
            value = self._unary()
            return -value if isinstance(value, int) else None
        if word == "(":
            value = self._choice()
            if self._next() != ")":
                raise ValueError
            return value
        if UNKNOWN in word:
            return None
        if word.isdigit():
            return int(word) if len(word) < _TOO_LARGE else None
        if word.startswith('v"'):
            return re.sub(r"\d+", lambda number: number[0].zfill(_TOO_LARGE), word[2:-1])
        if re.fullmatch(r'"[^"]*"|[\w.~^+-]+', word):
            return word.strip('"')
        raise ValueError


def _calculate(operator: str, left: _Value, right: _Value) -> _Value:
    if operator in {"&&", "||"}:
        decisive = operator == "||"
        for one in (left, right):
            if one is not None and bool(one) is decisive:
                return int(decisive)
        return None if None in (left, right) else int(not decisive)
    if isinstance(left, int) and isinstance(right, int):
        if operator in "+-*/":
            return _ARITHMETIC[operator](left, right) if operator != "/" or right else None
        return int(_compare(operator, left - right))
    if isinstance(left, str) and isinstance(right, str) and operator not in "+-*/":
        return int(_compare(operator, (left > right) - (left < right)))
    return None


_ARITHMETIC: Mapping[str, Callable[[int, int], int]] = {
    "+": lambda one, other: one + other,
    "-": lambda one, other: one - other,
    "*": lambda one, other: one * other,
    "/": lambda one, other: one // other,
}


def _compare(operator: str, difference: int) -> bool:
    signs = {"==": "0", "!=": "-+", "<": "-", ">": "+", "<=": "-0", ">=": "0+"}
    sign = "0" if not difference else "+" if difference > 0 else "-"
    return sign in signs[operator]
