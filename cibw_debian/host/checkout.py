"""Files of the project that hooks name."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

from cibw_debian.resolver.specfile import LARGEST

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def read_below(directories: Iterable[Path], path: str) -> str | None:
    """Return the text of a file below one of the directories; None where there is none, or a large one.

    Args:
        directories: What the project's directory in the container stands for.
        path: As a hook has it: `x`, `./x`, `/project/x`, `{project}/x`, `{package}/x`, `*.x`.
    """
    path = re.sub(r"^(?:(?:\{project\}|\{package\}|/project|\.)/+)+", "", path)
    for directory in directories:
        with contextlib.suppress(OSError, ValueError):
            file = directory / path
            if re.search(r"^[^/].*[*?[]|^[*?[]", path):  # *.spec, where there is one
                (file,) = directory.glob(path.replace("**", "*"))
            inside = file.resolve().is_relative_to(directory.resolve())
            if inside and file.is_file() and file.stat().st_size <= LARGEST:
                return file.read_text(encoding="utf-8", errors="surrogateescape")
    return None
