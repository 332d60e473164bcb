"""Write the index file; `cibw_debian.resolver.index` says how it is laid out, and reads it."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from typing import TYPE_CHECKING

from cibw_debian.resolver.index import MAGIC

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.indexer.extract import Collection

#: characters of a block: larger ones pack better, smaller ones answer the first question sooner
BLOCK = 48 * 1024
_LEVEL = 9


def pack(collection: Collection, *, block: int = BLOCK) -> bytes:
    """Return the content of the file; the same records give the same bytes.

    Args:
        collection: What to write.
        block: Characters of a block, before it is packed.
    """
    everywhere = (1 << len(collection.targets)) - 1
    counts = Counter(
        mask for debs in collection.records.values() for mask in debs.values() if mask != everywhere
    )
    masks = sorted(counts, key=lambda mask: (-counts[mask], mask))
    places = {mask: f":{place}" for place, mask in enumerate(masks)} | {everywhere: ""}
    keys: list[str] = []
    ends: list[int] = []
    blocks = bytearray()
    for first, text in _blocks(collection, places, block):
        blocks += zlib.compress(text.encode(), _LEVEL)
        keys.append(first)
        ends.append(len(blocks))
    directory = {"targets": collection.targets, "masks": masks, "keys": keys, "ends": ends}
    packed = zlib.compress(json.dumps(directory, separators=(",", ":")).encode(), _LEVEL)
    return MAGIC + len(packed).to_bytes(4, "big") + packed + bytes(blocks)


def _blocks(collection: Collection, places: dict[int, str], limit: int) -> Iterator[tuple[str, str]]:
    first, lines, size = "", list[str](), 0
    for key, debs in sorted(collection.records.items()):
        line = f"{key}\t{' '.join(deb + places[mask] for deb, mask in sorted(debs.items()))}\n"
        if lines and size + len(line) > limit:
            yield first, "".join(lines)
            lines, size = [], 0
        if not lines:
            first = key
        lines.append(line)
        size += len(line)
    if lines:
        yield first, "".join(lines)
