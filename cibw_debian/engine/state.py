"""What a container engine has and would have to get: a quick look that changes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from cibw_debian.engine.engine import Engine
from cibw_debian.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

#: seconds that the engine has for each answer
PATIENCE = 3.0


class ImageState(StrEnum):
    """What a run would do to have an image."""

    #: nothing: the engine has the image
    PRESENT = "present"
    PULL = "pull"
    BUILD = "build"
    #: build interpreters that the image lacks
    EXTEND = "extend"
    #: the engine does not answer
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class NeededImage:
    """An image that a build needs."""

    #: the image as the engine knows it
    reference: str
    #: OCI platform: `linux/arm/v7`
    platform: str
    #: of an image that is built on this machine, not pulled: tells from its labels what is to be done
    state: Callable[[Mapping[str, str]], ImageState] | None = None


@dataclass(frozen=True, kw_only=True)
class EngineState:
    """What an engine says about itself and about images."""

    #: architecture of the engine's machine in the words of OCI platforms (`amd64`); empty if not known
    architecture: str
    #: one for each image that was asked for, in the same order
    images: tuple[ImageState, ...]


def look(name: str, images: Sequence[NeededImage], *, patience: float = PATIENCE) -> EngineState:
    """Ask an engine about itself and about images, everything at the same time.

    An engine that is not installed, does not run or does not answer in time is no error.

    Args:
        name: ``docker`` or ``podman``.
        images: What builds need.
        patience: Seconds that the engine has for each answer.
    """
    engine = Engine(name, patience=patience)

    def state(image: NeededImage) -> ImageState:
        try:
            there = engine.image(image.reference)
        except EngineError:
            return ImageState.UNKNOWN
        if there and there.platform == image.platform:
            return image.state(there.labels) if image.state else ImageState.PRESENT
        return ImageState.BUILD if image.state else ImageState.PULL

    def architecture() -> str:
        try:
            return engine.architecture()
        except EngineError:
            return ""

    with ThreadPoolExecutor(max_workers=len(images) + 1) as pool:
        asked = pool.submit(architecture)
        states = tuple(pool.map(state, images))
        return EngineState(architecture=asked.result(), images=states)
