"""The package's data files, whether it is a directory or a zip file."""

from __future__ import annotations

import os
from typing import Any

_DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data")


def data_path(name: str) -> str:
    """Return where a data file is; inside a zip file this is no path that can be opened."""
    return os.path.join(_DATA, *name.split("/"))


def read_data(name: str) -> bytes:
    """Read a data file (importlib.resources does the same and takes ten times as long to import)."""
    loader: Any = globals()["__loader__"]
    content: bytes = loader.get_data(data_path(name))
    return content
