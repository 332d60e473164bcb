"""Pins of the catalogue: which image a registry has for each, and the text that says so."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from cibw_debian.errors import ImageUnavailableError
from cibw_debian.platforms import ARCHS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cibw_debian.engine.distribution import Manifest
    from cibw_debian.images.catalogue import Image

#: as pypa's and mayeut's images, and ours: the day and its builds
_DATED = re.compile(r"(\d{4})\.(\d\d)\.(\d\d)-(\d{1,4})", re.ASCII)


class Answers(Protocol):
    """A repository in a registry: `cibw_debian.engine.distribution.Repository`."""

    def tags(self) -> list[str]: ...

    def manifest(self, reference: str) -> Manifest: ...

    def has(self, reference: str) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class Pin:
    tag: str
    #: of the index, or of the one image; may be empty
    digest: str = ""
    #: arch -> digest of the image for this arch
    digests: Mapping[str, str] = field(default_factory=dict, hash=False)

    @classmethod
    def of(cls, image: Image) -> Pin:
        return cls(tag=image.tag, digest=image.digest, digests=image.digests)

    def to_json(self) -> dict[str, Any]:
        return {"tag": self.tag, "digest": self.digest or None, "digests": dict(self.digests)}


class PinStatus(StrEnum):
    OK = "ok"
    #: the tag stands for another image now
    MOVED = "moved"
    VANISHED = "vanished"
    #: the registry cannot be asked
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of a pin."""

    name: str
    status: PinStatus
    reasons: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "status": self.status.value, "reasons": list(self.reasons)}


def newest_tag(tags: Iterable[str], current: str) -> str:
    """Return the newest dated tag; a tag that is not dated stays. Pure."""
    if not _DATED.fullmatch(current):
        return current
    return max((current, *filter(_DATED.fullmatch, tags)), key=_age)


def next_tag(tags: Iterable[str], day: str) -> str:
    """Return the dated tag for the next image of a day, ``2026.11.26``. Pure."""
    numbers = [found[4] for tag in tags if (found := _DATED.fullmatch(tag)) and tag.startswith(f"{day}-")]
    return f"{day}-{max(map(int, numbers), default=0) + 1}"


def _age(tag: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", tag)))


def find_pin(image: Image, repository: Answers, *, per_arch: bool) -> Pin:
    """Ask a registry for the newest pin of an image.

    Args:
        image: An image of a registry.
        repository: The image's.
        per_arch: Pin a digest for each arch; otherwise one for all.

    Raises:
        ImageUnavailableError: The registry does not answer, gives a wrong answer or lacks an arch.
    """
    tag = newest_tag(repository.tags(), image.tag)
    manifest = repository.manifest(tag)
    missing = [arch for arch in image.archs if ARCHS[arch].oci not in manifest.platforms]
    if missing:
        raise ImageUnavailableError(
            f"{image.repository}:{tag} has no image for {', '.join(missing)},"
            f" only for {', '.join(manifest.platforms) or 'nothing'}"
        )
    if not per_arch:
        return Pin(tag=tag, digest=manifest.digest)
    digests = {arch: manifest.platforms[ARCHS[arch].oci] for arch in image.archs}
    return Pin(tag=tag, digest=manifest.digest if image.digest else "", digests=digests)


def verify_pin(image: Image, repository: Answers) -> Verdict:
    """Ask a registry what became of the pin of an image."""
    try:
        status, reasons = _verify(Pin.of(image), repository)
    except ImageUnavailableError as error:
        status, reasons = PinStatus.UNKNOWN, [error.message]
    return Verdict(name=image.name, status=status, reasons=tuple(reasons))


def _verify(pin: Pin, repository: Answers) -> tuple[PinStatus, list[str]]:
    pinned = {"": pin.digest, **pin.digests}
    gone = [
        f"{_whose(arch)}{digest} is not there any more"
        for arch, digest in pinned.items()
        if digest and not repository.has(digest)
    ]
    if not repository.has(pin.tag):
        return PinStatus.VANISHED, [f"the tag {pin.tag} is not there any more", *gone]
    manifest = repository.manifest(pin.tag)
    found = {arch: manifest.platforms.get(ARCHS[arch].oci, "no image") for arch in pin.digests}
    if pin.digest:
        found[""] = manifest.digest
    moved = [
        f"{_whose(arch)}the tag {pin.tag} stands for {found[arch]}, not {pinned[arch]}"
        for arch in found
        if found[arch] != pinned[arch]
    ]
    status = PinStatus.VANISHED if gone else PinStatus.MOVED if moved else PinStatus.OK
    return status, gone + moved


def _whose(arch: str) -> str:
    return f"{arch}: " if arch else ""


def rewrite(text: str, pins: Mapping[str, Pin]) -> str:
    """Return the text of a catalogue with other pins; everything else stays as it is. Pure.

    Args:
        text: TOML that fits the catalogue's schema.
        pins: Name of an image of a registry -> its pin.
    """
    import tomlkit  # noqa: PLC0415  (cold start)
    from tomlkit.items import InlineTable  # noqa: PLC0415

    # tomlkit ends new lines with LF.
    windows = 0 < text.count("\n") == text.count("\r\n")
    document: Any = tomlkit.parse(text.replace("\r\n", "\n") if windows else text)
    for name, pin in pins.items():
        registry = document["images"][name]["registry"]
        spaced = isinstance(registry, InlineTable) and registry.as_string().endswith(" }")
        for key, value in (("tag", pin.tag), ("digest", pin.digest)):
            if value and registry.get(key) != value:
                registry[key] = value
        if pin.digests:
            table = registry.setdefault("digests", tomlkit.inline_table())
            for arch in [arch for arch in table if arch not in pin.digests]:
                del table[arch]
            for arch, digest in pin.digests.items():
                if table.get(arch) != digest:
                    table[arch] = digest
        if spaced and not registry.as_string().endswith(" }"):
            registry.add(tomlkit.ws(" "))  # a new key comes behind the blank before the brace
    changed: str = tomlkit.dumps(document)
    return changed.replace("\n", "\r\n") if windows else changed
