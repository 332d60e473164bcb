"""An engine with an image of a few bytes."""

from __future__ import annotations

import io
import tarfile
import uuid
from typing import TYPE_CHECKING

import pytest

from cibw_debian.engine.engine import Engine
from cibw_debian.images.archive import write_archive
from cibw_debian.mounts.companion import Companion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ENGINE = Engine()
PLATFORM = "linux/arm/v7"


@pytest.fixture
def image(tmp_path: Path) -> Iterator[str]:
    reference = f"localhost/cibw-debian/test:{uuid.uuid4().hex}"
    layer = tmp_path / "layer.tar"
    layer.write_bytes(archive({"mnt/readme": reference.encode()}))

    load(layer, reference)
    yield reference
    ENGINE.remove_image(reference)


def load(
    layer: Path,
    reference: str,
    *,
    engine: Engine = ENGINE,
    platform: str = PLATFORM,
    labels: dict[str, str] | None = None,
) -> None:
    """Give the engine an image of one layer."""
    system, architecture, *variant = platform.split("/")

    def configure(digests: list[str]) -> dict[str, object]:
        return {
            "os": system,
            "architecture": architecture,
            "variant": "".join(variant),
            "config": {"Labels": labels or {"a": "b"}, "Cmd": ["/x"]},
            "rootfs": {"type": "layers", "diff_ids": digests},
        }

    engine.load(
        lambda output: write_archive(output, layers=[layer], reference=reference, configure=configure)
    )


def content_of(files: dict[str, bytes]) -> Callable[[tarfile.TarFile], None]:
    return Companion(files=files).add_to


def archive(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        content_of(files)(tar)
    return buffer.getvalue()
