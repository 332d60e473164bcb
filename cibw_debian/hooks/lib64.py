"""Search paths that name a directory lib64: on Debian, CMake and configure scripts install to lib."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from cibw_debian.hooks.shell import Edit, Script, TooManyPipes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

_VARIABLES = re.compile(r"(?:LD_LIBRARY_PATH|LIBRARY_PATH|PKG_CONFIG_PATH)\Z")
#: one directory of a search path that is below a prefix of the project's own
_DIRECTORY = re.compile(
    r"(?:(?<=[=:\"'])|^)(?P<prefix>[\w./~+${}-]*[\w}])/lib64(?P<rest>/pkgconfig)?(?=[:\"']|$)"
)
#: characters of a search path that is looked at
_LONGEST = 10_000
_SYSTEM = re.compile(r"(?:/usr(?:/local)?|/opt/rh/.*)\Z")


@lru_cache(maxsize=64)
def also_lib(text: str) -> tuple[Edit, ...]:
    """Return edits that put `X/lib` behind each `X/lib64` of a search path. Pure.

    Only variables that a command of the text gets are changed: those before a command, and exported ones.
    A directory that is named already, or that is the system's, is left alone.

    Args:
        text: A hook.
    """
    if "/lib64" not in text or ("LIBRARY_PATH" not in text and "PKG_CONFIG_PATH" not in text):
        return ()
    try:
        script = Script(text)
    except TooManyPipes:
        return ()
    if script.root.has_error:
        return ()
    edits: list[Edit] = []
    for node in _assignments(script):
        start, end = script.span(node)
        name, _, value = text[start:end].partition("=")
        if not _VARIABLES.match(name) or len(value) > _LONGEST:
            continue
        begin = start + len(name) + 1
        for found in _DIRECTORY.finditer(value):
            other = f"{found['prefix']}/lib{found['rest'] or ''}"
            named = re.search(rf"(?<![\w./}}]){re.escape(other)}(?![\w./])", value)
            if not named and not _SYSTEM.match(found["prefix"]):
                place = (begin + found.start(), begin + found.end())
                edits.append(Edit(*place, (place, f":{other}")))
    return tuple(sorted(edits))


def _assignments(script: Script) -> Iterator[Node]:
    stack = [script.root]
    while stack:
        node = stack.pop()
        if node.type == "command" or (
            node.type == "declaration_command" and node.children[0].type == "export"
        ):
            yield from (child for child in node.children if child.type == "variable_assignment")
        stack += node.children
