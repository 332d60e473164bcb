"""Commands that RHEL alone has, or that it has under another name."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from posixpath import basename, dirname
from typing import TYPE_CHECKING

from cibw_debian.findings import Finding
from cibw_debian.hooks import rhel_files
from cibw_debian.hooks.rhel_files import Change
from cibw_debian.hooks.shell import Edit
from cibw_debian.resolver.subcommands import RELEASE_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cibw_debian.hooks.command import SimpleCommand
    from cibw_debian.hooks.shell import Script, Word

_BINARIES = frozenset({"", ".", "/bin", "/usr/bin", "/usr/local/bin"})
#: `$(which cmake3)`
_LOCATED = r"[\"']?(?:\$\(|`)(?:which|command\s+-v|type\s+-p)\s+([\w.+-]+)\s*[)`][\"']?"
#: what alternatives does with a group: makes one, or does something with one that is there
_ACTIONS = frozenset({"--install", "--set", "--auto", "--display", "--remove", "--remove-all"})
#: options with a value that update-alternatives does not have
_UNKNOWN = frozenset({"--family", "--initscript"})
_LINKS = frozenset({"ln", "cp", "mv", "alternatives", "update-alternatives"})
_INSTALLS = r"-\w*[iUF]\w*|--(?:install|upgrade|freshen)"
#: so many characters a command has that makes a link
_LONGEST = 300
_NOT_INSTALLS = r"-\w*[qVe]\w*|--(?:query|verify|erase)"


def about(
    command: SimpleCommand, script: Script, names: Mapping[str, str], *, asked: bool, captured: bool
) -> Change | None:
    """Say what becomes of a command that is about RHEL alone; None for every other command.

    Args:
        command: The command.
        script: The script around it.
        names: RHEL's name of a command -> Debian's.
        asked: Something depends on whether the command succeeds.
        captured: Something reads its output.
    """
    change = about_rpm(command) if command.program == "rpm" else None
    if command.program in _LINKS:
        change = about_link(command, names, script.text)
    elif command.program in names:
        change = rename(command, script, names)
    if change is None and command.program in rhel_files.PROGRAMS:
        change = rhel_files.about_files(command, asked=asked, captured=captured)
    return change


def about_rpm(command: SimpleCommand) -> Change | None:
    """Say what becomes of a command of rpm that has nothing to do on Debian; None for another one."""
    options = [word.raw for word in command.arguments if word.raw.startswith("-")]
    files = [word for word in command.arguments if not word.raw.startswith("-")]
    if "--import" in options:
        return Change(Finding.of("rpm-key", "apt has keys of its own: left out"))
    installs = any(re.fullmatch(_INSTALLS, option) for option in options)
    if not installs or any(re.fullmatch(_NOT_INSTALLS, option) for option in options):
        return None
    if files and all(is_release_file(word) for word in files):
        message = "Debian's archive has what this repository adds: nothing to do"
        return Change(Finding.of("repository-dropped", message))
    return None


def is_release_file(word: Word) -> bool:
    """Say whether a word surely names the package of a repository that Debian's archive stands for."""
    return re.search(RELEASE_FILE, word.text or word.raw.strip("\"'")) is not None


def with_release_files(command: SimpleCommand) -> SimpleCommand:
    """Return a command in which words such as `epel-release-latest-$(rpm -E %rhel).noarch.rpm` are known."""
    words = (
        word._replace(values=(word.raw.strip("\"'"),)) if not word.values and is_release_file(word) else word
        for word in command.words
    )
    return command._replace(words=tuple(words))


def about_link(command: SimpleCommand, names: Mapping[str, str], text: str = "") -> Change | None:
    """Say what becomes of a link that gives a command its Debian name; None for another one.

    Args:
        command: A command `ln`, `cp` or `mv`, or one that has `--install` for alternatives.
        names: RHEL's name of a command -> Debian's.
        text: The script around it.
    """
    words = [word for word in command.arguments if not word.raw.startswith("-")]
    if command.program in {"ln", "cp", "mv"}:
        if len(words) != 2:  # noqa: PLR2004  (from, to)
            return None
        return _link(words[0], words[1], names)
    pairs = [*_alternatives([word.raw for word in command.arguments])]
    if pairs and all(names.get(basename(path)) == basename(link) for link, path in pairs):
        return Change(_same(basename(pairs[0][1]), basename(pairs[0][0])))
    return _update_alternatives(command, text) if command.program == "alternatives" else None


