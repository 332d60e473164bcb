"""Commands about files that RHEL alone has: the configuration and the keys of dnf, yum and rpm."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cibw_debian.findings import Finding, Level
from cibw_debian.hooks.shell import Edit, descend

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Node

    from cibw_debian.hooks.command import SimpleCommand
    from cibw_debian.hooks.shell import Script, Word

_PATH = r"/etc/(?:yum(?:\.repos\.d|\.conf)?|dnf(?:\.conf)?|distro\.repos\.d|pki/rpm-gpg|rpm)(?![\w.-])"
#: a word that is such a path, quoted or not
_WORD = rf"[\"']?{_PATH}"
_REPOSITORIES = r"/(?:yum|distro)\.repos\.d(?![\w.-])"
_CACHE = r"[\"']?/var/cache/?[\"']?"
#: a program of a software collection, also as a value
COLLECTION = r"[\"']?(?:\S*=)?(/opt/rh/[^\s/]+/root)(?:/usr)?/s?bin/[\w.+-]+[\"']?"
_ABSENT = "a Debian image has no configuration of dnf or yum"


class Change(NamedTuple):
    """What becomes of a command that is about RHEL alone."""

    finding: Finding
    #: what to put in the place of some words; nothing: the whole command goes
    edits: tuple[Edit, ...] = ()


#: program -> its options that take a value, and how many operands stand before the files
_PROGRAMS: dict[str, tuple[str, int]] = {
    "sed": (r"-[nrEsuzi]*[efl]|--(?:expression|file|line-length)", 1),
    "perl": (r"-[a-zA-Z0-9.]*[eEI]", 0),
    "awk": (r"-[vfFi]", 1),
    "gawk": (r"-[vfFi]", 1),
    "chmod": (r"(?!)", 1),
    "chown": (r"(?!)", 1),
    "chgrp": (r"(?!)", 1),
    "truncate": (r"-[sr]", 0),
    "head": (r"-[nc]", 0),
    "tail": (r"-[nc]", 0),
    **dict.fromkeys(("rm", "unlink", "touch", "mkdir", "rmdir", "cat", "ls", "dos2unix"), (r"-m", 0)),
    **dict.fromkeys(("cp", "mv", "install", "ln"), (r"-[tmog]|--(?:target-directory|mode)", 0)),
    "tee": (r"(?!)", 0),
    "find": (r"(?!)", 0),
    "curl": (r"-\w*[oHAdeFTuXx]|--(?:output|header|retry|output-dir)", 0),
    "wget": (r"-\w*[oOPUtT]|--(?:output-document|directory-prefix|tries)", 0),
}
#: programs whose output is what they are called for
_PRINT = frozenset({"awk", "gawk", "cat", "head", "ls", "tail"})
_COPY = frozenset({"cp", "mv", "install", "ln"})
_DOWNLOAD = {"curl": r"-\w*o|--output(?:-dir)?", "wget": r"-\w*[OP]|--output-document|--directory-prefix"}
PROGRAMS = frozenset(_PROGRAMS)


def about_files(command: SimpleCommand, *, asked: bool, captured: bool) -> Change | None:
    """Say what becomes of a command that reads or changes files that only RHEL has; None for another one.

    Args:
        command: A command of `PROGRAMS`.
        asked: Something depends on whether it succeeds.
        captured: Something reads its output.
    """
    return _cache_removed(command) or _left_out(command, asked=asked, captured=captured)


def _cache_removed(command: SimpleCommand) -> Change | None:
    caches = [word for word in command.arguments if re.fullmatch(_CACHE, word.raw)]
    if command.program != "rm" or not caches:
        return None
    message = "apt needs the directory /var/cache: only what is in it is removed"
    edits = tuple(Edit(word.start, word.end, ("/var/cache/*",)) for word in caches)
    return Change(Finding.of("configuration-dropped", message), edits)


def _left_out(command: SimpleCommand, *, asked: bool, captured: bool) -> Change | None:
    program = command.program
    files = _files(command)
    absent = [word for word in files if re.match(_WORD, word.raw)]
    if not absent or (program in _PRINT and asked) or (program == "ls" and captured):
        return None
    adds = re.search(_REPOSITORIES, files[-1].raw) is not None and (
        program in {*_DOWNLOAD, "tee"} or (program in _COPY and len(absent) < len(files))
    )
    change = Change(_finding(adds=adds))
    reads = program in _PRINT or (program == "sed" and not _in_place(command))
    if program == "tee" or (captured and reads):
        return change._replace(edits=tuple(Edit(word.start, word.end, ("/dev/null",)) for word in absent))
    if len(absent) == len(files) or (program in _COPY and absent in (files[-1:], files[:-1])):
        return change
    if program in _COPY or program in _DOWNLOAD:
        return None
    return change._replace(edits=tuple(Edit(word.start, word.end, ("",)) for word in absent))


def _files(command: SimpleCommand) -> list[Word]:
    """Return the words of a command that name files."""
    valued, before = _PROGRAMS[command.program]
    download = _DOWNLOAD.get(command.program)
    files: list[Word] = []
    last: list[Word] = []
    words = iter(command.arguments)
    for word in words:
        if not word.raw.startswith("-") or word.raw == "-":
            files.append(word)
        elif command.program == "find":
            break
        elif re.fullmatch(valued, word.raw):
            value = next(words, None)
            if value is not None and re.fullmatch(download or r"-t|--target-directory", word.raw):
                last.append(value)
            if command.program == "sed":
                before = 0
        elif re.match(r"-[nrEsuzi]*[ef]\W|--(?:expression|file|reference)", word.raw):
            before = 0
    return last if download else files[before:] + last


def _in_place(command: SimpleCommand) -> bool:
    return any(re.match(r"-[nrEsuz]*i|--in-place", word.raw) for word in command.arguments)


def values(script: Script) -> Iterator[Change]:
    """Yield the redirections, loops and words of a script that are about such files."""
    for node, printed in descend(script.root, False, is_printed):
        if node.type in {"word", "string_content", "raw_string"}:
            if not printed:
                yield from _program(script, node)
        elif node.type == "file_redirect":
            words = _named(script, node.children_by_field_name("destination")[:1])
            adds = any(re.search(_REPOSITORIES, word.raw) for word in words)
            adds = adds and any(child.type in {">", ">>", ">|"} for child in node.children)
            yield from _changed(words, words, "/dev/null", _finding(adds=adds))
        elif node.type == "for_statement":
            words = [script.word(value) for value in node.children_by_field_name("value")]
            yield from _changed(_named(script, node.children_by_field_name("value")), words, "", _finding())


def _program(script: Script, node: Node) -> Iterator[Change]:
    """Yield the change of a word that names a program of a collection: `CC=/opt/rh/X/root/usr/bin/gcc`."""
    found = re.fullmatch(COLLECTION, script.word(node).raw)
    if found:
        start = node.start_byte
        span = start + found.start(1), start + found.end()
        message = "software collections (/opt/rh) exist on RHEL only: the image's own program is used"
        change = Edit(span[0], start + found.end(1), ("",))
        yield Change(Finding.of("software-collection", message, span=span), (change,))


def is_printed(node: Node, around: bool) -> bool:
    """Say whether the words in a node are printed only; `around` says it of the node itself."""
    if node.type != "command":
        return around
    return re.match(rb"(?:echo|printf)\b", node.text or b"") is not None


def _named(script: Script, nodes: Sequence[Node]) -> list[Word]:
    return [word for word in map(script.word, nodes) if re.match(_WORD, word.raw)]


def _changed(words: Sequence[Word], among: Sequence[Word], new: str, found: Finding) -> Iterator[Change]:
    if words and len(words) == len(among):
        edits = tuple(Edit(word.start, word.end, (new,)) for word in words)
        yield Change(found._replace(span=(words[0].start, words[-1].end)), edits)


def _finding(*, adds: bool = False) -> Finding:
    if adds:
        message = (
            "this adds a repository of rpm packages, which a Debian image cannot use: left out;"
            " names of packages mean those of the image's own archive"
        )
        return Finding.of("third-party-repository", message, level=Level.WARNING)
    return Finding.of("configuration-dropped", f"{_ABSENT}: left out")


def mentions(script: Script, node: Node) -> Iterator[Finding]:
    """Yield the paths of such files in one word or string."""
    start, end = script.span(node)
    for found in re.finditer(_PATH + r"[^\s\"']*", script.text[start:end]):
        message = f"{_ABSENT}: {found.group()} is not there"
        yield Finding.of("yum-configuration", message, span=(start + found.start(), start + found.end()))
