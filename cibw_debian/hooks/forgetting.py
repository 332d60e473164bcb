"""Which statements may remove apt's lists of packages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node


def forgetful(root: Node) -> re.Pattern[bytes]:
    """Return what a statement has in it that may remove the lists of packages.

    Where one function of a script does so, a call of any function may: functions call each other.
    """
    lists = rb"/var/lib/apt"
    functions = []
    stack = [root]
    while stack:
        node = stack.pop()
        if node.type == "function_definition":
            functions.append(node)
        stack += node.children
    if not any(lists in (function.text or b"") for function in functions):
        return re.compile(lists)
    names = [name.text or b"" for f in functions if (name := f.child_by_field_name("name")) is not None]
    return re.compile(lists + rb"|(?<![\w-])(?:" + rb"|".join(map(re.escape, names)) + rb")(?![\w-])")
