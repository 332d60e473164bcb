"""`cibw-debian images push`: images of this machine to a registry."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cibw_debian.cli.parser import add_engine, add_format
from cibw_debian.cli.project import open_catalogue, open_settings
from cibw_debian.cli.target import check_arch
from cibw_debian.errors import ConfigurationError, ImageUnavailableError, UnknownImageError
from cibw_debian.terminal import echo, note, write_json

if TYPE_CHECKING:
    from argparse import Namespace

    from cibw_debian.engine.engine import Engine
    from cibw_debian.images.catalogue import Image
    from cibw_debian.images.push import Pushed

_PUSH = """\
Send images that are built here to REPOSITORY/NAME: the image of each arch by its
digest, then the list of all of them under a dated tag (YYYY.MM.DD-N, the next of
the day) and under `latest`.

Jobs that build one arch each use --no-tags, and a last one --digest for each of
the digests that they print. Credentials are those of `docker login`.
"""


def add(commands: Any) -> None:
    """Add the command to the parsers of `images`."""
    command = commands.add_parser("push", help="Send images to a registry.", description=_PUSH)
    command.add_argument("names", metavar="NAME", nargs="+", help="An image that is built here.")
    command.add_argument("--to", required=True, metavar="REPOSITORY", help="Host and path: ghcr.io/owner.")
    command.add_argument(
        "--arch", "--archs", default="", help="Only these: armv7l,riscv64. [default: those on this machine]"
    )
    group = command.add_mutually_exclusive_group()
    group.add_argument("--no-tags", action="store_true", help="Only send the images.")
    group.add_argument(
        "--digest",
        action="append",
        default=[],
        metavar="DIGEST",
        help="Send no image: list those that the registry has; repeatable.",
    )
    add_format(command)
    add_engine(command)
    command.set_defaults(run=_push)


def _push(args: Namespace) -> None:
    archs = [arch for arch in re.split(r"[\s,]+", args.arch) if arch]
    for arch in archs:
        check_arch(arch)
    if "/" not in args.to:
        raise ConfigurationError(f"--to {args.to} has no host", hint="Like ghcr.io/owner, without a tag.")
    if args.digest and len(args.names) > 1:
        raise ConfigurationError("--digest is for one image")
    catalogue = open_catalogue(open_settings())
    images = [catalogue.get(name) for name in args.names]
    for image in images:
        if not image.built_here:
            raise UnknownImageError(f"the image {image.name} is not built here: {image.home}")
    rows = [_push_one(image, archs, args) for image in images]
    if args.format == "json":
        write_json({"images": rows})
        return
    for row in rows:
        for digest in row["platforms"].values():
            echo(f"{row['repository']}@{digest}")
        for tag in row["tags"]:
            echo(f"{row['repository']}:{tag}@{row['digest']}")


def _push_one(image: Image, archs: list[str], args: Namespace) -> dict[str, Any]:
    from cibw_debian.engine.distribution import Repository  # noqa: PLC0415  (cold start)
    from cibw_debian.images.pins import next_tag  # noqa: PLC0415
    from cibw_debian.images.push import push_index  # noqa: PLC0415

    repository = Repository(f"{args.to.rstrip('/')}/{image.name}", push=True)
    pushed = _listed(args.digest, repository) if args.digest else _send(image, archs, args, repository)
    tags = [] if args.no_tags else [next_tag(repository.tags(), _today()), "latest"]
    return {
        "name": image.name,
        "repository": repository.name,
        "platforms": {entry.platform: entry.digest for entry in pushed},
        "tags": tags,
        "digest": push_index(pushed, tags, repository) if tags else None,
    }


def _send(image: Image, archs: list[str], args: Namespace, repository: Any) -> list[Pushed]:
    from cibw_debian.doctor.project import read_wants  # noqa: PLC0415  (cold start)
    from cibw_debian.engine.engine import Engine  # noqa: PLC0415
    from cibw_debian.images.push import push_image  # noqa: PLC0415

    engine = Engine(read_wants(os.environ, engine=args.engine).engine)
    engine.require()
    there = [arch for arch in archs or image.archs if _has(engine, image, arch, required=bool(archs))]
    if not there:
        raise ImageUnavailableError(
            f"no image {image.name} is on this machine",
            hint=f"`cibw-debian images build {image.name} --arch {image.archs[0]}` builds one.",
        )
    pushed = []
    for arch in there:
        note(f"{image.name} {arch}: sending to {repository.name}")
        pushed.append(push_image(image.reference(arch), repository, engine=engine))
    return pushed


def _has(engine: Engine, image: Image, arch: str, *, required: bool) -> bool:
    from cibw_debian.images.builder import is_current  # noqa: PLC0415  (cold start)

    if arch in image.archs and is_current(image, arch, engine):
        return True
    if required:
        raise ImageUnavailableError(
            f"{image.name} for {arch} is not on this machine, or built by another version",
            hint=f"`cibw-debian images build {image.name} --arch {arch}` builds it.",
        )
    return False


def _listed(digests: list[str], repository: Any) -> list[Pushed]:
    """Return what the registry says of images that other jobs sent."""
    from cibw_debian.images.push import Pushed  # noqa: PLC0415  (cold start)

    found: dict[str, Pushed] = {}
    for digest in digests:
        manifest = repository.manifest(digest)
        ((platform, own),) = manifest.platforms.items()
        if platform in found:
            raise ConfigurationError(f"two of the digests are for {platform}")
        found[platform] = Pushed(digest=own, size=manifest.size, platform=platform)
    return list(found.values())


def _today() -> str:
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    now = datetime.fromtimestamp(int(seconds), UTC) if seconds.isdecimal() else datetime.now(UTC)
    return now.strftime("%Y.%m.%d")
