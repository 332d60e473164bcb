"""`cibw-debian env`."""

from __future__ import annotations

import os
import shlex
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.cli.parser import add_allow_missing, command_parser
from cibw_debian.terminal import echo, warn, write_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cibw_debian.cli.parser import Parser

_DESCRIPTION = """\
Print the variables with which plain cibuildwheel builds for one architecture:
image, and translated hooks, with the packages that compiling requirements
needs. Like `sync`, this carries neither scripts that call dnf nor the native
compiler.
"""
_EXAMPLES = """\
lines=$(cibw-debian env --arch armv7l) && eval "$lines" && cibuildwheel
cibw-debian env --arch riscv64 --format github >> "$GITHUB_ENV"
"""


def make_parser() -> Parser:
    parser = command_parser("env", _DESCRIPTION, examples=_EXAMPLES)
    parser.add_argument("package_dir", nargs="?", type=Path, default=Path(), help="[default: .]")
    parser.add_argument("--arch", "--archs", required=True, help="Architecture: armv7l.")
    add_allow_missing(parser)
    parser.add_argument(
        "--format",
        choices=("shell", "github", "json"),
        default="shell",
        help="Lines for a shell, for the file $GITHUB_ENV, or JSON. [default: %(default)s]",
    )
    return parser


def main(argv: Sequence[str]) -> int:
    args = make_parser().parse_args(argv)
    from cibw_debian.cibw.adapter import Arguments  # noqa: PLC0415  (cold start)
    from cibw_debian.cli.target import check_arch  # noqa: PLC0415
    from cibw_debian.planning.ci import not_carried, variables  # noqa: PLC0415
    from cibw_debian.planning.compute import compute_plan  # noqa: PLC0415
    from cibw_debian.planning.refusal import refusal  # noqa: PLC0415

    check_arch(args.arch)
    arguments = Arguments(package_dir=args.package_dir, archs=args.arch, platform="linux")
    switches = {"companion": False, "allow_missing": args.allow_missing}
    planned = compute_plan(arguments, os.environ, switches=switches, ask_index=True)
    if refused := refusal(planned.plan):
        raise refused
    found = variables(planned.plan, args.arch, planned.config)
    for warning in not_carried(planned.plan):
        warn(warning)
    if args.format == "json":
        write_json({"variables": found})
    else:
        echo("\n".join(_github(found) if args.format == "github" else _shell(found)))
    return 0


def _shell(found: Mapping[str, str]) -> list[str]:
    return [f"export {name}={shlex.quote(text)}" for name, text in found.items()]


def _github(found: Mapping[str, str]) -> list[str]:
    """Return GitHub's form for text of several lines; a delimiter that nobody can know is in no hook."""
    end = f"end-{uuid.uuid4().hex}"
    return [line for name, text in found.items() for line in (f"{name}<<{end}", text, end)]
