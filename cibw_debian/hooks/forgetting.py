"""Which statements may remove apt's lists of packages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cibw_debian.hooks.shell import Places, places

if TYPE_CHECKING:
    from tree_sitter import Node

_LISTS = rb"/var/lib/apt"
#: a word of shell text, without quotes
_WORD = rb"[^\s;&|(){}<>\"'`$\\=]+"


def forgetting(root: Node) -> Places:
    """Return the places in a script that may remove the lists of packages.

    Where one function of a script does so, a call of any function may: functions call each other.
    """
    lists = places(_LISTS, root)
    functions = []
    stack = [root]
    while stack:
        node = stack.pop()
        if node.type == "function_definition":
            functions.append(node)
        stack += node.children
    if not any(lists.count(function) for function in functions):
        return lists
    names = {name.text for f in functions if (name := f.child_by_field_name("name")) is not None}
    words = re.finditer(_WORD, root.text or b"")
    calls = (root.start_byte + word.start() for word in words if word[0] in names)
    return Places(sorted([*lists.starts, *calls]))
