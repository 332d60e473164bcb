"""Cython at full speed where a project's setup.py calls it.

setup.py itself stays emulated: what it computes is the container's answer. Cython compiles each file in a
native process of its own, with the same arguments, options and search path. If that does not work, for
whatever reason, the emulated Cython does it as if nothing had happened, and tells what is wrong.
"""

from __future__ import annotations

import importlib
import pickle
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

#: module -> its function that compiles a file: of `cythonize`, and of build_ext as it was before Cython 3
FUNCTIONS = {"Cython.Build.Dependencies": "cythonize_one", "Cython.Compiler.Main": "compile"}
#: kinds of Cython's global options, and of what it tells about a compiled file
_PLAIN = (bool, int, str, list, dict, set, tuple, type(None))


def replace(module: ModuleType, python: str, facts: dict[str, Any]) -> None:
    """Let Cython compile each file natively.

    Args:
        module: One of FUNCTIONS, just imported.
        python: Path of the native interpreter.
        facts: What that interpreter answers for this one.
    """
    name = FUNCTIONS[module.__name__]
    emulated = getattr(module, name)

    def compile_natively(*args: Any, **keywords: Any) -> Any:
        with tempfile.TemporaryFile() as result:
            done = _compile(python, facts, result.fileno(), (module.__name__, args, keywords))
            if done is None or done.returncode:
                file = args[0] if args else keywords.get("pyx_file", keywords.get("source"))
                note = f"cibw-debian: note: Cython: {file}: left to the emulated interpreter"
                print(note, file=sys.stderr, flush=True)
                return emulated(*args, **keywords)
            for stream, text in (sys.stdout, done.stdout), (sys.stderr, done.stderr):
                stream.write(text.decode(errors="replace"))
                stream.flush()
            result.seek(0)
            values = pickle.load(result)
        if values is None:
            return None
        made = module.CompilationResult()
        vars(made).update(values)
        return made

    setattr(module, name, compile_natively)


def _compile(
    python: str, facts: dict[str, Any], result: int, call: tuple[str, tuple[Any, ...], dict[str, Any]]
) -> subprocess.CompletedProcess[bytes] | None:
    """Return the native process that has compiled a file; None where its arguments cannot be handed over."""
    # Pythran changes what Cython writes, and needs compiled modules.
    if "pythran" in sys.modules or _compares_times(*call[1:]):
        return None
    try:
        packed = pickle.dumps((_state(), *call))
        return subprocess.run(
            # Without site: files of the environment that run at each start have run in setup.py's process.
            [sys.executable, "-S", __file__],
            executable=python,
            input=pickle.dumps((facts, sys.path, sys.getrecursionlimit(), result, packed)),
            pass_fds=(result,),
            capture_output=True,
            check=False,
        )
    except Exception:
        return None


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

    facts, path, limit, told, packed = pickle.load(sys.stdin.buffer)
    answer(facts)
    sys.path[:] = path
    sys.setrecursionlimit(limit)
    # Now Cython's own classes are found.
    state, name, args, keywords = pickle.loads(packed)
    module = importlib.import_module(name)
    from Cython.Compiler import Options

    for option, value in state.items():
        own = getattr(Options, option, None)
        # Other modules have the same dictionary.
        if isinstance(own, dict) and isinstance(value, dict):
            own.clear()
            own.update(value)
        else:
            setattr(Options, option, value)
    result = getattr(module, FUNCTIONS[name])(*args, **keywords)
    # With errors, and with several files at once, it is for the emulated Cython to tell.
    if result is not None and (
        type(result) is not getattr(module, "CompilationResult", None) or result.num_errors
    ):
        sys.exit("not compiled")
    with open(told, "wb") as file:
        pickle.dump(result and _plain(vars(result)), file)


if __name__ == "__main__":
    _main()
