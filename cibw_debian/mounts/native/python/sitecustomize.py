"""Start some programs with the machine's own interpreter. Python imports this module at each start.

These programs are written in Python alone, and import neither modules of the project nor compiled ones. So do
build backends, with many projects (backend.py). Their emulated process is replaced before the program's first
line; the new process imports this module again, and answers for the container (answers.py). Whatever else
Python runs stays emulated; only Cython, where an emulated setup.py calls it, gets a process of its own
(cythonize.py). What a native program starts is native from the beginning (children.py).

This module runs on Python 3.9 and newer, and each start pays for what it imports.
"""

import _imp
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any, Optional

_HERE = "@MOUNT@/python"
_PACKAGE = "_cibw_debian"
_NATIVE = f"{_HERE}/bin/python{sys.version_info[0]}.{sys.version_info[1]}"
#: carries the container's answers from the emulated process to the native one; nobody else sees it
_ANSWERS = "CIBW_DEBIAN_ANSWERS"
#: in place of the answers, for an emulated process that stays so
_EMULATED = "emulated"
#: what `python -m` runs natively
_MODULES = {"auditwheel", "build", "cython", "Cython", "mesonbuild.mesonmain", "pip", "venv", "virtualenv"}
#: programs beside the interpreter; pip has versions in its names
_PROGRAMS = {"auditwheel", "cython", "meson", "pip", "pyproject-build", "virtualenv"}
#: how a build frontend starts a build backend
_BACKEND = "pyproject_hooks/_in_process/_in_process.py"
#: what an emulated setup.py imports of setuptools
_SETUPTOOLS = ("build_meta", "command.bdist_wheel", "command.build_ext", "command.egg_info")
#: options of the interpreter whose value may be the next word
_WITH_VALUE = "WX"
#: of setuptools and virtualenv: these may run twice
_KNOWN_PTH = {"distutils-precedence.pth", "_virtualenv.pth"}
#: module of Cython -> its functions that compile: `cythonize` and what it calls for each file, and what
#: build_ext called before Cython 3
_CYTHON = {
    "Cython.Build.Dependencies": ("cythonize_one", "cythonize"),
    "Cython.Compiler.Main": ("compile",),
}


def program(words: "Sequence[str]", prefix: str) -> str:
    """Return the program that a command line of Python runs, empty if it has to stay emulated. Pure.

    Args:
        words: The command line, from the interpreter on.
        prefix: The interpreter's own sys.prefix.
    """
    rest = iter(words[1:])
    for word in rest:
        if not word.startswith("-") or word == "-":
            return _script(word, prefix)
        if word.startswith("--"):
            if word == "--check-hash-based-pycs":
                next(rest, "")
            continue
        for place, letter in enumerate(word[1:], 2):
            if letter == "m":
                module = word[place:] or next(rest, "")
                return module if module in _MODULES else ""
            # Without site, nobody imports this module.
            if letter in "cS":
                return ""
            if letter in _WITH_VALUE:
                if not word[place:]:
                    next(rest, "")
                break
    return ""


def _script(path: str, prefix: str) -> str:
    directory, name = os.path.split(os.path.abspath(path))
    # How pip starts itself for a build environment.
    if name == "__pip-runner__.py" and os.path.basename(directory) == "pip":
        return "pip"
    if path.endswith(f"/{_BACKEND}"):
        return _BACKEND
    if os.path.realpath(directory) not in {os.path.realpath(f"{prefix}/bin"), "/usr/bin", "/usr/local/bin"}:
        return ""
    name = name.rstrip("0123456789.")
    return name if name in _PROGRAMS else ""


def _command_line() -> "list[str]":
    # Python 3.9 has no sys.orig_argv.
    if hasattr(sys, "orig_argv"):
        return sys.orig_argv
    with open("/proc/self/cmdline", "rb") as file:
        return [os.fsdecode(word) for word in file.read().split(b"\0")[:-1]]


def _can_start() -> bool:
    """Tell whether the native interpreter is there, and its environment fits."""
    # A library of the container's architecture, and another standard library.
    return os.access(_NATIVE, os.X_OK) and not {"LD_PRELOAD", "PYTHONHOME"} & os.environ.keys()


def _is_native(words: "Sequence[str]", prefix: str, path: "Sequence[str]") -> bool:
    """Tell whether a command line of Python runs natively; for a backend, project.py may say no.

    Args:
        words: The command line.
        prefix: The interpreter's own sys.prefix.
        path: The interpreter's own sys.path.
    """
    name = program(words, prefix)
    return bool(name) and not _stays(name, path)


def _stays(name: str, path: "Sequence[str]") -> bool:
    """Tell whether something in the environment keeps a program emulated."""
    for directory in path:
        if os.path.basename(directory) in {"site-packages", "dist-packages"} and os.path.isdir(directory):
            for file in os.listdir(directory):
                # The code in such a file has run, and would run twice.
                if file.endswith(".pth") and file not in _KNOWN_PTH:
                    return True
                # pip imports it, and it may import compiled modules.
                if file == "keyring" and name == "pip":
                    return True
    return False


