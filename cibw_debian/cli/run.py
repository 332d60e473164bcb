"""`cibw-debian run`."""

from __future__ import annotations

import os
from argparse import ArgumentParser, BooleanOptionalAction
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.cli.parser import (
    add_companion,
    add_config_file,
    add_selection,
    command_parser,
    switches,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cibw_debian.cli.parser import Parser

_DESCRIPTION = """\
Build wheels exactly like cibuildwheel: same arguments, same configuration, same
CIBW_* variables.

Where an image is Debian-based, its short name becomes an exact image and the
dnf and yum commands in your hooks become apt-get commands. Everything else is
handed on as it is, and so is cibuildwheel's exit code. Options that are not
listed here are handed on to cibuildwheel.

Where containers run under emulation, the compiler in them runs natively: the
suite's own cross compiler, with the same result, several times faster.
"""
_EXAMPLES = """\
CIBW_ARCHS=armv7l cibw-debian run
CIBW_MANYLINUX_ARMV7L_IMAGE=debian-11 cibw-debian run --archs armv7l path/to/package
cibw-debian run --only cp313-manylinux_riscv64
"""


def _own_parser() -> ArgumentParser:
    """Return a parser of the options that cibuildwheel does not get as they were written."""
    own = ArgumentParser(add_help=False, allow_abbrev=False)
    add_config_file(own)
    add_companion(own)
    own.add_argument(
        "--native-compiler",
        action=BooleanOptionalAction,
        help="Compile with the suite's own cross compiler, several times faster than emulated."
        " [default: where containers are emulated and it can be had]",
    )
    own.add_argument(
        "--compiler-cache",
        action=BooleanOptionalAction,
        help="Keep what the native compiler compiled, for the project's next builds. [default: no]",
    )
    own.add_argument(
        "--report", type=Path, metavar="FILE", help="Write there, as JSON, which packages were installed."
    )
    return own


def _parser() -> Parser:
    parser = command_parser("run", _DESCRIPTION, examples=_EXAMPLES, parents=[_own_parser()])
    add_selection(parser)
    parser.add_argument("--platform", help="Platform to build for; linux is the one that is changed.")
    parser.add_argument("--output-dir", metavar="DIR", help="Where wheels go. [default: wheelhouse]")
    parser.add_argument("--allow-empty", action="store_true", help="No error if there is nothing to build.")
    parser.add_argument(
        "--print-build-identifiers", action="store_true", help="Print what would be built and exit."
    )
    return parser


def main(argv: Sequence[str]) -> int:
    args, _ = _parser().parse_known_args(argv)
    _, passed = _own_parser().parse_known_args(argv)
    from cibw_debian.cibw.adapter import Arguments  # noqa: PLC0415  (cold start)
    from cibw_debian.run.run import run  # noqa: PLC0415

    arguments = Arguments(
        package_dir=args.package_dir,
        archs=args.archs,
        only=args.only,
        config_file=args.config_file,
        enable=tuple(args.enable),
        platform=args.platform,
        allow_empty=args.allow_empty,
    )
    return run(arguments, passed, os.environ, switches=switches(args), report=args.report)
