"""What the parsers of all commands have in common."""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any, NoReturn

from cibw_debian import __version__
from cibw_debian.errors import UsageError
from cibw_debian.terminal import Amount, set_amount

PROGRAM = "cibw-debian"
QUIET = ("-q", "--quiet")
VERBOSE = ("-v", "--verbose")
VERSION = ("-V", "--version")
#: columns of the help; argparse would import shutil to ask the terminal, at every start
_WIDTH = 80


class _NoColours:
    """A theme of argparse's without any colour: each of its parts is empty."""

    def __getattr__(self, name: str) -> str:
        return ""


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Writes help as plain text: for colours, Python 3.14 would import dataclasses at every start."""

    def _set_color(self, *_: object, **_options: object) -> None:
        self._theme = _NoColours()
        self._decolor = str


class Parser(argparse.ArgumentParser):
    """A parser with this tool's ways: no abbreviations, texts as they were written, our look of errors.

    Args:
        common: With the options that all commands have.
        options: Arguments of `argparse.ArgumentParser`.
    """

    def __init__(self, *, common: bool = True, **options: Any) -> None:
        super().__init__(
            formatter_class=partial(_Formatter, width=_WIDTH),
            allow_abbrev=False,
            **options,
        )
        # `main` acts on it, and `run` hands it on
        self.add_argument(
            "--debug-traceback", action="store_true", help="Print a full traceback for every error."
        )
        if common:
            add_common(self)

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, self.format_usage())

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Refuse a value that is no choice, and name the choice that may have been meant."""
        if action.choices is not None and value not in action.choices:
            from difflib import get_close_matches  # noqa: PLC0415  (cold start)

            choices = list(action.choices)
            close = get_close_matches(str(value), choices, n=1)
            meant = f" Perhaps you meant {close[0]!r}?" if close else ""
            raise argparse.ArgumentError(action, f"there is no {value!r} in {', '.join(choices)}.{meant}")


class _Say(argparse.Action):
    """Chooses how much is said."""

    def __call__(self, *_: object) -> None:
        set_amount(self.const)


def add_common(parser: argparse.ArgumentParser) -> None:
    """Add the options that all commands have."""
    parser.add_argument(
        *QUIET, action=_Say, nargs=0, const=Amount.QUIET, help="Only errors and warnings on standard error."
    )
    parser.add_argument(*VERBOSE, action=_Say, nargs=0, const=Amount.VERBOSE, help="Show more.")
    version = f"{PROGRAM} {__version__}"
    parser.add_argument(*VERSION, action="version", version=version, help="Print the version and exit.")


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


def add_allow_missing(parser: argparse.ArgumentParser) -> None:
    """Add `--allow-missing`, which only adds to what the project's setting says."""
    parser.add_argument(
        "--allow-missing",
        action="store_const",
        const=True,
        help="Leave out interpreters that the image lacks, instead of an error.",
    )
