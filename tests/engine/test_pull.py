"""How far a pull is, from messages as docker sends them; and pulls of podman."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from cibw_debian.engine.engine import Engine
from cibw_debian.engine.pull import Layers, pull
from cibw_debian.errors import ImageUnavailableError

if TYPE_CHECKING:
    from pathlib import Path

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


#: answers as podman 4 does
PODMAN = """#!/bin/sh
case "$1 $2" in
"version --format") echo '{{"Client": {{"Version": "4.9.3"}}}}' ;;
"pull --platform") {pull} ;;
"image inspect") echo '[{{"Id": "0", "Os": "linux", "Architecture": "{architecture}"}}]' ;;
esac
"""


@pytest.mark.parametrize(
    ("pull_command", "architecture", "reason"),
    [
        ("echo 'Error: reading manifest 1: manifest unknown' >&2; exit 125", "arm", "no such image, tag"),
        ("echo 'dial tcp: lookup r.example: no such host' >&2; exit 125", "arm", "cannot be reached"),
        ("true", "amd64", "has the image only for linux/amd64"),
        ("true", "arm", ""),
    ],
)
def test_podman_pulls_by_its_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pull_command: str, architecture: str, reason: str
) -> None:
    program = tmp_path / "podman"
    program.write_text(PODMAN.format(pull=pull_command, architecture=architecture))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    expected = pytest.raises(ImageUnavailableError, match=reason) if reason else nullcontext()
    with expected:
        pull(Engine("podman"), "r.example/image:1", "linux/arm/v7")
