"""Random shell scripts around dnf commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable


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
        choices: dict[Callable[[int], str], int] = {self._other: 5, self._dnf: 8, self._ending: 1}
        if not self._concurrent:
            choices[self._removal] = 1
        if depth:
            choices |= {self._subshell: 1, self._group: 1, self._string: 1}
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
            ["", "sudo ", "env A=b ", "A=b ", "sudo -E ", "command ", "exec ", "timeout 9 "],
            [24, 3, 1, 2, 1, 1, 1, 1],
        )[0]
        yes = self._rng.choice([" -y", " -y", " -yq", " --assumeyes", ""])
        return (
            before
            + self._rng.choice(["dnf", "yum", "microdnf"])
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
        if "'" in text or self._rng.random() < 0.5:
            escaped = text.replace("\\", "\\\\").replace('"', '\\"')
            return f'bash -c "{escaped}"'
        return f"bash -c '{text}'"

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
        return f"{name}() {{ {self._body(depth)}; }}; {self._rng.choice(calls)}"

    def _background(self, depth: int) -> str:
        return f"{{ {self._body(depth)}; }} & wait"
