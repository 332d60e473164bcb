"""Cython at full speed where a project's setup.py calls it.

setup.py itself stays emulated: what it computes is the container's answer. Cython compiles each file in a
native process of its own, with the same arguments, options and search path. If that does not work, for
whatever reason, the emulated Cython does it as if nothing had happened, and tells what is wrong.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

#: kinds of Cython's global options
_PLAIN = (bool, int, str, list, dict, set, tuple, type(None))


def replace(module: ModuleType, python: str, facts: dict[str, Any]) -> None:
    """Let Cython compile each file natively.

    Args:
        module: Cython.Build.Dependencies, just imported.
        python: Path of the native interpreter.
        facts: What that interpreter answers for this one.
    """
    emulated = module.cythonize_one

    def cythonize_one(*args: Any, **keywords: Any) -> Any:
        done = _compile(python, facts, args, keywords)
        if done is None or done.returncode:
            file = args[0] if args else keywords.get("pyx_file")
            note = f"cibw-debian: note: Cython: {file}: left to the emulated interpreter"
            print(note, file=sys.stderr, flush=True)
            return emulated(*args, **keywords)
        for stream, text in (sys.stdout, done.stdout), (sys.stderr, done.stderr):
            stream.write(text.decode(errors="replace"))
            stream.flush()
        return None

    module.cythonize_one = cythonize_one  # type: ignore[attr-defined]


def _compile(
    python: str, facts: dict[str, Any], args: tuple[Any, ...], keywords: dict[str, Any]
) -> subprocess.CompletedProcess[bytes] | None:
    """Return the native process that has compiled a file; None where its arguments cannot be handed over."""
    # Pythran changes what Cython writes, and needs compiled modules.
    if "pythran" in sys.modules:
        return None
    try:
        call = pickle.dumps((_state(), args, keywords))
        return subprocess.run(
            # Without site: files of the environment that run at each start have run in setup.py's process.
            [sys.executable, "-S", __file__],
            executable=python,
            input=pickle.dumps((facts, sys.path, sys.getrecursionlimit(), call)),
            capture_output=True,
            check=False,
        )
    except Exception:
        return None


def _state() -> dict[str, Any]:
    """Return the global options of Cython: setup.py may have changed them."""
    from Cython.Compiler import Options

    return {
        name: value
        for name, value in vars(Options).items()
        if isinstance(value, _PLAIN) and not name.startswith("__") and _can_be_handed_over(value)
    }


def _can_be_handed_over(value: object) -> bool:
    try:
        pickle.dumps(value)
    except Exception:
        return False
    return True


def _main() -> None:
    from answers import answer  # type: ignore[import-not-found]

    facts, path, limit, call = pickle.load(sys.stdin.buffer)
    answer(facts)
    sys.path[:] = path
    sys.setrecursionlimit(limit)
    # Now Cython's own classes are found.
    state, args, keywords = pickle.loads(call)
    from Cython.Build.Dependencies import cythonize_one
    from Cython.Compiler import Options

    for name, value in state.items():
        own = getattr(Options, name, None)
        # Other modules have the same dictionary.
        if isinstance(own, dict) and isinstance(value, dict):
            own.clear()
            own.update(value)
        else:
            setattr(Options, name, value)
    if cythonize_one(*args, **keywords) is not None:
        sys.exit("the result is not None")


if __name__ == "__main__":
    _main()
