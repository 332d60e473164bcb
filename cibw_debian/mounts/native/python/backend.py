"""Tell which calls of build backends run natively.

A call runs natively only if the backend, or what a backend in the project itself wraps, and all distributions
in its environment are known (backend.json). What the project adds is for project.py to tell.
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

from .children import is_known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def _known() -> dict[str, Any]:
    with open(os.path.join(os.path.dirname(__file__), "backend.json"), encoding="utf-8") as file:
        known: dict[str, Any] = json.load(file)
    return known


#: Of a project's Python code, `backends` run setup.py or nothing: Meson and CMake start new processes, and
#: those are emulated. `distributions` are the backends and what may be beside them: pure Python, or programs.
#: The project's code may import `modules`. It may use none of the functions `builtins`, of the `attributes`
#: of any object, of the keyword `arguments` and, of each module, of the `names`: they run code from
#: elsewhere, as `eval` does, or tell of the interpreter's own machine, as `os.sysconf` does.
KNOWN = _known()


def name(environment: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return the backend's name, and the project's directories in which it is, empty if it is not its own.

    Args:
        environment: The process's variables; pyproject-hooks sets these.
    """
    directories: list[str] = json.loads(environment.get("_PYPROJECT_HOOKS_BACKEND_PATH_JSON") or "null") or []
    return environment.get("_PYPROJECT_HOOKS_BUILD_BACKEND", ""), directories


def stays_emulated(environment: Mapping[str, str], path: Sequence[str]) -> str:
    """Return why a call of a build backend stays emulated, whatever the project is; empty if it does not.

    Args:
        environment: The process's variables.
        path: sys.path of the process.
    """
    backend, own = name(environment)
    if backend not in KNOWN["backends"] and not own:
        return f"{backend or 'a backend without a name'} is not a known one"
    if not is_known(environment.get("PYTHONPATH", "")):
        return "PYTHONPATH is set"
    found = set(_distributions(path))
    for other in sorted(found - set(KNOWN["distributions"])):
        return f"its environment has {other}, which is not known"
    if {"numpy", "scikit-build-core"} <= found:
        return "scikit-build-core imports numpy"
    return ""


def _distributions(path: Sequence[str]) -> Iterator[str]:
    for directory in path:
        if os.path.basename(directory) in {"site-packages", "dist-packages"} and os.path.isdir(directory):
            for file in os.listdir(directory):
                stem, kind = os.path.splitext(file)
                if kind in {".dist-info", ".egg-info", ".egg", ".egg-link"}:
                    yield re.sub(r"[-_.]+", "-", stem.partition("-")[0]).lower()
