"""`--suite` and `--arch`, as `lookup` and `translate` take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cibw_debian.errors import ConfigurationError
from cibw_debian.platforms import ARCHS
from cibw_debian.resolver.model import Target
from cibw_debian.resolver.suites import suites

if TYPE_CHECKING:
    from argparse import ArgumentParser

DEFAULT_SUITE = "bookworm"
DEFAULT_ARCH = "armv7l"


def add_arch(parser: ArgumentParser) -> None:
    """Add `--arch`."""
    parser.add_argument(
        "--arch",
        default=DEFAULT_ARCH,
        help="Architecture, in cibuildwheel's words. [default: %(default)s]",
    )


def make_target(suite: str, arch: str) -> Target:
    """Return the target for a suite and an arch in cibuildwheel's words.

    Raises:
        ConfigurationError: One of them is not known; the hint lists those that are.
    """
    known = list(suites())
    if suite not in known:
        raise ConfigurationError(f"Unknown suite {suite!r}", hint=f"Known suites: {', '.join(known)}.")
    if arch not in ARCHS:
        raise ConfigurationError(f"Unknown architecture {arch!r}", hint=f"Known: {', '.join(ARCHS)}.")
    return Target(suite, ARCHS[arch].deb)
