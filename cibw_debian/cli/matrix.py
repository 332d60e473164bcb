"""`cibw-debian matrix`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.cli.parser import add_allow_missing, command_parser
from cibw_debian.terminal import echo, warn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cibw_debian.cli.parser import Parser

_DESCRIPTION = """\
Print the project's builds as one JSON list of jobs, on one line, for a CI
matrix.

Each job has `name`, `archs`, `build` and `image`: give `archs` and `build` to
the job as CIBW_ARCHS and CIBW_BUILD. For GitLab's `parallel: matrix:`, the
entries are these variables.
"""
_EXAMPLES = """\
cibw-debian matrix --archs armv7l,riscv64
cibw-debian matrix --archs armv7l --jobs 3 --format gitlab
matrix=$(cibw-debian matrix) && echo "matrix=$matrix" >> "$GITHUB_OUTPUT"
"""


def _number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def make_parser() -> Parser:
    parser = command_parser("matrix", _DESCRIPTION, examples=_EXAMPLES)
    parser.add_argument("package_dir", nargs="?", type=Path, default=Path(), help="[default: .]")
    parser.add_argument(
        "--archs", "--arch", default="armv7l,riscv64", help="Architectures. [default: %(default)s]"
    )
    parser.add_argument(
        "--jobs", type=_number, metavar="N", help="Jobs for each arch. [default: one for every four builds]"
    )
    add_allow_missing(parser)
    parser.add_argument(
        "--format", choices=("github", "gitlab"), default="github", help="[default: %(default)s]"
    )
    return parser


def main(argv: Sequence[str]) -> int:
    args = make_parser().parse_args(argv)
    from cibw_debian.api import plan  # noqa: PLC0415  (cold start)
    from cibw_debian.planning.ci import split  # noqa: PLC0415
    from cibw_debian.planning.refusal import foreign_hooks, refusal  # noqa: PLC0415

    found = plan(
        args.package_dir,
        archs=args.archs,
        env=os.environ,
        requirements=False,
        allow_missing=args.allow_missing,
    )
    if refused := refusal(found):
        raise refused
    for build in found.builds:
        if build.foreign_hooks:
            warn(f"{build.platform_tag}: {foreign_hooks(build)}")
    jobs = split(found, args.jobs)
    if args.format == "gitlab":
        echo(json.dumps([{"CIBW_ARCHS": job.archs, "CIBW_BUILD": job.build} for job in jobs]))
    else:
        echo(json.dumps([job._asdict() for job in jobs]))
    return 0
