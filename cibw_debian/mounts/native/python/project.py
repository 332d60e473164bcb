"""Tell whether a project's own code has the same result in a native process.

A backend runs setup.py, which may import modules of the project or execute its files, and the backend itself
may be in the project. That code may ask for what only an emulated process knows: the size of a pointer, or a
module that is compiled for the container. So all of it is parsed before anything of it runs.
"""

from __future__ import annotations

import ast
import os
import re
import sys
import warnings
from typing import TYPE_CHECKING

from . import syntax
from .backend import KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Settings with which a backend imports modules of the project; the last one is setuptools-scm's.
_IMPORTING_SETTINGS = re.compile(
    r"""\b(attr|cmdclass|command[_-]packages|provider-path|dynamic-metadata)\b["']?\s*[.:=\]]"""
    r"""|\b(\w+_scheme)\b["']?\s*=\s*["'][^"'\n]*:"""
)
#: `attr` of setuptools, with the name of a module and what is in it
_ATTR = re.compile(r"""\battr\b["']?\s*[:=]\s*["']?([\w.]+)\.(\w+)""")
#: directories of packages by their names, not only one for all
_PACKAGE_DIR = re.compile(r"""package[_-]dir\b(?!["']?\s*[:=]\s*\{?\s*(""|'')?\s*[:=])""")
_COMMENT = re.compile(r"""(^|\s)#[^"'\n]*$""", re.MULTILINE)


def stays_emulated(directory: str, backend: str, backend_path: Sequence[str], path: Sequence[str]) -> str:
    """Return what of a project keeps its backend emulated; empty if nothing does.

    Args:
        directory: The project's.
        backend: The backend's name.
        backend_path: Directories of the project in which its own backend is; empty if it has none.
        path: sys.path of the process.
    """
    for reason in (*_of_settings(directory, path), *_of_metadata(directory)):
        return reason
    code = _Code(directory, [*backend_path, directory], path)
    places = 0
    # What one file adds to sys.path counts for those that were looked at before, too.
    while places < len(code.places):
        places = len(code.places)
        code.seen.clear()
        for reason in _of_code(code, backend, is_own=bool(backend_path)):
            return reason
    return ""


def _of_settings(directory: str, path: Sequence[str]) -> Iterator[str]:
    # Versions of setuptools since 61 read literal values without importing anything.
    reads_literals = any(os.path.exists(f"{place}/setuptools/config/expand.py") for place in path)
    texts = {
        file: _COMMENT.sub("", _read(os.path.join(directory, file)).decode(errors="replace"))
        for file in ("pyproject.toml", "setup.cfg", "setup.py")
    }
    reads_literals = reads_literals and not any(map(_PACKAGE_DIR.search, texts.values()))
    del texts["setup.py"]
    for file, text in texts.items():
        others = _ATTR.sub(lambda found: "" if _is_literal(directory, *found.groups()) else found[0], text)
        setting = _IMPORTING_SETTINGS.search(others if reads_literals else text)
        if setting:
            yield f"{file} has {setting[1] or setting[2]}"


def _of_metadata(directory: str) -> Iterator[str]:
    """Yield metadata by which setuptools would import modules of the project."""
    for name in os.listdir(directory):
        points = _read(os.path.join(directory, name, "entry_points.txt")).decode(errors="replace")
        if re.search(r"^\[(distutils|setuptools|egg_info)\.", points, re.MULTILINE):
            yield f"{name} has entry points of setuptools"


def _of_code(code: _Code, backend: str, *, is_own: bool) -> Iterator[str]:
    if is_own:
        module = backend.partition(":")[0]
        if not code.files_of(module):
            yield f"the project has no module {module}"
        yield from code.of_module(module)
    setup = os.path.join(code.directory, "setup.py")
    if os.path.exists(setup) and (is_own or backend.startswith("setuptools.")):
        yield from code.of_file(setup)


def _read(path: str) -> bytes:
    if not os.path.exists(path):
        return b""
    with open(path, "rb") as file:
        return file.read()


def _parse(path: str) -> ast.Module | None:
    """Return the syntax tree of a file, None if there is none."""
    try:
        with warnings.catch_warnings():
            # Whoever runs the file shows warnings.
            warnings.simplefilter("ignore")
            return ast.parse(_read(path))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _is_literal(directory: str, module: str, name: str) -> bool:
    """Tell whether setuptools finds a literal value for a name in each file that may be the module."""
    places = [directory, *(entry.path for entry in os.scandir(directory) if entry.is_dir())]
    stems = [f"{place}/{module.replace('.', '/')}" for place in places]
    found = [
        f"{stem}{end}" for stem in stems for end in (".py", "/__init__.py") if os.path.isfile(stem + end)
    ]
    return bool(found) and all(_gives_literal(path, name) for path in found)


def _gives_literal(path: str, name: str) -> bool:
    tree = _parse(path)
    for statement in tree.body if tree else ():
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        else:
            continue
        if statement.value and any(isinstance(target, ast.Name) and target.id == name for target in targets):
            try:
                ast.literal_eval(statement.value)
            except ValueError:
                return False
            return True
    return False


