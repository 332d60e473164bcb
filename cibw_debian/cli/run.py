"""`cibw-debian run`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cibw_debian.cli.invocation import add_arguments, add_own_arguments, read_invocation
from cibw_debian.cli.parser import command_parser

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

`cibw-debian plan` takes the same arguments and shows what `run` would do.
"""
_EXAMPLES = """\
CIBW_ARCHS=armv7l cibw-debian run
CIBW_MANYLINUX_ARMV7L_IMAGE=manylinux_2_35 cibw-debian run --archs armv7l path/to/package
cibw-debian run --only cp313-manylinux_riscv64
"""


def make_parser() -> Parser:
    parser = command_parser("run", _DESCRIPTION, examples=_EXAMPLES)
    add_arguments(parser)
    add_own_arguments(parser)
    return parser


def main(argv: Sequence[str]) -> int:
    invocation, args = read_invocation(make_parser(), argv)
    from cibw_debian.run.run import run  # noqa: PLC0415  (cold start)

    return run(invocation, os.environ, report=args.report)
