"""What the companion does for one command line: its own code decides, and bash does the rest.

For each command line the code of the companion runs in a root that is not there. Wherever this root would
have to say something (are there lists of packages, did apt-get do its work), both answers are tried. The
result is shell text: an `if` for each question, and the exit status at the end of each way. So no Python has
to start for each command of a hundred thousand scripts, and every way through the companion's code is taken.
"""

from __future__ import annotations

import shlex
from contextlib import ExitStack, contextmanager, redirect_stdout
from functools import lru_cache
from typing import TYPE_CHECKING
from unittest.mock import patch

from cibw_debian.container import dnf, rpm, scl, system
from tests.hooks.names import AnyNames

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: the fakes of a command that cannot do its work all exit with this
_FAILED = 7


class _Question(Exception):  # noqa: N818  (no error)
    """The answer depends on what this command exits with."""


class _Replaced(Exception):  # noqa: N818  (no error)
    """From here on another program runs."""


#: the command line, and the answers to its first questions
_line: Sequence[str] = ()
_known: list[bool] = []
_asked = 0


def _ask(command: str) -> bool:
    global _asked  # noqa: PLW0603  (the root that is not there is one for all)
    if _asked == len(_known):
        raise _Question(command)
    _asked += 1
    return _known[_asked - 1]


def _run(command: Sequence[str], _environment: object = None) -> int:
    # The recorder takes no notice of `-o NAME=VALUE`.
    plain = [
        word for before, word in zip(("", *command), command, strict=False) if "-o" not in {before, word}
    ]
    return 0 if _ask(shlex.join(plain)) else 100


def _replace_by(command: Sequence[str]) -> int:
    raise _Replaced(shlex.join(command))


def _installed() -> list[tuple[str, str]]:
    """What is to be removed is installed; rpm is asked for what may not be."""
    program, *words = _line
    return [(f"deb-{word}", "1") for word in words if program != "rpm" or word.startswith("there")]


@contextmanager
def fake_root() -> Iterator[None]:
    """Put the root that is not there in the place of the image."""
    fakes = {
        "say": lambda *_: None,
        "target": lambda: AnyNames.target,
        "run": _run,
        "replace_by": _replace_by,
        "has_own_input": lambda: False,
        "output": lambda *_: "",
        "lists_are_fresh": lambda: _ask("lists_are_there"),
        "installed": _installed,
    }
    with ExitStack() as stack, redirect_stdout(None):
        for name, fake in fakes.items():
            stack.enter_context(patch.object(system, name, fake))
        for module in (dnf, rpm):
            stack.enter_context(patch.object(module, "open_image_resolver", lambda *_, **__: AnyNames()))
        yield


@lru_cache(maxsize=20_000)
def answer(program: str, *args: str) -> str:
    """Return what one command line does, as shell text for the body of a function; needs `fake_root`."""
    return _ways((program, *args), [])


def _ways(line: Sequence[str], known: list[bool]) -> str:
    global _line, _known, _asked
    _line, _known, _asked = line, known, 0
    try:
        status = _evaluate(*line)
    except _Question as question:
        yes = _ways(line, [*known, True])
        return f"if {question}; then {yes}; else {_ways(line, [*known, False])}; fi"
    except _Replaced as replaced:
        return f"{replaced}; return"
    return f"return {status}"


def _evaluate(program: str, *args: str) -> int:
    if program == "scl":
        return scl.main(args)
    if program == "rpm":
        return rpm.main(args, {})
    return _FAILED if dnf.main(program, args, {}) == dnf.FAILED else dnf.DONE