def _leave(words: "list[str]") -> None:
    """Give the process back to the emulated interpreter if it is a build backend that stays emulated."""
    reason = _backend_stays()
    if not reason:
        return
    if "build_wheel" in words:
        sys.stderr.write(f"cibw-debian: note: the build backend stays emulated: {reason}\n")
    path = os.environ.get("PYTHONPATH", "")
    is_known = _load("children").is_known(path)
    # Modules of the project may be in another one.
    if is_known and not sys.dont_write_bytecode:
        _compile_setuptools()
    # With pip's, the emulated interpreter imports another sitecustomize.py than this one.
    is_pips = is_known and os.path.exists(f"{path}/sitecustomize.py") and not sys.flags.ignore_environment
    emulated = {} if is_pips else {_ANSWERS: _EMULATED}
    os.execve(sys.executable, words, {**os.environ, **emulated})


def _backend_stays() -> str:
    try:
        backend = _load("backend")
        reason: str = backend.stays_emulated(os.environ, sys.path)
        return reason or _load("project").stays_emulated(os.getcwd(), *backend.name(os.environ), sys.path)
    except Exception as error:
        return f"it cannot be checked: {error!r}"


def _compile_setuptools() -> None:
    """Import setuptools if nobody has in this environment: its bytecode is the same for both interpreters."""
    for directory in sys.path:
        package = f"{directory}/setuptools"
        if os.path.isdir(package):
            if not os.path.isdir(f"{package}/__pycache__"):
                import contextlib
                import importlib

                for name in _SETUPTOOLS:
                    with contextlib.suppress(Exception):
                        importlib.import_module(f"setuptools.{name}")
            return


class _Watch:
    """Change Cython's functions that compile as soon as their modules are imported."""

    def __init__(self) -> None:
        self.awaited = dict(_CYTHON)

    def find_spec(self, name: str, path: object = None, target: object = None) -> "Optional[ModuleSpec]":
        functions = self.awaited.pop(name, None)
        if functions is None:
            return None
        if not self.awaited:
            sys.meta_path.remove(self)
        import importlib.util

        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        load = spec.loader.exec_module

        def exec_module(module: "ModuleType") -> None:
            load(module)
            _load("cythonize").replace(module, functions, _NATIVE, _facts())

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _facts() -> "dict[str, Any]":
    """Return what a native process answers for this one."""
    return {
        "machine": os.uname().machine,
        "multiarch": sys.implementation._multiarch,
        "maxsize": sys.maxsize,
        "version": sys.version,
        "suffixes": _imp.extension_suffixes(),
    }


def _answer(facts: str) -> None:
    try:
        import ast

        _load("answers").answer(ast.literal_eval(facts))
        children = _load("children")
        children.replace(_is_native, _NATIVE, f"{_ANSWERS}={facts}")
        path = os.environ.pop(children.PYTHONPATH, "")
        if path:
            _enter(path)
    except Exception as error:
        # Python would go on, with answers of this machine.
        sys.stderr.write(f"cibw-debian: a native interpreter cannot answer for the container: {error!r}\n")
        os._exit(1)
    words = _command_line()
    if program(words, sys.prefix) == _BACKEND:
        _leave(words)


def _enter(path: str) -> None:
    """Do what Python does with pip's PYTHONPATH."""
    os.environ["PYTHONPATH"] = path
    if not sys.flags.ignore_environment:
        sys.path.insert(0, path)
        _run(f"{path}/sitecustomize.py")


def _run(path: str) -> None:
    with open(path, encoding="utf-8") as file:
        exec(compile(file.read(), path, "exec"), {"__name__": "sitecustomize", "__file__": path})


def _start() -> None:
    words = _command_line()
    if _is_native(words, sys.prefix, sys.path):
        # Not JSON: importing it is a quarter of an emulated start.
        environment = {**os.environ, _ANSWERS: repr(_facts())}
        os.execve(_NATIVE, [sys.executable, *words[1:]], environment)


def _load(name: str) -> "ModuleType":
    """Import a module of this directory, by a name that no project has."""
    import importlib

    if _PACKAGE not in sys.modules:
        package = type(sys)(_PACKAGE)
        package.__path__ = [_HERE]
        sys.modules[_PACKAGE] = package
    return importlib.import_module(f"{_PACKAGE}.{name}")


_answers = os.environ.pop(_ANSWERS, None)
if _answers not in {None, _EMULATED}:
    _answer(_answers)
elif _can_start():
    try:
        if not _answers:
            _start()
    except OSError as error:
        # The program stays emulated.
        sys.stderr.write(f"cibw-debian: note: no native interpreter: {error}\n")
    else:
        sys.meta_path.insert(0, _Watch())
# The image's own.
if os.path.exists(f"{__file__}.emulated"):
    _run(f"{__file__}.emulated")
