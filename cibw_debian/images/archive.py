"""Docker image archives, as `docker load` and `podman load` read them.

Written here, because `docker import --platform linux/arm/v7` of docker 20.10 records the host's platform.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
from typing import IO, TYPE_CHECKING, Any, cast

from cibw_debian.errors import ImageBuildError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path


class _HashingReader:
    """Hands a file on and hashes what passes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self._digest.update(chunk)
        return chunk

    @property
    def digest(self) -> str:
        return f"sha256:{self._digest.hexdigest()}"


def write_archive(
    output: IO[bytes],
    *,
    layers: Sequence[Path],
    reference: str,
    configure: Callable[[list[str]], dict[str, Any]],
) -> None:
    """Write an image.

    Args:
        output: Where to; need not be seekable.
        layers: Tars of the file system, the lowest first.
        reference: The name that the image is loaded under.
        configure: From the layers' digests to the image's configuration.
    """
    with tarfile.open(fileobj=output, mode="w|", format=tarfile.PAX_FORMAT, bufsize=1 << 20) as archive:
        names = [f"{number}.tar" for number in range(len(layers))]
        digests = []
        for name, layer in zip(names, layers, strict=True):
            with layer.open("rb") as file:
                reader = _HashingReader(file)
                member = tarfile.TarInfo(name)
                member.size = layer.stat().st_size
                archive.addfile(member, reader)
            digests.append(reader.digest)
        config = json.dumps(configure(digests)).encode()
        config_name = f"{hashlib.sha256(config).hexdigest()}.json"
        manifest = [{"Config": config_name, "RepoTags": [reference], "Layers": names}]
        for name, content in ((config_name, config), ("manifest.json", json.dumps(manifest).encode())):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def read_layers(path: Path, directory: Path, count: int) -> list[Path]:
    """Copy the lowest layers of an image, as an engine saves it, to files.

    Args:
        path: The image's archive.
        directory: Gets the files.
        count: How many layers.

    Raises:
        ImageBuildError: The archive has another format, or its layers are not those of the image.
    """
    try:
        return [*_copied_layers(path, directory, count)]
    except (tarfile.TarError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ImageBuildError(
            f"the image that is there cannot be read: {error}",
            hint="`cibw-debian images build --rebuild` builds the whole image.",
        ) from error


def _copied_layers(path: Path, directory: Path, count: int) -> Iterator[Path]:
    with tarfile.open(path) as archive:

        def read(name: str) -> IO[bytes]:
            # An engine may write a layer that comes twice as a link.
            return cast("IO[bytes]", archive.extractfile(name))

        (manifest,) = json.load(read("manifest.json"))
        digests = json.load(read(manifest["Config"]))["rootfs"]["diff_ids"]
        names = manifest["Layers"]
        if len(names) != len(digests) or len(names) < count:
            raise ValueError(f"it has {len(names)} layers")
        for number, (name, digest) in enumerate(zip(names[:count], digests[:count], strict=True)):
            layer = directory / f"present-{number}.tar"
            reader = _HashingReader(read(name))
            with layer.open("wb") as file:
                shutil.copyfileobj(reader, file, 1 << 20)
            if reader.digest != digest:
                raise ValueError(f"its layer {number} is damaged")
            yield layer
