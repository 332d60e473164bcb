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

#: variables with which an interpreter may find another sitecustomize.py or standard library, or does not load
_REFUSED = (b"LD_PRELOAD=", b"PYTHONHOME=", b"PYTHONPATH=")


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

    def starts_natively(
        words: Sequence[Any], programs: Sequence[bytes], environment: Sequence[bytes]
    ) -> bool:
        program = os.fsdecode(programs[0])
        # Without a link to follow, PATH could have another one.
        if len(programs) > 1 or not os.path.isabs(program) or os.fsdecode(words[0]) != program:
            return False
        # build sets an empty PYTHONPATH.
        if any(variable.startswith(_REFUSED) and not variable.endswith(b"=") for variable in environment):
            return False
        prefix = os.path.dirname(os.path.dirname(program))
        return (
            os.path.realpath(program) == own
            and _is_closed(prefix)
            and is_native([os.fsdecode(word) for word in words], prefix, [_site(prefix)])
        )

    def start(words: Sequence[Any], programs: Sequence[bytes], *rest: Any) -> int:
        # What follows are close_fds, pass_fds, cwd and the environment.
        environment = rest[3]
        if environment is None:
            environment = [name + b"=" + value for name, value in os.environb.items()]
        try:
            natively = starts_natively(words, programs, environment)
        except (OSError, TypeError, ValueError):
            natively = False
        if natively:
            environment = [*environment, os.fsencode(answers)]
            return int(fork_exec(words, [os.fsencode(native)], *rest[:3], environment, *rest[4:]))
        return int(fork_exec(words, programs, *rest))

    _posixsubprocess.fork_exec = start  # type: ignore[assignment]


def _site(prefix: str) -> str:
    return f"{prefix}/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"


def _is_closed(prefix: str) -> bool:
    """Tell whether a virtual environment has no distributions but its own."""
    try:
        with open(f"{prefix}/pyvenv.cfg", encoding="utf-8") as file:
            settings = [line.partition("=") for line in file]
    except FileNotFoundError:
        return False
    return any(
        name.strip() == "include-system-site-packages" and value.strip().lower() == "false"
        for name, _, value in settings
    )
