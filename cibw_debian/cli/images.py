"""`cibw-debian images`: the catalogue."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cibw_debian.errors import ConfigurationError, UnknownImageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cibw_debian.catalogue import Catalogue, Image

_format = click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True
)


@click.group(name="images")
def command() -> None:
    """List, show, resolve and build the images of the catalogue."""


@command.command("list")
@click.option("--arch", help="Only images for this arch.")
@_format
def list_(*, arch: str | None, format_: str) -> None:
    """List the images, the preferred one first."""
    _check_arch(arch)
    images = [image for image in _catalogue().images if arch is None or arch in image.archs]
    if format_ == "json":
        click.echo(json.dumps([image.to_json() for image in images], indent=2))
        return
    rows = [("NAME", "ARCHS", "POLICY", "DISTRIBUTION", "SUITE", "GCC", "PACKAGES", "PYTHONS", "LIVES")]
    rows += [
        (
            image.name,
            ",".join(image.archs) if len(image.archs) <= 2 else f"{len(image.archs)} archs",  # noqa: PLR2004
            image.policy,
            image.distribution,
            image.suite,
            image.gcc,
            image.package_manager,
            _pythons(image),
            image.home,
        )
        for image in images
    ]
    for line in _table(rows):
        click.echo(line)


@command.command("show")
@click.argument("name")
@_format
def show(*, name: str, format_: str) -> None:
    """Show everything about one image."""
    image = _catalogue().get(name)
    if format_ == "json":
        click.echo(json.dumps(image.to_json(), indent=2))
        return
    rows = [(f"{key.replace('_', ' ')}:", _text(value)) for key, value in image.to_json().items()]
    rows += [(f"reference on {arch}:", image.reference(arch)) for arch in image.archs]
    for line in _table(rows):
        click.echo(line)


@command.command("resolve")
@click.argument("name")
@click.option("--arch", required=True, help="cibuildwheel's name of the architecture: armv7l.")
@_format
def resolve(*, name: str, arch: str, format_: str) -> None:
    """Print the image that NAME means on an arch.

    NAME is an image's name, a policy (manylinux_2_35), a suite (bullseye), a distribution (ubuntu-22.04), or a
    reference with a registry in it, which stays as it is.
    """
    _check_arch(arch)
    resolved = _catalogue().resolve(name, arch)
    if format_ == "json":
        image = resolved.image.to_json() if resolved.image else None
        click.echo(
            json.dumps({"requested": name, "arch": arch, "reference": resolved.reference, "image": image})
        )
        return
    click.echo(resolved.reference)
    known = f"{resolved.image.name}: {resolved.image.home}" if resolved.image else "not in the catalogue"
    click.echo(f"{name} on {arch} is {known}", err=True)


@command.command("build")
@click.argument("name")
@click.option("--arch", required=True, help="armv7l or riscv64.")
@click.option("--mirror", help="Archive mirror; mmdebstrap's own default otherwise.")
@click.option("--rebuild", is_flag=True, help="Build even if the image is there already.")
@click.option("--engine", type=click.Choice(["docker", "podman"]), default="docker", show_default=True)
def build(*, name: str, arch: str, mirror: str | None, rebuild: bool, engine: str) -> None:
    """Build an image on this machine from its distribution's archive: no registry, no image pulled."""
    from cibw_debian.engine import Engine  # noqa: PLC0415  (cold start)
    from cibw_debian.imagebuild import build_image  # noqa: PLC0415
    from cibw_debian.settings import load_settings  # noqa: PLC0415

    _check_arch(arch)
    catalogue = _catalogue()
    image = next((i for i in catalogue.candidates(name, arch) if i.built_here), None)
    if image is None:
        names = [f"{i.name} ({i.policy}, {i.suite})" for i in catalogue.built_here(arch)]
        raise UnknownImageError(
            f"no image that is built here answers to {name!r} for {arch}",
            hint=f"For {arch} there is: {', '.join(names)}." if names else f"There is none for {arch}.",
        )
    mirror = mirror or load_settings(Path(), os.environ).mirror or None
    reference = build_image(image, arch, mirror=mirror, engine=Engine(engine), rebuild=rebuild)
    click.echo(reference)


def _catalogue() -> Catalogue:
    from cibw_debian.catalogue import load_catalogue  # noqa: PLC0415  (cold start)
    from cibw_debian.settings import load_settings  # noqa: PLC0415

    settings = load_settings(Path(), os.environ)
    return load_catalogue(*([settings.images] if settings.images else []))


def _check_arch(arch: str | None) -> None:
    from cibw_debian.platforms import ARCHS  # noqa: PLC0415  (cold start)

    if arch is not None and arch not in ARCHS:
        raise ConfigurationError(f"there is no arch {arch!r}", hint=f"Archs: {', '.join(ARCHS)}.")


def _pythons(image: Image) -> str:
    if image.pythons == ("*",):
        return "all"
    return image.pythons[0] if len(image.pythons) == 1 else f"{image.pythons[0]}..{image.pythons[-1]}"


def _text(value: object) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value or "-")


def _table(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
