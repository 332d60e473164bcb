"""Tell which calls of build backends run natively.

A backend may run the project's setup.py, which may ask for what only an emulated process knows: the size of a
pointer, or a module that is compiled for the container. So a call runs natively only if backend.json has the
backend and all distributions in its environment, and setup.py does only what has the same result in both.
"""

from __future__ import annotations

import ast
import json
import os
import re
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

#: Settings with which a backend imports modules of the project; the last one is setuptools-scm's.
_IMPORTING_SETTINGS = re.compile(
    r"""\b(attr|cmdclass|command[_-]packages|provider-path|dynamic-metadata)\b["']?\s*[.:=\]]"""
    r"""|\b(\w+_scheme)\b["']?\s*=\s*["'][^"'\n]*:"""
)


def _known() -> dict[str, Any]:
    with open(os.path.join(os.path.dirname(__file__), "backend.json"), encoding="utf-8") as file:
        known: dict[str, Any] = json.load(file)
    return known


#: Of a project's Python code, `backends` run setup.py or nothing: Meson and CMake start new processes, and
#: those are emulated. `distributions` are the backends and what may be beside them: pure Python, or programs.
#: setup.py may import `modules`. It may use none of the functions `builtins`, of the `attributes` of any
#: object, of the keyword `arguments` and, of each module, of the `names`: they run code from elsewhere, as
#: `exec` does, or tell of the interpreter's own machine, as `os.sysconf` does.
KNOWN = _known()


def stays_emulated(directory: str, environment: Mapping[str, str], path: Sequence[str]) -> str:
    """Return why a call of a build backend stays emulated; empty if it does not.

    Args:
        directory: The project's.
        environment: The process's variables; by some, pyproject-hooks names the backend.
        path: sys.path of the process.
    """
    backend = environment.get("_PYPROJECT_HOOKS_BUILD_BACKEND", "")
    if backend not in KNOWN["backends"]:
        return f"{backend or 'a backend without a name'} is not a known one"
    for variable in ("_PYPROJECT_HOOKS_BACKEND_PATH_JSON", "PYTHONPATH"):
        if environment.get(variable, "null") not in {"null", ""}:
            return f"{variable} is set"
    found = set(_distributions(path))
    for name in sorted(found - set(KNOWN["distributions"])):
        return f"its environment has {name}, which is not known"
    if {"numpy", "scikit-build-core"} <= found:
        return "scikit-build-core imports numpy"
    for file in ("pyproject.toml", "setup.cfg"):
        setting = _IMPORTING_SETTINGS.search(_read(directory, file).decode(errors="replace"))
        if setting:
            return f"{file} has {setting[1] or setting[2]}"
    return _of_setup(directory) if backend.startswith("setuptools.") else ""


def _distributions(path: Sequence[str]) -> Iterator[str]:
    for directory in path:
        if os.path.basename(directory) in {"site-packages", "dist-packages"} and os.path.isdir(directory):
            for name in os.listdir(directory):
                stem, kind = os.path.splitext(name)
                if kind in {".dist-info", ".egg-info", ".egg", ".egg-link"}:
                    yield re.sub(r"[-_.]+", "-", stem.partition("-")[0]).lower()


def _read(directory: str, name: str) -> bytes:
    path = os.path.join(directory, name)
    if not os.path.exists(path):
        return b""
    with open(path, "rb") as file:
        return file.read()


def _of_setup(directory: str) -> str:
    """Return what in setup.py keeps it emulated."""
    try:
        with warnings.catch_warnings():
            # The backend shows warnings when it runs setup.py.
            warnings.simplefilter("ignore")
            tree = ast.parse(_read(directory, "setup.py"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "setup.py cannot be parsed"
    for node in ast.walk(tree):
        for name in _refused(node, directory):
            return f"setup.py has {name} (line {getattr(node, 'lineno', '?')})"
    return ""


def _refused(node: ast.AST, directory: str) -> Iterator[str]:
    """Yield what a part of setup.py has that may not be there."""
    if isinstance(node, ast.Name):
        if node.id in KNOWN["builtins"]:
            yield node.id
    elif isinstance(node, ast.Constant):
        # QEMU has files of its own there.
        if isinstance(node.value, str) and re.match("/proc(/|$)", node.value):
            yield node.value
    elif isinstance(node, ast.keyword):
        if node.arg and node.arg in KNOWN["arguments"]:
            yield node.arg
    elif isinstance(node, ast.Attribute):
        if node.attr in KNOWN["attributes"]:
            yield node.attr
        yield from _refused_names(_first(node), [node.attr])
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from _refused_imports(node, directory)


def _refused_imports(node: ast.Import | ast.ImportFrom, directory: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            module = _top(alias.name)
            if not _is_known(module, directory):
                yield f"import {alias.name}"
            # After `import os as o`, `o.sysconf` would not be found.
            elif alias.asname and module in KNOWN["names"]:
                yield f"import {alias.name} as {alias.asname}"
    else:
        module = _top(node.module or "")
        if node.level or not _is_known(module, directory):
            yield f"import {'.' * node.level}{node.module or ''}"
        yield from _refused_names(module, [alias.name for alias in node.names])


def _refused_names(module: str, names: Sequence[str]) -> Iterator[str]:
    refused = KNOWN["names"].get(module, ())
    yield from (f"{module}.{name}" for name in names if name in refused or (refused and name == "*"))


def _first(node: ast.expr) -> str:
    """Return the first name of `a.b.c`, empty if it does not begin with a name."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _top(module: str) -> str:
    return module.partition(".")[0]


def _is_known(module: str, directory: str) -> bool:
    """Tell whether a module may be imported, and none of the project's own hides it."""
    path = os.path.join(directory, module)
    hidden = os.path.exists(f"{path}.py") or os.path.exists(os.path.join(path, "__init__.py"))
    return module in KNOWN["modules"] and not hidden
