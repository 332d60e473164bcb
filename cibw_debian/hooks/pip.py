"""What a hook installs from the package index: `pip install`, `python -m pip install`, `uv pip install`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cibw_debian.hooks.runtime_only import simple_commands

if TYPE_CHECKING:
    from collections.abc import Iterator

#: options of `pip install` whose next word is their value
_VALUED = (
    "-c --constraint -b --build-constraint -e --editable -t --target --platform --python-version"
    " --implementation --abi --root --prefix --src --upgrade-strategy -C --config-settings --global-option"
    " --no-binary --only-binary --progress-bar --root-user-action --report --group -i --index-url"
    " --extra-index-url --index -f --find-links --python --log --proxy --retries --timeout --exists-action"
    " --trusted-host --cert --client-cert --cache-dir"
)
_FILES = frozenset({"-r", "--requirement", "--requirements"})
_PIP = re.compile(r"(?:.*/)?pip[\d.]*")
_PYTHON = re.compile(r"(?:.*/)?(?:python|pypy)[\d.]*")


class PipInstall(NamedTuple):
    """What one or several commands install."""

    #: requirements as they are written, and whatever else stands there: paths, addresses
    requirements: tuple[str, ...] = ()
    #: requirement files
    files: tuple[str, ...] = ()


def pip_installs(text: str) -> PipInstall:
    """Return what the commands of a hook install with pip; words that only the shell knows are left out."""
    requirements: list[str] = []
    files: list[str] = []
    if "pip" in text:
        for command, _ in simple_commands(text):
            words = [value for word in command.words[command.program_index :] for value in word.values]
            for option, word in _arguments(_behind_install(words)):
                (files if option else requirements).append(word)
    return PipInstall(tuple(dict.fromkeys(requirements)), tuple(dict.fromkeys(files)))


def _behind_install(words: list[str]) -> list[str]:
    """Return the words behind `pip install`; none for another command."""
    if words and _PYTHON.fullmatch(words[0]) and "-m" in words:
        words = words[words.index("-m") + 1 :]
    elif words[:1] == ["uv"]:
        words = words[1:]
    if not words or not _PIP.fullmatch(words[0]) or "install" not in words:
        return []
    return words[words.index("install") + 1 :]


def _arguments(words: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each requirement with an empty option, and each requirement file with its option."""
    rest = iter(words)
    for word in rest:
        option, equals, value = word.partition("=")
        if option in _FILES:
            yield option, value if equals else next(rest, "")
        elif word.startswith("-r") and len(word) > len("-r"):
            yield "-r", word.removeprefix("-r")
        elif word in _VALUED.split():
            next(rest, "")
        elif not word.startswith("-"):
            yield "", word
