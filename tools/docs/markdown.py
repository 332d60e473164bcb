"""Text as Markdown, and links that still lead somewhere on the site. Pure."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)#\s]+)(#[\w-]+)?(?=\))")
_CODE = re.compile(r"(`+[^`]*`+)")


def escape(text: str) -> str:
    """Return plain text as Markdown; what stands between backticks stays."""
    parts = _CODE.split(text)
    return "".join(part if n % 2 else re.sub(r"([\\*_<\[\]])", r"\\\1", part) for n, part in enumerate(parts))


def code(text: str) -> str:
    """Return text of one line as code; in a table too."""
    fence = "``" if "`" in text else "`"
    space = " " if "`" in text else ""
    return f"{fence}{space}{text}{space}{fence}".replace("|", "\\|")


def block(text: str, language: str = "text") -> str:
    """Return lines as a block of code."""
    return f"```{language}\n{text.rstrip()}\n```\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; its cells are Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def links(text: str) -> list[tuple[str, str]]:
    """Return the links of a page to other files and places: path, and anchor with `#` or nothing."""
    return [(match[1], match[2] or "") for match in _LINK.finditer(text)]


def relocate(text: str, source: str, page: str, pages: Mapping[str, str], outside: str) -> str:
    """Return a page whose relative links are right on the site.

    Args:
        text: The page.
        source: Its path in the repository.
        page: Its path on the site.
        pages: Files of the repository that are pages: path in the repository -> path on the site; with an
            anchor behind the path where only this part of a file has a page.
        outside: Address of the repository's files that are no pages.
    """

    def lead(match: re.Match[str]) -> str:
        path, anchor = match[1], match[2] or ""
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
        if f"{target}{anchor}" in pages:
            found, anchor = pages[f"{target}{anchor}"], ""
        elif target in pages:
            found = pages[target]
        else:
            return f"{outside}/{target}{anchor}"
        return posixpath.relpath(found, posixpath.dirname(page) or ".") + anchor

    return _outside_code(text, lambda part: _LINK.sub(lead, part))


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    parts = re.split(r"(^```.*?^```$|`[^`\n]+`)", text, flags=re.MULTILINE | re.DOTALL)
    return "".join(part if n % 2 else change(part) for n, part in enumerate(parts))
