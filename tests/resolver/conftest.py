from __future__ import annotations

from functools import cache

import pytest

from cibw_debian.resolver.index import Blocks, Index, open_blocks
from cibw_debian.resolver.model import Target
from cibw_debian.resolver.resolve import Resolver, open_resolver


@cache
def _resolver(target: str) -> Resolver:
    suite, _, deb_arch = target.partition("/")
    return open_resolver(Target(suite, deb_arch))


@pytest.fixture(scope="session")
def bookworm() -> Resolver:
    return _resolver("bookworm/armhf")


@pytest.fixture(scope="session")
def blocks() -> Blocks:
    return open_blocks()


@pytest.fixture(scope="session")
def indices(blocks: Blocks) -> dict[str, Index]:
    """The shipped indices by ``suite/deb-arch``."""
    return {name: Index(blocks, Target(*name.split("/"))) for name in blocks.targets}


@pytest.fixture(scope="session")
def on() -> object:
    """Return a resolver for ``suite/deb-arch``."""
    return _resolver
