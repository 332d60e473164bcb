"""What an archive's Packages and Contents files say, as records of the index."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from cibw_debian.resolver import index as kinds

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

#: kind, key, package (empty for kinds.NAME)
Record = tuple[str, str, str]

#: tens of thousands of packages that no rpm name leads to
_IRRELEVANT = re.compile(r"^(?:librust-.*-dev|golang-.*-dev|libghc6?-.*|r-(?:cran|bioc|other)-.*)$")
_FIELDS = ("Package: ", "Source: ", "Section: ", "Provides: ", "Depends: ", "Version: ")
_NO_LIBRARY = re.compile(r"-(?:bin|common|data|dbg|dev|doc|java|plugins?|tools|utils)$")

#: sections with what a build runs
_TOOLS = frozenset(
    {"database", "devel", "golang", "interpreters", "java", "javascript", "ruby", "rust", "utils", "vcs"}
)
#: the upstream part of a version, three numbers of it at most
_UPSTREAM = re.compile(r"^(?:\d+:)?[a-z]*(\d+(?:\.\d+){0,2})")
#: names in a list of dependencies
_NEEDED = re.compile(r"(?:^|[,|])\s*([a-z0-9][a-z0-9+.-]+)")

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


def from_packages(lines: Iterable[str], programs: Container[str]) -> Iterator[Record]:
    """Yield names, versions, provided names, and sources' packages for development, libraries and programs.

    Args:
        lines: A Packages file.
        programs: The packages that have a command.
    """
    packages = [fields for fields in _paragraphs(lines) if not _IRRELEVANT.match(fields["Package"])]
    libraries = {fields["Package"]: _source(fields) for fields in packages if _is_library(fields)}
    for fields in packages:
        package = fields["Package"]
        yield kinds.NAME, package, ""
        source = _source(fields)
        if _is_versioned(fields) and (version := _UPSTREAM.search(fields.get("Version", ""))):
            yield kinds.VERSION, package, version[1]
        if package.endswith("-dev"):
            yield kinds.SOURCE_DEV, source, package
            for needed in _NEEDED.findall(fields.get("Depends", "")):
                if libraries.get(needed) == source:
                    yield kinds.RUNTIME, package, needed
        elif package in libraries:
            yield kinds.SOURCE_LIB, source, package
        elif package in programs and package != source:
            yield kinds.SOURCE_BIN, source, package
        for provided in fields.get("Provides", "").split(","):
            name = re.split(r"[ (:]", provided.strip(), maxsplit=1)[0]
            if name and name != package:
                yield kinds.VIRTUAL, name, package


def _source(fields: Mapping[str, str]) -> str:
    return fields.get("Source", fields["Package"]).split(" ")[0]


def _is_library(fields: Mapping[str, str]) -> bool:
    package = fields["Package"]
    return (
        fields.get("Section", "").endswith("libs")
        and not package.endswith("-dev")
        and not _NO_LIBRARY.search(package)
    )


def _is_versioned(fields: Mapping[str, str]) -> bool:
    """Tell whether rpm names or hooks ask for versions of a package: headers and programs for building."""
    package = fields["Package"]
    return package.endswith("-dev") or (
        fields.get("Section") in _TOOLS and not re.match(r"lib|node-|ruby-", package)
    )


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
