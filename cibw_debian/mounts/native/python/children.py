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
    posix_spawn: Any = os.posix_spawn
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

    def variables_for(words: Sequence[Any], program: Any, variables: dict[str, str]) -> dict[str, str]:
        """Return the variables for a native process, empty if the process is none."""
        if not starts_natively([os.fsdecode(word) for word in words], os.fsdecode(program), variables):
            return {}
        carried = {name: value for name, value in variables.items() if name != "PYTHONPATH"}
        name, _, value = answers.partition("=")
        return {**carried, name: value, PYTHONPATH: variables.get("PYTHONPATH", "")}

    def fork(words: Sequence[Any], programs: Sequence[bytes], *rest: Any) -> int:
        # What follows are close_fds, pass_fds, cwd and the environment.
        packed = [name + b"=" + value for name, value in os.environb.items()] if rest[3] is None else rest[3]
        variables = dict(os.fsdecode(variable).split("=", 1) for variable in packed)
        carried = variables_for(words, programs[0], variables)
        if not carried:
            return int(fork_exec(words, programs, *rest))
        packed = [os.fsencode(f"{name}={value}") for name, value in carried.items()]
        return int(fork_exec(words, [os.fsencode(native)], *rest[:3], packed, *rest[4:]))

    def spawn(program: Any, words: Sequence[Any], environment: Any, **options: Any) -> int:
        # None is the process's own.
        own_or_given = os.environ if environment is None else environment
        variables = {os.fsdecode(name): os.fsdecode(value) for name, value in own_or_given.items()}
        carried = variables_for(words, program, variables)
        if not carried:
            return int(posix_spawn(program, words, environment, **options))
        return int(posix_spawn(native, words, carried, **options))

    _posixsubprocess.fork_exec = fork  # type: ignore[assignment]
    # Since Python 3.13, subprocess prefers it.
    os.posix_spawn = spawn


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
