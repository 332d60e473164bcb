"""`cibw-debian explain`: what a finding means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cibw_debian.cli.parser import add_format, command_parser
from cibw_debian.errors import ConfigurationError
from cibw_debian.findings import codes
from cibw_debian.hooks.show import COLOURS
from cibw_debian.terminal import echo, fold, style, width, write_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cibw_debian.cli.parser import Parser
    from cibw_debian.findings import Code

_DESCRIPTION = """\
Explain a finding of `plan`, `run`, `translate` or `check`: why it is said, what
to do, and a hook before and after.

CODE is the word in brackets behind the finding. Without one all codes are
listed, errors first.
"""
_EXAMPLES = """\
cibw-debian explain shell-variable
cibw-debian explain --format json
"""
_INDENT = "    "
_SETTLED = "The companion settles this at run time: with it there is nothing to do."


def make_parser() -> Parser:
    parser = command_parser("explain", _DESCRIPTION, examples=_EXAMPLES)
    parser.add_argument("codes", metavar="CODE", nargs="*", help="What to explain. [default: list all]")
    add_format(parser)
    return parser


def main(argv: Sequence[str]) -> int:
    args = make_parser().parse_args(argv)
    table = codes()
    chosen = dict.fromkeys(map(check_code, args.codes)) or sorted(table, key=_rank)
    if args.format == "json":
        write_json({"findings": [{"code": code, **table[code].to_json()} for code in chosen]})
        return 0
    columns = width()
    for number, code in enumerate(chosen):
        if not args.codes:
            echo(fold(_line(code, table[code]), columns, len(_INDENT)))
            continue
        if number:
            echo("")
        for line in _explanation(code, table[code]):
            echo(fold(line, columns, len(line) - len(line.lstrip())))
    return 0


def check_code(code: str) -> str:
    """Return a code of a finding.

    Raises:
        ConfigurationError: There is no such code; the error names the one that may have been meant.
    """
    word = code.strip("[] ").lower()
    if word in codes():
        return word
    from difflib import get_close_matches  # noqa: PLC0415  (cold start)

    close = get_close_matches(word, codes(), n=1)
    meant = f" Perhaps you meant {close[0]}?" if close else ""
    raise ConfigurationError(
        f"there is no finding code {code!r}.{meant}", hint="`cibw-debian explain` lists all codes."
    )


def _rank(code: str) -> tuple[int, str]:
    return list(COLOURS).index(codes()[code].level), code


def _line(code: str, row: Code) -> str:
    return f"{style(row.level.value, COLOURS[row.level])} {style(code, bold=True)}: {row.summary}"


def _explanation(code: str, row: Code) -> Iterator[str]:
    yield _line(code, row)
    yield f"  Why: {row.meaning}"
    yield f"  What to do: {row.action}"
    if row.settled:
        yield f"  {_SETTLED}"
    yield "  Example:"
    yield from (f"{_INDENT}{line}" for line in row.before.splitlines())
    if row.after:
        yield "  Better:"
        yield from (f"{_INDENT}{line}" for line in row.after.splitlines())
