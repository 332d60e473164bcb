"""`cibw-debian doctor`: what this machine needs to build wheels."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cibw_debian.errors import NotReadyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cibw_debian.catalogue import Catalogue
    from cibw_debian.doctor.checks import Check

_ARCHS = ("armv7l", "riscv64")
_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


@click.command(name="doctor")
@click.option("--fix", is_flag=True, help="Mend what can be mended, as root or through sudo.")
@click.option("--engine", type=click.Choice(["docker", "podman"]), default="docker", show_default=True)
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(*, fix: bool, engine: str, format_: str) -> None:
    """Check engine, emulation, images and configuration, and name the command that mends each fault.

    Changes nothing without --fix.
    """
    from cibw_debian.doctor.checks import can_mend, failed, judge  # noqa: PLC0415  (cold start)
    from cibw_debian.doctor.facts import Facts, gather  # noqa: PLC0415
    from cibw_debian.doctor.mend import mend  # noqa: PLC0415
    from cibw_debian.engine import Engine  # noqa: PLC0415

    driver = Engine(engine)

    def look_at_images() -> dict[tuple[str, str], bool]:
        from cibw_debian.imagebuild import is_current  # noqa: PLC0415

        built_here = [(image, arch) for arch in _ARCHS for image in _catalogue().built_here(arch)]
        return {(image.name, arch): is_current(image, arch, driver) for image, arch in built_here}

    def facts() -> Facts:
        return gather(driver, _ARCHS, images=look_at_images, configuration=_read_configuration)

    first = facts()
    checks = judge(first, _ARCHS)
    if fix and failed(checks):
        if not can_mend(first):
            raise NotReadyError(
                "`doctor --fix` knows Debian and Ubuntu, and this is neither.",
                hint="`cibw-debian doctor` says what is missing.",
            )
        checks = mend(lambda: judge(facts(), _ARCHS), say=lambda line: click.echo(line, err=True))

    if format_ == "json":
        click.echo(json.dumps([check.to_json() for check in checks], indent=2))
    else:
        _print(checks)
    if failed(checks):
        names = ", ".join(check.name for check in failed(checks))
        more = "" if fix else "`cibw-debian doctor --fix` runs the commands above."
        raise NotReadyError(f"this machine is not ready: {names}", hint=more)


def _print(checks: Sequence[Check]) -> None:
    width = max(len(check.name) for check in checks)
    for check in checks:
        status = click.style(f"{check.status.value:4}", fg=_COLOURS[check.status.value])
        click.echo(f"{status}  {check.name:{width}}  {check.found}")
        for line in check.fix:
            click.echo(f"      {'':{width}}  mend: {line}")


def _catalogue() -> Catalogue:
    from cibw_debian.catalogue import load_catalogue  # noqa: PLC0415
    from cibw_debian.settings import load_settings  # noqa: PLC0415

    settings = load_settings(Path(), os.environ)
    return load_catalogue(*([settings.images] if settings.images else []))


def _read_configuration() -> None:
    _catalogue()
