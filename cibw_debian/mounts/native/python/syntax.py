"""What parts of a Python program mean: what may not be in it, and of which files it says the paths.

A program is a syntax tree; nothing of it runs. A path is known by its end, "a/b.py" of
`os.path.join(here, "a/b.py")`; what is before it does not count.
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

#: QEMU has files of its own in /proc, and processes of multiprocessing are emulated unless they are forked.
_REFUSED_TEXT = re.compile("/proc(/|$)|(spawn|forkserver)$")
#: functions that change nothing about the end of a path
_PATHS = {"Path", "abspath", "fspath", "join", "joinpath", "realpath", "str"}


def lookups(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield each `sys.modules` of `sys.modules[__name__]` and of `"name" in sys.modules`."""
    for node in ast.walk(tree):
        where: Sequence[ast.expr] = ()
        if isinstance(node, ast.Subscript) and list(_names(node.slice)) == ["__name__"]:
            where = [node.value]
        elif isinstance(node, ast.Compare) and isinstance(node.left, ast.Constant):
            where = node.comparators
        yield from (one for one in where if list(_names(one)) == ["modules", "sys"])


def added(tree: ast.Module) -> Iterator[tuple[ast.AST, list[str]]]:
    """Yield each `sys.path` to which a directory is added, with the ends that its path may have."""
    bound = _bound(tree)
    for call in ast.walk(tree) if _stays_inside(tree) else ():
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.args:
            ends = _trim(_path(call.args[-1], bound))
            if ends and list(_names(call.func)) in (["append", "path", "sys"], ["insert", "path", "sys"]):
                yield call.func.value, ends


def executed(tree: ast.Module) -> Iterator[tuple[list[ast.AST], list[str]]]:
    """Yield each `exec` of a file's content, with `compile` in it, and the ends that the path may have."""
    bound = _bound(tree)
    for node in ast.walk(tree) if _stays_inside(tree) else ():
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
    """Return the ends without `./`; nothing if one of them is not known, or an absolute path."""
    trimmed = [re.sub(r"^(\./)+", "", end) for end in ends]
    return [] if any(end.startswith("/") or end in {"", "."} for end in trimmed) else trimmed


def _stays_inside(tree: ast.Module) -> bool:
    """Tell whether a program names no parent of a directory, which could be outside of the project."""
    return not any(map(_names_parent, ast.walk(tree)))


def _names_parent(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and ".." in node.value.split("/")
    if isinstance(node, ast.Attribute):
        names = list(_names(node))
        return names[0] in {"pardir", "parents"} or names[:2] == ["parent", "parent"]
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Call):
        return [next(_names(call.func), "") for call in (node, node.args[0])] == ["dirname", "dirname"]
    return False


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
        elif isinstance(node, ast.alias):
            stored[node.asname or node.name.partition(".")[0]] += 1
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            stored[node.name] += 1
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
    elif isinstance(node, ast.Call) and _makes_path(node.func) and node.args:
        yield from _path(node.args[-1], bound)
    else:
        yield ""


def _makes_path(function: ast.expr) -> bool:
    # Not `", ".join`.
    of_text = isinstance(function, ast.Attribute) and isinstance(function.value, ast.Constant)
    return next(_names(function), "") in _PATHS and not of_text


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
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _REFUSED_TEXT.match(node.value):
        yield node.value
    elif isinstance(node, ast.keyword) and node.arg in KNOWN["arguments"]:
        yield node.arg or ""
    elif isinstance(node, ast.Attribute):
        for owner in ("", *_names(node.value)):
            yield from _refused_names(owner, node.attr)
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from _refused_imports(node)
    else:
        yield from _refused_aliases(node)


def _refused_aliases(node: ast.AST) -> Iterator[str]:
    """Yield modules under another name: what is used of them would not be found."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in KNOWN["names"]:
        yield f"another name for {node.value.id}"
    call = _call(node, "getattr")
    if call and isinstance(call.args[0], ast.Name) and call.args[0].id in KNOWN["names"]:
        name = call.args[1] if len(call.args) > 1 else None
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            yield from _refused_names(call.args[0].id, name.value)
            yield from _refused_names("", name.value)
        else:
            yield f"getattr of {call.args[0].id}"


def _refused_imports(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    module = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
    for alias in node.names:
        first, *others = f"{module}.{alias.name}".strip(".").split(".")
        # `os.path` has nothing of these, and is often imported so.
        if alias.asname and (alias.name if module else first) in KNOWN["names"] and alias.name != "os.path":
            yield f"import {alias.name} as {alias.asname}"
        for name in others:
            yield from _refused_names(first, name)
        if module:
            yield from _refused_names("", alias.name)
            if "." in module:
                yield from _refused_names(module, alias.name)


def _refused_names(owner: str, name: str) -> Iterator[str]:
    """Yield a name if it is refused as one of a module, or with an empty owner, as one of anything."""
    if name in (KNOWN["names"].get(owner, ()) if owner else KNOWN["attributes"]):
        yield f"{owner}.{name}".strip(".")


def _names(node: ast.expr) -> Iterator[str]:
    """Yield the names of `a.b.c`, the last one first."""
    while isinstance(node, ast.Attribute):
        yield node.attr
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id
