"""The layer with `manylinux-interpreters`: an image lists its interpreters and adds one that is missing."""

from __future__ import annotations

import io
import json
import tarfile
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from cibw_debian.images.releases import Releases

_PROGRAM = "manylinux_interpreters.py"
_DIRECTORY = "opt/_internal/manylinux-interpreters"
#: the tools' interpreter is the suite's own, and every image that is built here has it
_START = f'#!/bin/sh\nexec /opt/_internal/tools/bin/python -I /{_DIRECTORY}/{_PROGRAM} "$@"\n'
#: seconds since 1970: 2020-01-01, the date of every file in an interpreter's layer
_DATE = 1577836800


def write_layer(path: Path, releases: Releases) -> None:
    """Write the layer as a tar.

    Args:
        path: The tar's.
        releases: What the program can compile.
    """
    recipe = files("cibw_debian.images").joinpath("recipe")
    content = {
        f"{_DIRECTORY}/{_PROGRAM}": recipe.joinpath("interpreters", _PROGRAM).read_bytes(),
        f"{_DIRECTORY}/compile.sh": recipe.joinpath("interpreters", "compile.sh").read_bytes(),
        f"{_DIRECTORY}/packages.txt": recipe.joinpath("interpreters", "packages.txt").read_bytes(),
        f"{_DIRECTORY}/python.txt": recipe.joinpath("python.txt").read_bytes(),
        f"{_DIRECTORY}/releases.json": json.dumps(described(releases)).encode(),
        "usr/local/bin/manylinux-interpreters": _START.encode(),
    }
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for name, data in content.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(data), _DATE
            member.mode = 0o755 if name.startswith("usr/") else 0o644
            tar.addfile(member, io.BytesIO(data))


def described(releases: Releases) -> dict[str, object]:
    """Return what the program reads: names in /opt/python, with their releases, the preferred one first."""
    return {
        "url": releases.url,
        "interpreters": {
            f"{tag.removesuffix('t')}-{tag}": [
                {"version": r.version, "sha256": r.sha256, "format": r.format}
                for r in sorted(releases.of(tag), key=lambda r: r != releases.preferred(tag))
            ]
            for tag in releases.tags
        },
    }
