"""`cibw-debian translate`."""

from __future__ import annotations

import re
import shlex
import sys
from typing import TYPE_CHECKING

from cibw_debian.cli.parser import add_format, command_parser
from cibw_debian.cli.project import open_catalogue, open_names, open_settings
from cibw_debian.cli.target import DEFAULT_SUITE, add_arch, make_target
from cibw_debian.errors import ConfigurationError, TranslationError
from cibw_debian.hooks.show import show
from cibw_debian.hooks.translate import Style, Translation, translate
from cibw_debian.terminal import echo, write_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cibw_debian.cli.parser import Parser
    from cibw_debian.settings import Settings

_DESCRIPTION = """\
Translate one dnf, yum or microdnf hook or script to apt-get and Debian's
package names.

COMMAND is the hook; options that are not listed below are a part of it. With
`-` or without any it is read from standard input. Only the translation goes to
standard output; what there is to say about it goes to standard error. All of it
is translated, or none is: then the exit code is 43, and standard output stays
empty.
"""
_EXAMPLES = """\
cibw-debian translate 'dnf -y install openssl-devel'
cibw-debian translate --suite trixie --arch riscv64 'yum install -y zlib-devel && make deps'
cibw-debian translate --file ci/deps.sh --format diff
"""


def _parser() -> Parser:
    # COMMAND is what the parser leaves: so `dnf -y install foo` keeps its options, in their places.
    parser = command_parser(
        "translate",
        _DESCRIPTION,
        examples=_EXAMPLES,
        usage="%(prog)s [options] [COMMAND ...]",
    )
    parser.add_argument("--file", help="A script to translate.")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--suite", help=f"Suite of the image, as bookworm or jammy. [default: {DEFAULT_SUITE}]"
    )
    where.add_argument("--image", help="Image of the catalogue, instead of --suite.")
    add_arch(parser)
    parser.add_argument(
        "--robust", action="store_true", help="Write commands that never ask and that retry, as `run` does."
    )
    add_format(parser, "diff")
    return parser


def main(argv: Sequence[str]) -> int:
    parser = _parser()
    args, words = parser.parse_known_args(argv)
    if words[:1] == ["--"]:
        del words[0]
    if words and args.file is not None:
        parser.error("Give a COMMAND or --file, not both.")
    if words == ["-"]:
        del words[0]
    text = _read(words, args.file)
    settings = open_settings()
    suite, has_dnf = _suite(args.suite, args.image, args.arch, settings)
    if has_dnf:
        translation = Translation(original=text, translated=text)
    else:
        resolver = open_names(make_target(suite, args.arch), settings)
        translation = translate(
            text,
            resolver,
            style=Style.ROBUST if args.robust else Style.PLAIN,
            strict=settings.strict if settings else True,
        )

    where = args.file or "hook"
    for finding in translation.findings:
        for line in show(finding, text, where):
            echo(line, err=True)
    if args.format == "json":
        write_json({"suite": suite, "arch": args.arch, **translation.to_json()})
    elif translation.ok:
        output = translation.translated if args.format == "text" else _diff(translation, where)
        if words and not output.endswith("\n"):
            output += "\n"
        sys.stdout.buffer.write(output.encode("utf-8", "surrogateescape"))
    return 0 if translation.ok else TranslationError.exit_code


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
            echo("reading standard input; end with Ctrl-D", err=True)
        return sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
    if len(words) == 1:
        return words[0]
    # The shell took the quotes away: put them where a package name needs them.
    return " ".join(shlex.quote(word) if re.search(r"[\s()*?]", word) else word for word in words)


def _suite(suite: str | None, image: str | None, arch: str, settings: Settings | None) -> tuple[str, bool]:
    """Return the suite, and whether the image has dnf, so that its hooks stay as they are."""
    if image is not None:
        known = open_catalogue(settings).resolve(image, arch).image
        if known is None:
            raise ConfigurationError(
                f"{image} is not in the catalogue, so its suite is not known",
                hint="Say it with --suite instead of --image.",
            )
        return known.suite, known.package_manager != "apt"
    return suite or DEFAULT_SUITE, False


def _diff(translation: Translation, where: str) -> str:
    from difflib import unified_diff  # noqa: PLC0415  (cold start)

    before, after = (
        [line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines]
        for lines in (
            translation.original.splitlines(keepends=True),
            translation.translated.splitlines(keepends=True),
        )
    )
    return "".join(unified_diff(before, after, f"a/{where}", f"b/{where}"))
