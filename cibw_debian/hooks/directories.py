"""Where a file stands that a hook names after it has changed its directory."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

#: so many directories are looked at
_MOST = 5
_CHANGE = r"(?<![\w-])(?:cd|pushd)[ \t]+[\"']?([^\s;&|()\"'$`]+)"


def reading_from(read: Callable[[str], str | None], text: str, place: int) -> Callable[[str], str | None]:
    """Return a function that looks for a file where the hook has gone to, the last directory first.

    Args:
        read: Gives the text of a file, by its path below the project.
        text: The hook.
        place: Where in the hook the file is named.
    """
    gone_to = [found[1].rstrip("/") for found in re.finditer(_CHANGE, text[:place])]

    def look(path: str) -> str | None:
        paths = (*(f"{directory}/{path}" for directory in reversed(gone_to[-_MOST:])), path)
        return next((content for content in map(read, paths) if content is not None), None)

    return look
