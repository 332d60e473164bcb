"""Send images of this machine to a registry: each by its digest, then the list of all platforms under tags.

Written here, because docker pushes only what has a tag, and a tag for each platform would stay in the
registry. The same image gives the same bytes, and so the same digest.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from cibw_debian.engine.distribution import INDEX, MANIFEST
from cibw_debian.errors import EngineError
from cibw_debian.host.cache import roomy
from cibw_debian.platforms import oci_platform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cibw_debian.engine.distribution import Repository
    from cibw_debian.engine.engine import Engine

_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """An image in a repository."""

    digest: str
    #: bytes of its manifest
    size: int
    #: OCI platform
    platform: str


def push_image(reference: str, repository: Repository, *, engine: Engine) -> Pushed:
    """Send an image that the engine has, under no tag.

    Raises:
        ImageUnavailableError: The registry does not take it.
        EngineError: The engine does not give it.
    """
    with tempfile.TemporaryDirectory(prefix="cibw-debian-", dir=roomy()) as name:
        saved = Path(name) / "image.tar"
        engine.text("save", "--output", str(saved), reference)
        with tarfile.open(saved) as archive:
            (entry,) = json.loads(_member(archive, "manifest.json").read())
            config = _member(archive, entry["Config"]).read()
            layers = [
                _push_layer(_member(archive, layer), repository, Path(name)) for layer in entry["Layers"]
            ]
    described = json.loads(config)
    platform = oci_platform(*(described.get(key) or "" for key in ("os", "architecture", "variant")))
    with tempfile.TemporaryFile() as file:
        file.write(config)
        file.seek(0)
        repository.put_blob(_digest(config), file)
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {"mediaType": _CONFIG, "digest": _digest(config), "size": len(config)},
        "layers": layers,
    }
    body = _encode(manifest)
    digest = repository.put_manifest(_digest(body), body)
    return Pushed(digest=digest, size=len(body), platform=platform)


def push_index(images: Sequence[Pushed], tags: Sequence[str], repository: Repository) -> str:
    """Send the list of images, one for each platform, under tags; return its digest.

    Raises:
        ImageUnavailableError: The registry does not take it.
    """
    body = make_index(images)
    return {repository.put_manifest(tag, body) for tag in tags}.pop()


def make_index(images: Sequence[Pushed]) -> bytes:
    """Return the list of images as a registry keeps it. Pure."""
    entries = [
        {
            "mediaType": MANIFEST,
            "digest": image.digest,
            "size": image.size,
            "platform": dict(zip(("os", "architecture", "variant"), image.platform.split("/"), strict=False)),
        }
        for image in sorted(images, key=lambda image: image.platform)
    ]
    return _encode({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries})


def _push_layer(layer: IO[bytes], repository: Repository, directory: Path) -> dict[str, Any]:
    with tempfile.TemporaryFile(dir=directory) as file:
        if layer.read(2) == _GZIP:
            layer.seek(0)
            shutil.copyfileobj(layer, file, 1 << 20)
        else:
            layer.seek(0)
            # No name and no time, so that the same layer gives the same bytes.
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=6, mtime=0) as output:
                shutil.copyfileobj(layer, output, 1 << 20)
        size = file.tell()
        file.seek(0)
        digest = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
        file.seek(0)
        repository.put_blob(digest, file)
    return {"mediaType": _LAYER, "digest": digest, "size": size}


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    file = archive.extractfile(name)
    if file is None:
        raise EngineError(f"the engine's archive of the image has no file {name}")
    return file


def _encode(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":"), sort_keys=True).encode()


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
