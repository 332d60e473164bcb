"""`cibw-debian plan`."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from cibw_debian.cli.parser import (
    add_companion,
    add_config_file,
    add_format,
    add_selection,
    command_parser,
    switches,
)
from cibw_debian.errors import TranslationError
from cibw_debian.terminal import echo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cibw_debian.cli.parser import Parser

_DESCRIPTION = """\
Show what would be built in which image, each hook before and after, and what
there is to say about it.

Nothing is started, pulled or written. Environment variables (CIBW_ARCHS,
CIBW_BEFORE_ALL, ...) count as they do for cibuildwheel.
"""
_EXAMPLES = """\
cibw-debian plan --archs armv7l
cibw-debian plan path/to/package --archs armv7l,riscv64 --format json
"""


def _parser() -> Parser:
    parser = command_parser("plan", _DESCRIPTION, examples=_EXAMPLES)
    add_selection(parser)
    add_config_file(parser)
    add_companion(parser)
    add_format(parser)
    return parser


def main(argv: Sequence[str]) -> int:
    args = _parser().parse_args(argv)
    from cibw_debian.cibw.adapter import Arguments  # noqa: PLC0415  (cold start)
    from cibw_debian.planning.compute import compute_plan  # noqa: PLC0415
    from cibw_debian.planning.report import render_plan  # noqa: PLC0415

    arguments = Arguments(
        package_dir=args.package_dir,
        archs=args.archs,
        only=args.only,
        config_file=args.config_file,
        enable=tuple(args.enable),
        platform="linux",
    )
    planned = compute_plan(arguments, os.environ, switches=switches(args))
    if args.format == "json":
        echo(json.dumps(planned.plan.to_json(), indent=2))
    else:
        echo(render_plan(planned.plan), end="")
    return 0 if planned.plan.ok else TranslationError.exit_code
