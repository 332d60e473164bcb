"""`--suite`, `--image` and `--arch`: where packages are to be installed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from cibw_debian.errors import ConfigurationError, UnknownImageError
from cibw_debian.platforms import ARCHS, resembling_arch
from cibw_debian.resolver.model import Target
from cibw_debian.resolver.suites import indexed_targets, speakers, suites
from cibw_debian.terminal import note

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from cibw_debian.images.catalogue import Image
    from cibw_debian.settings import Settings

DEFAULT_SUITE = "bookworm"
DEFAULT_ARCH = "armv7l"


class Where(NamedTuple):
    """An image, as far as names of packages depend on it."""

    suite: str
    #: cibuildwheel's word
    arch: str
    #: whether it has apt; otherwise hooks stay as they are
    apt: bool = True
    #: Debian packages that the image has already, as far as it is known
    packages: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """For a person: ``bookworm/armv7l``."""
        return f"{self.suite}/{self.arch}"

    @property
    def target(self) -> Target:
        return Target(self.suite, ARCHS[self.arch].deb)

    @property
    def indexed(self) -> bool:
        """Whether this very target's index comes with this package."""
        return str(self.target) in indexed_targets()


def add_target(parser: ArgumentParser) -> None:
    """Add `--suite`, `--image` and `--arch`."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--suite", help=f"Suite or image: bookworm, ubuntu-22.04, manylinux_2_35. [default: {DEFAULT_SUITE}]"
    )
    where.add_argument("--image", help="Image, as cibuildwheel's image options take it.")
    add_arch(parser, default=DEFAULT_ARCH)


def add_arch(parser: ArgumentParser, *, default: str | None = None, required: bool = False) -> None:
    """Add `--arch`, which is `--archs` too."""
    words = "Architecture, in cibuildwheel's words: armv7l."
    parser.add_argument(
        "--arch",
        "--archs",
        default=default,
        required=required,
        help=f"{words} [default: {default}]" if default else words,
    )


def check_arch(arch: str) -> None:
    """Refuse what is no arch.

    Raises:
        ConfigurationError: The hint lists the archs.
    """
    if arch not in ARCHS:
        close = resembling_arch(arch)
        meant = f" Perhaps you meant {close}?" if close else ""
        raise ConfigurationError(f"there is no arch {arch!r}.{meant}", hint=f"Archs: {', '.join(ARCHS)}.")


def find_target(args: Namespace, settings: Settings | None) -> Where:
    """Return what `--suite`, `--image` and `--arch` say, and tell on standard error what is worth knowing.

    Raises:
        ConfigurationError: A suite or an arch is not known; the hint lists those that are.
        UnknownImageError: No image of the catalogue answers to the name on this arch.
    """
    check_arch(args.arch)
    chosen = args.suite is not None or args.image is not None
    suite = args.suite if chosen else _default_suite(args.arch)
    if suite in suites():
        where = Where(suite, args.arch)
    else:
        image = _image(args, settings)
        where = Where(image.suite, args.arch, apt=image.package_manager == "apt", packages=image.packages)
    tell(args, where)
    return where


def require_apt(args: Namespace, settings: Settings | None) -> Where:
    """Return what `find_target` does, if names are to be translated there.

    Raises:
        ConfigurationError: The image has dnf.
        Others: As `find_target`.
    """
    where = find_target(args, settings)
    if not where.apt:
        raise ConfigurationError(
            f"{args.image or args.suite} has dnf: the names are right for it as they are",
            hint="Name a Debian-based image; `cibw-debian images list` shows the package manager of each.",
        )
    return where


def _image(args: Namespace, settings: Settings | None) -> Image:
    from cibw_debian.cli.project import open_catalogue  # noqa: PLC0415  (cold start)

    name = args.image or args.suite
    try:
        image = open_catalogue(settings).resolve(name, args.arch).image
    except UnknownImageError as error:
        if args.image is not None:
            raise
        known = ", ".join(suites())
        raise ConfigurationError(
            f"there is no suite or image {name!r} for {args.arch}", hint=f"Suites: {known}.\n{error.hint}"
        ) from error
    if image is None:
        raise ConfigurationError(
            f"{name} is not in the catalogue, so its suite is not known",
            hint="Name its suite with --suite instead.",
        )
    return image


def _default_suite(arch: str) -> str:
    """Return the suite that is meant if none is named: one that has the arch."""
    deb = ARCHS[arch].deb
    indexed = [suite for suite, _, other in (t.partition("/") for t in indexed_targets()) if other == deb]
    return DEFAULT_SUITE if DEFAULT_SUITE in indexed or not indexed else indexed[0]


def tell(args: Namespace, where: Where) -> None:
    """Write to standard error what a person should know about a target."""
    if args.format != "text":
        return
    chosen = args.suite is not None or args.image is not None
    name = where.name
    # A script that reads the answer has chosen, or does not care.
    if not chosen and sys.stderr.isatty():
        note(f"for {name}; choose with --suite or --image, and --arch")
    if where.apt and not where.indexed:
        others = speakers(where.target, [Target(*other.split("/")) for other in indexed_targets()])
        note(f"names are not verified: {others[0] if others else 'no index'} answers for {name}")
