"""What setup.cfg and setup.py require, as far as it is written down there. Pure: nothing is executed."""

from __future__ import annotations

import ast
import configparser
import contextlib
import re
from typing import NamedTuple


class Setup(NamedTuple):
    """Requirements as they are written."""

    setup_requires: tuple[str, ...] = ()
    install_requires: tuple[str, ...] = ()


def read_setup_cfg(text: str) -> Setup:
    """Return what setup.cfg requires; nothing of one that cannot be read."""
    parser = configparser.RawConfigParser()
    with contextlib.suppress(configparser.Error):
        parser.read_string(text)
    return Setup(*(_lines(parser.get("options", key, fallback="")) for key in Setup._fields))


def read_setup_py(text: str) -> Setup:
    """Return what the call of `setup` requires: a literal there, or a constant of the module."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Setup()
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found: dict[str, tuple[str, ...]] = {}
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and re.fullmatch(r"(?:\w+\.)?setup", ast.unparse(call.func)):
            for keyword in call.keywords:
                if keyword.arg in Setup._fields:
                    name = keyword.value.id if isinstance(keyword.value, ast.Name) else ""
                    found[keyword.arg] = _literal(constants.get(name, keyword.value))
    return Setup(**found)


def _literal(node: ast.expr) -> tuple[str, ...]:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return ()
    if isinstance(value, str):
        return _lines(value)
    return tuple(x for x in value if isinstance(x, str)) if isinstance(value, (list, tuple)) else ()


def _lines(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.splitlines())))
