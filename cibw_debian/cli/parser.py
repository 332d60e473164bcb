"""What the parsers of all commands have in common."""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any, NoReturn

from cibw_debian.errors import UsageError

PROGRAM = "cibw-debian"
#: columns of the help; argparse would import shutil to ask the terminal, at every start
_WIDTH = 80


class Parser(argparse.ArgumentParser):
    """A parser with this tool's ways: no abbreviations, texts as they were written, our look of errors."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            formatter_class=partial(argparse.RawDescriptionHelpFormatter, width=_WIDTH),
            allow_abbrev=False,
            **options,
        )
        # `main` acts on it, and `run` hands it on
        self.add_argument(
            "--debug-traceback", action="store_true", help="Print a full traceback for every error."
        )

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, self.format_usage())


def command_parser(name: str, description: str, *, examples: str = "", **options: Any) -> Parser:
    """Return the parser of a command, yet without arguments of its own.

    Args:
        name: The command.
        description: What it does; the lines stay as they are.
        examples: Calls of it, one a line.
        options: Further arguments of `argparse.ArgumentParser`.
    """
    epilog = "\n  ".join(["examples:", *examples.strip().splitlines()]) if examples else None
    return Parser(prog=f"{PROGRAM} {name}", description=description, epilog=epilog, **options)


def add_format(parser: argparse.ArgumentParser, *others: str) -> None:
    """Add `--format`: text or json, or one of the others."""
    parser.add_argument(
        "--format",
        choices=("text", "json", *others),
        default="text",
        help="What standard output gets. [default: %(default)s]",
    )


def add_engine(parser: argparse.ArgumentParser) -> None:
    """Add `--engine`."""
    parser.add_argument(
        "--engine",
        choices=("docker", "podman"),
        help="Container engine. [default: as the project's container-engine option says]",
    )
