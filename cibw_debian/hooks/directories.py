"""Where a file stands that a hook names after it has changed its directory."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
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
    places, directories = _changes(text)
    before = bisect_right(places, place)
    gone_to = directories[max(0, before - _MOST) : before]

    def look(path: str) -> str | None:
        paths = (*(f"{directory}/{path}" for directory in reversed(gone_to)), path)
        return next((content for content in map(read, paths) if content is not None), None)

    return look


@lru_cache(maxsize=1)
def _changes(text: str) -> tuple[list[int], list[str]]:
    """Return where a hook changes its directory, and to which one."""
    found = [*re.finditer(_CHANGE, text)]
    return [one.end() for one in found], [one[1].rstrip("/") for one in found]
