"""The catalogue: which images exist, what is in them, and what a name means for an arch."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli

from cibw_debian.errors import DataError, UnknownImageError
from cibw_debian.resolver.files import REINSTALL
from cibw_debian.schemas import find_violation

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


_POLICY = re.compile(r"manylinux_2_(\d+)")


@dataclass(frozen=True, kw_only=True)
class Image:
    #: the table's name in the catalogue
    name: str
    description: str
    #: further names it answers to
    names: tuple[str, ...]
    #: cibuildwheel's names
    archs: tuple[str, ...]
    #: ``manylinux_2_31``: what wheels built in it are tagged
    policy: str
    #: ``ubuntu-20.04``
    distribution: str
    #: codename of the archive: ``focal``
    suite: str
    #: the day from which the suite has no security updates any more, 2026-08-31, or empty
    end_of_life: str
    glibc: str
    #: major version
    gcc: str
    #: ``apt`` or ``dnf``
    package_manager: str
    #: Debian packages that hooks ask for and the image has already
    packages: frozenset[str]
    #: host and path, no tag
    repository: str
    #: the alias under which cibuildwheel itself pins it, or empty
    cibuildwheel: str
    #: the tag pinned here, or empty
    tag: str
    #: the digest pinned here, or empty
    digest: str
    #: arch -> the digest pinned here for this arch alone
    digests: Mapping[str, str] = field(default_factory=dict, hash=False)
    #: made on this machine
    built_here: bool
    #: interpreter tags; ``*`` for all that cibuildwheel knows
    pythons: tuple[str, ...]

    def answers_to(self, name: str) -> bool:
        return name in {self.name, *self.names, self.policy, self.distribution, self.suite}

    def has_python(self, tag: str) -> bool:
        """Whether an interpreter (``cp311``) is in the image."""
        return "*" in self.pythons or tag in self.pythons

    def reference(self, arch: str) -> str:
        """The image's reference for the container engine.

        For an image that cibuildwheel pins this is the alias, which cibuildwheel turns into its own pin.
        """
        if self.cibuildwheel:
            return self.cibuildwheel
        if self.built_here:
            return f"{self.repository}:{arch}"
        digest = self.digests.get(arch) or self.digest
        return f"{self.repository}:{self.tag}" + (f"@{digest}" if digest else "")

    @property
    def home(self) -> str:
        """The location of the image, for a person."""
        if self.cibuildwheel:
            return "pinned by cibuildwheel"
        return "built here" if self.built_here else "registry"

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "description": self.description,
            "names": sorted({*self.names, self.policy, self.distribution, self.suite}),
            "archs": list(self.archs),
            "policy": self.policy,
            "distribution": self.distribution,
            "suite": self.suite,
            "end_of_life": self.end_of_life or None,
            "glibc": self.glibc,
            "gcc": self.gcc,
            "package_manager": self.package_manager,
            "packages": sorted(self.packages),
            "repository": self.repository,
            "home": self.home,
            "tag": self.tag or None,
            "digest": self.digest or None,
            "digests": dict(self.digests),
            "pythons": list(self.pythons),
        }


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """What a name or reference means for one arch."""

    #: what was asked for
    requested: str
    #: for the container engine or, for what cibuildwheel pins, cibuildwheel's alias
    reference: str
    #: None for a reference that no image of the catalogue has
    image: Image | None


@dataclass(frozen=True)
class Catalogue:
    #: in order of preference
    images: tuple[Image, ...]

    def get(self, name: str) -> Image:
        """The image of that very name, or the first that answers to it on any arch.

        Raises:
            UnknownImageError: No image answers to it.
        """
        for image in self.images:
            if image.name == name:
                return image
        for image in self.images:
            if image.answers_to(name):
                return image
        raise self._unknown(name, self.images, "")

    def candidates(self, name: str, arch: str) -> tuple[Image, ...]:
        """Every image that answers to a short name on an arch, the preferred one first."""
        return tuple(i for i in self.images if arch in i.archs and i.answers_to(name))

    def recognise(self, reference: str) -> Image | None:
        """Return the image of a raw reference; its tag and digest do not matter."""
        repository = repository_of(reference)
        return next((i for i in self.images if i.repository == repository), None)

    def built_here(self, arch: str) -> tuple[Image, ...]:
        return tuple(i for i in self.images if i.built_here and arch in i.archs)

    def instead(self, arch: str, pythons: Collection[str]) -> tuple[Image, ...]:
        """Return the images that need no registry: those with all of these interpreters, or else with one."""
        local = self.built_here(arch)
        complete = tuple(image for image in local if all(map(image.has_python, pythons)))
        return complete or tuple(image for image in local if any(map(image.has_python, pythons)))

    def resolve(self, name: str, arch: str, *, aliases: frozenset[str] | None = None) -> Resolved:
        """Turn what a user wrote as an image into a reference.

        Args:
            name: A short name (``manylinux_2_35``, ``bullseye``), or a raw reference, which stays as it is.
            arch: cibuildwheel's name of the architecture.
            aliases: The aliases that the cibuildwheel in use pins for the arch; an image that only
                cibuildwheel pins is passed over if it is not among them. None: take all for granted.

        Raises:
            UnknownImageError: A short name that no image answers to on this arch, or a reference to an image
                that is for another arch alone.
        """
        if is_reference(name):
            known = self.recognise(name)
            if known and len(known.archs) == 1 and arch not in known.archs:
                raise UnknownImageError(
                    f"the image {name} is for {known.archs[0]}, not for {arch}",
                    hint=f"`cibw-debian images list --arch {arch}` shows the images for {arch}.",
                )
            return Resolved(requested=name, reference=name, image=known)
        for image in self.candidates(name, arch):
            if image.cibuildwheel and aliases is not None and image.cibuildwheel not in aliases:
                continue
            return Resolved(requested=name, reference=image.reference(arch), image=image)
        raise self._unknown(name, tuple(i for i in self.images if arch in i.archs), arch)

    def is_misspelt(self, name: str, arch: str) -> bool:
        """Tell whether a name is meant for a short name and is none; the engine may have any other image."""
        return name.startswith("manylinux") or bool(self.resembling(name, arch))

    def resembling(self, name: str, arch: str) -> list[str]:
        """Return the short names for an arch that a name may be a misspelling of, the likeliest first."""
        return _close(name, tuple(image for image in self.images if arch in image.archs))

    def _unknown(self, name: str, images: tuple[Image, ...], arch: str) -> UnknownImageError:
        close = _close(name, images)
        meant = f" Perhaps you meant {' or '.join(repr(c) for c in close)}?" if close else ""
        on = f" for {arch}" if arch else ""
        rows = [f"  {i.name}: {i.policy}, {i.distribution}, {i.suite}" for i in images]
        exist = "\n".join([f"Images{on}, with the names they answer to:", *rows]) if rows else ""
        return UnknownImageError(f"there is no image {name!r}{on}.{meant}", hint=exist)


def _close(name: str, images: tuple[Image, ...]) -> list[str]:
    if asked := _POLICY.fullmatch(name):
        # Of policies, the nearest glibc is meant, whatever the digits look like.
        policies = {
            i.policy: abs(int(found[1]) - int(asked[1]))
            for i in images
            if (found := _POLICY.fullmatch(i.policy))
        }
        return sorted(policies, key=policies.__getitem__)[:3]
    names = sorted({n for i in images for n in (i.name, *i.names, i.policy, i.distribution, i.suite)})
    return difflib.get_close_matches(name, names, n=3, cutoff=0.6)


def is_reference(name: str) -> bool:
    """Whether a name is a raw reference for the container engine and not a short name of the catalogue."""
    return any(mark in name for mark in "/:@")


def repository_of(reference: str) -> str:
    """A reference without digest and tag (a port's colon comes before the last slash)."""
    head, slash, last = reference.partition("@")[0].rpartition("/")
    return head + slash + last.partition(":")[0]


def load_catalogue(*further: Path) -> Catalogue:
    """Read the shipped catalogue, preceded by further ones of the user's.

    Raises:
        DataError: A file cannot be read or does not fit the schema; names file, image and field.
    """
    return Catalogue(tuple(image for path in (*further, shipped_catalogue()) for image in read_images(path)))


def read_images(path: Path) -> tuple[Image, ...]:
    """Read and check one catalogue file.

    Raises:
        DataError: It cannot be read or does not fit the schema; names file, image and field.
    """
    hint = (
        REINSTALL
        if path == shipped_catalogue()
        else "The setting `images` names this file. docs/images.md has its fields."
    )
    try:
        data = tomli.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{path}: cannot read the image catalogue: {error.strerror}", hint=hint) from error
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: not a TOML file: {error}", hint=hint) from error
    _check(data, path, hint)
    lists = data.get("packages", {})
    for name, table in data["images"].items():
        if table.get("packages", "") not in {"", *lists}:
            raise DataError(f"{path}: [images.{name}] packages: [packages] has no such list", hint=hint)
    return tuple(_image(name, table, lists) for name, table in data["images"].items())


def _image(name: str, table: dict[str, Any], lists: dict[str, list[str]]) -> Image:
    registry = table.get("registry", {})
    return Image(
        name=name,
        description=table["description"],
        names=tuple(table.get("names", ())),
        archs=tuple(table["archs"]),
        policy=table["policy"],
        distribution=table["distribution"],
        suite=table["suite"],
        end_of_life=table.get("end-of-life", ""),
        glibc=table["glibc"],
        gcc=table["gcc"],
        package_manager=table["package-manager"],
        packages=frozenset(lists.get(table.get("packages", ""), ())),
        repository=table["repository"],
        cibuildwheel=table.get("cibuildwheel", ""),
        tag=registry.get("tag", ""),
        digest=registry.get("digest", ""),
        digests=registry.get("digests", {}),
        built_here=table.get("built-here", False),
        pythons=tuple(table["pythons"]),
    )


def _check(data: dict[str, Any], path: Path, hint: str) -> None:
    violation = find_violation("images", data)
    if violation is None:
        return
    reason = violation.reason
    if violation.rule == "oneOf":
        reason = "must have a location: exactly one of 'cibuildwheel', 'registry', 'built-here'"
    place = " ".join(filter(None, (f"[{'.'.join(violation.path[:2])}]", ".".join(violation.path[2:]))))
    raise DataError(f"{path}: {place}: {reason}", hint=hint)


def shipped_catalogue() -> Path:
    """Return the path of the catalogue that comes with this package."""
    # In a wheel the catalogue stands among the data; in a checkout, at the top level.
    package = Path(__file__).parents[1]
    inside = package / "data" / "images.toml"
    return inside if inside.exists() else package.parent / "images.toml"
