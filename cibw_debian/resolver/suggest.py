"""Names that may have been meant by a name that nobody knows."""

from __future__ import annotations

import re
from typing import Dict, FrozenSet, Iterator, List, Sequence, Set, Tuple

from . import index as kinds
from .index import Index

#: how many to show
_COUNT = 3
#: a shorter stem is not compared: of three letters, one slip leads to anything
_SHORTEST = 4
#: stems up to this are compared with the names of the table only
_SHORT = 4
#: stems from here on may have two slips
_LONG = 9


def slips(one: str, other: str) -> int:
    """Return how many letters were left out, added, mistaken or swapped with their neighbour.

    Two letters swapped are one slip, the most usual one.
    """
    before: List[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one):
        above, row = row, [i + 1]
        for j, wanted in enumerate(other):
            best = min(above[j] + (letter != wanted), above[j + 1] + 1, row[j] + 1)
            if before and j and letter == other[j - 1] and wanted == one[i - 1]:
                best = min(best, before[j - 1] + 1)
            row.append(best)
        before = above
    return row[-1]


def _bare(name: str) -> str:
    """Return a name without its ending for development, RHEL's or Debian's, or an attempt at one."""
    return re.sub(r"-(?:dev[a-z]{0,4}|static)$", "", name)


def _stem(name: str) -> str:
    return re.sub(r"^lib(?=..)", "", _bare(name).lower())


def _beginnings(stem: str) -> Set[str]:
    """Return the two letters that the right name may begin with: comparing with all names takes too long."""
    first, second, third = (*stem, "", "", "")[:3]
    return {first + second, first + third, second + first}


def _alike(name: str, index: Index) -> Iterator[str]:
    """Yield rpm names that the rules answer: those of sources with a -dev package, and those of packages."""
    for beginning in sorted(_beginnings(re.sub(r"^lib(?=.)", "", name))):
        for source in (
            *index.keys(kinds.SOURCE_DEV, beginning),
            *index.keys(kinds.SOURCE_DEV, "lib" + beginning),
        ):
            yield f"{source}-devel"
        for deb in index.names(beginning):
            if not deb.startswith("lib"):
                yield re.sub(r"-dev$", "-devel", deb)
        for deb in index.names("lib" + beginning):
            yield re.sub(r"-dev$", "-devel", deb)
            if deb.endswith("-dev"):
                yield f"{deb[len('lib') :]}el"


def suggest(name: str, table: Sequence[str], common: FrozenSet[str], index: Index) -> List[str]:
    """Return rpm names that look like a name, best first: those with the same stem, then those one slip away.

    Args:
        name: The unknown rpm name.
        table: rpm names that have a row in the table.
        common: rpm names that hooks ask for most.
        index: Where to look for more.
    """
    stem = _stem(name)
    same = [f"{other}-devel" for other in dict.fromkeys((_bare(name), f"lib{stem}", stem))]
    if len(stem) < _SHORTEST:
        return same
    known = dict.fromkeys((*sorted(common), *table))
    pool = list(known)
    if len(stem) > _SHORT:
        pool += dict.fromkeys(_alike(name.lower(), index))
    allowed = 1 if len(stem) < _LONG else 2
    found: Dict[str, Tuple[int, bool, bool, bool, str]] = {}
    wants_devel = _bare(name) != name
    for other in pool:
        if other == name or other in found or abs(len(_stem(other)) - len(stem)) > allowed:
            continue
        count = slips(stem, _stem(other))
        if 0 < count <= allowed:
            differs = (_bare(other) != other) != wants_devel
            found[other] = (count, other not in common, differs, other not in known, other)
    return same + sorted(found, key=found.__getitem__)[:_COUNT]
