"""`cibw-debian translate`."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cibw_debian.errors import ConfigurationError, TranslationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cibw_debian.findings import Finding
    from cibw_debian.translate import Translation

_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


@click.command(
    name="translate",
    # the options of `translate dnf -y install foo` are dnf's
    context_settings={"ignore_unknown_options": True},
)
@click.argument("words", metavar="[COMMAND]...", nargs=-1, type=click.UNPROCESSED)
@click.option("--file", "file", type=click.Path(path_type=Path), help="A script to translate.")
@click.option("--suite", help="Suite of the image, as bookworm or jammy.  [default: bookworm]")
@click.option("--arch", default="armv7l", show_default=True, help="Architecture, in cibuildwheel's words.")
@click.option("--image", help="Image of the catalogue, instead of --suite.")
@click.option(
    "--format", "format_", type=click.Choice(["text", "json", "diff"]), default="text", show_default=True
)
@click.option("--robust", is_flag=True, help="Write commands that never ask and that retry, as `run` does.")
def command(
    *,
    words: tuple[str, ...],
    file: Path | None,
    suite: str | None,
    arch: str,
    image: str | None,
    format_: str,
    robust: bool,
) -> int:
    """Translate one dnf, yum or microdnf hook or script to apt-get and Debian's package names.

    COMMAND is the hook; with `-` or without any it is read from standard input. Only the translation goes
    none is: then the exit code is 43 and standard output stays empty.
    none is: then the exit code is 43, and standard output stays empty.

    \b
    Examples:
      cibw-debian translate 'dnf -y install openssl-devel'
      cibw-debian translate --suite trixie --arch riscv64 'yum install -y zlib-devel && make deps'
      cibw-debian translate --file ci/deps.sh --format diff
    """  # noqa: D301  (click reads the \b)
    text = _read(words, file)
    suite, has_dnf = _suite(suite, image, arch)

    from cibw_debian.cli.target import make_target  # noqa: PLC0415  (cold start)
    from cibw_debian.resolver.resolve import open_resolver  # noqa: PLC0415
    from cibw_debian.translate import Style, Translation, translate  # noqa: PLC0415

    if has_dnf:
        translation = Translation(original=text, translated=text)
    else:
        resolver = open_resolver(make_target(suite, arch))
        translation = translate(text, resolver, style=Style.ROBUST if robust else Style.PLAIN)

    where = str(file) if file else "hook"
    for line in _describe(translation, where):
        click.echo(line, err=True)
    if format_ == "json":
        import json  # noqa: PLC0415  (cold start)

        click.echo(json.dumps({"suite": suite, "arch": arch, **translation.to_json()}, indent=2))
    elif translation.ok:
        output = translation.translated if format_ == "text" else _diff(translation, where)
        if words not in {(), ("-",)} and not output.endswith("\n"):
            output += "\n"
        click.echo(output.encode("utf-8", "surrogateescape"), nl=False)
    return 0 if translation.ok else TranslationError.exit_code


def _read(words: tuple[str, ...], file: Path | None) -> str:
    if file is not None:
        if words:
            raise click.UsageError("Give a COMMAND or --file, not both.")
        try:
            return file.read_bytes().decode("utf-8", "surrogateescape")
        except OSError as error:
            raise ConfigurationError(f"cannot read {file}: {error.strerror}") from error
    if words in {(), ("-",)}:
        return sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
    if len(words) == 1:
        return words[0]
    # The shell took the quotes away: put them where a package name needs them.
    return " ".join(shlex.quote(word) if re.search(r"[\s()*?]", word) else word for word in words)


def _suite(suite: str | None, image: str | None, arch: str) -> tuple[str, bool]:
    """Return the suite, and whether the image has dnf, so that its hooks stay as they are."""
    if image is not None:
        if suite is not None:
            raise click.UsageError("Give --suite or --image, not both.")
        from cibw_debian.catalogue import load_catalogue  # noqa: PLC0415  (cold start)

        known = load_catalogue().resolve(image, arch).image
        if known is None:
            raise ConfigurationError(
                f"{image} is not in the catalogue, so its suite is not known",
                hint="Say it with --suite instead of --image.",
            )
        return known.suite, known.package_manager != "apt"
    return suite or "bookworm", False


def _describe(translation: Translation, where: str) -> Iterator[str]:
    """Yield each finding as `place: level: message`, with the line it is about."""
    text = translation.original
    for finding in translation.findings:
        start, end = finding.span
        line_start = text.rfind("\n", 0, start) + 1
        line = text[line_start:].partition("\n")[0].rstrip("\r")
        number = text.count("\n", 0, start) + 1
        level = click.style(finding.level.value, fg=_COLOURS[finding.level], bold=True)
        yield f"{where}:{number}:{start - line_start + 1}: {level}: {_message(finding)} [{finding.code}]"
        marks = "^" * max(1, min(end, line_start + len(line)) - start)
        blank = re.sub(r"[^\t]", " ", line[: start - line_start])
        yield f"    {line}"
        yield f"    {blank}{click.style(marks, fg=_COLOURS[finding.level])}"


def _message(finding: Finding) -> str:
    if not finding.suggestions:
        return finding.message
    return f"{finding.message}; perhaps {' or '.join(finding.suggestions)}?"


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
