"""The package's data files, whether it is a directory or a zip file."""

from __future__ import annotations

import json
import os
import zlib
from contextlib import contextmanager
from typing import Any, Iterator

from ..errors import DataError

_DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data")

#: what to do about a damaged file
REINSTALL = "Reinstall cibw-debian."


def data_path(name: str) -> str:
    """Return where a data file is; inside a zip file this is no path that can be opened."""
    return os.path.join(_DATA, *name.split("/"))


def read_data(name: str) -> bytes:
    """Read a data file (importlib.resources does the same and takes ten times as long to import).

    Raises:
        DataError: It cannot be read.
    """
    loader: Any = globals()["__loader__"]
    with reading(name):
        content: bytes = loader.get_data(data_path(name))
    return content


def read_json(name: str) -> Any:
    """Read a data file of JSON.

    Raises:
        DataError: It cannot be read, or is no JSON.
    """
    content = read_data(name)
    with reading(name):
        return json.loads(content)


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn what damaged content raises into an error that names the file; also as a decorator.

    Raises:
        DataError: The block raised what wrong data makes code raise.
    """
    try:
        yield
    except (OSError, ValueError, LookupError, TypeError, AttributeError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
        raise DataError(f"{data_path(name)} is damaged: {reason}", hint=REINSTALL) from error
