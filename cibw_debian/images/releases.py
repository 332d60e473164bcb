"""The releases of CPython that images can have. Pure: data, and what a user chooses from them."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import TYPE_CHECKING

import tomli

from cibw_debian.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cibw_debian.settings import Settings

#: choices: what cibuildwheel builds by default, all that can be built, the suite's own interpreter alone
DEFAULT, ALL, SUITE = "default", "all", "suite"
#: the first minor version that can be built without the GIL
_FREE_THREADED = 13


#: label with the compiled interpreters of an image: `cp311=3.11.2 cp313t=3.13.5`
LABEL = "cibw-debian.interpreters"
#: label with the interpreters that were wanted
_WANTED_LABEL = "cibw-debian.interpreters.wanted"


@dataclass(frozen=True, kw_only=True)
class Release:
    """A tarball of CPython; the fields are those of `recipe/interpreters/releases.toml`."""

    version: str
    sha256: str
    format: str = "tar.xz"
    #: independent sources of the hash; 2 stands for more too
    sources: int = 2
    debian: str = ""

    @property
    def minor(self) -> int:
        return int(self.version.split(".")[1])

    @property
    def debian_package(self) -> str:
        """The source package of Debian that has the tarball."""
        return f"python3.{self.minor}"


@dataclass(frozen=True, kw_only=True)
class Releases:
    url: str
    default: tuple[str, ...]
    #: of a minor version, the preferred one first
    releases: tuple[Release, ...]

    @property
    def tags(self) -> tuple[str, ...]:
        """Every interpreter that some release gives."""
        minors = sorted({release.minor for release in self.releases})
        return tuple(
            f"cp3{minor}{t}" for minor in minors for t in ("", "t") if not t or minor >= _FREE_THREADED
        )

    def of(self, tag: str) -> tuple[Release, ...]:
        """Return the releases that give an interpreter, the preferred one first."""
        return tuple(release for release in self.releases if release.minor == minor_of(tag))

    def preferred(self, tag: str) -> Release:
        """Return the release that an interpreter is made from where each tarball is available."""
        return next(release for release in self.of(tag) if release.sources > 1)

    def chosen(self, choice: str) -> tuple[str, ...]:
        """Return the interpreters that a user chooses, beside the suite's own.

        Args:
            choice: ``default``, ``all``, ``suite``, or names with commas: ``cp311,cp313t``.

        Raises:
            ConfigurationError: A name is no interpreter that can be built.
        """
        words = [word for word in re.split(r"[,\s]+", choice) if word]
        groups = {SUITE: (), DEFAULT: self.default, ALL: self.tags}
        if len(words) == 1 and words[0] in groups:
            return groups[words[0]]
        unknown = [word for word in words if word not in self.tags]
        if unknown or not words:
            raise ConfigurationError(
                f"interpreters: {', '.join(map(repr, unknown)) or repr(choice)} cannot be built",
                hint=f"Write default, all, suite, or names with commas: {', '.join(self.tags)}.",
            )
        return tuple(dict.fromkeys(words))


def minor_of(tag: str) -> int:
    """Return 13 for ``cp313`` and for ``cp313t``."""
    return int(tag.removeprefix("cp3").removesuffix("t"))


def sorted_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return interpreters in the order of their versions."""
    return tuple(sorted(set(tags), key=lambda tag: (minor_of(tag), tag)))


@functools.cache
def load_releases() -> Releases:
    """Return the releases that this version knows."""
    file = files("cibw_debian.images").joinpath("recipe/interpreters/releases.toml")
    table = tomli.loads(file.read_text(encoding="utf-8"))
    return Releases(
        url=table["url"],
        default=tuple(table["default"]),
        releases=tuple(Release(**release) for release in table["releases"]),
    )


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The interpreters that a user chooses, beside the suite's own."""

    #: ``default``, ``all``, ``suite``, or names with commas
    words: str
    #: see `find_tarball`
    place: str = ""
    #: those that a project builds; of a group, only these are compiled. None: all of the group
    selected: frozenset[str] | None = None
    #: what the image has already, and keeps when it is built again
    kept: tuple[str, ...] = ()
    #: what the image that only grows has, and is not compiled again
    present: frozenset[str] = frozenset()

    @classmethod
    def of(cls, settings: Settings, selected: Iterable[str] | None = None) -> Choice:
        return cls(
            words=settings.interpreters,
            place=settings.pythons_from,
            selected=None if selected is None else frozenset(selected),
        )

    @property
    def tags(self) -> tuple[str, ...]:
        """The interpreters.

        Raises:
            ConfigurationError: A name is no interpreter that can be built.
        """
        chosen = load_releases().chosen(self.words)
        if self.is_group and self.selected is not None:
            chosen = tuple(tag for tag in chosen if tag in self.selected)
        return (*chosen, *(tag for tag in self.kept if tag not in chosen))

    @property
    def is_group(self) -> bool:
        return self.words in {ALL, DEFAULT}

    def may_lack(self, tag: str) -> bool:
        """Tell whether an interpreter without a tarball is left out; one that the user names is an error."""
        return self.is_group or tag not in load_releases().chosen(self.words)

    def compiled(self, own: str) -> tuple[str, ...]:
        """Return the interpreters that are compiled: not the suite's own, unless the user names it."""
        return tuple(
            tag for tag in self.tags if tag not in self.present and (tag != own or not self.may_lack(tag))
        )

    def of_image(self, labels: Mapping[str, str], *, grows: bool) -> Choice:
        """Return the choice for an image that is there: the next project finds its interpreters too.

        Args:
            labels: The image's.
            grows: Whether the image stays, and only gets what it lacks.
        """
        tags = tuple(installed(labels))
        return replace(self, kept=tags, present=frozenset(tags if grows else ()))

    def is_met(self, labels: Mapping[str, str], own: str) -> bool:
        """Tell whether an image with these labels has what is chosen, or all of it that was available.

        Args:
            labels: The image's.
            own: The suite's own interpreter, which every such image has.
        """
        return set(self.compiled(own)) <= {*installed(labels), *wanted(labels)}


NONE = Choice(words=SUITE)


def installed(labels: Mapping[str, str]) -> dict[str, str]:
    """Return the compiled interpreters of an image with these labels: tag -> version."""
    return dict(entry.split("=", 1) for entry in labels.get(LABEL, "").split())


def wanted(labels: Mapping[str, str]) -> tuple[str, ...]:
    """Return the interpreters that an image with these labels was to get; some may have had no tarball."""
    return tuple(labels.get(_WANTED_LABEL, "").split())


def labels_of(versions: Mapping[str, str], chosen: Iterable[str]) -> dict[str, str]:
    """Return the labels of an image with compiled interpreters.

    Args:
        versions: Interpreter -> version.
        chosen: The interpreters that users chose.
    """
    return {
        LABEL: " ".join("=".join(i) for i in versions.items()),
        _WANTED_LABEL: " ".join(sorted_tags(chosen)),
    }
