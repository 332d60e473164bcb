"""Build an image on this machine from its distribution's archive, and load it into the container engine."""

from __future__ import annotations

import os
import re
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cibw_debian.engine.state import ImageState
from cibw_debian.errors import EngineError
from cibw_debian.host.cache import cache_directory, one_at_a_time
from cibw_debian.images.archive import read_layers, write_archive
from cibw_debian.images.bases import Source
from cibw_debian.images.interpreters import Interpreter, interpreters_for
from cibw_debian.images.local import state_of
from cibw_debian.images.mmdebstrap import Workshop, workshop
from cibw_debian.images.on_demand import write_layer
from cibw_debian.images.recipe import CREATED_LABEL, LEFT_OUT_LABEL, Recipe, recipe_for
from cibw_debian.images.releases import (
    NONE,
    Choice,
    installed,
    labels_of,
    load_releases,
    sorted_tags,
    wanted,
)
from cibw_debian.platforms import ARCHS
from cibw_debian.progress import ConsoleProgress

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cibw_debian.engine.engine import Engine, LocalImage
    from cibw_debian.images.catalogue import Image

#: message of the hook that asks the archive for its date
_DATE = re.compile(r"cibw-debian: date: (\d+)$", re.MULTILINE)
#: message of the setup hook about a line of sources.list; the suite is the second word behind the options
_LEFT_OUT = re.compile(r"cibw-debian: warning: left out, .*?: deb (?:\[[^]]*\] )?\S+ (\S+) ")


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
        rebuild: Build also if the engine has the image of the same recipe. Otherwise such an image only
            gets the interpreters that it lacks.

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
        before = engine.image(recipe.reference)
        state = ImageState.BUILD if rebuild else _state(image, arch, before, choice)
        if state is not ImageState.PRESENT:
            grows = state is ImageState.EXTEND
            choice = choice.of_image(before.labels, grows=grows) if before else choice
            log = cache_directory() / f"{name}.log"
            beside = progress.lane("interpreters")
            with (
                interpreters_for(recipe, image.gcc, choice, source=source, progress=beside) as interpreters,
                workshop(recipe.files, recipe.base, source, log=log, progress=progress) as shop,
            ):
                base = _base_of(before, engine, shop) if before and grows else _new_base(recipe, shop)
                _load(base, interpreters(), recipe, choice, engine=engine, shop=shop)
            # From one state of the archive comes the same image again.
            if before and engine.image(recipe.reference) != before:
                with suppress(EngineError):  # a container may still use the old image
                    engine.remove_image(before.id)
            progress.phase("done")
    return recipe.reference


def is_current(image: Image, arch: str, engine: Engine, choice: Choice = NONE) -> bool:
    """Tell whether the engine has the image with what is chosen, built with this version's recipe."""
    return _state(image, arch, engine.image(image.reference(arch)), choice) is ImageState.PRESENT


def _state(image: Image, arch: str, there: LocalImage | None, choice: Choice) -> ImageState:
    if not there or there.platform != ARCHS[arch].oci:
        return ImageState.BUILD
    return state_of(image, arch, choice, there.labels)


@dataclass(frozen=True, kw_only=True)
class _Base:
    """What an image has below its tools."""

    #: tar of the distribution's packages
    layer: Path
    #: RFC 3339 time of the archive's state
    created: str
    #: interpreter -> its version and the tar of its files
    interpreters: Mapping[str, tuple[str, Path]] = field(default_factory=dict)
    #: interpreters that were wanted, with those that had no tarball
    wanted: tuple[str, ...] = ()
    #: parts of the archive that could not be used
    left_out: str = ""


def _base_of(image: LocalImage, engine: Engine, shop: Workshop) -> _Base:
    """Take the base and the interpreters from an image that the engine has.

    Raises:
        ImageBuildError: The engine's archive of the image is not as it should be.
    """
    shop.progress.phase(f"copying what is there from {engine.name}")
    archive = shop.directory / "present.tar"
    with engine.reading("save", image.id) as source, archive.open("wb") as output:
        shutil.copyfileobj(source, output, 1 << 20)
    versions = installed(image.labels)
    layer, *others = read_layers(archive, shop.directory, 1 + len(versions))
    archive.unlink()
    return _Base(
        layer=layer,
        created=image.labels[CREATED_LABEL],
        interpreters={
            tag: (version, path) for (tag, version), path in zip(versions.items(), others, strict=True)
        },
        wanted=wanted(image.labels),
        left_out=image.labels.get(LEFT_OUT_LABEL, ""),
    )


def _new_base(recipe: Recipe, shop: Workshop) -> _Base:
    """Build the base from the archive.

    Raises:
        ImageBuildError: mmdebstrap failed.
    """
    root = os.geteuid() == 0
    variables = recipe.environment()
    layer = shop.directory / "layer.tar"
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
    created = datetime.fromtimestamp(int(epoch), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    left_out = " ".join(_LEFT_OUT.findall(shop.log.read_text(errors="replace")))
    return _Base(layer=layer, created=created, left_out=left_out)


def _load(
    base: _Base,
    compiled: Sequence[Interpreter],
    recipe: Recipe,
    choice: Choice,
    *,
    engine: Engine,
    shop: Workshop,
) -> None:
    """Load the image into the engine: the base, a layer for each interpreter, and our tools."""
    shop.progress.phase(f"loading into {engine.name}")
    tool = shop.directory / "tool.tar"
    write_layer(tool, load_releases())
    made = {**base.interpreters, **{i.tag: (i.version, i.layer) for i in compiled}}
    # In the order of the versions: an image that grew is the one that is built at once.
    made = {tag: made[tag] for tag in sorted_tags(made)}
    labels = labels_of({tag: version for tag, (version, _) in made.items()}, (*choice.tags, *base.wanted))
    labels |= {LEFT_OUT_LABEL: base.left_out} if base.left_out else {}
    engine.load(
        lambda output: write_archive(
            output,
            layers=[base.layer, *(path for _, path in made.values()), tool],
            reference=recipe.reference,
            configure=lambda digests: recipe.image_config(
                layer_digests=digests,
                created=base.created,
                labels=labels,
            ),
        )
    )


def _archive_date(log: str) -> int:
    """Return when the archive was last changed: two builds from the same state make the same image.

    Without an answer, the time is now. The build then fails with the archive's reason.
    """
    return max(map(int, _DATE.findall(log)), default=int(time.time()))
