"""`cibw-debian translate`."""

from __future__ import annotations

import re
import shlex
import sys
from typing import TYPE_CHECKING

from cibw_debian.cli.parser import QUIET, VERBOSE, VERSION, Parser, add_format, command_parser
from cibw_debian.cli.project import open_names, open_settings, read_file
from cibw_debian.cli.target import add_target, find_target
from cibw_debian.errors import ConfigurationError, TranslationError
from cibw_debian.findings import Level
from cibw_debian.hooks.show import show
from cibw_debian.hooks.translate import Style, translate
from cibw_debian.hooks.translation import Translation
from cibw_debian.terminal import Amount, echo, fold, is_quiet, is_verbose, note, set_amount, width, write_json

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Sequence

    from cibw_debian.cli.target import Where
    from cibw_debian.settings import Settings

_DESCRIPTION = """\
Translate one dnf, yum or microdnf hook or script to apt-get and Debian's
package names.

COMMAND is the hook; options that are not listed below are a part of it. With
`-` or without any it is read from standard input. `-q`, `-v` and `-V`, which
all commands have, come before COMMAND: dnf has options of these names too. `-v`
or `--explain` tells for each command why it became what it is: the row of the
table, the rule or the index behind each name, and what else was considered.

Only the translation goes to standard output; what there is to say about it goes
to standard error. All of it is translated, or none is: then the exit code is
43, and standard output stays empty.
"""
_EXAMPLES = """\
cibw-debian translate 'dnf -y install openssl-devel'
cibw-debian translate --suite trixie --arch riscv64 'dnf install -y gmp-devel'
cibw-debian translate --file ci/deps.sh --format diff
"""


def make_parser() -> Parser:
    # COMMAND is what the parser leaves: so `dnf -y install foo` keeps its options, in their places.
    parser = command_parser(
        "translate",
        _DESCRIPTION,
        examples=_EXAMPLES,
        common=False,
        usage="%(prog)s [options] [COMMAND ...]",
    )
    parser.add_argument("--file", help="A script to translate.")
    add_target(parser)
    parser.add_argument(
        "--robust", action="store_true", help="Write commands that never ask and that retry, as `run` does."
    )
    parser.add_argument("--explain", action="store_true", help="Say why each command became what it is (-v).")
    add_format(parser, "diff")
    return parser


def main(argv: Sequence[str]) -> int:
    parser = make_parser()
    args, words = parser.parse_known_args(argv)
    words = _common_options(parser, words)
    if words[:1] == ["--"]:
        del words[0]
    if words and args.file is not None:
        parser.error("Give a COMMAND or --file, not both.")
    if words == ["-"]:
        del words[0]
    if args.explain:
        set_amount(Amount.VERBOSE)
    text = _read(words, args.file)
    settings = open_settings()
    where = find_target(args, settings)
    translation = _translate(text, args, where, settings)

    name = args.file or "hook"
    _tell(translation, name, where)
    if args.format == "json":
        write_json({"suite": where.suite, "arch": args.arch, **translation.to_json()})
    elif translation.ok:
        output = translation.translated if args.format == "text" else _diff(translation, name)
        if words and not output.endswith("\n"):
            output += "\n"
        sys.stdout.buffer.write(output.encode("utf-8", "surrogateescape"))
    return 0 if translation.ok else TranslationError.exit_code


def _tell(translation: Translation, name: str, where: Where) -> None:
    """Write to standard error what there is to say about a translation."""
    columns = width(sys.stderr)
    for finding in translation.findings:
        if not (is_quiet() and finding.level is Level.NOTE):
            first, *excerpt = show(finding, translation.original, name, width=(columns or 104) - 4)
            echo("\n".join((fold(first, columns, 2), *excerpt)), err=True)
    if is_verbose():
        for line in _explain(translation, name, where):
            echo(fold(line, columns, len(line) - len(line.lstrip()) + 4), err=True)


def _explain(translation: Translation, name: str, where: Where) -> Iterator[str]:
    """Yield why each command became what it is, and then of each name where its answer comes from."""
    from cibw_debian.cli.lookup import describe  # noqa: PLC0415  (cold start)

    for command in translation.commands:
        number = translation.original.count("\n", 0, command.span[0]) + 1
        original = " ".join(command.original.split()).removeprefix("&& ")
        became = " ".join(command.translated.split()) or "nothing"
        yield f"{name}:{number}: {original} -> {became}"
        why = [
            f"{found.code}: {found.message}"
            for found in translation.findings
            if command.span[0] <= found.span[0] and found.span[1] <= command.span[1]
        ]
        if not (why or command.packages):
            why = ["this is Debian's counterpart"]
        yield from (f"    {line}" for line in why)
    yield from (line for answer in translation.answers for line in describe(answer, where))


def _translate(text: str, args: Namespace, where: Where, settings: Settings | None) -> Translation:
    if not where.apt:
        note(f"{args.image or args.suite} has dnf: the hook stays as it is")
        return Translation(original=text, translated=text)
    return translate(
        text,
        open_names(where.target, settings),
        style=Style.ROBUST if args.robust else Style.PLAIN,
        strict=settings.strict if settings else True,
        read=read_file,
    )


def _common_options(parser: Parser, words: Sequence[str]) -> list[str]:
    """Act on the options of all commands where they are no part of COMMAND, and return what is left.

    dnf has -q and -v too. So they are ours before COMMAND, and after it if COMMAND is one word with blanks.
    """
    ours = [word in {*QUIET, *VERBOSE, *VERSION} for word in words]
    begin = ours.index(False) if False in ours else len(words)
    end = begin + 1 if words[begin:] and " " in words[begin] and all(ours[begin + 1 :]) else len(words)
    Parser(prog=parser.prog, add_help=False).parse_args([*words[:begin], *words[end:]])
    return list(words[begin:end])


def _read(words: Sequence[str], file: str | None) -> str:
    """Return the hook or script; bytes that are not UTF-8 come out of it again as they were."""
    if file is not None:
        from pathlib import Path  # noqa: PLC0415  (cold start)

        try:
            return Path(file).read_bytes().decode("utf-8", "surrogateescape")
        except OSError as error:
            raise ConfigurationError(f"cannot read {file}: {error.strerror}") from error
    if not words:
        if sys.stdin.isatty():
            note("reading standard input; end with Ctrl-D")
        return sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
    if len(words) == 1:
        return words[0]
    # The shell took the quotes away: put them where a package name needs them.
    return " ".join(shlex.quote(word) if re.search(r"[\s()*?]", word) else word for word in words)


def _diff(translation: Translation, name: str) -> str:
    from difflib import unified_diff  # noqa: PLC0415  (cold start)

    before, after = (
        [line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines]
        for lines in (
            translation.original.splitlines(keepends=True),
            translation.translated.splitlines(keepends=True),
        )
    )
    return "".join(unified_diff(before, after, f"a/{name}", f"b/{name}"))
