"""`cibw-debian images update` and `verify`: the pins of a catalogue, and what registries say of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cibw_debian.cli.parser import add_format
from cibw_debian.cli.project import open_settings
from cibw_debian.errors import (
    ConfigurationError,
    DataError,
    ImageUnavailableError,
    PinError,
    UnknownImageError,
)
from cibw_debian.terminal import echo, fold, note, style, width, write_json

if TYPE_CHECKING:
    from argparse import Namespace

    from cibw_debian.images.catalogue import Image
    from cibw_debian.terminal import Colour

_UPDATE = """\
Ask registries for the newest dated tag (YYYY.MM.DD-N) of each image that the
catalogue pins, and write tags and digests into the file. Comments and order stay.
A tag that is not dated stays, and gets the digest that it stands for now.

If one registry does not answer or gives a wrong answer, the file stays as it is.
"""
_VERIFY = """\
Ask registries whether the pinned tags and digests are there, and whether the tags
still stand for the digests. The exit code is 53 if a pin vanished or moved.
"""
#: questions to registries at the same time
_AT_ONCE = 4
_COLOURS: dict[str, Colour] = {"ok": "green", "moved": "yellow", "vanished": "red", "unknown": "red"}


def add(commands: Any) -> None:
    """Add the commands to the parsers of `images`."""
    command = commands.add_parser("update", help="Write the newest pins.", description=_UPDATE)
    _add_arguments(command)
    command.add_argument(
        "--per-arch", action="store_true", help="Pin a digest for each arch, not one for all of them."
    )
    command.add_argument("--dry-run", action="store_true", help="Write nothing.")
    command.set_defaults(run=_update)

    command = commands.add_parser("verify", help="Look for pins that vanished.", description=_VERIFY)
    _add_arguments(command)
    command.set_defaults(run=_verify)


def _add_arguments(command: Any) -> None:
    command.add_argument("names", metavar="NAME", nargs="*", help="Only these images of the catalogue.")
    command.add_argument(
        "--file", type=Path, help="The catalogue. [default: the project's own, or this package's]"
    )
    add_format(command)


def _open(args: Namespace) -> tuple[Path, list[Image]]:
    """Return the catalogue's path and those of its images that are to be looked at."""
    from cibw_debian.images.catalogue import read_images, shipped_catalogue  # noqa: PLC0415  (cold start)

    settings = open_settings()
    path: Path = args.file or (settings and settings.images) or shipped_catalogue()
    images = {image.name: image for image in read_images(path)}
    for name in args.names:
        if name not in images:
            raise UnknownImageError(f"{path} has no image {name!r}")
        if not images[name].tag:
            raise UnknownImageError(
                f"the image {name} has no pin in {path}: {images[name].home}",
                hint="Pins of cibuildwheel's own images come with newer releases of cibuildwheel.",
            )
    return path, [
        image for image in images.values() if image.tag and (not args.names or image.name in args.names)
    ]


def _update(args: Namespace) -> None:
    from cibw_debian.engine.distribution import Repository  # noqa: PLC0415  (cold start)
    from cibw_debian.host.files import write_atomically  # noqa: PLC0415
    from cibw_debian.images.catalogue import shipped_catalogue  # noqa: PLC0415
    from cibw_debian.images.pins import Pin, find_pin, rewrite  # noqa: PLC0415

    path, images = _open(args)
    if path == shipped_catalogue() and path.parent.name == "data" and not args.dry_run:
        raise ConfigurationError(
            f"{path} belongs to the installed package",
            hint="--file names a catalogue of your own; docs/images.md says how to make one.",
        )

    def find(image: Image) -> Pin:
        per_arch = args.per_arch or bool(image.digests)
        return find_pin(image, Repository(image.repository), per_arch=per_arch)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        pins = {image.name: pin for image, pin in zip(images, pool.map(find, images), strict=True)}
    text = path.read_bytes().decode()
    changed = rewrite(text, pins)
    _check_only_pins(path, text, changed)
    if changed != text and not args.dry_run:
        try:
            write_atomically(path, changed.encode())
        except OSError as error:
            raise ConfigurationError(f"{path}: cannot write the catalogue: {error.strerror}") from error
    before = {image.name: Pin.of(image) for image in images}
    if args.format == "json":
        rows = [
            {"name": name, "before": before[name].to_json(), "after": pin.to_json()}
            for name, pin in pins.items()
        ]
        write_json({"file": str(path), "changed": changed != text, "pins": rows})
        return
    for name, pin in pins.items():
        if pin != before[name]:
            moved = pin.tag == before[name].tag and before[name].digest not in {"", pin.digest}
            echo(f"{name}: {before[name].tag} -> {pin.tag} {pin.digest or ''}".rstrip())
            if moved:
                note(f"{name}: the tag {pin.tag} stood for {before[name].digest}")
    if changed == text:
        note(f"{path}: every pin is the newest")


def _check_only_pins(path: Path, before: str, after: str) -> None:
    """Make sure that a changed catalogue fits the schema, and differs in nothing but pins."""
    import tempfile  # noqa: PLC0415  (cold start)

    import tomli  # noqa: PLC0415

    from cibw_debian.images.catalogue import read_images  # noqa: PLC0415

    old, new = tomli.loads(before), tomli.loads(after)
    for document in (old, new):
        for image in document["images"].values():
            image.pop("registry", None)
    if old != new:
        raise DataError(f"{path}: the new pins cannot be written without another change")
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory) / path.name
        copy.write_bytes(after.encode())
        read_images(copy)


def _verify(args: Namespace) -> int:
    from cibw_debian.engine.distribution import Repository  # noqa: PLC0415  (cold start)
    from cibw_debian.images.pins import PinStatus, verify_pin  # noqa: PLC0415

    path, images = _open(args)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        verdicts = list(pool.map(lambda image: verify_pin(image, Repository(image.repository)), images))
    bad = [verdict.name for verdict in verdicts if verdict.status in {PinStatus.MOVED, PinStatus.VANISHED}]
    unknown = [verdict.name for verdict in verdicts if verdict.status is PinStatus.UNKNOWN]
    code = PinError.exit_code if bad else ImageUnavailableError.exit_code if unknown else 0
    if args.format == "json":
        write_json({"file": str(path), "ok": not code, "pins": [verdict.to_json() for verdict in verdicts]})
        return code
    for image, verdict in zip(images, verdicts, strict=True):
        status = style(f"{verdict.status.value:8}", _COLOURS[verdict.status.value])
        unpinned = "" if image.digest or image.digests else ", without a digest"
        echo(f"{status}  {style(verdict.name, bold=True)}: {image.repository}:{image.tag}{unpinned}")
        for reason in verdict.reasons:
            echo(fold(f"          {reason}", width(), 10))
    if bad:
        raise PinError(
            f"{path}: pins vanished or moved: {', '.join(bad)}",
            hint="`cibw-debian images update` writes the newest.",
        )
    if unknown:
        raise ImageUnavailableError(f"registries cannot be asked about {', '.join(unknown)}")
    return code
