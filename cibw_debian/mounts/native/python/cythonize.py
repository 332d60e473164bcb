"""Cython at full speed where a project's setup.py calls it.

setup.py itself stays emulated: what it computes is the container's answer. Cython compiles in a native
process of its own, with the same arguments, options and search path. If that does not work, for whatever
reason, the emulated Cython does it as if nothing had happened, and tells what is wrong.
"""

from __future__ import annotations

import importlib
import pickle
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

#: kinds of Cython's global options, and of what it tells about a compiled file
_PLAIN = (bool, int, str, list, dict, set, tuple, type(None))


def replace(module: ModuleType, functions: tuple[str, ...], python: str, facts: dict[str, Any]) -> None:
    """Let Cython compile natively.

    Args:
        module: One of Cython's, just imported.
        functions: Names of its functions that compile.
        python: Path of the native interpreter.
        facts: What that interpreter answers for this one.
    """
    for name in functions:
        setattr(module, name, _native(module, name, python, facts))


def _native(module: ModuleType, name: str, python: str, facts: dict[str, Any]) -> Callable[..., Any]:
    emulated = getattr(module, name)

    def compile_natively(*args: Any, **keywords: Any) -> Any:
        try:
            done, result = _compile(python, facts, (module.__name__, name, args, keywords))
        except Exception:
            what = args[0] if args and isinstance(args[0], str) else name
            note = f"cibw-debian: note: Cython: {what}: left to the emulated interpreter"
            print(note, file=sys.stderr, flush=True)
            return emulated(*args, **keywords)
        for stream, text in (sys.stdout, done.stdout), (sys.stderr, done.stderr):
            stream.write((text or b"").decode(errors="replace"))
            stream.flush()
        if name == "cythonize":
            return _adopt(result, _extensions(args, keywords))
        if result is None:
            return None
        made = module.CompilationResult()
        vars(made).update(result)
        return made

    return compile_natively


def _compile(
    python: str, facts: dict[str, Any], call: tuple[str, str, tuple[Any, ...], dict[str, Any]]
) -> tuple[subprocess.CompletedProcess[bytes], Any]:
    """Return the native process that has compiled, and its result.

    Raises:
        Exception: The call or its result cannot be handed over, or it failed.
    """
    *_, name, args, keywords = call
    # Pythran changes what Cython writes, and needs compiled modules.
    if "pythran" in sys.modules or _compares_times(args, keywords):
        raise ValueError(call)
    packed = pickle.dumps((_state(), *call))
    # Where setuptools is imported, Cython makes extensions of setuptools' own class.
    setuptools = "setuptools" in sys.modules
    for stream in sys.stdout, sys.stderr:
        stream.flush()
    with tempfile.TemporaryFile() as told:
        place = told.fileno()
        done = subprocess.run(
            # Without site: files of the environment that run at each start have run in setup.py's process.
            [sys.executable, "-S", __file__],
            executable=python,
            input=pickle.dumps((facts, sys.path, sys.getrecursionlimit(), setuptools, place, packed)),
            pass_fds=(place,),
            # All files of a project may take minutes, so their output comes at once.
            capture_output=name != "cythonize",
            check=True,
        )
        told.seek(0)
        return done, pickle.load(told)


def _extensions(args: tuple[Any, ...], keywords: dict[str, Any]) -> list[Any]:
    """Return what `cythonize` was called for."""
    asked = args[0] if args else keywords.get("module_list")
    return list(asked) if isinstance(asked, (list, tuple)) else [asked]


def _adopt(found: list[tuple[int | None, Any]], asked: list[Any]) -> list[Any]:
    """Return the extensions that `cythonize` has made; those that it handed back are the caller's own."""
    for place, extension in found:
        if place is not None:
            vars(asked[place]).update(vars(extension))
    return [extension if place is None else asked[place] for place, extension in found]


def _compares_times(args: tuple[Any, ...], keywords: dict[str, Any]) -> bool:
    """Tell whether a file is compiled only if it is newer; then nothing can be tried twice."""
    values = (*args, *keywords.values())
    return bool(keywords.get("timestamps")) or any(getattr(value, "timestamps", None) for value in values)


def _state() -> dict[str, Any]:
    """Return the global options of Cython: setup.py may have changed them."""
    from Cython.Compiler import Options

    return {name: value for name, value in _plain(vars(Options)).items() if not name.startswith("__")}


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Return what the other process can have of some values."""
    return {name: value for name, value in values.items() if isinstance(value, _PLAIN) and _packs(value)}


def _packs(value: object) -> bool:
    try:
        pickle.dumps(value)
    except Exception:
        return False
    return True


def _main() -> None:
    from answers import answer  # type: ignore[import-not-found]

    facts, path, limit, setuptools, told, packed = pickle.load(sys.stdin.buffer)
    answer(facts)
    sys.path[:] = path
    sys.setrecursionlimit(limit)
    if setuptools:
        importlib.import_module("setuptools")
    # Now Cython's own classes are found.
    state, module, name, args, keywords = pickle.loads(packed)
    function = getattr(importlib.import_module(module), name)
    from Cython.Compiler import Options

    for option, value in state.items():
        own = getattr(Options, option, None)
        # Other modules have the same dictionary.
        if isinstance(own, dict) and isinstance(value, dict):
            own.clear()
            own.update(value)
        else:
            setattr(Options, option, value)
    result = function(*args, **keywords)
    if name == "cythonize":
        places = {id(extension): place for place, extension in enumerate(_extensions(args, keywords))}
        result = [(places.get(id(extension)), extension) for extension in result]
    elif result is not None:
        # With errors, and with several files at once, it is for the emulated Cython to tell.
        if type(result).__name__ != "CompilationResult" or result.num_errors:
            sys.exit("not compiled")
        result = _plain(vars(result))
    with open(told, "wb") as file:
        pickle.dump(result, file)


if __name__ == "__main__":
    _main()
