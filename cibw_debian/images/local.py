"""An image that is built here, as this machine has it or would build it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cibw_debian.engine.engine import Engine
from cibw_debian.engine.state import PATIENCE, ImageState
from cibw_debian.errors import EngineError
from cibw_debian.images.recipe import recipe_for
from cibw_debian.images.releases import installed, load_releases, sorted_tags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cibw_debian.images.catalogue import Image
    from cibw_debian.images.releases import Choice


def state_of(image: Image, arch: str, choice: Choice, labels: Mapping[str, str]) -> ImageState:
    """Tell what is to be done for what is chosen, where the engine has an image with these labels."""
    if not recipe_for(image, arch).has_built(labels):
        return ImageState.BUILD
    return ImageState.PRESENT if choice.is_met(labels, image.pythons[0]) else ImageState.EXTEND


def with_interpreters(image: Image, arch: str, choice: Choice, engine: str) -> Image:
    """Return the image with the interpreters that it has on this machine, or would have if it is built now.

    Args:
        image: An entry of the catalogue with `built_here`.
        arch: cibuildwheel's name of the architecture.
        choice: What the user chooses.
        engine: ``docker`` or ``podman``; one that does not answer is no error.

    Raises:
        ConfigurationError: The choice names no interpreter that can be built.
    """
    try:
        there = Engine(engine, patience=PATIENCE).image(image.reference(arch))
    except EngineError:
        there = None
    labels = there.labels if there else {}
    state = state_of(image, arch, choice, labels)
    if state is ImageState.PRESENT:
        tags = tuple(installed(labels))
    else:
        from cibw_debian.images.tarballs import obtainable  # noqa: PLC0415  (cold start)

        choice = choice.of_image(labels, grows=state is ImageState.EXTEND)
        optional = tuple(tag for tag in choice.tags if choice.may_lack(tag) and tag not in choice.present)
        found = obtainable(optional, load_releases(), choice.place)
        tags = tuple(tag for tag in choice.tags if tag in found or tag not in optional)
    own = image.pythons[0]
    return replace(image, pythons=(own, *(tag for tag in sorted_tags(tags) if tag != own)))
