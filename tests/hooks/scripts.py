"""Random shell scripts around dnf commands."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable


#: prefixes with the directory where they are
_BY_PATH = ("/usr/bin/env ", "/usr/bin/sudo ", "/usr/bin/env A=b ", "/usr/bin/sudo -E ")


class Generator:
    """Writes scripts in which every package and every other command has a name of its own.

    So a name alone decides whether what it stands for fails, in the original and in its translation alike.
    """

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._count = 0
        #: of what runs at the same time, nothing may remove the lists that another part needs
        self._concurrent = False
        #: everything that can fail
        self.keys: list[str] = []
        #: command lines that the companion may be asked
        self.lines: set[tuple[str, ...]] = set()
        #: functions that remove the lists of packages
        self._removing: set[str] = set()
        #: functions that later statements may call
        self._functions: list[str] = []
        #: a hook with a way of its own for apt is trusted to have one for each question
        self._own_ways = rng.random() < 0.5

    def script(self) -> str:
        start = self._rng.choices(["", "set -e\n", "set -o pipefail\n", "#!/bin/bash -e\n"], [6, 2, 1, 0])[0]
        separator = self._rng.choice(["\n", "\n\n", "; ", "\n# yum install -y comment\n"])
        return start + separator.join(self._statement(2) for _ in range(self._rng.randint(1, 4)))

    def _pick(self, choices: dict[Callable[[int], str], int], depth: int) -> str:
        return self._rng.choices(list(choices), list(choices.values()))[0](depth)

    def _new(self, letter: str) -> str:
        self._count += 1
        name = f"{letter}{self._count}"
        self.keys.append(name)
        return name

    def _statement(self, depth: int) -> str:
        if depth == 0:
            return self._list(0)
        return self._pick(
            {
                self._list: 12,
                self._if: 3,
                self._for: 1,
                self._loop: 1,
                self._case: 1,
                self._function: 1,
                self._background: 1,
                self._machine: 2,
                self._probe: 1,
            },
            depth,
        )

    def _body(self, depth: int) -> str:
        return "; ".join(self._statement(depth - 1) for _ in range(self._rng.randint(1, 2)))

    def _list(self, depth: int) -> str:
        text = self._pipeline(depth)
        for _ in range(self._rng.choices([0, 1, 2, 3], [4, 4, 2, 1])[0]):
            text += self._rng.choice([" && ", " && ", " || ", " &&\n  ", " || \\\n  ", " && \\\n"])
            text += self._pipeline(depth)
        return text

    def _pipeline(self, depth: int) -> str:
        count = self._rng.choices([1, 2, 3], [16, 2, 1])[0]
        outer = self._concurrent
        if count > 1 and not outer and self._rng.random() < 0.3:
            members = [self._other(0), self._removal(0)]
            self._rng.shuffle(members)
        else:
            self._concurrent = outer or count > 1
            members = [self._command(depth) for _ in range(count)]
            self._concurrent = outer
        return self._rng.choices(["", "! "], [12, 1])[0] + " | ".join(members)

    def _command(self, depth: int) -> str:
        choices: dict[Callable[[int], str], int] = {
            self._other: 15,
            self._dnf: 24,
            self._ending: 3,
            self._collection: 1,
            self._call: 1,
        }
        if not self._concurrent:
            choices[self._removal] = 3
        if depth:
            choices |= {self._subshell: 3, self._group: 3, self._string: 3, self._tried: 3}
        text = self._pick(choices, depth)
        return (
            text
            + self._rng.choices(["", " >/dev/null", " > out 2>&1", " 2>/dev/null </dev/null"], [16, 1, 1, 1])[
                0
            ]
        )

    def _other(self, _depth: int) -> str:
        return self._new("c")

    def _removal(self, _depth: int) -> str:
        return self._rng.choice(["rm -rf", "sudo rm -rf"]) + " /var/lib/apt/lists/*"

    def _ending(self, _depth: int) -> str:
        return self._rng.choice(["true", "false", "exit 3", ":"])

    def _dnf(self, _depth: int) -> str:
        before = self._rng.choices(
            ["", "sudo ", "env A=b ", "A=b ", "sudo -E ", "command ", "exec ", "timeout 9 ", *_BY_PATH],
            [24, 3, 1, 2, 1, 1, 1, 1, *(1 for _ in _BY_PATH)],
        )[0]
        yes = self._rng.choice([" -y", " -y", " -yq", " --assumeyes", ""])
        program = self._rng.choices(["dnf", "yum", "microdnf", "/usr/bin/dnf"], [5, 5, 5, 1])[0]
        return before + self._line(
            program
            + self._pick(
                {
                    lambda _: f"{yes} install {self._names()}": 8,
                    lambda _: f" install{yes} {self._names()}": 8,
                    lambda _: f" install {self._names()}{yes}": 2,
                    lambda _: f" install{yes} nothing": 3,
                    lambda _: f" install{yes} \\\n  {self._new('p')} \\\n  nothing \\\n  {self._new('p')}": 1,
                    lambda _: f" update{yes}": 2,
                    lambda _: f" update{yes} {self._new('p')}": 1,
                    lambda _: f" remove{yes} {self._names()}": 1,
                    lambda _: " clean all": 1,
                    lambda _: " makecache": 1,
                    lambda _: " config-manager --set-enabled crb": 1,
                },
                0,
            )
        )

    def _line(self, text: str) -> str:
        """Remember a command line that the companion may be asked."""
        program, *words = shlex.split(text.replace("\\\n", " "))
        program = program.rpartition("/")[2]
        self.lines.add((program if program in {"rpm", "scl"} else "dnf", *words))
        return text

    def _names(self) -> str:
        names = [self._new("p") for _ in range(self._rng.choice([1, 1, 2, 3]))]
        return self._rng.choice([" ", " ", "  "]).join(
            self._rng.choice([name, name, f"'{name}'", f'"{name}"']) for name in names
        )

    def _subshell(self, depth: int) -> str:
        return f"( {self._body(depth)} )"

    def _group(self, depth: int) -> str:
        return f"{{ {self._body(depth)}; }}"

    def _string(self, _depth: int) -> str:
        text = self._list(0)
        shell = self._rng.choice(["bash", "bash", "sh", "/bin/sh", "/bin/bash", "/usr/bin/env bash"])
        if "'" in text or self._rng.random() < 0.5:
            escaped = text.replace("\\", "\\\\").replace('"', '\\"')
            return f'{shell} -c "{escaped}"'
        return f"{shell} -c '{text}'"

    def _tried(self, _depth: int) -> str:
        """Write an install that may fail: of a name that nobody knows, alone or among others."""
        names = self._rng.choice([f"unknown {self._new('p')}", f"{self._names()} unknown", "unknown"])
        text = self._line(f"{self._rng.choice(['dnf', 'yum'])} -y install {names}")
        if names != "unknown":
            # In a pipeline whose reader has ended, the output of echo would kill it.
            return f"{{ {text} || {self._rng.choice(['true', ':', 'echo none >&2', '/bin/true'])}; }}"
        ways = [
            f"{{ {text} || true; }}",
            f"{{ {text} || {self._other(0)}; }}",
            f"if ! {text}; then {self._other(0)}; fi",
        ]
        if self._own_ways:
            ways.append(f"{{ {text} || {{ {self._own(self._new('p'))}; }}; }}")
        return self._rng.choice(ways)

    def _own(self, *names: str) -> str:
        """Write what an author has for images with apt."""
        # `set -e` overlooks what fails before `&&`, but not a failing subshell.
        return f"( apt-get update && apt-get install -y {' '.join(f'deb-{name}' for name in names)} )"

    def _machine(self, depth: int) -> str:
        """Write two ways: one for this machine, and one that is for others."""
        here, there = self._rng.choice(
            [
                ("[ $(uname -m) = armv7l ]", "[ $(uname -m) != armv7l ]"),
                ('[ "$(uname -m)" != x86_64 ]', '[ "$(uname -m)" = x86_64 ]'),
                ('test "$(uname -m)" = armv7l', 'test "$(uname -m)" = aarch64'),
                ('[ "`uname -m`" != aarch64 ]', '[ "$(uname -m)" = x86_64 -o "$(uname -m)" = aarch64 ]'),
                ("[[ $(uname -m) == armv7l ]]", "[[ $(uname -m) =~ (x86_64|aarch64) ]]"),
            ]
        )
        unknown = self._line("yum install -y unknown")
        body = self._body(depth)
        return self._rng.choice(
            [
                f"if {here}; then {body}; else {unknown}; fi",
                f"if {there}; then {unknown}; else {body}; fi",
                f"if {there}; then {unknown}; elif {here}; then {body}; fi",
                f"{there} && {unknown}; {body}",
                f"{here} || {unknown}; {body}",
                f"{{ {there} && {unknown}; }} || {{ {body}; }}",
                f"case $(uname -m) in x86_64) {unknown} ;; armv7l) {body} ;; esac",
                f"case $(uname -m) in x86_64 | aarch64) {unknown} ;; *) {body} ;; esac",
            ]
        )

    def _probe(self, depth: int) -> str:
        """Write a question for dnf, with the author's own way for apt or without one."""
        asks = self._rng.choice(["command -v dnf", "which yum", "type yum", "hash dnf"]) + " >/dev/null"
        name = self._new("p")
        install, own = self._line(f"dnf install -y {name}"), self._own(name)
        package = self._rng.choice(["there", self._new("p")])
        if self._own_ways:
            ways = [
                f"if {asks}; then {install}; else {own}; fi",
                f"if ! {asks}; then {own}; else {install}; fi",
                f"if command -v apt-get >/dev/null; then {own}; else {install}; fi",
                f"{{ {asks} && {install}; }} || {{ {own}; }}",
            ]
        else:
            ways = [
                f"if {asks}; then {self._body(depth)}; fi",
                f"{self._line(f'rpm -q {package}')} || {self._dnf(0)}",
            ]
        return self._rng.choice(ways)

    def _collection(self, _depth: int) -> str:
        """Write what enables a software collection."""
        return self._rng.choice(
            [
                "source /opt/rh/gcc-toolset-12/enable",
                "source scl_source enable devtoolset-11",
                self._line(f"scl enable gcc-toolset-12 '{self._other(0)} a && {self._other(0)}'"),
                self._line(f"scl enable gcc-toolset-12 -- {self._other(0)} a"),
                self._line(f"scl enable gcc-toolset-12 '{self._dnf_line()}'"),
            ]
        )

    def _dnf_line(self) -> str:
        return self._line(f"dnf install -y {self._new('p')}")

    def _call(self, _depth: int) -> str:
        # What runs beside a removal may find the lists of packages or not: that tells nothing.
        functions = [name for name in self._functions if not (self._concurrent and name in self._removing)]
        return self._rng.choice(functions) if functions else self._other(0)

    def _if(self, depth: int) -> str:
        text = f"if {self._list(0)}; then {self._body(depth)}"
        if self._rng.random() < 0.3:
            text += f"; elif {self._list(0)}; then {self._body(depth)}"
        if self._rng.random() < 0.5:
            text += f"; else {self._body(depth)}"
        return text + "; fi"

    def _for(self, depth: int) -> str:
        return f"for i in 1 2; do {self._body(depth)}{self._rng.choice(['', ' && break'])}; done"

    def _loop(self, depth: int) -> str:
        self._count += 1
        counter = f"n{self._count}"
        words = self._rng.choice(["while", "until"])
        condition = f"{{ {self._list(0)}; }} || [ $(({counter} += 1)) -lt 3 ]"
        stop = f"[ $(({counter} += 1)) -lt 4 ] || break"
        return f"{counter}=0; {words} {condition}; do {stop}; {self._body(depth)}; done"

    def _case(self, depth: int) -> str:
        end = self._rng.choice([";;", ";;", ";&", ";;&"])
        other = self._rng.choice("*bc")
        branches = f"a) {self._body(depth)} {end} {other}) {self._body(depth)} ;;"
        return f"case {self._rng.choice('ab')} in {branches} esac"

    def _function(self, depth: int) -> str:
        self._count += 1
        name = f"f{self._count}"
        calls = [name, f"{name} || {name}", f"{name} && true", f"{name}; {self._list(0)}"]
        text = f"{name}() {{ {self._body(depth)}; }}; {self._rng.choice(calls)}"
        self._functions.append(name)
        if "rm -rf" in text or any(re.search(rf"\b{other}\b", text) for other in self._removing):
            self._removing.add(name)
        return text

    def _background(self, depth: int) -> str:
        return f"{{ {self._body(depth)}; }} & wait"
