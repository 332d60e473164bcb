"""What the parsers of all commands have in common."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from typing import Any, NoReturn

from cibw_debian.terminal import show_error

PROGRAM = "cibw-debian"
#: columns of the help; argparse would import shutil to ask the terminal, at every start
_WIDTH = 80
_USAGE_ERROR = 2


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
        self.print_usage(sys.stderr)
        show_error(message)
        self.exit(_USAGE_ERROR)


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


def add_selection(parser: argparse.ArgumentParser) -> None:
    """Add what decides what is built, as cibuildwheel has it."""
    from pathlib import Path  # noqa: PLC0415  (cold start)

    parser.add_argument("package_dir", nargs="?", type=Path, default=Path(), help="[default: .]")
    parser.add_argument("--archs", help="Architectures, as cibuildwheel takes them: armv7l,riscv64.")
    parser.add_argument("--only", metavar="IDENTIFIER", help="One build: cp311-manylinux_armv7l.")
    parser.add_argument(
        "--enable",
        action="append",
        default=[],
        metavar="GROUP",
        help="Enable a group of builds; repeatable.",
    )


def add_config_file(parser: argparse.ArgumentParser) -> None:
    """Add `--config-file`."""
    parser.add_argument(
        "--config-file",
        default="",
        metavar="FILE",
        help="cibuildwheel's TOML configuration. [default: pyproject.toml]",
    )


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
        default="docker",
        help="Container engine. [default: %(default)s]",
    )


def switches(args: argparse.Namespace) -> dict[str, bool]:
    """The settings that options of a command decide: name -> value."""
    values = {name: getattr(args, name, None) for name in ("companion", "native_compiler", "compiler_cache")}
    return {name: value for name, value in values.items() if value is not None}


def add_companion(parser: argparse.ArgumentParser) -> None:
    """Add `--companion` and `--no-companion`."""
    parser.add_argument(
        "--companion",
        action=argparse.BooleanOptionalAction,
        help="Answer dnf and yum at run time, in scripts too. [default: where a hook needs it]",
    )
