"""Start a native program's own programs natively from the beginning.

An emulated interpreter takes a third of a second to start, even if a native one takes its place at once. What
pip and build start with interpreters of virtual environments, which are the container's interpreter, can do
without.
"""

from __future__ import annotations

import _posixsubprocess
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: carries a PYTHONPATH past Python's search for sitecustomize.py, in which there may be another one
PYTHONPATH = "CIBW_DEBIAN_PYTHONPATH"


def is_known(pythonpath: str) -> bool:
    """Tell whether a PYTHONPATH is empty, or that of one of pip's build environments."""
    build_environment, name = os.path.split(pythonpath)
    is_pips = os.path.basename(build_environment).startswith("pip-build-env-") and name == "site"
    return not pythonpath or (is_pips and os.pathsep not in pythonpath)


def replace(
    is_native: Callable[[Sequence[str], str, Sequence[str]], bool], native: str, answers: str
) -> None:
    """Let subprocess start programs natively from now on.

    Args:
        is_native: Takes a command line of Python, sys.prefix and directories of distributions, and tells
            whether that program runs natively.
        native: Path of the native interpreter.
        answers: The variable, with its value, by which that interpreter answers for the container.
    """
    fork_exec: Any = _posixsubprocess.fork_exec
    own = os.path.realpath(sys.executable)

    def starts_natively(words: Sequence[str], program: str, variables: dict[str, str]) -> bool:
        prefix = os.path.dirname(os.path.dirname(program))
        path = variables.get("PYTHONPATH", "")
        return (
            os.path.isabs(program)
            and words[0] == program
            and os.path.realpath(program) == own
            # A library of the container's architecture, and another standard library.
            and not {"LD_PRELOAD", "PYTHONHOME"} & variables.keys()
            and is_known(path)
            and _is_closed(prefix)
            and is_native(words, prefix, [_site(prefix), *_sites_of_pip(path)])
        )

    def start(words: Sequence[Any], programs: Sequence[bytes], *rest: Any) -> int:
        # What follows are close_fds, pass_fds, cwd and the environment.
        packed = [name + b"=" + value for name, value in os.environb.items()] if rest[3] is None else rest[3]
        variables = dict(os.fsdecode(variable).split("=", 1) for variable in packed)
        if not starts_natively([os.fsdecode(word) for word in words], os.fsdecode(programs[0]), variables):
            return int(fork_exec(words, programs, *rest))
        path = variables.pop("PYTHONPATH", "")
        packed = [f"{name}={value}" for name, value in variables.items()]
        packed += [answers, f"{PYTHONPATH}={path}"]
        return int(
            fork_exec(
                words, [os.fsencode(native)], *rest[:3], [os.fsencode(one) for one in packed], *rest[4:]
            )
        )

    _posixsubprocess.fork_exec = start  # type: ignore[assignment]


def _site(prefix: str) -> str:
    return f"{prefix}/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"


def _sites_of_pip(pythonpath: str) -> Sequence[str]:
    environment = os.path.dirname(pythonpath)
    return [_site(f"{environment}/{name}") for name in ("overlay", "normal")] if pythonpath else []


def _is_closed(prefix: str) -> bool:
    """Tell whether a virtual environment has no distributions but its own."""
    try:
        with open(f"{prefix}/pyvenv.cfg", encoding="utf-8") as file:
            settings = [line.partition("=") for line in file]
    except OSError:
        return False
    return any(
        name.strip() == "include-system-site-packages" and value.strip().lower() == "false"
        for name, _, value in settings
    )
