"""`cibw-debian plan`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cibw_debian.cli.invocation import add_arguments, add_own_arguments, read_invocation
from cibw_debian.cli.parser import add_format, command_parser
from cibw_debian.terminal import echo, is_verbose, show_error, width, write_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cibw_debian.cli.parser import Parser

_DESCRIPTION = """\
Show what `cibw-debian run` would do with the same arguments: which wheels are
built in which image, each hook before and after, and what there is to say about
it. The exit code is the one that `run` would refuse with, or 0.

No container is started, and nothing is pulled or written outside the cache.
Environment variables (CIBW_ARCHS, CIBW_BEFORE_ALL, ...) count as they do for
cibuildwheel.
"""
_EXAMPLES = """\
cibw-debian plan --archs armv7l
cibw-debian plan path/to/package --archs armv7l,riscv64 --format json
"""


def make_parser() -> Parser:
    parser = command_parser("plan", _DESCRIPTION, examples=_EXAMPLES)
    add_arguments(parser)
    add_own_arguments(parser)
    add_format(parser)
    return parser


def main(argv: Sequence[str]) -> int:
    invocation, args = read_invocation(make_parser(), argv)
    from cibw_debian.cibw import adapter  # noqa: PLC0415  (cold start)
    from cibw_debian.planning.compute import compute_plan  # noqa: PLC0415
    from cibw_debian.planning.outlook import Outlook, look_ahead  # noqa: PLC0415
    from cibw_debian.planning.plan import Plan  # noqa: PLC0415
    from cibw_debian.planning.refusal import refusal  # noqa: PLC0415
    from cibw_debian.planning.report import render_plan, to_json  # noqa: PLC0415

    plan = Plan(builds=(), allow_missing=False, allow_empty=True)
    outlooks: tuple[Outlook | None, ...] = ()
    plans = adapter.plans(invocation.arguments, invocation.passed, os.environ)
    if plans:
        planned = compute_plan(invocation.arguments, os.environ, switches=invocation.switches, ask_index=True)
        plan, outlooks = planned.plan, look_ahead(planned.plan, planned.settings)
    if args.format == "json":
        write_json(to_json(plan, outlooks))
    elif not plans:
        echo("No wheel for Linux is built with these arguments: `run` hands them on to cibuildwheel.")
    else:
        echo(render_plan(plan, outlooks=outlooks, width=width(), exact=is_verbose()), end="")
    if refused := refusal(plan, outlooks):
        if args.format != "json":
            # The report has shown each place already.
            show_error(refused.message.partition("\n")[0].removesuffix(":"), refused.hint)
        return refused.exit_code
    return 0
