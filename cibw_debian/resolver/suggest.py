"""Names that may have been meant by a name that nobody knows."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Iterator, List, Sequence

from . import index as kinds
from .index import Index

#: how many to show
_COUNT = 3
#: how alike, as difflib counts; 0.6 is its default, at which short names find strangers
_CUTOFF = 0.7
#: compare only with names of the index that begin alike; all of them would take a quarter of a second
_PREFIX = 2


def _alike(name: str, index: Index) -> Iterator[str]:
    stem = re.sub(r"^lib(?=.)", "", name)
    for prefix in (stem[:_PREFIX], f"lib{stem[:_PREFIX]}"):
        for source in index.keys(kinds.SOURCE_DEV, prefix):
            yield f"{source}-devel"
        for deb in index.names(prefix):
            yield re.sub(r"-dev$", "-devel", deb)


def suggest(name: str, table_names: Sequence[str], index: Index) -> List[str]:
    """Return rpm names that look like a name, best first.

    Args:
        name: The unknown rpm name.
        table_names: rpm names that have a row in the table.
        index: Where to look for more.
    """
    pool = dict.fromkeys(table_names)
    pool.update(dict.fromkeys(_alike(name.lower(), index)))
    return get_close_matches(name, pool, n=_COUNT, cutoff=_CUTOFF)
