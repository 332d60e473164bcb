"""Cython at full speed where a project's setup.py calls it.

setup.py itself stays emulated: what it computes is the container's answer. Cython compiles each file in a native
process of its own, with the same arguments, options and search path. If that does not work, for whatever reason,
the emulated Cython does it as if nothing had happened, and tells what is wrong.
"""

import pickle
import subprocess
import sys


def replace(module, python, environment):
    """Let Cython compile each file natively.

    Args:
        module: Cython.Build.Dependencies, just imported.
        python: Path of the native interpreter.
        environment: Returns the variables for a native process.
    """
    emulated = module.cythonize_one

    def cythonize_one(*args, **keywords):
        done = _compile(python, environment, args, keywords)
        if done is None or done.returncode:
            note = f"cibw-debian: note: Cython: {args[0]}: left to the emulated interpreter"
            print(note, file=sys.stderr, flush=True)
            return emulated(*args, **keywords)
        for stream, text in (sys.stdout, done.stdout), (sys.stderr, done.stderr):
            stream.write(text.decode(errors="replace"))
            stream.flush()
        return None

    module.cythonize_one = cythonize_one


def _compile(python, environment, args, keywords):
    """Return the native process that has compiled a file; None where its arguments cannot be handed over."""
    try:
        order = pickle.dumps((sys.path, _state(), args, keywords))
        return subprocess.run(
            [sys.executable, "-I", __file__],
            executable=python,
            input=order,
            capture_output=True,
            check=False,
            env=environment(),
        )
    except Exception:
        return None


def _state():
    """Return the global options of Cython: setup.py may have changed them."""
    from Cython.Compiler import Options

    state = {}
    for name, value in vars(Options).items():
        if isinstance(value, (bool, int, str, list, dict, set, tuple, type(None))) and name[:2] != "__":
            try:
                pickle.dumps(value)
            except Exception:
                continue
            state[name] = value
    return state


def _main():
    path, state, args, keywords = pickle.load(sys.stdin.buffer)
    sys.path[:] = path
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
