"""A simple command of a shell script: which program it runs, behind which others, with which words."""

from __future__ import annotations

import re
from itertools import pairwise
from posixpath import basename
from typing import TYPE_CHECKING, NamedTuple

from cibw_debian.resolver import dnf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

    from cibw_debian.hooks.shell import Script, Word

#: programs that run the command after their own options -> options that take a value, number of own arguments
_PREFIXES: dict[str, tuple[str, int]] = {
    "sudo": ("-u -g -h -p -C -r -t -T -U -D -R", 0),
    "doas": ("-u -C", 0),
    "env": ("-u -C", 0),
    "command": ("", 0),
    "builtin": ("", 0),
    "exec": ("-a", 0),
    "eval": ("", 0),
    "time": ("-f -o", 0),
    "nohup": ("", 0),
    "nice": ("-n", 0),
    "ionice": ("-c -n", 0),
    "timeout": ("-s -k", 1),
    "stdbuf": ("-i -o -e", 0),
    "setsid": ("", 0),
    "setarch": ("", 1),
    "linux32": ("", 0),
    "linux64": ("", 0),
    "i386": ("", 0),
}
#: of these, what may stand only once before two commands joined by `&&`
_ONCE = frozenset({"exec"})
#: shells that take a script as an argument
SHELLS = frozenset({"sh", "bash", "dash", "ash", "su"})
_ASSIGNMENT = re.compile(r"\w+=", re.ASCII)
_VARIABLE = re.compile(r"\"?\$\{?\w+\}?\"?", re.ASCII)
_DIRECTORIES = ("/usr/bin/", "/bin/", "/usr/local/bin/", "/usr/sbin/", "/sbin/")


class SimpleCommand(NamedTuple):
    """One simple command."""

    #: all words, without assignments before them and without redirections
    words: tuple[Word, ...]
    #: index of the program's word; what stands before it are prefixes such as `sudo`
    program_index: int
    #: name of the program without its directory; empty when only the running shell can tell
    program: str
    #: start of the command with its assignments, and end of its last word
    start: int
    end: int
    #: start of what has to be replaced: a redirection may stand before the command
    outer_start: int
    #: from here to the program is what has to stand before each of two commands joined by `&&`
    repeat_from: int
    #: `exec` is among the prefixes: the shell ends with this command
    ends_shell: bool = False
    #: the grammar ran two lines into one
    runs_on: bool = False
    #: redirections that stand before or between the words, and so have to move behind them
    moved: tuple[tuple[int, int], ...] = ()

    @property
    def program_start(self) -> int:
        return self.words[self.program_index].start

    @property
    def arguments(self) -> tuple[Word, ...]:
        return self.words[self.program_index + 1 :]

    def origins(self) -> list[int]:
        """Return of each argument the index of its word: `{a,b}` is one word and two arguments."""
        first = self.program_index + 1
        return [index for index, word in enumerate(self.arguments, first) for _ in word.values]


def read_command(script: Script, node: Node, redirects: Sequence[Node]) -> SimpleCommand | None:
    """Read a node of type `command`.

    Args:
        script: The script that the node belongs to.
        node: The command.
        redirects: Redirections behind it. The grammar counts words that follow a redirection to it.

    Returns:
        The command, or nothing when it consists of assignments and redirections only.
    """
    words: list[Word] = []
    moved: list[tuple[int, int]] = []
    start = -1
    for child in node.children:
        kind = child.type
        if kind.endswith("_redirect"):
            moved.append(script.span(child))
            continue
        if start < 0:
            start = child.start_byte
        if kind != "variable_assignment" and child.is_named:
            words.append(script.word(child))
    if not words:
        return None
    end = words[-1].end
    trailing = [redirect.children_by_field_name("destination") for redirect in redirects]
    if moved or any(len(targets) > 1 for targets in trailing):
        for redirect, targets in zip(redirects, trailing, strict=True):
            first_end = targets[0].end_byte if targets else redirect.end_byte
            moved.append((redirect.start_byte, first_end))
            words += [script.word(extra) for extra in targets[1:]]
        end = max(end, words[-1].end, *(stop for _, stop in moved))

    index, once = _program_index(words)
    repeat_from = words[once + 1].start if once >= 0 else start
    return SimpleCommand(
        words=tuple(words),
        program_index=index,
        program=_program(words[index].text or ""),
        start=start,
        end=end,
        outer_start=node.start_byte if moved else start,
        repeat_from=repeat_from,
        ends_shell=any(word.text == "exec" for word in words[:index]),
        runs_on="\n" in script.text[start:end] and _runs_on(script.text, words),
        moved=tuple(moved),
    )


def alone(words: Sequence[Word], outer: SimpleCommand) -> SimpleCommand:
    """Return the command that the last words of another one are."""
    index, once = _program_index(words)
    start = words[0].start
    return outer._replace(
        words=tuple(words),
        program_index=index,
        program=_program(words[index].text or ""),
        start=start,
        outer_start=start,
        repeat_from=words[once + 1].start if once >= 0 else start,
    )


def _program(text: str) -> str:
    """Return a program's name without the directory where it is expected."""
    if "/" not in text:
        return text
    name = basename(text)
    return name if name and text[: -len(name)] in ("", *_DIRECTORIES) else text


def _runs_on(text: str, words: Sequence[Word]) -> bool:
    gaps = (text[one.end : two.start] for one, two in pairwise(words))
    return any("\n" in re.sub(r"\\\r?\n", "", gap) for gap in gaps)


def _program_index(words: Sequence[Word]) -> tuple[int, int]:
    """Find the program behind its prefixes; also the last prefix that may stand only once, or -1."""
    index = 0
    once = -1
    while index < len(words) - 1:
        word = words[index]
        if word.text is None:
            follower = words[index + 1].text
            # `$SUDO dnf install`: empty or sudo, it does not matter
            if _VARIABLE.fullmatch(word.raw) and follower in dnf.PROGRAMS:
                index += 1
                continue
            break
        prefix = _program(word.text)
        if prefix not in _PREFIXES:
            break
        if prefix == "command" and words[index + 1].text in {"-v", "-V"}:
            break
        valued, own = _PREFIXES[prefix]
        behind = _behind_options(words, index, valued.split()) + own
        if behind >= len(words):
            break
        if prefix in _ONCE:
            once = index
        index = behind
    return index, once


def _behind_options(words: Sequence[Word], index: int, valued: Sequence[str]) -> int:
    """Return the index behind the options and assignments of the prefix at `index`."""
    takes_assignments = _program(words[index].text or "") in {"env", "sudo", "doas", "time"}
    index += 1
    while index < len(words) and (option := words[index].text) is not None:
        if option.startswith("-"):
            index += 2 if option in valued else 1
        elif takes_assignments and _ASSIGNMENT.match(option):
            index += 1
        else:
            break
    return index


def inner_script(command: SimpleCommand) -> Word | None:
    """Return the argument that is a script of its own: that of `bash -c`, `su -c`, `eval` and `trap`."""
    arguments = command.arguments
    if command.program in SHELLS:
        for word, following in pairwise(arguments):
            if re.fullmatch(r"-\w*c", word.raw, re.ASCII):
                return following
            if (
                command.program != "su"
                and not word.raw.startswith("-")
                and word.raw not in {"pipefail", "errexit"}
            ):
                return None
    elif command.program == "trap" and arguments:
        return arguments[0]
    elif (
        command.words[command.program_index - 1].text == "eval"
        and len(command.words) == command.program_index + 1
    ):
        return command.words[command.program_index]
    return None
