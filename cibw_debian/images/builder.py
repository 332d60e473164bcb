"""Build an image on this machine from its distribution's archive, and load it into the container engine."""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cibw_debian.errors import EngineError
from cibw_debian.host.cache import cache_directory, one_at_a_time
from cibw_debian.images.archive import write_archive
from cibw_debian.images.bases import Source
from cibw_debian.images.interpreters import Interpreter, interpreters_for
from cibw_debian.images.local import fits
from cibw_debian.images.mmdebstrap import Workshop, workshop
from cibw_debian.images.on_demand import write_layer
from cibw_debian.images.recipe import Recipe, recipe_for
from cibw_debian.images.releases import NONE, Choice, installed, labels_of, load_releases
from cibw_debian.platforms import ARCHS
from cibw_debian.progress import ConsoleProgress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cibw_debian.engine.engine import Engine
    from cibw_debian.images.catalogue import Image

#: message of the hook that asks the archive for its date
_DATE = re.compile(r"cibw-debian: date: (\d+)$", re.MULTILINE)


def build_image(
    image: Image,
    arch: str,
    *,
    engine: Engine,
    source: Source | None = None,
    choice: Choice = NONE,
    rebuild: bool = False,
) -> str:
    """Make sure that the engine has an image of the catalogue that is built here.

    Args:
        image: An entry of the catalogue with `built_here`.
        arch: cibuildwheel's name of the architecture.
        engine: The engine that the image is loaded into.
        source: The archive that the user chooses; mmdebstrap's own default if None.
        choice: The interpreters that the user chooses, beside the suite's own.
        rebuild: Build also if the engine has the image of the same recipe.

    Returns:
        The image's reference.

    Raises:
        ImageBuildError: The image cannot be built; all files of the build are removed.
        EngineError: The engine does not answer, or refused the image.
    """
    engine.require()
    recipe = recipe_for(image, arch)
    title = f"{image.name} {arch}"
    name = f"build-{image.name}-{arch}"
    source = source or Source()

    with (
        ConsoleProgress(title) as progress,
        # After the wait, the other build has made the image.
        one_at_a_time(name, lambda: progress.phase("waiting for another build of the same image")),
    ):
        if rebuild or not is_current(image, arch, engine, choice):
            # The next project that uses the image finds its interpreters too.
            there = engine.image(recipe.reference)
            choice = replace(choice, kept=tuple(installed(there.labels)) if there else ())
            log = cache_directory() / f"{name}.log"
            beside = progress.lane("interpreters")
            with (
                interpreters_for(recipe, image.gcc, choice, source=source, progress=beside) as interpreters,
                workshop(recipe.files, recipe.base, source, log=log, progress=progress) as shop,
            ):
                _build(recipe, interpreters, choice, engine=engine, shop=shop)
            progress.phase("done")
    return recipe.reference


def is_current(image: Image, arch: str, engine: Engine, choice: Choice = NONE) -> bool:
    """Tell whether the engine has the image with what is chosen, built with this version's recipe."""
    there = engine.image(image.reference(arch))
    return there is not None and there.platform == ARCHS[arch].oci and fits(image, arch, choice, there.labels)


def _build(
    recipe: Recipe,
    interpreters: Callable[[], Sequence[Interpreter]],
    choice: Choice,
    *,
    engine: Engine,
    shop: Workshop,
) -> None:
    """Build the image; `interpreters` waits for those that are compiled beside."""
    root = os.geteuid() == 0
    variables = recipe.environment()
    layer, tool = shop.directory / "layer.tar", shop.directory / "tool.tar"
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch.isdecimal():
        shop.run(recipe.date_options(shop.directory, root=root, source=shop.source), variables, layer, "")
        epoch = str(_archive_date(shop.log.read_text(errors="replace")))
    shop.run(
        recipe.mmdebstrap_options(shop.directory, root=root, source=shop.source),
        variables | {"SOURCE_DATE_EPOCH": epoch},
        layer,
        f"{recipe.name} for {recipe.arch.name}",
    )
    write_layer(tool, load_releases())
    made = interpreters()
    shop.progress.phase(f"loading into {engine.name}")
    before = engine.image(recipe.reference)
    labels = labels_of({i.tag: i.version for i in made}, choice.tags)
    created = datetime.fromtimestamp(int(epoch), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    engine.load(
        lambda output: write_archive(
            output,
            layers=[layer, *(interpreter.layer for interpreter in made), tool],
            reference=recipe.reference,
            configure=lambda digests: recipe.image_config(
                layer_digests=digests,
                created=created,
                labels=labels,
            ),
        )
    )
    if before:
        with suppress(EngineError):  # a container may still use the old image
            engine.remove_image(before.id)


def _archive_date(log: str) -> int:
    """Return when the archive was last changed: two builds from the same state make the same image.

    Without an answer, the time is now. The build then fails with the archive's reason.
    """
    return max(map(int, _DATE.findall(log)), default=int(time.time()))
