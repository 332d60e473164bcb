"""`cibw-debian images save`, `load` and `key`: images, toolchains and compiler caches between CI jobs."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cibw_debian.cli.parser import add_engine, add_format
from cibw_debian.cli.project import open_catalogue, open_settings
from cibw_debian.cli.target import check_arch
from cibw_debian.errors import UnknownImageError
from cibw_debian.terminal import echo, note, write_json

if TYPE_CHECKING:
    from argparse import Namespace

    from cibw_debian.engine.engine import Engine
    from cibw_debian.images.bundle import Bundle, Entry
    from cibw_debian.images.catalogue import Image

_SAVE = """\
Write the images that are built here and that this machine has, the toolchains of
the native compiler, and compiler caches, as compressed files into DIR: for a CI
cache. DIR is new, empty, or an older bundle, which is replaced. Prints a key of
the content.
"""
_LOAD = """\
Load what `images save` wrote. Everything is checked first; if anything is
damaged, or was made for another machine or by another program, nothing is loaded
(exit code 41). What the engine has already stays.
"""
_KEY = """\
Print a key of the images that `images build` would make: another version of this
program, with another recipe, has another one. For the key of a CI cache.
"""


def add(commands: Any) -> None:
    """Add the commands to the parsers of `images`."""
    command = commands.add_parser("save", help="Write images into a directory.", description=_SAVE)
    command.add_argument("directory", metavar="DIR", type=Path)
    _add_choice(command)
    add_format(command)
    add_engine(command)
    command.set_defaults(run=_save)

    command = commands.add_parser("load", help="Load images of a directory.", description=_LOAD)
    command.add_argument("directory", metavar="DIR", type=Path)
    command.add_argument("--key", default="", help="Refuse a content that has another key.")
    add_format(command)
    add_engine(command)
    command.set_defaults(run=_load)

    command = commands.add_parser("key", help="Print a key for a CI cache.", description=_KEY)
    _add_choice(command)
    command.set_defaults(run=_print_key)


def _add_choice(command: Any) -> None:
    command.add_argument("names", metavar="NAME", nargs="*", help="Only these images. [default: all]")
    command.add_argument("--arch", "--archs", default="", help="Only these: armv7l,riscv64. [default: all]")


def _chosen(args: Namespace) -> list[tuple[Image, str]]:
    archs = [arch for arch in re.split(r"[\s,]+", args.arch) if arch]
    for arch in archs:
        check_arch(arch)
    catalogue = open_catalogue(open_settings())
    images = [catalogue.get(name) for name in args.names] or [i for i in catalogue.images if i.built_here]
    for image in images:
        if not image.built_here:
            raise UnknownImageError(f"the image {image.name} is not built here: {image.home}")
    return [(image, arch) for image in images for arch in image.archs if not archs or arch in archs]


def _engine(args: Namespace) -> Engine:
    from cibw_debian.doctor.project import read_wants  # noqa: PLC0415  (cold start)
    from cibw_debian.engine.engine import Engine  # noqa: PLC0415

    return Engine(read_wants(os.environ, engine=args.engine).engine)


def _save(args: Namespace) -> None:
    from cibw_debian.images.builder import is_current  # noqa: PLC0415  (cold start)
    from cibw_debian.images.carry import save  # noqa: PLC0415
    from cibw_debian.progress import ConsoleProgress  # noqa: PLC0415

    chosen = _chosen(args)
    engine = _engine(args)
    engine.require()
    references = [image.reference(arch) for image, arch in chosen if is_current(image, arch, engine)]
    with ConsoleProgress("saving") as progress:
        bundle = save(args.directory, references, engine=engine, progress=progress.phase)
    _tell(args, bundle, list(bundle.entries))
    if args.format == "text":
        echo(bundle.key)


def _load(args: Namespace) -> None:
    from cibw_debian.images.carry import load  # noqa: PLC0415  (cold start)
    from cibw_debian.progress import ConsoleProgress  # noqa: PLC0415

    with ConsoleProgress("loading") as progress:
        progress.phase("checking")
        bundle, loaded = load(args.directory, engine=_engine(args), progress=progress.phase, key=args.key)
    _tell(args, bundle, loaded)


def _tell(args: Namespace, bundle: Bundle, entries: list[Entry]) -> None:
    from cibw_debian.images.bundle import describe  # noqa: PLC0415  (cold start)

    if args.format == "json":
        write_json({"directory": str(args.directory), "key": bundle.key, "entries": describe(entries)})
        return
    for entry in entries:
        note(f"{entry.kind} {entry.name}: {entry.size / 1e6:.0f} MB")
    if not entries:
        note("nothing: no image of ours and no toolchain is here that the other side lacks")


def _print_key(args: Namespace) -> None:
    from cibw_debian.images.recipe import recipe_for  # noqa: PLC0415  (cold start)

    words = [f"{image.name} {arch} {recipe_for(image, arch).fingerprint}" for image, arch in _chosen(args)]
    echo(hashlib.sha256("\n".join(words).encode()).hexdigest()[:16])
