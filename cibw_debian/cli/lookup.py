"""`cibw-debian lookup`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cibw_debian.cli.target import DEFAULT_ARCH, DEFAULT_SUITE, make_target
from cibw_debian.errors import TranslationError
from cibw_debian.resolver.model import NOTHING, PACKAGE, UNAVAILABLE
from cibw_debian.resolver.resolve import open_resolver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cibw_debian.resolver.model import Answer, Target

_INDENT = "    "


@click.command(name="lookup")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--suite", default=DEFAULT_SUITE, show_default=True, help="Debian or Ubuntu codename.")
@click.option(
    "--arch", default=DEFAULT_ARCH, show_default=True, help="Architecture, in cibuildwheel's words."
)
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(*, names: tuple[str, ...], suite: str, arch: str, format_: str) -> int:
    """Find the Debian packages for rpm names.

    NAME is anything that may stand after `dnf install`: a name with or without version and architecture,
    pkgconfig(x), perl(A::B), cmake(X), python3dist(x), /usr/bin/x, libx.so.1()(64bit), a wildcard, @group.

    "verified" means that the suite's own index has every package of the answer for that architecture.
    The exit code is 43 if there is a name without an answer.

    \b
    Examples:
      cibw-debian lookup openssl-devel 'pkgconfig(libcurl)' '@Development Tools'
      cibw-debian lookup --suite trixie --arch riscv64 --format json pcre-devel
    """  # noqa: D301  (click reads the \b)
    target = make_target(suite, arch)
    resolver = open_resolver(target)
    answers = [resolver.resolve(name) for name in names]
    if format_ == "json":
        import json  # noqa: PLC0415  (cold start)

        click.echo(json.dumps([answer.to_json() for answer in answers], indent=2))
    else:
        for answer in answers:
            click.echo("\n".join(_describe(answer, target)))
    answered = all(answer.status in (PACKAGE, NOTHING) for answer in answers)
    return 0 if answered else TranslationError.exit_code


def _describe(answer: Answer, target: Target) -> Iterator[str]:
    name = click.style(answer.rpm, bold=True)
    if answer.status == PACKAGE:
        yield f"{name}: {click.style(' '.join(answer.deb), fg='green')}"
    elif answer.status == NOTHING:
        yield f"{name}: {click.style('nothing to install', fg='green')}"
    elif answer.status == UNAVAILABLE:
        yield f"{name}: {click.style(f'no equivalent in {target}', fg='red')}"
    else:
        yield f"{name}: {click.style('unknown', fg='red')}"
    if answer.source != "none":
        checked = f"verified: in {target}" if answer.verified else f"not verified for {target}"
        yield f"{_INDENT}from {answer.source}" + (f", {checked}" if answer.deb else "")
    if answer.note:
        yield f"{_INDENT}{answer.note}"
    if answer.considered:
        yield f"{_INDENT}considered: {' '.join(answer.considered)}"
    if answer.suggestions:
        yield f"{_INDENT}perhaps you meant: {' '.join(answer.suggestions)}"