class _Code:
    """The Python files of a project that a backend may run.

    Attributes:
        directory: The project's.
        places: The directories from which its modules may be imported.
        path: sys.path of the process.
        seen: The files that were looked at.
    """

    def __init__(self, directory: str, places: Sequence[str], path: Sequence[str]) -> None:
        self.directory = directory
        self.places = list(places)
        self.path = path
        self.seen: set[str] = set()

    def of_file(self, path: str, package: str = "") -> Iterator[str]:
        """Yield what a file has that keeps its process emulated.

        Args:
            path: The file.
            package: The directory of its package, or empty.
        """
        if path in self.seen:
            return
        self.seen.add(path)
        name = os.path.relpath(path, self.directory)
        tree = _parse(path)
        if tree is None:
            yield f"{name} cannot be parsed"
            return
        allowed = {*syntax.lookups(tree), *self._added(tree)}
        for nodes, ends in syntax.executed(tree):
            files = list(self._files_with(ends))
            if files:
                allowed.update(nodes)
            for file in files:
                yield from self.of_file(file)
        for node in ast.walk(tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                yield from self._of_import(node, name, package)
            for refused in syntax.refused(node) if node not in allowed else ():
                yield _say(name, refused, node)

    def _added(self, tree: ast.Module) -> Iterator[ast.AST]:
        """Yield each `sys.path` to which directories of the project are added; they count from now on."""
        for node, ends in syntax.added(tree):
            directories = [path for path, _, _ in os.walk(self.directory) if _ends(path, ends)]
            self.places += [directory for directory in directories if directory not in self.places]
            if directories:
                yield node

    def of_module(self, module: str, package: str = "") -> Iterator[str]:
        """Yield what a module of the project, and the packages it is in, have; see `of_file`.

        Args:
            module: The name; relative to a package if that is not empty.
            package: That package's directory.
        """
        for path in self.files_of(module, package):
            alone = "." not in module and not package and os.path.basename(path) != "__init__.py"
            yield from self.of_file(path, "" if alone else os.path.dirname(path))

    def files_of(self, module: str, package: str = "") -> list[str]:
        """Return the files that may be a module, and of the packages it is in; see `of_module`."""
        files = []
        for place in [package] if package else self.places:
            found, directory = [], place
            for part in module.split("."):
                paths = [f"{directory}/{part}/__init__.py", f"{directory}/{part}.py"]
                path = next(filter(os.path.isfile, paths), "")
                if not path or _is_compiled(directory, part):
                    break
                found.append(path)
                directory = f"{directory}/{part}"
            else:
                files += found
        return files

    def _of_import(self, node: ast.Import | ast.ImportFrom, name: str, package: str) -> Iterator[str]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from self._of_name(alias.name, _say(name, f"import {alias.name}", node))
            return
        refused = _say(name, f"import {'.' * node.level}{node.module or ''}", node)
        for _ in range(node.level - 1):
            package = os.path.dirname(package)
        if not node.level:
            package = ""
        elif len(package) < len(self.directory):
            yield refused
            return
        if node.module:
            yield from self._of_name(node.module, refused, package)
        for alias in node.names:
            yield from self._of_member(node.module or "", alias.name, refused, package)

    def _of_member(self, module: str, name: str, refused: str, package: str) -> Iterator[str]:
        """Yield what a module has if it is a member of another one; `refused` if that cannot be told."""
        # All names of a package may be modules.
        if name == "*" and any(path.endswith("/__init__.py") for path in self.files_of(module, package)[-1:]):
            yield refused
        for place in [package] if package else self.places:
            if _is_compiled(os.path.join(place, *module.split(".")), name):
                yield refused
        yield from self.of_module(f"{module}.{name}" if module else name, package)

    def _of_name(self, module: str, refused: str, package: str = "") -> Iterator[str]:
        """Yield what a module has, or `refused` if it is neither the project's nor a known one."""
        top = module.partition(".")[0]
        if package or self.files_of(top):
            yield from self.of_module(module, package)
            if not self.files_of(module, package):
                yield refused
        elif any(_is_compiled(place, top) for place in self.places) or (
            not _is_known(module)
            # What nobody has cannot be imported by the one nor by the other interpreter.
            and (_exists(top, self.path) or any(os.path.isdir(f"{place}/{top}") for place in self.places))
        ):
            yield refused

    def _files_with(self, ends: list[str]) -> Iterator[str]:
        """Yield the files whose paths may end so, and which can be executed."""
        for directory, _, names in os.walk(self.directory):
            for name in names:
                path = os.path.join(directory, name)
                if _ends(path, ends) and _parse(path):
                    yield path


def _ends(path: str, ends: Sequence[str]) -> bool:
    return any(path.endswith(f"/{end.rstrip('/')}") for end in ends)


def _say(name: str, refused: str, node: ast.AST) -> str:
    return f"{name} has {refused} (line {getattr(node, 'lineno', '?')})"


def _is_compiled(directory: str, module: str) -> bool:
    return module in {
        name.partition(".")[0]
        for name in (os.listdir(directory) if os.path.isdir(directory) else ())
        if name.endswith(".so")
    }


def _is_known(module: str) -> bool:
    parts = module.split(".")
    return any(".".join(parts[:number]) in KNOWN["modules"] for number in range(1, len(parts) + 1))


def _exists(module: str, path: Sequence[str]) -> bool:
    names = {name.partition(".")[0] for place in path if os.path.isdir(place) for name in os.listdir(place)}
    return module in names or module in sys.builtin_module_names
