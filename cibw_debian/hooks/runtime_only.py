"""What a hook does that its text does not show, so that only the companion, at run time, can answer it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cibw_debian.hooks.collections import enabled
from cibw_debian.hooks.command import SHELLS, inner_script, read_command
from cibw_debian.hooks.fetched import Fetched
from cibw_debian.hooks.shell import Script, TooManyPipes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from cibw_debian.findings import Finding
    from cibw_debian.hooks.command import SimpleCommand

#: programs that run what a file of the project says
_RUNNERS = frozenset({"make", "gmake", "just", "task", "tox", "nox", "invoke", "doit"})
_PYTHON = re.compile(r"(?:.*/)?(?:python|pypy)[\d.]*$")
#: where programs come from the image and not from the project
_IMAGE = re.compile(r"/(?:usr|bin|sbin|opt|dev|etc|root|home|tmp|var)/")


def why_unseen(text: str, findings: tuple[Finding, ...], *, scripts: bool = True) -> str:
    """Say why the text of a hook does not tell all it does; empty if it does.

    Args:
        text: The hook.
        findings: What its translation found.
        scripts: Whether scripts of the project that it calls count.
    """
    text = in_container(text)
    reason = next(_reasons(text), "") if scripts else ""
    if reason:
        return reason
    # What a message says after its colon is advice for when there is no companion.
    return next((f.message.partition(":")[0] for f in findings if f.settled and not f.own_branch), "")


def in_container(text: str) -> str:
    """Return a hook as cibuildwheel runs it: at the start of a command, the shell would read the braces."""
    return text.replace("{project}", "/project").replace("{package}", "/project")


def called_scripts(text: str) -> list[str]:
    """Return the shell scripts of the project that a hook or script calls, as paths below the project."""
    text = in_container(text)
    found = []
    for command, _ in simple_commands(text):
        path = _script(command, command.words[command.program_index].raw).strip("\"'")
        path = re.sub(r"^(?:/project/|\./)+", "", path)
        if path and not path.startswith("/") and not path.endswith(".py") and ".." not in path.split("/"):
            found.append(path)
    return list(dict.fromkeys(found))


def _reasons(text: str) -> Iterator[str]:
    fetched = Fetched()
    for command, node in simple_commands(text):
        fetched.leave(node)
        reason = _reason(command, fetched)
        if reason:
            yield reason
        fetched.follow(command, node)


def simple_commands(text: str) -> Iterator[tuple[SimpleCommand, Node]]:
    try:
        script = Script(text)
    except TooManyPipes:
        return  # its translation says so
    for node in _commands(script.root):
        command = read_command(script, node, ())
        if command is None:
            continue
        yield command, node
        inner = inner_script(command)
        if inner is not None and inner.text:
            yield from simple_commands(inner.text)


def _commands(node: Node) -> Iterator[Node]:
    stack = [node]
    while stack:
        node = stack.pop()
        if node.type == "command":
            yield node
        stack += reversed(node.children)


def _reason(command: SimpleCommand, fetched: Fetched) -> str:
    program = command.words[command.program_index].raw
    if command.program in _RUNNERS:
        elsewhere = fetched.here() or any(fetched.has(word.raw.strip("\"'")) for word in command.arguments)
        return "" if elsewhere else f"{command.program} runs what a file of the project says"
    script = _script(command, program)
    return f"{script} is a script of the project" if script and not fetched.has(script.strip("\"'")) else ""


def _script(command: SimpleCommand, program: str) -> str:
    """Return the file of the project that a command runs, if it runs one."""
    if _PYTHON.match(program):
        first = _operand(command)
        return first if first.endswith(".py") else ""
    if "/" in program and not _IMAGE.match(program):
        return program
    if enabled(command) is not None:
        return ""
    if command.program in {"source", "."} and not _IMAGE.match(_operand(command)):
        return _operand(command)
    if command.program in SHELLS and inner_script(command) is None and not _reads_input(command):
        return _operand(command)
    return ""


def _reads_input(command: SimpleCommand) -> bool:
    """Say whether a shell reads its script from standard input: `curl ... | bash -s -- 18`."""
    return any(re.fullmatch(r"-[a-z]*s[a-z]*|-", word.raw) for word in command.arguments)


def _operand(command: SimpleCommand) -> str:
    return next((word.raw for word in command.arguments if not word.raw.startswith("-")), "")
