"""Files of the project that hooks name."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.resolver.specfile import LARGEST

if TYPE_CHECKING:
    from collections.abc import Iterable


def read_below(directories: Iterable[Path], path: str) -> str | None:
    """Return the text of a file below one of the directories; None where there is none, or a large one.

    Args:
        directories: What the project's directory in the container stands for.
        path: As a hook has it: `x`, `./x`, `/project/x`, `{project}/x`, `{package}/x`.
    """
    path = re.sub(r"^(?:(?:\{project\}|\{package\}|/project|\.)/+)+", "", path)
    for directory in directories:
        file = Path(directory) / path
        with contextlib.suppress(OSError, ValueError):
            inside = file.resolve().is_relative_to(directory.resolve())
            if inside and file.is_file() and file.stat().st_size <= LARGEST:
                return file.read_text(encoding="utf-8", errors="surrogateescape")
    return None