def _update_alternatives(command: SimpleCommand, text: str) -> Change | None:
    """Give alternatives its Debian name, where it makes a group or chooses in one that the hook made."""
    program, *arguments = command.words[command.program_index :]
    action = next((word.raw for word in arguments if word.raw in _ACTIONS), "")
    names = [two.text or "" for one, two in pairwise(arguments) if one.raw == action]
    if not action or (action != "--install" and _groups(text).isdisjoint(names[:1])):
        return None
    # Debian's command knows no families of packages and no scripts of init.
    dropped = [
        (word, arguments[at : at + 2][-1]) for at, word in enumerate(arguments) if word.raw in _UNKNOWN
    ]
    dropped += [(word, word) for word in arguments if word.raw == "--keep-missing"]
    message = "alternatives is RHEL's name of update-alternatives: renamed"
    edits = (Edit(first.start, last.end, ("",)) for first, last in dropped)
    renaming = Edit(program.start, program.end, ("update-alternatives",))
    return Change(Finding.of("renamed-command", message, span=program.span), (renaming, *edits))


@lru_cache(maxsize=1)
def _groups(text: str) -> frozenset[str]:
    """Return the groups of alternatives that a hook makes."""
    return frozenset(re.findall(r"--install\s+\S+\s+(\S+)", text))


def _link(source: Word, target: Word, names: Mapping[str, str]) -> Change | None:
    located = re.fullmatch(_LOCATED, source.raw)
    path = located[1] if located else source.text or ""
    debian = names.get(basename(path))
    if debian is None:
        return None
    place = target.text or ""
    found = _same(basename(path), basename(debian))
    if basename(place) == basename(debian) and dirname(place) in _BINARIES:
        return Change(found)
    if located:
        return Change(found, (Edit(source.start, source.end, (source.raw.replace(path, debian),)),))
    return Change(found, (Edit(source.start, source.end, (renamed(path, debian),)),))


def _same(rhel: str, debian: str) -> Finding:
    message = f"{rhel} is {debian} on Debian: a link from one name to the other is not needed"
    return Finding.of("renamed-command", message)


def _alternatives(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield link and path of `--install LINK NAME PATH PRIORITY` and of each `--slave LINK NAME PATH`."""
    for position, word in enumerate(arguments):
        if word in {"--install", "--slave"} and len(arguments) > position + 3:
            yield arguments[position + 1], arguments[position + 3]


def renamed(path: str, debian: str) -> str:
    """Return the path of a command with its Debian name."""
    directory = dirname(path)
    return debian if not directory or debian.startswith("/") else f"{directory}/{debian}"


def rename(command: SimpleCommand, script: Script, names: Mapping[str, str]) -> Change | None:
    """Give a program its Debian name, where it has another one; None otherwise."""
    program = command.words[command.program_index]
    debian = names.get(command.program)
    if debian is None or made_here(script.text, command.program):
        return None
    if program.raw == command.program and _defines(script.text, debian):
        # cmake() { cmake3 "$@"; }
        debian = f"command {debian}"
    message = f"{command.program} is RHEL's name of {debian}: renamed"
    found = Finding.of("renamed-command", message, span=program.span)
    return Change(found, (Edit(program.start, program.end, (renamed(program.raw, debian),)),))


@lru_cache(maxsize=128)
def made_here(text: str, name: str) -> bool:
    """Say whether a script itself makes a command of a name: by a link, a function, an alias or a file."""
    if _defines(text, name):
        return True
    places = re.finditer(rf"(?<![\w.-]){re.escape(name)}[\"']?\s*(?:[=;&|)\n<]|$)", text)
    return any(
        _makes(re.split(r"[;&|\n]", text[max(0, place.start() - _LONGEST) : place.start()])[-1])
        for place in places
    )


def _makes(before: str) -> bool:
    """Say whether a command makes what its next word names; a link from the Debian name makes nothing."""
    *words, directory = re.split(r"\s", before)
    if any(basename(word) == "ln" for word in words) and (not directory or directory.endswith("/")):
        return not any(re.fullmatch(r"[\"']?/usr/bin/[\w-]+[\"']?", word) for word in words)
    return re.search(r"\balias\s+\Z|>\s*(?:[^\s>]*/)\Z", before) is not None


@lru_cache(maxsize=128)
def _defines(text: str, name: str) -> bool:
    """Say whether a script defines a function."""
    return re.search(rf"(?<![\w./-]){re.escape(name)}\s*\(\)", text) is not None


@lru_cache(maxsize=128)
def _asks(text: str, name: str) -> bool:
    """Say whether a script asks for a command: where the answer is no, it takes another one."""
    asks = rf"(?:command\s+-v|which|type|hash|-[xef])\s+(?:\S*/)?{re.escape(name)}(?![\w-])"
    return re.search(asks, text) is not None


def assigned(text: str, names: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the names of RHEL's commands that are handed on as a value: `CMAKE=cmake3`."""
    for found in re.finditer(r"=[\"']?((?:[\w./]*/)?([\w.+-]+))(?=[\"'\s;&|)]|$)", text) if names else ():
        name = found[2]
        if name in names and not made_here(text, name) and not _asks(text, name):
            message = f"{name} is RHEL's name of {names[name]}: only the companion makes it known on Debian"
            yield Finding.of("rhel-name", message, span=found.span(1))
