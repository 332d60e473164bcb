"""Docker image archives, as `docker load` and `podman load` read them.

Written here, because `docker import --platform linux/arm/v7` of docker 20.10 records the host's platform.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
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
