"""What parts of a Python program mean: what may not be in it, and of which files it says the paths.

A program is a syntax tree; nothing of it runs. A path is known by its end: "a/b.py" of
`os.path.join(here, "a/b.py")`.
"""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from .backend import KNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    #: names with all that they stand for
    Bound = Mapping[str, Sequence[ast.expr]]

#: functions that change nothing about the end of a path
_PATHS = {"Path", "abspath", "fspath", "join", "joinpath", "realpath", "str"}


def lookups(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield each `sys.modules` of `sys.modules[__name__]` and of `"name" in sys.modules`."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.slice, ast.Name)
            and node.slice.id == "__name__"
        ):
            yield node.value
        elif isinstance(node, ast.Compare) and isinstance(node.left, ast.Constant):
            yield from node.comparators


def added(tree: ast.Module) -> Iterator[tuple[ast.AST, list[str]]]:
    """Yield each `sys.path` to which a directory is added, with the ends that its path may have."""
    bound = _bound(tree)
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.args:
            ends = _trim(_path(call.args[-1], bound))
            if ends and list(_names(call.func)) in (["append", "path", "sys"], ["insert", "path", "sys"]):
                yield call.func.value, ends


def executed(tree: ast.Module) -> Iterator[tuple[list[ast.AST], list[str]]]:
    """Yield each `exec` of a file's content, with `compile` in it, and the ends that the path may have."""
    bound = _bound(tree)
    for node in ast.walk(tree):
        call = _call(node, "exec")
        if call:
            functions: list[ast.AST] = [call.func]
            inner = _call(call.args[0], "compile")
            if inner:
                functions.append(inner.func)
            ends = _trim(_content((inner or call).args[0], bound))
            if ends:
                yield functions, ends


def _trim(ends: Iterator[str]) -> list[str]:
    """Return the ends without what is before a directory's name; nothing if one of them is not known."""
    trimmed = [end.lstrip("./") for end in ends]
    return trimmed if all(trimmed) else []


def _call(node: ast.AST, name: str) -> ast.Call | None:
    """Return the call of a function by its name, with arguments, that a part of a program is."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name and node.args:
        return node
    return None


def _bound(tree: ast.Module) -> Bound:
    """Return what names stand for, without names for which not all is known."""
    bound: dict[str, list[ast.expr]] = defaultdict(list)
    stored: Counter[str] = Counter()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            stored[node.id] += 1
        elif isinstance(node, ast.arg):
            stored[node.arg] += 1
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            bound[node.targets[0].id].append(node.value)
        elif isinstance(node, ast.withitem) and isinstance(node.optional_vars, ast.Name):
            bound[node.optional_vars.id].append(node.context_expr)
    return {name: values for name, values in bound.items() if len(values) == stored[name]}


def _content(node: ast.expr, bound: Bound) -> Iterator[str]:
    """Yield the ends that the path of the file with this content may have; "" for what is not known."""
    if isinstance(node, ast.Name):
        yield from _of_values(node, bound, _content)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "read":
        yield from _opened(node.func.value, bound)
    elif (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "read_text"
    ):
        yield from _path(node.func.value, bound)
    else:
        yield ""


def _opened(node: ast.expr, bound: Bound) -> Iterator[str]:
    """Yield the ends that the path of an open file may have."""
    call = _call(node, "open")
    if isinstance(node, ast.Name):
        yield from _of_values(node, bound, _opened)
    elif call:
        yield from _path(call.args[0], bound)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "open":
        of_module = list(_names(node.func.value)) in (["codecs"], ["io"]) and node.args
        yield from _path(node.args[0] if of_module else node.func.value, bound)
    else:
        yield ""


def _path(node: ast.expr, bound: Bound) -> Iterator[str]:
    """Yield the ends that a path may have."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Name):
        yield from _of_values(node, bound, _path)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        yield from _path(node.right, bound)
    elif isinstance(node, ast.Call) and next(_names(node.func), "") in _PATHS and node.args:
        yield from _path(node.args[-1], bound)
    else:
        yield ""


def _of_values(
    name: ast.Name, bound: Bound, ends: Callable[[ast.expr, Bound], Iterator[str]]
) -> Iterator[str]:
    """Yield the ends for all that a name stands for."""
    # The value may have the same name: `path = str(path)`.
    others = {other: values for other, values in bound.items() if other != name.id}
    for value in bound.get(name.id, ()):
        yield from ends(value, others)
    if name.id not in bound:
        yield ""


def refused(node: ast.AST) -> Iterator[str]:
    """Yield what a part of a program has that may not be there."""
    if isinstance(node, ast.Name) and node.id in KNOWN["builtins"]:
        yield node.id
    # QEMU has files of its own there.
    elif (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and re.match("/proc(/|$)", node.value)
    ):
        yield node.value
    elif isinstance(node, ast.keyword) and node.arg in KNOWN["arguments"]:
        yield node.arg or ""
    elif isinstance(node, ast.Attribute):
        if node.attr in KNOWN["attributes"]:
            yield node.attr
        for owner in _names(node.value):
            yield from _refused_names(owner, node.attr)
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from _refused_imports(node)


def _refused_imports(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            # After `import os as o`, `o.sysconf` would not be found.
            if alias.asname and alias.name.partition(".")[0] in KNOWN["names"] and alias.name != "os.path":
                yield f"import {alias.name} as {alias.asname}"
        return
    module = node.module or ""
    for owner in dict.fromkeys((module, module.partition(".")[0])):
        for alias in node.names:
            yield from _refused_names(owner, alias.name)


def _refused_names(module: str, name: str) -> Iterator[str]:
    if name in KNOWN["names"].get(module, ()):
        yield f"{module}.{name}"


def _names(node: ast.expr) -> Iterator[str]:
    """Yield the names of `a.b.c`, the last one first."""
    while isinstance(node, ast.Attribute):
        yield node.attr
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id
