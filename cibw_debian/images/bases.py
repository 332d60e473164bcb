"""The archives that images are built from: what the recipe knows of them, and what a user chooses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

import tomli

from cibw_debian.errors import ConfigurationError

if TYPE_CHECKING:
    from cibw_debian.settings import Settings

#: the word in a mirror that stands for the time of a snapshot
SNAPSHOT = "{snapshot}"
_KEYRINGS = "/usr/share/keyrings"
_TIME = re.compile(r"\d{8}T\d{6}Z")


@dataclass(frozen=True, kw_only=True)
class Base:
    """A distribution's archive; the fields are those of `recipe/bases/*.toml`."""

    components: tuple[str, ...]
    pockets: tuple[str, ...]
    keyring: str

    @property
    def keyring_path(self) -> str:
        return f"{_KEYRINGS}/{self.keyring}"


@dataclass(frozen=True, kw_only=True)
class Source:
    """The user's choice of an archive; empty fields stand for mmdebstrap's own defaults."""

    #: URL of an archive, or lines of a sources.list
    mirror: str = ""
    #: the archive's state at a time, 20261101T000000Z, for a mirror with `{snapshot}` in it
    snapshot: str = ""
    #: file with the keys that sign the archive
    keyring: str = ""

    @classmethod
    def of(cls, settings: Settings) -> Source:
        """Return the choice that the settings make.

        Raises:
            ConfigurationError: The settings contradict each other.
        """
        if settings.snapshot and not _TIME.fullmatch(settings.snapshot):
            raise ConfigurationError(
                f"snapshot: {settings.snapshot!r} is no time of an archive",
                hint="Write it as 20261101T000000Z.",
            )
        if bool(settings.snapshot) != (SNAPSHOT in settings.mirror):
            raise ConfigurationError(
                "a snapshot of an archive needs both settings: snapshot, and mirror with {snapshot} in it",
                hint='For example: mirror = "http://mirror.example/archive/debian/{snapshot}".',
            )
        return cls(mirror=settings.mirror, snapshot=settings.snapshot, keyring=str(settings.keyring or ""))

    def lines(self, base: Base, suite: str) -> tuple[str, ...]:
        """Return the lines of a sources.list; none where mmdebstrap chooses."""
        mirror = self.mirror.replace(SNAPSHOT, self.snapshot).strip()
        if not mirror or "deb " in mirror:
            return tuple(mirror.splitlines())
        # A keyring of the user's is copied into the image; the distribution's own keyring is there already.
        signed = "" if self.keyring else f" [signed-by={base.keyring_path}]"
        components = " ".join(base.components)
        return tuple(f"deb{signed} {mirror} {suite}{pocket} {components}" for pocket in ("", *base.pockets))


def load_base(distribution: str) -> Base:
    """Return the base of a distribution: ``debian-12``.

    Raises:
        ConfigurationError: There is no recipe for the distribution.
    """
    directory = files("cibw_debian.images").joinpath("recipe/bases")
    file = directory.joinpath(f"{distribution.rpartition('-')[0]}.toml")
    if not file.is_file():
        known = " and ".join(sorted(base.name.removesuffix(".toml") for base in directory.iterdir()))
        raise ConfigurationError(
            f"there is no recipe for {distribution}, only for {known}",
            hint="A catalogue can describe images of a registry for other distributions.",
        )
    table = tomli.loads(file.read_text(encoding="utf-8"))
    return Base(
        components=tuple(table["components"]), pockets=tuple(table["pockets"]), keyring=table["keyring"]
    )
