"""`scl` on a Debian image: runs the command, with the image's own compiler."""

from __future__ import annotations

from collections.abc import Sequence

from . import system

_SHELLS = frozenset({"-", "sh", "bash", "dash", "/bin/sh", "/bin/bash", "/usr/bin/bash"})


def main(args: Sequence[str]) -> int:
    """Do what one scl command line asks for, and return scl's exit code.

    Args:
        args: The words after ``scl``.
    """
    if args and args[0] in {"-l", "--list", "list-collections"}:
        return 0
    command = _command(args[1:]) if args and args[0] in {"enable", "run"} else None
    if command is None:
        system.say("error", f"scl {' '.join(args)}: Debian has no software collections")
        return 1
    system.say("note", "scl enable: the image's own compiler needs no enabling")
    if not command:
        return 0
    return system.replace_by(command)


def _command(words: Sequence[str]) -> Sequence[str] | None:
    """Return what is to be run: empty for nothing, None where that is not understood."""
    if "--" in words:
        command = list(words[words.index("--") + 1 :])
    elif len(words) > 1:
        command = ["/bin/bash", "-c", words[-1]] if words[-1] not in _SHELLS else [words[-1]]
    else:
        command = []
    if len(command) == 1 and command[0] in _SHELLS:
        # A shell that would read what its parent reads: in a build that never ends.
        return ["/bin/bash"] if system.has_own_input() else []
    return command if words else None
