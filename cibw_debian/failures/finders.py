"""What is looked up for the name in a line: packages, images with a newer compiler, directories.

A finder returns None where a cause does not fit at all: the image's gcc has that header.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import tomli

from cibw_debian.failures.causes import load_table
from cibw_debian.platforms import ARCHS
from cibw_debian.resolver.files import read_data, reading
from cibw_debian.resolver.index import VERSION, Index, open_blocks
from cibw_debian.resolver.model import PACKAGE, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cibw_debian.hooks.translation import Names
    from cibw_debian.images.catalogue import Image
    from cibw_debian.planning.plan import PlannedBuild

_HEADERS = "headers.toml"


@dataclass(frozen=True, kw_only=True)
class Situation:
    """The build that failed."""

    build: PlannedBuild
    #: all images that there are
    images: Sequence[Image]
    #: package names of the image's suite; None where hooks are not translated
    names: Names | None
    #: Debian packages that the run installed
    installed: frozenset[str]

    @property
    def newer(self) -> Iterator[Image]:
        """The images with apt and the selected interpreters, those with the oldest glibc first."""
        fitting = [
            image
            for image in self.images
            if self.build.arch in image.archs
            and image.package_manager == "apt"
            and all(map(image.has_python, self.build.pythons))
        ]
        return iter(sorted(fitting, key=lambda image: (_numbers(image.policy), int(image.gcc))))


class Found(NamedTuple):
    """What a finder knows."""

    #: which text of the cause says it: `next`, `installed` or `otherwise`
    text: str
    #: what the texts name in braces
    fields: Mapping[str, str]


class _Package(NamedTuple):
    rpm: str
    deb: str


@functools.cache
def headers() -> Mapping[str, str]:
    """Return the rpm name for each header, directory of headers (`openssl/`) and library (`-lssl`).

    Raises:
        DataError: The table is damaged.
    """
    with reading(_HEADERS):
        rows: dict[str, list[str]] = tomli.loads(read_data(_HEADERS).decode())
    return {name: rpm for rpm, names in rows.items() for name in names}


def find(kind: str, what: str, situation: Situation) -> Found | None:
    """Look up what a cause needs.

    Args:
        kind: The cause's `find`; empty for nothing.
        what: The name in the log's line.
        situation: The build that failed.
    """
    fields = {
        "what": what,
        "arch": situation.build.arch,
        "ARCH": situation.build.arch.upper(),
        "suite": situation.build.image.suite if situation.build.image else "",
    }
    found = _FINDERS[kind](what, situation) if kind else Found("next", {})
    return found and Found(found.text, {**fields, **found.fields})


def _header(what: str, situation: Situation) -> Found:
    table = headers()
    parts = what.split("/")
    keys = [what, *("/".join(parts[:end]) + "/" for end in range(len(parts) - 1, 0, -1))]
    return _package([table[key] for key in keys if key in table], situation)


def _library(what: str, situation: Situation) -> Found:
    known = headers().get(f"-l{what}", "")
    names = [known] if known else [f"lib{what}-devel", f"{what}-devel", f"pkgconfig({what})"]
    return _package([*names, f"pkgconfig(lib{what})"], situation)


def _cmake(what: str, situation: Situation) -> Found:
    known = set(headers().values())
    guesses = (f"{what.lower()}-devel", f"lib{what.lower()}-devel")
    return _package([f"cmake({what})", *sorted(guesses, key=lambda name: name not in known)], situation)


def _package(specs: Sequence[str], situation: Situation) -> Found:
    """Return the first of some specs that the suite has a package for."""
    package = next(filter(None, (_known(spec, situation) for spec in specs)), None)
    if not package:
        return Found("otherwise", {})
    image = situation.build.image
    there = situation.installed | (image.packages if image else frozenset())
    return Found("installed" if package.deb in there else "next", package._asdict())


def _known(spec: str, situation: Situation) -> _Package | None:
    answer = situation.names.resolve(spec) if situation.names else None
    if not answer or answer.status != PACKAGE:
        return None
    # of several packages, that with the headers
    deb = next((deb for deb in answer.deb if deb.endswith("-dev")), answer.deb[0])
    return _Package(_rpm_name(spec, deb, situation), deb)


def _rpm_name(spec: str, deb: str, situation: Situation) -> str:
    """Return an rpm name for a package: the spec itself if that is one, else one that means the package."""
    if not re.search(r"[(/]", spec) or ".so." in spec:
        # dnf takes the path of a library too, and its package has another name than Debian's
        return spec
    assert situation.names  # noqa: S101  (it knew the package)
    stem = deb.removesuffix("-dev")
    guesses = [deb] if stem == deb else [f"{stem}-devel", f"{stem.removeprefix('lib')}-devel"]
    for name in dict.fromkeys((*headers().values(), *guesses)):
        answer = situation.names.resolve(name)
        if answer.status == PACKAGE and deb in answer.deb:
            return name
    return f"'{spec}'"


def _gcc(needed: int | None, situation: Situation) -> Found | None:
    image = situation.build.image
    if not needed or not image or int(image.gcc) >= needed:
        return None
    fields = {"version": str(needed), "gcc": image.gcc}
    for newer in situation.newer:
        if int(newer.gcc) >= needed:
            return Found("next", {**fields, "image": newer.name, "newer": newer.gcc, "policy": newer.policy})
    return Found("otherwise", fields)


def _glibc(what: str, situation: Situation) -> Found | None:
    needed = load_table().functions.get(what)
    image = situation.build.image
    if not needed or not image or _numbers(image.glibc) >= _numbers(needed):
        return None
    fields = {"version": needed, "glibc": image.glibc}
    for newer in situation.newer:
        if _numbers(newer.glibc) >= _numbers(needed):
            return Found(
                "next", {**fields, "image": newer.name, "newer": newer.glibc, "policy": newer.policy}
            )
    return Found("otherwise", fields)


def _gcc_standard(what: str, situation: Situation) -> Found | None:
    return _gcc(load_table().standards.get(what), situation)


def _rust(_: str, situation: Situation) -> Found:
    image = situation.build.image
    version = _rust_of(image, situation.build.arch) if image and situation.names else ""
    return Found("next" if version else "otherwise", {"version": version})


def _newer_rust(what: str, situation: Situation) -> Found:
    image, arch = situation.build.image, situation.build.arch
    own = (_rust_of(image, arch) if image else "") or "in the image"
    # edition2024 came with 1.85; lock files of version 4 with 1.78
    needed = {"edition2024": "1.85", "4": "1.78", "": "1.78"}.get(what, what)
    for newer in situation.newer:
        version = _rust_of(newer, arch)
        if version and _numbers(version) >= _numbers(needed) and newer != image:
            return Found("next", {"version": own, "image": newer.name, "newer": version})
    return Found("otherwise", {"version": own})


def _rust_of(image: Image, arch: str) -> str:
    blocks = open_blocks()
    target = Target(image.suite, ARCHS[arch].deb)
    if str(target) not in blocks.targets:
        return ""
    return next(iter(Index(blocks, target).find(VERSION, "rustc")), "")


def _lib64(_: str, situation: Situation) -> Found:
    """Find a directory lib64 that the loader is told to search, and not lib beside it."""
    for hook in (*situation.build.hooks, *situation.build.unchanged):
        found = re.search(r"LD_LIBRARY_PATH=[\"']?(?:\S*:)?([^\s:;\"']*/lib64)\b", hook.after)
        if found and not re.search(rf"{re.escape(found[1].removesuffix('64'))}(?![\w./])", hook.after):
            return Found("next", {"lib64": found[1], "lib": found[1].removesuffix("64")})
    return Found("otherwise", {})


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)))


_FINDERS: Mapping[str, Callable[[str, Situation], Found | None]] = {
    "gcc-header": lambda what, situation: _gcc(load_table().headers.get(what), situation),
    "gcc-standard": _gcc_standard,
    "glibc": _glibc,
    "header": _header,
    "library": _library,
    # RHEL's images have 64 bits
    "soname": lambda what, situation: _package([f"/usr/lib64/{what}"], situation),
    "fortran": lambda _, situation: _package(["gcc-gfortran"], situation),
    # Debian's alternatives (openblas) are in no index
    "pkgconfig": lambda what, situation: _package(
        [f"pkgconfig({what})", *filter(None, [headers().get(f"-l{what.removeprefix('lib')}")])], situation
    ),
    "cmake": _cmake,
    "command": lambda what, situation: _package([f"/usr/bin/{what}"], situation),
    "rust": _rust,
    "rust-newer": _newer_rust,
    "lib64": _lib64,
}
