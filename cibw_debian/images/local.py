"""An image that is built here, as this machine has it or would build it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from cibw_debian.engine.engine import Engine
from cibw_debian.engine.state import PATIENCE, ImageState
from cibw_debian.errors import EngineError
from cibw_debian.images.recipe import LEFT_OUT_LABEL, recipe_for
from cibw_debian.images.releases import installed, load_releases, sorted_tags

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cibw_debian.images.catalogue import Image
    from cibw_debian.images.releases import Choice


def state_of(image: Image, arch: str, choice: Choice, labels: Mapping[str, str]) -> ImageState:
    """Tell what is to be done for what is chosen, where the engine has an image with these labels."""
    if not recipe_for(image, arch).has_built(labels):
        return ImageState.BUILD
    return ImageState.PRESENT if choice.is_met(labels, image.pythons[0]) else ImageState.EXTEND


class Here(NamedTuple):
    """An image that is built here, as builds find it."""

    #: with the interpreters that it has, or would have if it is built now
    image: Image
    #: interpreters that were chosen and have no tarball
    missing: tuple[str, ...] = ()
    #: what the image lacks, for a person
    warnings: tuple[str, ...] = ()


def look_here(image: Image, arch: str, choice: Choice, engine: str, *, today: str = "") -> Here:
    """Return what builds find in an image on this machine.

    Args:
        image: An entry of the catalogue with `built_here`.
        arch: cibuildwheel's name of the architecture.
        choice: What the user chooses.
        engine: ``docker`` or ``podman``; one that does not answer is no error.
        today: The day, 2026-08-31: of a suite that has ended, nobody expects updates.

    Raises:
        ConfigurationError: The choice names no interpreter that can be built.
        ImageBuildError: The choice names an interpreter that has no tarball.
    """
    try:
        there = Engine(engine, patience=PATIENCE).image(image.reference(arch))
    except EngineError:
        there = None
    labels = there.labels if there else {}
    state = state_of(image, arch, choice, labels)
    own = image.pythons[0]
    if state is ImageState.PRESENT:
        tags = set(installed(labels))
        missing = sorted_tags(tag for tag in choice.compiled(own) if tag not in tags)
    else:
        choice = choice.of_image(labels, grows=state is ImageState.EXTEND)
        missing = _without_tarball(choice, own)
        tags = set(choice.tags).difference(missing)
    found = replace(image, pythons=(own, *sorted_tags(tags - {own})))
    stays = state is not ImageState.BUILD and not "" < image.end_of_life < today
    left_out = labels.get(LEFT_OUT_LABEL, "") if stays else ""
    warnings = _warnings(image, arch, choice, state=state, missing=missing, left_out=left_out)
    return Here(found, missing, tuple(warnings))


def _without_tarball(choice: Choice, own: str) -> tuple[str, ...]:
    """Return the interpreters of a group that have no tarball.

    Raises:
        ImageBuildError: An interpreter that the user names has none.
    """
    from cibw_debian.images.tarballs import obtainable, unavailable, why_not  # noqa: PLC0415  (cold start)

    compiled = choice.compiled(own)
    found = obtainable(compiled, load_releases(), choice.place)
    missing = tuple(tag for tag in compiled if tag not in found)
    for tag in missing:
        if not choice.may_lack(tag):
            raise unavailable(tag, why_not(load_releases(), choice.place))
    return missing


def _warnings(
    image: Image,
    arch: str,
    choice: Choice,
    *,
    state: ImageState,
    missing: tuple[str, ...],
    left_out: str,
) -> Iterator[str]:
    again = f"`cibw-debian images build {image.name} --arch {arch} --rebuild` tries again"
    if missing and state is ImageState.PRESENT:
        yield f"{image.name} was built without {' '.join(missing)}, which had no tarball of CPython; {again}"
    elif missing:
        from cibw_debian.images.tarballs import why_not  # noqa: PLC0415  (cold start)

        yield (
            f"there is no tarball of CPython for {' '.join(missing)}:"
            f" {why_not(load_releases(), choice.place)}; the setting `pythons-from` names a directory with"
            " tarballs, or another address"
        )
    if left_out:
        yield (
            f"{image.name} was built without {left_out}, whose index could not be used then: its packages"
            f" lack updates; {again}"
        )
