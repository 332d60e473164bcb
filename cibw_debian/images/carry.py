"""Save images, toolchains and compiler caches of an engine as a bundle, and load them into another engine."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import shutil
import tarfile
import uuid
from typing import TYPE_CHECKING

from cibw_debian.engine.volumes import Volumes
from cibw_debian.errors import ConfigurationError
from cibw_debian.host.files import write_atomically
from cibw_debian.host.process import reaper, sigterm_raises
from cibw_debian.images.archive import write_archive
from cibw_debian.images.bundle import (
    INDEX,
    NAMES,
    OWN_FILES,
    Bundle,
    Entry,
    foreign,
    packing,
    read,
    suffix,
    unpacking,
)
from cibw_debian.mounts.native.toolchain import LABEL as NATIVE_LABEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from cibw_debian.engine.engine import Engine

_MOUNT = "/mnt/volume"


def save(
    directory: Path, references: Sequence[str], *, engine: Engine, progress: Callable[[str], None]
) -> Bundle:
    """Write a bundle of images, and of all toolchains and compiler caches that the engine has.

    Args:
        directory: A new or empty directory, or an older bundle, which is replaced.
        references: The images.
        engine: Has the images.
        progress: Gets what is being saved.

    Raises:
        ConfigurationError: The directory has something else, or cannot be written.
        EngineError: The engine refused.
    """
    engine.require()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        names = {path.name for path in directory.iterdir()}
        if others := sorted(name for name in names if not OWN_FILES.fullmatch(name)):
            raise ConfigurationError(f"{directory} has {others[0]}, which is no file of an older bundle")
        # Without an index an interrupted bundle is none.
        (directory / INDEX).unlink(missing_ok=True)
        label = f"cibw-debian.bundle={uuid.uuid4().hex}"
        with sigterm_raises(), _holder(engine) as holder, reaper(engine.name, label):
            entries = [*_save_images(directory, references, engine, progress)]
            entries += _save_volumes(directory, engine, (holder, label), progress)
        bundle = Bundle(architecture=engine.architecture(), entries=tuple(entries))
        for name in names - {INDEX} - {entry.file for entry in entries}:
            (directory / name).unlink()
        (directory / INDEX).touch()
        write_atomically(directory / INDEX, bundle.encode())
    except OSError as error:
        raise ConfigurationError(f"{directory} cannot be written: {error.strerror}") from error
    return bundle


def load(
    directory: Path, *, engine: Engine, progress: Callable[[str], None], key: str = ""
) -> tuple[Bundle, list[Entry]]:
    """Load a bundle; everything is checked before anything is loaded.

    Args:
        directory: The bundle.
        engine: Gets the images and volumes.
        progress: Gets what is being loaded.
        key: The bundle's key if the caller knows it.

    Returns:
        The bundle, and those of its entries that the engine did not have.

    Raises:
        DataError: The bundle is damaged, or of another machine or program.
        EngineError: The engine refused.
    """
    engine.require()
    bundle = read(directory)
    place = str(directory)
    if key and bundle.key != key:
        raise foreign(place, f"its key is {bundle.key}, not {key}")
    if bundle.architecture != engine.architecture():
        raise foreign(place, f"it is for {bundle.architecture}, and the engine is {engine.architecture()}")
    loaded = []
    label = f"cibw-debian.bundle={uuid.uuid4().hex}"
    with sigterm_raises(), _holder(engine) as holder, reaper(engine.name, label):
        for entry in bundle.entries:
            progress(entry.name)
            path = directory / entry.file
            if entry.kind == "image":
                new = _load_image(path, entry, engine)
            else:
                new = _load_volume(path, entry, engine, (holder, label))
            loaded += [entry] if new else []
    return bundle, loaded


def _save_images(
    directory: Path, references: Sequence[str], engine: Engine, progress: Callable[[str], None]
) -> Iterator[Entry]:
    for reference in references:
        progress(reference)
        file, size = _pack(directory, engine, "save", reference)
        platform = engine.image_platform(reference) or ""
        yield Entry(kind="image", name=reference, file=file, size=size, platform=platform)


def _save_volumes(
    directory: Path, engine: Engine, holder: tuple[str, str], progress: Callable[[str], None]
) -> Iterator[Entry]:
    image, label = holder
    for name in sorted(engine.text("volume", "ls", "--quiet", "--filter", f"label={NATIVE_LABEL}").split()):
        kind = next((kind for kind, names in NAMES.items() if names.fullmatch(name)), None)
        if kind is None:
            continue
        progress(name)
        options = ("--label", label, "--volume", f"{name}:{_MOUNT}")
        container = engine.create_container(image, f"linux/{engine.architecture()}", *options)
        file, size = _pack(directory, engine, "cp", f"{container}:{_MOUNT}/.", "-")
        (data,) = json.loads(engine.text("volume", "inspect", name))
        labels = {NATIVE_LABEL: str((data.get("Labels") or {}).get(NATIVE_LABEL, ""))}
        yield Entry(kind=kind, name=name, file=file, size=size, labels=labels)


def _load_image(path: Path, entry: Entry, engine: Engine) -> bool:
    before = engine.image(entry.name)
    with unpacking(path) as stream:
        engine.load(lambda output: shutil.copyfileobj(stream, output, 1 << 20))
    return engine.image(entry.name) != before


def _load_volume(path: Path, entry: Entry, engine: Engine, holder: tuple[str, str]) -> bool:
    filled = False

    def add(archive: tarfile.TarFile) -> None:
        nonlocal filled
        with unpacking(path) as stream, tarfile.open(fileobj=stream, mode="r|") as source:
            for member in source:
                archive.addfile(member, source.extractfile(member) if member.isfile() else None)
        filled = True

    image, label = holder
    platform = f"linux/{engine.architecture()}"
    Volumes(engine, label).fill(entry.name, add, image=image, platform=platform, labels=dict(entry.labels))
    return filled


@contextlib.contextmanager
def _holder(engine: Engine) -> Iterator[str]:
    """Give the engine an empty image: only a container gives access to a volume, and needs an image."""
    import tempfile  # noqa: PLC0415  (rarely needed)
    from pathlib import Path  # noqa: PLC0415

    reference = f"localhost/cibw-debian/empty:{uuid.uuid4().hex[:16]}"
    with tempfile.TemporaryDirectory() as name:
        layer = Path(name) / "layer.tar"
        with tarfile.open(layer, "w") as archive:
            member = tarfile.TarInfo("readme")
            archive.addfile(member, io.BytesIO())
        architecture = engine.architecture()
        engine.load(
            lambda output: write_archive(
                output,
                layers=[layer],
                reference=reference,
                configure=lambda digests: {
                    "os": "linux",
                    "architecture": architecture,
                    "config": {"Cmd": ["/none"]},
                    "rootfs": {"type": "layers", "diff_ids": digests},
                },
            )
        )
    try:
        yield reference
    finally:
        engine.text("image", "rm", "--force", reference)


def _pack(directory: Path, engine: Engine, *arguments: str) -> tuple[str, int]:
    """Compress what a command of the engine writes; return the file's name and size."""
    new = directory / f"new-{uuid.uuid4().hex}.tar.{suffix()}"
    try:
        with engine.reading(*arguments) as source, packing(new) as output:
            shutil.copyfileobj(source, output, 1 << 20)
        with new.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = new.stat().st_size
        return new.replace(directory / f"{digest}.tar.{suffix()}").name, size
    finally:
        new.unlink(missing_ok=True)
