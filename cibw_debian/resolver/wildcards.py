"""Which packages a name with wildcards stands for."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase, translate
from typing import Callable, Iterable, List, Sequence, Set, Tuple

from .index import Index

#: a wildcard needs this many letters before it
_MIN_LITERAL = 3
#: what no one means with a wildcard
_NOT_MEANT = r"-(?:cil|dbg|dbgsym|docs?|examples|java|ocaml|perl|ruby|tests|udeb)$"


def expand(
    pattern: str, names: Iterable[str], indices: Sequence[Index], resolve: Callable[[str], Tuple[str, ...]]
) -> List[str]:
    """Return the deb names that rpm names of this shape stand for, sorted.

    Args:
        pattern: rpm name with wildcards.
        names: The rpm names of the table.
        indices: Only the first is asked: the others are of other suites.
        resolve: Returns the deb names of an rpm name.
    """
    low = re.sub(r"-devel$", "-dev", pattern.lower())
    literal = re.split(r"[*?\[]", low, maxsplit=1)[0]
    if len(literal) < _MIN_LITERAL:
        return []
    found: Set[str] = set()
    if low == f"{literal}*":  # openssl-devel*
        found.update(resolve(pattern[:-1]))
    for name in names:
        if fnmatchcase(name, pattern):
            found.update(resolve(name))
    matches = re.compile(f"(?:lib)?(?:{translate(low)})").match
    for index in indices[:1]:
        for prefix in (literal, f"lib{literal}"):
            found.update(
                name for name in index.names(prefix) if matches(name) and not re.search(_NOT_MEANT, name)
            )
    return sorted(found)
