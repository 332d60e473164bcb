"""The reference of commands, from their parsers."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from cibw_debian.cli import COMMANDS, program_parser
from cibw_debian.cli.parser import PROGRAM
from tools.docs.markdown import block, code, escape, table

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = """\
# Commands

`cibw-debian help COMMAND` shows the same in a terminal. Standard output is the answer; everything else goes
to standard error. The [exit codes](exit-codes.md) are the same for all commands.
"""


def commands_page() -> str:
    """Return the page with every command and option."""
    parser = program_parser(whole=True)
    below = _below(parser)
    common = {action.dest: action for action in _options(parser)}
    lines = [_HEAD, "## Options of all commands\n", _arguments(list(common.values()))]
    for name in COMMANDS:
        lines += _command(f"{PROGRAM} {name}", below[name], frozenset(common), level=2)
    return "\n".join(lines)


def _command(
    title: str, parser: argparse.ArgumentParser, common: frozenset[str], *, level: int
) -> Iterator[str]:
    yield f"{'#' * level} `{title}`\n"
    yield escape(parser.description or "").rstrip() + "\n"
    head = "usage: "
    usage = parser.format_usage().removeprefix(head).replace("\n" + " " * len(head), "\n")
    yield block(usage)
    own = [action for action in _options(parser) if action.dest not in common]
    if own:
        yield _arguments(own)
    if parser.epilog:
        examples = parser.epilog.partition("\n")[2]
        yield "Examples:\n"
        yield block("\n".join(line.strip() for line in examples.splitlines()), "console")
    for name, sub in _below(parser).items():
        yield from _command(f"{title} {name}", sub, common, level=level + 1)


def _arguments(actions: list[argparse.Action]) -> str:
    return table(("argument", "means"), ((_name(action), escape(_help(action))) for action in actions))


def _options(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Return the arguments of a parser, without those that are commands."""
    return [a for a in parser._actions if not isinstance(a, argparse._SubParsersAction)]  # noqa: SLF001


def _below(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:  # noqa: SLF001  (argparse has no public way)
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            return dict(action.choices)
    return {}


def _name(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else _value(action)
    if not action.option_strings:
        return code(value)
    # A value stands once, behind the longest of the names.
    return (
        ", ".join(code(name) for name in action.option_strings[:-1])
        + (", " if len(action.option_strings) > 1 else "")
        + code(f"{action.option_strings[-1]} {value}".rstrip())
    )


def _value(action: argparse.Action) -> str:
    if isinstance(action.metavar, str):
        return action.metavar
    if action.choices is not None:
        return "{" + ",".join(map(str, action.choices)) + "}"
    return action.dest.upper() if action.option_strings else action.dest


def _help(action: argparse.Action) -> str:
    return (action.help or "") % {**vars(action), "prog": PROGRAM}
