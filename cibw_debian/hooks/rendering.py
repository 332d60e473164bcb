"""The text that stands for one command, so that the script around it goes on as before."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from cibw_debian.hooks.shell import Edit
from cibw_debian.resolver import apt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cibw_debian.hooks.command import SimpleCommand
    from cibw_debian.hooks.flow import Place
    from cibw_debian.hooks.shell import Script
    from cibw_debian.resolver.arguments import Spec

# Few hooks need this pattern, so it is compiled by those.
_ERREXIT = r"(?m)^#!.*\s-\w*e|\bset\s+(?:-\w+\s+)*(?:-\w*e|-\w*o\s+errexit)"


class Renderer:
    """Writes the commands of one script.

    Args:
        script: The script.
        robust: Ask nothing, retry downloads, read nothing from standard input.
        errexit: The script says `set -e` somewhere.
    """

    def __init__(self, script: Script, *, robust: bool, errexit: bool) -> None:
        self.script = script
        self.robust = robust
        self.errexit = errexit

    def nothing(self, command: SimpleCommand, place: Place) -> tuple[Edit, bool]:
        """Make a command vanish, with the `&&` beside it where that changes nothing, or put `true` there."""
        start = command.outer_start
        if command.repeat_from != command.start:
            # `exec` still has to end the shell, and `{` to be closed.
            start = command.program_start
        elif place.redirects or command.moved:
            pass
        elif place.kept_before:
            # `set -e` forgives a failing `a` in `a && true`, but not a failing `a` alone.
            forgiven = not self.errexit or place.tested
            if place.before == "&&" and forgiven and self._only_and(place.previous_end, command.start):
                return Edit(place.previous_end, command.end, ()), True
        elif place.after == "&&" and self._only_and(command.end, place.next_start):
            return Edit(command.start, place.next_start, ()), True
        moved = (piece for span in command.moved for piece in (" ", span))
        return Edit(start, command.end, ("true", *moved)), False

    def _only_and(self, start: int, end: int) -> bool:
        return re.fullmatch(r"(?:\s|\\\r?\n)*&&(?:\s|\\\r?\n)*", self.script.text[start:end]) is not None

    def replacement(
        self, command: SimpleCommand, planned: apt.Command, place: Place, *, update: bool
    ) -> Edit:
        """Put an apt command for a dnf command, behind `apt-get update` if that is needed first."""
        pieces = self._pieces(command, planned, place, update=update)
        return Edit(command.outer_start, command.end, tuple(pieces))

    def _pieces(
        self, command: SimpleCommand, planned: apt.Command, place: Place, *, update: bool
    ) -> Iterator[str | tuple[int, int]]:
        around = ("", "")
        if update and self.errexit and not place.tested and command.repeat_from == command.start:
            # `set -e` overlooks a failing command before `&&`, but not a failing subshell.
            around = ("(", ")")
        elif update and (place.braces or place.redirects or command.moved or command.ends_shell):
            around = ("{ ", "; }")
        yield around[0]
        if update:
            yield (command.repeat_from, command.program_start)
            yield " ".join(apt.UPDATE_ROBUST if self.robust else apt.UPDATE)
            yield "; " if command.ends_shell else " && "
        yield (command.start, command.program_start)
        if self.robust and planned.changes_system:
            environment = " ".join(f"{name}={value}" for name, value in apt.NONINTERACTIVE.items())
            yield f"env {environment} " if command.program_index else f"{environment} "
        yield " ".join(planned.head)
        yield from self._operands(command, planned.operands)
        if self.robust and planned.changes_system:
            yield " </dev/null"
        yield around[1]
        for span in command.moved:
            yield " "
            yield span

    def _operands(self, command: SimpleCommand, operands: Iterable[Spec]) -> Iterator[str | tuple[int, int]]:
        """Yield the names; a name begins a new line where what it stands for did."""
        seen: set[int] = set()
        origins = command.origins()
        for operand in operands:
            word = origins[operand.word]
            gap = command.words[word - 1].end, command.words[word].start
            broken = "\n" in self.script.text[slice(*gap)] and word not in seen and not command.moved
            yield gap if broken else " "
            seen.add(word)
            yield shlex.quote(operand.text)


def errexit(text: str) -> bool:
    """Say whether `set -e` holds somewhere in a script."""
    return ("set" in text or text.startswith("#!")) and re.search(_ERREXIT, text) is not None
