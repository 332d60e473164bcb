"""`cibw-debian images`: the catalogue."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.cli.parser import add_engine, add_format, command_parser
from cibw_debian.errors import ConfigurationError, UnknownImageError
from cibw_debian.terminal import echo, write_json

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Sequence

    from cibw_debian.cli.parser import Parser
    from cibw_debian.images.catalogue import Catalogue, Image

_RESOLVE = """\
Print the image that NAME means on an arch.

NAME is an image's name, a policy (manylinux_2_35), a suite (bullseye), a
distribution (ubuntu-22.04), or a reference with a registry in it, which stays
as it is.
"""
_EXAMPLES = """\
cibw-debian images list --arch riscv64
cibw-debian images show debian-11
cibw-debian images resolve manylinux_2_35 --arch armv7l
cibw-debian images build debian-11 --arch armv7l
"""


def _parser() -> Parser:
    parser = command_parser(
        "images", "List, show, resolve and build the images of the catalogue.", examples=_EXAMPLES
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    about = "List the images, the preferred one first."
    command = commands.add_parser("list", help=about, description=about)
    command.add_argument("--arch", help="Only images for this arch.")
    add_format(command)
    command.set_defaults(run=_list)

    about = "Show everything about one image."
    command = commands.add_parser("show", help=about, description=about)
    command.add_argument("name", metavar="NAME", help="An image of the catalogue.")
    add_format(command)
    command.set_defaults(run=_show)

    command = commands.add_parser("resolve", help="Print the image that a name means.", description=_RESOLVE)
    command.add_argument("name", metavar="NAME", help="What cibuildwheel's image option may say.")
    command.add_argument("--arch", required=True, help="cibuildwheel's name of the architecture: armv7l.")
    add_format(command)
    command.set_defaults(run=_resolve)

    about = "Build an image on this machine from its distribution's archive: no registry, no image pulled."
    command = commands.add_parser("build", help="Build an image on this machine.", description=about)
    command.add_argument("name", metavar="NAME", help="An image of the catalogue that lives here.")
    command.add_argument("--arch", required=True, help="armv7l or riscv64.")
    command.add_argument("--mirror", help="Archive mirror. [default: mmdebstrap's own]")
    command.add_argument("--rebuild", action="store_true", help="Build even if the image is there already.")
    add_engine(command)
    command.set_defaults(run=_build)
    return parser


def main(argv: Sequence[str]) -> int:
    args = _parser().parse_args(argv)
    args.run(args)
    return 0


def _list(args: Namespace) -> None:
    _check_arch(args.arch)
    arch: str | None = args.arch
    images = [image for image in _catalogue().images if arch is None or arch in image.archs]
    if args.format == "json":
        write_json({"images": [image.to_json() for image in images]})
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
        echo(line)


def _show(args: Namespace) -> None:
    image = _catalogue().get(args.name)
    if args.format == "json":
        write_json(image.to_json())
        return
    rows = [(f"{key.replace('_', ' ')}:", _text(value)) for key, value in image.to_json().items()]
    rows += [(f"reference on {arch}:", image.reference(arch)) for arch in image.archs]
    for line in _table(rows):
        echo(line)


def _resolve(args: Namespace) -> None:
    name, arch = args.name, args.arch
    _check_arch(arch)
    resolved = _catalogue().resolve(name, arch)
    if args.format == "json":
        image = resolved.image.to_json() if resolved.image else None
        write_json({"requested": name, "arch": arch, "reference": resolved.reference, "image": image})
        return
    echo(resolved.reference)
    known = f"{resolved.image.name}: {resolved.image.home}" if resolved.image else "not in the catalogue"
    echo(f"{name} on {arch} is {known}", err=True)


def _build(args: Namespace) -> None:
    from cibw_debian.doctor.project import read_wants  # noqa: PLC0415  (cold start)
    from cibw_debian.engine.engine import Engine  # noqa: PLC0415
    from cibw_debian.images.builder import build_image  # noqa: PLC0415
    from cibw_debian.settings import load_settings  # noqa: PLC0415

    name, arch = args.name, args.arch
    _check_arch(arch)
    catalogue = _catalogue()
    image = next((i for i in catalogue.candidates(name, arch) if i.built_here), None)
    if image is None:
        names = [f"{i.name} ({i.policy}, {i.suite})" for i in catalogue.built_here(arch)]
        raise UnknownImageError(
            f"no image that is built here answers to {name!r} for {arch}",
            hint=f"For {arch} there is: {', '.join(names)}." if names else f"There is none for {arch}.",
        )
    mirror = args.mirror or load_settings(Path(), os.environ).mirror or None
    engine = Engine(read_wants(os.environ, engine=args.engine).engine)
    reference = build_image(image, arch, mirror=mirror, engine=engine, rebuild=args.rebuild)
    echo(reference)


def _catalogue() -> Catalogue:
    from cibw_debian.images.catalogue import load_catalogue  # noqa: PLC0415  (cold start)
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
