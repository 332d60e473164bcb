"""`cibw-debian plan`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.cli.parser import add_companion, add_format, command_parser
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
    parser.add_argument("package_dir", nargs="?", type=Path, default=Path(), help="[default: .]")
    parser.add_argument("--archs", help="Architectures, as cibuildwheel takes them: armv7l,riscv64.")
    parser.add_argument("--only", metavar="IDENTIFIER", help="One build: cp311-manylinux_armv7l.")
    parser.add_argument(
        "--config-file",
        default="",
        metavar="FILE",
        help="cibuildwheel's TOML configuration. [default: pyproject.toml]",
    )
    parser.add_argument(
        "--enable",
        action="append",
        default=[],
        metavar="GROUP",
        help="Enable a group of builds; repeatable.",
    )
    add_companion(parser)
    add_format(parser)
    return parser


def main(argv: Sequence[str]) -> int:
    args = _parser().parse_args(argv)
    from cibw_debian.adapter import Arguments  # noqa: PLC0415  (cold start)
    from cibw_debian.report import render_plan  # noqa: PLC0415
    from cibw_debian.run import compute_plan  # noqa: PLC0415

    arguments = Arguments(
        package_dir=args.package_dir,
        archs=args.archs,
        only=args.only,
        config_file=args.config_file,
        enable=tuple(args.enable),
        platform="linux",
    )
    planned = compute_plan(arguments, os.environ, companion=args.companion)
    if args.format == "json":
        echo(json.dumps(planned.plan.to_json(), indent=2))
    else:
        echo(render_plan(planned.plan), end="")
    return 0 if planned.plan.ok else TranslationError.exit_code
