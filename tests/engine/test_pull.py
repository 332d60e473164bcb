"""How far a pull is, from messages as docker sends them."""

from __future__ import annotations

import pytest

from cibw_debian.engine.pull import Layers

START = [
    {"status": "Pulling from mayeut/manylinux_2_31", "id": "2026.06.16-1"},
    {"status": "Already exists", "progressDetail": {}, "id": "a"},
    {"status": "Pulling fs layer", "progressDetail": {}, "id": "b"},
    {"status": "Pulling fs layer", "progressDetail": {}, "id": "c"},
    {"status": "Waiting", "progressDetail": {}, "id": "c"},
    {"status": "Downloading", "progressDetail": {"current": 1_000_000, "total": 40_000_000}, "id": "b"},
]
DOWNLOADED = [
    {"status": "Downloading", "progressDetail": {"current": 2_000_000, "total": 8_000_000}, "id": "c"},
    {"status": "Verifying Checksum", "progressDetail": {}, "id": "c"},
    {"status": "Download complete", "progressDetail": {}, "id": "b"},
]
END = [
    {"status": "Extracting", "progressDetail": {"current": 5, "total": 40_000_000}, "id": "b"},
    {"status": "Pull complete", "progressDetail": {}, "id": "b"},
    {"status": "Pull complete", "progressDetail": {}, "id": "c"},
    {"status": "Digest: sha256:0"},
    {"status": "Status: Downloaded newer image for mayeut/manylinux_2_31"},
]


@pytest.mark.parametrize(
    ("messages", "phase", "text"),
    [
        ([], "downloading", "nothing to download"),
        (START, "downloading", "1 of 3 layers, 1 of 40 MB downloaded"),
        (START + DOWNLOADED, "unpacking", "1 of 3 layers, 48 of 48 MB downloaded"),
        (START + DOWNLOADED + END, "unpacking", "3 of 3 layers, 48 of 48 MB downloaded"),
    ],
)
def test_layers(messages: list[dict[str, object]], phase: str, text: str) -> None:
    layers = Layers()
    for message in messages:
        layers.feed(message)
    assert (layers.phase, str(layers)) == (phase, text)
