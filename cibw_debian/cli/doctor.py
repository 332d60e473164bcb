"""`cibw-debian doctor`: what this machine needs to build wheels."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.cli.parser import add_engine, add_format, command_parser
from cibw_debian.errors import NotReadyError
from cibw_debian.terminal import echo, fold, style, width, write_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cibw_debian.cli.parser import Parser
    from cibw_debian.doctor.checks import Check
    from cibw_debian.images.catalogue import Catalogue
    from cibw_debian.terminal import Colour

_COLOURS: dict[str, Colour] = {"ok": "green", "warn": "yellow", "fail": "red"}


_DESCRIPTION = """\
Check engine, emulation, images and configuration for the project in this
directory, and name the command that fixes each fault.

Changes nothing without --fix. The exit code is 47 if there is a fault left.
"""
_EXAMPLES = """\
cibw-debian doctor
cibw-debian doctor --fix
"""


def make_parser() -> Parser:
    parser = command_parser("doctor", _DESCRIPTION, examples=_EXAMPLES)
    parser.add_argument(
        "--fix", action="store_true", help="Run the commands that fix faults, as root or through sudo."
    )
    add_engine(parser)
    add_format(parser)
    return parser


def main(argv: Sequence[str]) -> int:
    args = make_parser().parse_args(argv)

    from cibw_debian.doctor.checks import advise, can_fix, failed, judge  # noqa: PLC0415  (cold start)
    from cibw_debian.doctor.facts import Facts, WantedImage, gather  # noqa: PLC0415
    from cibw_debian.doctor.project import look_at_image, read_wants  # noqa: PLC0415
    from cibw_debian.doctor.repairs import fix  # noqa: PLC0415
    from cibw_debian.engine.engine import Engine  # noqa: PLC0415

    wants = read_wants(os.environ, engine=args.engine)
    engine = Engine(wants.engine)

    def look(image: WantedImage) -> WantedImage:
        return look_at_image(image, engine, _catalogue())

    def facts() -> Facts:
        return gather(engine, wants, look=look)

    first = facts()
    checks = judge(first)
    if args.fix and failed(checks):
        if not can_fix(first):
            raise NotReadyError(
                "`doctor --fix` knows only Debian and Ubuntu, and this is another system.",
                hint="`cibw-debian doctor` says what is missing.",
            )
        checks = fix(lambda: judge(facts()), say=lambda line: echo(line, err=True))

    if args.format == "json":
        write_json({"checks": [check.to_json() for check in checks]})
        return NotReadyError.exit_code if failed(checks) else 0
    _print(checks)
    if failed(checks):
        names = ", ".join(check.name for check in failed(checks))
        hint = "" if args.fix else advise(checks, wants.option)
        raise NotReadyError(f"this machine is not ready: {names}", hint=hint)
    return 0


def _print(checks: Sequence[Check]) -> None:
    columns = width()
    for check in checks:
        status = style(f"{check.status.value:4}", _COLOURS[check.status.value])
        echo(fold(f"{status}  {style(check.name, bold=True)}: {check.found}", columns, 6))
        for command in check.fix:
            echo(f"      fix: {command}")  # not folded: it is to be pasted


def _catalogue() -> Catalogue:
    from cibw_debian.images.catalogue import load_catalogue  # noqa: PLC0415
    from cibw_debian.settings import load_settings  # noqa: PLC0415

    settings = load_settings(Path(), os.environ)
    return load_catalogue(*([settings.images] if settings.images else []))
