"""The project in the current directory, as the commands see it: settings, catalogue, resolver."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cibw_debian.resolver.resolve import open_resolver

if TYPE_CHECKING:
    from cibw_debian.images.catalogue import Catalogue, Resolved
    from cibw_debian.resolver.model import Target
    from cibw_debian.resolver.resolve import Resolver
    from cibw_debian.settings import Settings


def open_settings() -> Settings | None:
    """Read the settings of the project in the current directory; None if there are none."""
    named = any(name.startswith("CIBW_DEBIAN_") for name in os.environ)
    if not named and not _mentions_us("pyproject.toml"):
        return None
    from cibw_debian.settings import load_settings  # noqa: PLC0415  (cold start)

    return load_settings("", os.environ)


def _mentions_us(path: str) -> bool:
    """Tell whether a file may have our table; reading it as TOML would be a tenth of a cold call."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123  (cold start: without pathlib)
            return b"cibw-debian" in file.read()
    except FileNotFoundError:
        return False
    except OSError:
        return True  # who reads the settings says what is wrong


def open_catalogue(settings: Settings | None) -> Catalogue:
    """Read the shipped catalogue, preceded by the project's own."""
    from cibw_debian.images.catalogue import load_catalogue  # noqa: PLC0415  (cold start)

    return load_catalogue(*([settings.images] if settings and settings.images else []))


def resolve_image(catalogue: Catalogue, name: str, arch: str) -> tuple[Resolved, str | None]:
    """Return what a name means on an arch, with cibuildwheel's own pin as the reference, and its alias.

    Raises:
        UnknownImageError: A short name that no image answers to on this arch.
    """
    from dataclasses import replace  # noqa: PLC0415  (cold start)

    from cibw_debian.cibw.adapter import pins  # noqa: PLC0415

    pinned = pins().get(arch, {})
    if name in pinned and not catalogue.candidates(name, arch):
        # an image of cibuildwheel's that is not Debian-based
        name = pinned[name]
    resolved = catalogue.resolve(name, arch, aliases=frozenset(pinned))
    if resolved.reference not in pinned:
        return resolved, None
    return replace(resolved, reference=pinned[resolved.reference]), resolved.reference


def open_names(target: Target, settings: Settings | None) -> Resolver:
    """Return the resolver for a target, with the project's own names.

    Raises:
        DataError: A data file of this package is damaged.
    """
    return open_resolver(target, packages=settings.packages if settings else None)


def read_file(path: str) -> str | None:
    """Return the text of a file of the current directory that a hook names, None if there is none."""
    from pathlib import Path  # noqa: PLC0415  (cold start)

    from cibw_debian.host.checkout import read_below  # noqa: PLC0415

    return read_below([Path()], path)
