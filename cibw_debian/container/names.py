"""Names on this very image: the resolver proposes, the image's own lists of packages decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..resolver.index import Index, open_blocks
from ..resolver.model import Target
from ..resolver.resolve import Resolver
from ..resolver.suites import speakers
from ..resolver.table import load_table
from . import system


class ImageIndex(Index):
    """What this image's lists of packages have; who provides what is still told by the shipped indices."""

    def __init__(self, target: Target, shipped: Sequence[Index]) -> None:
        """Ask apt for all names.

        Args:
            target: This image's suite and deb arch.
            shipped: The indices that speak for it, best first.
        """
        self.target = target
        self._shipped = shipped
        self._available = system.available()

    def has(self, deb: str) -> bool:
        return deb in self._available

    def find(self, kind: str, key: str) -> tuple[str, ...]:
        found = (tuple(filter(self.has, index.find(kind, key))) for index in self._shipped)
        return next(filter(None, found), ())

    def keys(self, kind: str, prefix: str) -> Iterator[str]:
        for index in self._shipped[:1]:
            yield from index.keys(kind, prefix)

    def names(self, prefix: str) -> Iterator[str]:
        yield from sorted(name for name in self._available if name.startswith(prefix))


def open_image_resolver(target: Target, packages: Mapping[str, Sequence[str]], *, lists: bool) -> Resolver:
    """Return a resolver for the image that this runs in.

    Args:
        target: The image's suite and deb arch.
        packages: The project's own names.
        lists: Whether there are lists of packages to check against.
    """
    blocks = open_blocks()
    speaking = speakers(target, [Target(*name.split("/")) for name in blocks.targets])
    shipped = [Index(blocks, other) for other in speaking]
    indices: Sequence[Index] = [ImageIndex(target, shipped)] if lists else shipped
    return Resolver(target, table=load_table(), indices=indices, packages=packages)
