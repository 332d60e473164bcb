"""The suites this package knows, and which Debian suites stand in where no index ships."""

from __future__ import annotations

from typing import Dict, List, Sequence, Tuple

from .files import read_json, reading
from .model import Target

_FILE = "suites.json"
#: where the archive's own index for an arch is missing, one of an arch with the same word size is nearest
_NEAREST_ARCHES: Dict[str, Tuple[str, ...]] = {
    "i386": ("armhf",),
    "ppc64el": ("arm64",),
    "riscv64": ("arm64",),
    "s390x": ("arm64",),
}


def suites() -> Dict[str, List[str]]:
    """Return the known suites, and for each the suites nearest to it, best first."""
    data = read_json(_FILE)
    with reading(_FILE):
        return {suite: entry["nearest"] for suite, entry in data.items()}


def release(suite: str) -> str:
    """Return the release of RHEL that a suite stands for: the newest whose glibc is not newer."""
    data = read_json(_FILE)
    with reading(_FILE):
        rhel: str = data.get(suite, {}).get("rhel", "9")
    return rhel


def known_versions(suite: str) -> Dict[str, str]:
    """Return versions of packages of a suite that has no index here, by package."""
    data = read_json(_FILE)
    with reading(_FILE):
        versions: Dict[str, str] = data.get(suite, {}).get("versions", {})
    return versions


def speakers(target: Target, indexed: Sequence[Target]) -> List[Target]:
    """Return the targets whose indices speak for a target: its own, or else the nearest, best first.

    Args:
        target: Any target.
        indexed: Targets that have an index.
    """
    if target in indexed:
        return [target]
    stand_ins = (
        Target(suite, deb_arch)
        for suite in (target.suite, *suites().get(target.suite, ()))
        for deb_arch in (target.deb_arch, *_NEAREST_ARCHES.get(target.deb_arch, ()))
    )
    return [stand_in for stand_in in stand_ins if stand_in in indexed]


def indexed_targets() -> Tuple[str, ...]:
    """Return the targets whose indices come with this package, as ``suite/deb-arch``."""
    data = read_json(_FILE)
    with reading(_FILE):
        return tuple(f"{suite}/{deb_arch}" for suite, entry in data.items() for deb_arch in entry["index"])
