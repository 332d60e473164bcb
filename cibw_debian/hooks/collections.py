"""Software collections (`/opt/rh`, `scl`), which RHEL alone has: what enables one, and what it was to run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cibw_debian.findings import Finding
from cibw_debian.hooks.shell import Edit, open_quotes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cibw_debian.hooks.command import SimpleCommand
    from cibw_debian.hooks.shell import Word

_ENABLE = re.compile(r"[\"']?/opt/rh/([^\s/]+)/enable[\"']?")
_PROGRAM = re.compile(r"/opt/rh/[^\s/]+/root((?:/usr)?/s?bin/[\w.+-]+)")
_SHELL = re.compile(r"[\"']?(?:/usr/bin/|/bin/)?(?:ba|da)?sh(?: -l| --login)?[\"']?|\"?\$\{?SHELL\}?\"?")
#: a text that means the same without a shell of its own: one command, without quotes and assignments
_ONE_COMMAND = re.compile(
    r"(?!(?:cd|export|source|\.|exit|set|ulimit|umask|unset|exec)\b)[\w./][\w@%+:,./^-]*(?: [\w@%+=:,./^-]+)*"
)


class Enabled(NamedTuple):
    """A command that enables a collection."""

    #: what runs with the collection: a script in one word, or nothing
    script: Word | None = None
    #: or the words of a command: index of the first one; 0 for none
    command_at: int = 0
    #: what runs is a shell that reads a script from standard input
    reads_script: bool = False
    #: a program of a collection is run: the path that it has in the image
    renamed: str = ""
    #: the collection of whose files one is read
    sourced: str = ""


def enabled(command: SimpleCommand) -> Enabled | None:
    """Read a command that enables a collection; None for every other command.

    `source /opt/rh/X/enable`, `source scl_source enable X`, `scl enable X COMMAND`, `scl enable X -- WORDS`.
    """
    arguments = command.arguments
    first = arguments[0].raw if arguments else ""
    found = _PROGRAM.fullmatch(command.words[command.program_index].raw)
    if found:
        return Enabled(renamed=found[1])
    if command.program in {"source", ".", "scl_source"}:
        found = _ENABLE.fullmatch(first)
        if command.program == "scl_source" or re.fullmatch(r"(?:/usr/bin/)?scl_source", first):
            return Enabled()
        return Enabled(sourced=found[1]) if found else None
    if command.program != "scl" or first not in {"enable", "run"}:
        return None
    at = next((index for index, word in enumerate(arguments) if word.raw == "--"), 0)
    if at and at + 1 < len(arguments):
        return _shell(arguments[at + 1 :]) or Enabled(command_at=command.program_index + 2 + at)
    # `scl enable X` alone does nothing.
    return _shell(arguments[-1:]) or Enabled(script=arguments[-1] if len(arguments) > 2 else None)  # noqa: PLR2004


def _shell(words: Sequence[Word]) -> Enabled | None:
    """Read a shell without a script: in a build, where nobody types, there is nothing for it to do."""
    if len(words) == 1 and (words[0].raw == "-" or _SHELL.fullmatch(words[0].raw)):
        return Enabled(reads_script=True)
    return None


def nothing_to_enable() -> Finding:
    return Finding.of("collection-dropped", "the image's own compiler needs no enabling: nothing to do")


def bare(command: SimpleCommand, script: Word) -> Edit | None:
    """Return the edit that puts a script of one plain command in the place of `scl enable X 'script'`."""
    quoted = open_quotes(script)
    if quoted is None or not _ONE_COMMAND.fullmatch(quoted.text):
        return None
    span = quoted.outer_span((0, len(quoted.text)))
    return Edit(command.program_start, command.end, (span,))


#: collections that the companion has an `enable` for
NAMES = (
    *(f"gcc-toolset-{n}" for n in range(9, 17)),
    *(f"devtoolset-{n}" for n in (2, 3, 4, *range(6, 13))),
    *(f"llvm-toolset-{n}" for n in ("6.0", "7", "7.0", "11.0", "13.0")),
    *(f"rust-toolset-{n}" for n in ("1.29", "1.31", "1.52", "1.66")),
    *(f"go-toolset-{n}" for n in ("1.10", "1.12", "1.15", "1.18")),
    *(f"rh-git{n}" for n in (29, 218, 227)),
    *(f"rh-maven{n}" for n in (33, 35, 36)),
    *(f"rh-nodejs{n}" for n in (4, 6, 8, 10, 12, 14)),
    *(f"rh-perl{n}" for n in (520, 524, 526, 530)),
    *(f"rh-postgresql{n}" for n in (94, 95, 96, 10, 12, 13)),
    *(f"rh-python{n}" for n in (34, 35, 36, 38)),
    *(f"rh-ruby{n}" for n in (22, 23, 24, 25, 26, 27, 30)),
    "httpd24",
    "python27",
    "python33",
)
