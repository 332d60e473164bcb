"""`cibw-debian images`: the catalogue."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.cli import carry, contract, pins, push
from cibw_debian.cli.parser import add_engine, add_format, command_parser
from cibw_debian.cli.project import open_catalogue, open_settings, resolve_image
from cibw_debian.cli.target import add_arch, check_arch
from cibw_debian.errors import UnknownImageError
from cibw_debian.terminal import echo, fold, is_verbose, note, width, write_json

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Sequence

    from cibw_debian.cli.parser import Parser
    from cibw_debian.images.catalogue import Catalogue, Image

#: so many archs are named in the short form
_FEW = 2
_RESOLVE = """\
Print the image that NAME means on an arch: the reference that is pulled. For an
image that cibuildwheel pins, this is the pin of the installed cibuildwheel.

NAME is an image's name, a policy (manylinux_2_35), a suite (bullseye), a
distribution (ubuntu-22.04), or a reference with a registry in it, which stays
as it is.
"""
_EXAMPLES = """\
cibw-debian images list --arch riscv64
cibw-debian images show debian-11
cibw-debian images resolve manylinux_2_35 --arch armv7l
cibw-debian images build debian-11 --arch armv7l
cibw-debian images test debian-11 --arch armv7l
cibw-debian images verify
"""


def make_parser() -> Parser:
    parser = command_parser(
        "images", "List, build, test, pin and publish the images of the catalogue.", examples=_EXAMPLES
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    about = "List the images, the preferred one first; with -v everything about them."
    command = commands.add_parser("list", help=about, description=about)
    add_arch(command)
    add_format(command)
    command.set_defaults(run=_list)

    about = "Show everything about one image."
    command = commands.add_parser("show", help=about, description=about)
    command.add_argument("name", metavar="NAME", help="An image of the catalogue; with --arch, any name.")
    add_arch(command)
    add_format(command)
    command.set_defaults(run=_show)

    command = commands.add_parser("resolve", help="Print the image that a name means.", description=_RESOLVE)
    command.add_argument("name", metavar="NAME", help="What cibuildwheel's image option may say.")
    add_arch(command, required=True)
    add_format(command)
    command.set_defaults(run=_resolve)

    about = "Build an image on this machine from its distribution's archive: no registry, no image pulled."
    command = commands.add_parser("build", help="Build an image on this machine.", description=about)
    command.add_argument("name", metavar="NAME", help="An image of the catalogue that is built here.")
    add_arch(command, required=True)
    command.add_argument("--mirror", help="Archive mirror. [default: mmdebstrap's own]")
    command.add_argument(
        "--interpreters",
        metavar="NAMES",
        help="Interpreters to compile: cp311,cp313t; default or all; suite for none. [default: default]",
    )
    command.add_argument(
        "--pythons-from",
        metavar="DIR",
        help="Directory with tarballs of CPython, or an address. [default: upstream, then Debian]",
    )
    command.add_argument("--snapshot", metavar="TIME", help="Time of the archive's state, for --mirror.")
    command.add_argument("--keyring", metavar="FILE", help="Keys that sign the archive.")
    command.add_argument("--rebuild", action="store_true", help="Build even if the image is there already.")
    add_engine(command)
    command.set_defaults(run=_build)

    contract.add(commands)
    pins.add(commands)
    push.add(commands)
    carry.add(commands)
    return parser


def main(argv: Sequence[str]) -> int:
    parser = make_parser()
    args = parser.parse_args(argv)
    if "run" not in args:
        parser.print_help(sys.stderr)
        parser.exit(2)
    code: int | None = args.run(args)
    return code or 0


def _list(args: Namespace) -> None:
    arch: str | None = args.arch
    if arch is not None:
        check_arch(arch)
    images = [image for image in _catalogue().images if arch is None or arch in image.archs]
    if args.format == "json":
        write_json({"images": [image.to_json() for image in images]})
        return
    if not images:
        note(f"no image of the catalogue is for {arch}")
        return
    rows = [_columns(image) for image in images]
    for line in _table([list(rows[0]), *(list(row.values()) for row in rows)]):
        echo(line)
    if any(image.built_here for image in images):
        note("Images that are built on this machine also get the interpreters that a project selects.")


def _columns(image: Image) -> dict[str, str]:
    """Return the columns for an image by their heads; the short form fits 80 columns of a terminal."""
    few = len(image.archs) <= _FEW or is_verbose()
    short = {
        "NAME": image.name,
        "ARCHS": ",".join(image.archs) if few else f"{len(image.archs)} archs",
        "POLICY": image.policy,
        "SUITE": image.suite,
        "PYTHONS": _pythons(image),
    }
    more = {
        "DISTRIBUTION": image.distribution,
        "GCC": image.gcc,
        "PACKAGES": image.package_manager,
        "HOME": image.home,
    }
    return short | more if is_verbose() else short


def _show(args: Namespace) -> None:
    image = _named(args.name, args.arch)
    if args.format == "json":
        write_json(image.to_json())
        return
    rows = [(f"{key.replace('_', ' ')}:", _text(value)) for key, value in image.to_json().items()]
    rows += [(f"reference on {arch}:", image.reference(arch)) for arch in image.archs]
    begin = max(len(head) for head, _ in rows) + 2
    for line in _table(rows):
        echo(fold(line, width(), begin))


def _named(name: str, arch: str | None) -> Image:
    """Return an image by its name; for one arch, by any name that an image option takes.

    Raises:
        UnknownImageError: There is no such image.
    """
    catalogue = _catalogue()
    if arch is None:
        return catalogue.get(name)
    check_arch(arch)
    image = resolve_image(catalogue, name, arch)[0].image or catalogue.get(name)
    return replace(image, archs=(arch,))


def _resolve(args: Namespace) -> None:
    name, arch = args.name, args.arch
    check_arch(arch)
    resolved, alias = resolve_image(_catalogue(), name, arch)
    if args.format == "json":
        image = resolved.image.to_json() if resolved.image else None
        write_json(
            {
                "requested": resolved.requested,
                "arch": arch,
                "alias": alias,
                "reference": resolved.reference,
                "image": image,
            }
        )
        return
    echo(resolved.reference)
    known = f"{resolved.image.name}: {resolved.image.home}" if resolved.image else "not in the catalogue"
    note(f"{name} on {arch} is {known}")


def _build(args: Namespace) -> None:
    from cibw_debian.doctor.project import read_wants  # noqa: PLC0415  (cold start)
    from cibw_debian.engine.engine import Engine  # noqa: PLC0415
    from cibw_debian.images.bases import Source  # noqa: PLC0415
    from cibw_debian.images.builder import build_image  # noqa: PLC0415
    from cibw_debian.images.releases import Choice  # noqa: PLC0415
    from cibw_debian.settings import load_settings  # noqa: PLC0415

    name, arch = args.name, args.arch
    check_arch(arch)
    catalogue = _catalogue()
    image = next((i for i in catalogue.candidates(name, arch) if i.built_here), None)
    if image is None:
        names = [f"{i.name} ({i.policy}, {i.suite})" for i in catalogue.built_here(arch)]
        raise UnknownImageError(
            f"no image that is built here answers to {name!r} for {arch}",
            hint=f"For {arch} there is: {', '.join(names)}." if names else f"There is none for {arch}.",
        )
    keys = ("mirror", "snapshot", "keyring", "interpreters", "pythons_from")
    chosen = {key: value for key in keys if (value := getattr(args, key))}
    settings = load_settings(Path(), os.environ)._replace(**chosen)
    engine = Engine(read_wants(os.environ, engine=args.engine).engine)
    reference = build_image(
        image,
        arch,
        source=Source.of(settings),
        choice=Choice.of(settings),
        engine=engine,
        rebuild=args.rebuild,
    )
    echo(reference)


def _catalogue() -> Catalogue:
    return open_catalogue(open_settings())


def _pythons(image: Image) -> str:
    if image.pythons == ("*",):
        return "all"
    few = len(image.pythons) <= _FEW or is_verbose()
    return ",".join(image.pythons) if few else f"{image.pythons[0]}..{image.pythons[-1]}"


def _text(value: object) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value or "-")


def _table(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
