"""Names that may have been meant by a name that nobody knows."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Iterator, List, Sequence, Set

from . import index as kinds
from .index import Index

#: how many to show
_COUNT = 3
#: how many to look at closely
_CLOSE = 12
#: how alike, as difflib counts; 0.6 is its default, at which short names find strangers
_CUTOFF = 0.7
#: letters per slip of the fingers
_LETTERS_PER_SLIP = 4


def slips(one: str, other: str) -> int:
    """Return how many letters were left out, added, mistaken or swapped with their neighbour.

    difflib does not know swapped letters, the most usual slip: to it, ``zilb`` is nearer to ``zimlib``.
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


def suggest(name: str, table_names: Sequence[str], index: Index) -> List[str]:
    """Return rpm names that look like a name, best first.

    Args:
        name: The unknown rpm name.
        table_names: rpm names that have a row in the table.
        index: Where to look for more.
    """
    pool = dict.fromkeys(table_names)
    pool.update(dict.fromkeys(_alike(name.lower(), index)))
    close = get_close_matches(name, pool, n=_CLOSE, cutoff=_CUTOFF)
    allowed = 1 + len(re.sub(r"-devel$", "", name)) // _LETTERS_PER_SLIP
    distances = [(slips(name, other), other) for other in close]
    # sorted() leaves names with as many slips in difflib's order
    best = sorted((pair for pair in distances if pair[0] <= allowed), key=lambda pair: pair[0])
    return [other for _, other in best[:_COUNT]]
