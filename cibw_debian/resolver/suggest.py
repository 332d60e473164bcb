"""Names that may have been meant by a name that nobody knows."""

from __future__ import annotations

import re
from typing import Dict, FrozenSet, Iterator, List, NamedTuple, Sequence, Set, Tuple

from . import index as kinds
from .index import Index

#: how many to show
_COUNT = 3
#: among stems up to this, one wrong letter leads to anything: only slips of a finger count
_SHORT = 4
#: stems from here on may have two slips
_LONG = 9
_MANY = 99
_ENDING = "-devel"
_PREFIX = "lib"
_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")


class _Reading(NamedTuple):
    """What a typed name may be: a stem, and the slips in what stands around the stem."""

    stem: str
    slips: int
    is_devel: bool


def slips(one: str, other: str) -> int:
    """Return how many letters were left out, added, mistaken or swapped with their neighbour.

    Two letters swapped are one slip, the most usual one.
    """
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
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


def is_slip_of_a_finger(typed: str, meant: str) -> bool:
    """Tell whether a letter was swapped with the next, left out, doubled, or the key beside was hit."""
    if len(typed) < len(meant):
        return any(typed == meant[:at] + meant[at + 1 :] for at in range(len(meant)))
    if len(typed) > len(meant):
        return any(typed == meant[:at] + meant[at] + meant[at:] for at in range(len(meant)))
    differing = [at for at in range(len(typed)) if typed[at] != meant[at]]
    pairs = {typed[at] + meant[at] for at in differing}
    if len(differing) == 1:
        return any(pair in row or pair[::-1] in row for pair in pairs for row in _ROWS)
    return len(differing) == 2 and differing[1] - differing[0] == 1 and len(set(map(frozenset, pairs))) == 1  # noqa: PLR2004


def _bare(name: str) -> str:
    """Return a name without its ending for development, RHEL's or Debian's, or an attempt at one."""
    if "-dev" not in name and not name.endswith("-static"):
        return name  # the cheap test first: thousands of names are compared
    return re.sub(r"-(?:dev[a-z]{0,4}|static)$", "", name)


def _stem(name: str) -> str:
    low = _bare(name).lower()
    return low[len(_PREFIX) :] if low.startswith(_PREFIX) and len(low) > len(_PREFIX) + 1 else low


def _readings(name: str) -> Set[_Reading]:
    """Return what a name may be, with one slip in ``lib`` or in ``-devel`` at most."""
    low = name.lower()
    bare = _bare(low)
    found = {_Reading(stem, 0, bare != low) for stem in (bare, _stem(low))}
    if bare == low:
        for cut in range(len(_ENDING) - 1, len(_ENDING) + 2):
            if slips(low[-cut:], _ENDING) == 1:
                found |= {_Reading(stem, 1, True) for stem in (low[:-cut], _stem(low[:-cut]))}
    for cut in range(len(_PREFIX) - 1, len(_PREFIX) + 2):
        if slips(low[:cut], _PREFIX) == 1:
            found.add(_Reading(bare[cut:], 1, bare != low))
    return {reading for reading in found if len(reading.stem) > 1}


def _distance(reading: _Reading, stems: Tuple[str, str], allowed: int) -> int:
    """Return the slips between what was typed and another name's stem; many where nobody can tell."""
    stem = min(stems, key=lambda stem: abs(len(stem) - len(reading.stem)))
    if abs(len(stem) - len(reading.stem)) + reading.slips > allowed:
        return _MANY
    count = slips(reading.stem, stem)
    if count and min(len(reading.stem), len(stem)) <= _SHORT and not is_slip_of_a_finger(reading.stem, stem):
        return _MANY
    return reading.slips + count


def _beginnings(stem: str) -> Set[str]:
    """Return the two letters that the right name may begin with: comparing with all names takes too long."""
    first, second, third = (*stem, "", "", "")[:3]
    return {first + second, first + third, second + first}


def _alike(stems: Set[str], index: Index) -> Iterator[str]:
    """Yield rpm names that the rules answer: those of sources with a -dev package, and those of packages."""
    for beginning in sorted({beginning for stem in stems for beginning in _beginnings(stem)}):
        for source in (
            *index.keys(kinds.SOURCE_DEV, beginning),
            *index.keys(kinds.SOURCE_DEV, _PREFIX + beginning),
        ):
            yield f"{source}{_ENDING}"
        for deb in index.names(beginning):
            if not deb.startswith(_PREFIX):
                yield re.sub(r"-dev$", _ENDING, deb)
        for deb in index.names(_PREFIX + beginning):
            yield re.sub(r"-dev$", _ENDING, deb)
            if deb.endswith("-dev"):
                yield f"{deb[len(_PREFIX) :]}el"


def suggest(name: str, table: Sequence[str], common: FrozenSet[str], index: Index) -> List[str]:
    """Return rpm names that look like a name, best first: those with the same stem, then those one slip away.

    Args:
        name: The unknown rpm name.
        table: rpm names that have a row in the table.
        common: rpm names that hooks ask for most.
        index: Where to look for more.
    """
    stem = _stem(name)
    readings = _readings(name)
    same = [f"{other}{_ENDING}" for other in dict.fromkeys((_bare(name), f"{_PREFIX}{stem}", stem))]
    if not readings:
        return same
    known = dict.fromkeys(sorted(common))
    if len(stem) >= _SHORT:
        known.update(dict.fromkeys(table))
    pool = list(known)
    if len(stem) > _SHORT:
        pool += dict.fromkeys(_alike({_stem(reading.stem) for reading in readings}, index))
    allowed = 1 if len(stem) < _LONG else 2
    found: Dict[str, Tuple[int, bool, bool, bool, str]] = {}
    for other in pool:
        if other == name or other in found:
            continue
        bare = _bare(other)
        stems = (bare.lower(), _stem(bare))
        count, differs = min(
            (_distance(one, stems, allowed), one.is_devel == (bare == other)) for one in readings
        )
        if 0 < count <= allowed:
            found[other] = (count, other not in common, differs, other not in known, other)
    return same + sorted(found, key=found.__getitem__)[:_COUNT]
