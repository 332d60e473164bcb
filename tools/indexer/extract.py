"""What an archive's Packages and Contents files say, as records of the index."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from cibw_debian.resolver import index as kinds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: kind, key, package (empty for kinds.NAME)
Record = tuple[str, str, str]

#: tens of thousands of packages that no rpm name leads to
_IRRELEVANT = re.compile(r"^(?:librust-.*-dev|golang-.*-dev|libghc6?-.*|r-(?:cran|bioc|other)-.*)$")
_FIELDS = ("Package: ", "Source: ", "Section: ", "Provides: ")
_NO_LIBRARY = re.compile(r"-(?:bin|common|data|dbg|dev|doc|java|plugins?|tools|utils)$")

_CONTENTS = re.compile(
    r"""
      (?:usr/)?s?bin/ (?P<bin>[^/\s]+)
    | usr/(?:lib|share)/ (?:[^/\s]+/)? pkgconfig/ (?P<pc>[^/\s]+) \.pc
    | usr/ (?: share/perl5 | (?:share|lib/[^/\s]+)/perl5?/\d[^/]* | lib/[^/\s]+/perl-base ) /
        (?P<pl>(?:\w+/){0,3}\w+) \.pm
    | usr/(?:lib|share)/ (?:[^/\s]+/)? cmake/ (?:[^\s]*/)? (?P<cm>[^/\s]+?) (?:Config|-config)\.cmake
    | (?:usr/)?lib/ (?:[^/\s]+/)? (?P<so>lib[^/\s]+\.so\.\d[^/\s]*)
    | usr/lib/python3/dist-packages/ (?P<py>[^/\s]+?) -\d[^/\s]*\.(?:dist|egg)-info (?:/\S+)?
    """,
    re.VERBOSE,
)


def from_packages(lines: Iterable[str]) -> Iterator[Record]:
    """Yield names, provided names, and sources' development and library packages."""
    for fields in _paragraphs(lines):
        package = fields["Package"]
        if _IRRELEVANT.match(package):
            continue
        yield kinds.NAME, package, ""
        source = fields.get("Source", package).split(" ")[0]
        if package.endswith("-dev"):
            yield kinds.SOURCE_DEV, source, package
        elif fields.get("Section", "").endswith("libs") and not _NO_LIBRARY.search(package):
            yield kinds.SOURCE_LIB, source, package
        for provided in fields.get("Provides", "").split(","):
            name = re.split(r"[ (:]", provided.strip(), maxsplit=1)[0]
            if name and name != package:
                yield kinds.VIRTUAL, name, package


def _paragraphs(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    fields: dict[str, str] = {}
    for line in lines:
        if line.startswith(_FIELDS):
            key, _, value = line.partition(": ")
            fields[key] = value.strip()
        elif line == "\n" and fields:
            yield fields
            fields = {}
    if fields:
        yield fields


def from_contents(lines: Iterable[str]) -> Iterator[Record]:
    """Yield which package has which command, module or library; kinds are those of the resolver."""
    libraries: dict[tuple[str, str], str] = {}
    for line in lines:
        found = _CONTENTS.match(line)
        if not found or not line[found.end()].isspace() or not found.lastgroup:
            continue
        kind, key = found.lastgroup, found[found.lastgroup]
        for package in (place.rpartition("/")[2] for place in line[found.end() :].strip().split(",")):
            if _IRRELEVANT.match(package):
                continue
            if kind == kinds.SONAME:
                # libz.so.1 and libz.so.1.2.13: the shortest is the soname
                place = (key.partition(".so.")[0], package)
                libraries[place] = min(libraries.get(place, key), key, key=lambda name: (len(name), name))
            else:
                yield kind, _key(kind, key), package
    for (_, package), soname in libraries.items():
        yield kinds.SONAME, soname, package


def _key(kind: str, key: str) -> str:
    if kind == kinds.PERL:
        return key.replace("/", "::")
    if kind == kinds.CMAKE:
        return key.lower()
    if kind == kinds.PYTHON:
        return re.sub(r"[-_.]+", "-", key).lower()
    return key


class Collection:
    """Records of several targets: for each key and package the targets that have it, as a bit mask."""

    def __init__(self, targets: list[str]) -> None:
        self.targets = targets
        self.records: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def add(self, target: str, records: Iterable[Record]) -> None:
        bit = 1 << self.targets.index(target)
        for kind, key, package in records:
            self.records[f"{kind}/{key}"][package] |= bit
