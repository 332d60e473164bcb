"""`cibw-debian lookup`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cibw_debian.cli.parser import add_format, command_parser
from cibw_debian.cli.project import open_names, open_settings
from cibw_debian.cli.target import add_target, require_apt
from cibw_debian.errors import TranslationError
from cibw_debian.resolver.model import NOTHING, PACKAGE, UNAVAILABLE
from cibw_debian.terminal import echo, fold, is_verbose, style, width, write_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cibw_debian.cli.parser import Parser
    from cibw_debian.cli.target import Where
    from cibw_debian.resolver.model import Answer

_INDENT = "    "
_DESCRIPTION = """\
Find the Debian packages for rpm names.

NAME is anything that may stand after `dnf install`: a name with or without
version and architecture, pkgconfig(x), perl(A::B), cmake(X), python3dist(x),
/usr/bin/x, libx.so.1()(64bit), a wildcard, @group.

"verified" means that the suite's own index has every package of the answer for
that architecture. The exit code is 43 if there is a name without an answer.
"""
_EXAMPLES = """\
cibw-debian lookup openssl-devel 'pkgconfig(libcurl)' '@Development Tools'
cibw-debian lookup --suite trixie --arch riscv64 --format json pcre-devel
"""


def make_parser() -> Parser:
    parser = command_parser("lookup", _DESCRIPTION, examples=_EXAMPLES)
    parser.add_argument("names", metavar="NAME", nargs="+", help="What dnf would be told to install.")
    add_target(parser)
    add_format(parser)
    return parser


def main(argv: Sequence[str]) -> int:
    args = make_parser().parse_args(argv)
    settings = open_settings()
    where = require_apt(args, settings)
    resolver = open_names(where.target, settings)
    answers = [resolver.resolve(name) for name in args.names]
    if args.format == "json":
        rows = [{**answer.to_json(), "present": _is_present(answer, where)} for answer in answers]
        write_json({"packages": rows})
    else:
        columns = width()
        for answer in answers:
            for line in describe(answer, where):
                echo(fold(line, columns, len(_INDENT)))
    answered = all(answer.status in (PACKAGE, NOTHING) for answer in answers)
    return 0 if answered else TranslationError.exit_code


def describe(answer: Answer, where: Where) -> Iterator[str]:
    """Yield the lines that tell a person what a name means, and where that comes from."""
    target = where.target
    yield f"{style(answer.rpm, bold=True)}: {_meaning(answer, where)}"
    if answer.source != "none":
        checked = f", verified: in {target}" if answer.verified else f", not verified for {target}"
        yield f"{_INDENT}from {answer.source}" + (checked if answer.deb and where.indexed else "")
    if is_verbose():
        yield from (f"{_INDENT}{step}" for step in answer.why)
    if answer.warning:
        yield f"{_INDENT}{style(f'warning: {answer.warning}', 'yellow')}"
    if answer.note:
        yield f"{_INDENT}{answer.note}"
    if answer.considered:
        yield f"{_INDENT}considered: {' '.join(answer.considered)}"
    if answer.suggestions:
        yield f"{_INDENT}perhaps you meant: {' '.join(answer.suggestions)}"


def _meaning(answer: Answer, where: Where) -> str:
    if answer.status == PACKAGE:
        there = " (already in the image)" if _is_present(answer, where) else ""
        return style(" ".join(answer.deb), "green") + there
    if answer.status == NOTHING:
        return style("nothing to install", "green")
    return style(f"no equivalent in {where.target}" if answer.status == UNAVAILABLE else "unknown", "red")


def _is_present(answer: Answer, where: Where) -> bool:
    return bool(answer.deb) and where.packages.issuperset(answer.deb)
