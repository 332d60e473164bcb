"""What a hook installs from the package index: `pip install`, `python -m pip install`, `uv pip install`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cibw_debian.hooks.runtime_only import simple_commands

if TYPE_CHECKING:
    from collections.abc import Iterator

#: options of `pip install` whose next word is their value, and no requirement
_VALUED = (
    "-c --constraint -b --build-constraint -t --target --platform --python-version"
    " --implementation --abi --root --prefix --src --upgrade-strategy -C --config-settings --global-option"
    " --no-binary --only-binary --progress-bar --root-user-action --report -i --index-url"
    " --extra-index-url --index -f --find-links --python --log --proxy --retries --timeout --exists-action"
    " --trusted-host --cert --client-cert --cache-dir"
)
_FILE, _GROUP = "-r", "--group"
#: options with a value that is installed -> kind of the value
_KINDS = {
    **dict.fromkeys((_FILE, "--requirement", "--requirements"), _FILE),
    **dict.fromkeys(("-e", "--editable"), ""),
    _GROUP: _GROUP,
}
_PIP = re.compile(r"(?:.*/)?pip[\d.]*")
_PYTHON = re.compile(r"(?:.*/)?(?:python|pypy)[\d.]*")


class PipInstall(NamedTuple):
    """What one or several commands install."""

    #: requirements as they are written, and whatever else stands there: paths, addresses
    requirements: tuple[str, ...] = ()
    #: requirement files
    files: tuple[str, ...] = ()
    #: dependency groups (PEP 735), perhaps behind a path: ``pyproject.toml:dev``
    groups: tuple[str, ...] = ()


def pip_installs(text: str) -> PipInstall:
    """Return what the commands of a hook install with pip; words that only the shell knows are left out."""
    found: dict[str, dict[str, None]] = {"": {}, _FILE: {}, _GROUP: {}}
    if "pip" in text:
        for command, _ in simple_commands(text):
            words = [value for word in command.words[command.program_index :] for value in word.values]
            for kind, word in _arguments(_behind_install(words)):
                found[kind][word] = None
    return PipInstall(*map(tuple, found.values()))


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
    """Yield each requirement, requirement file and group behind its kind: nothing, `_FILE` or `_GROUP`."""
    rest = iter(words)
    for word in rest:
        option, equals, value = word.partition("=")
        if option in _KINDS:
            yield _KINDS[option], value if equals else next(rest, "")
        elif word.startswith(_FILE) and len(word) > len(_FILE):
            yield _FILE, word.removeprefix(_FILE)
        elif word in _VALUED.split():
            next(rest, "")
        elif not word.startswith("-"):
            yield "", word
