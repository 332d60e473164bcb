"""Places in a hook that no translation of dnf covers and that a Debian image will stumble over."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from cibw_debian.findings import Finding, Level
from cibw_debian.hooks.bashisms import bash_only, compares
from cibw_debian.hooks.own_branch import Runs, runs_inside
from cibw_debian.hooks.rhel_commands import assigned
from cibw_debian.hooks.rhel_files import COLLECTION, is_printed, mentions
from cibw_debian.hooks.shell import Spans, descend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from tree_sitter import Node

    from cibw_debian.hooks.command import SimpleCommand
    from cibw_debian.hooks.shell import Script


_SKIPPED = frozenset({"comment", "heredoc_body", "heredoc_start", "heredoc_end"})
_TEXTS = frozenset({"variable_assignment", "word", "string_content", "raw_string"})
_LIB64 = re.compile(r"/lib64(?![\w-])")
_LIB = re.compile(r"/lib(?!\w)")
#: no part of a path
_NO_PATH = re.compile(r"[^\w./~+${}-]")
#: of a longer path the end is enough
_LONGEST_PREFIX = 200
#: triplets of the architectures whose loader is in /usr/lib64, so that the companion can make no link of it
_OWN_LIB64 = ("x86_64", "powerpc64le")
#: before a path: a list of directories to search
_SEARCHED = r"(?:PATH=[\"']?|-L|-rpath[=,]|[:;])\Z"
#: the script itself says that libraries go there
_MAKES_LIB64 = re.compile(r"(?i)libdir\S*lib64|\b(?:mkdir|ln)\s[^;&|\n]*lib64")
_MANAGER_VALUE = re.compile(rb"=[\"']?(?:/usr/bin/)?(?:dnf|yum|microdnf)\b")
#: where these stand under a condition, an own branch for apt is the other way
_CONDITIONAL = frozenset({"variable-command", "yum-configuration"})
_OPT_RH = re.compile(r"/opt/rh/")
_ENABLE = re.compile(r"/opt/rh/[^/\s]+/enable")


def tree_findings(
    script: Script,
    *,
    posix_sh: bool,
    triplet: str,
    names: Mapping[str, str],
    answered: bool = False,
    own_branch: bool = False,
) -> Iterator[Finding]:
    """Yield what a walk over the whole tree shows.

    Args:
        script: The script.
        posix_sh: `sh` runs it, which is dash on Debian-based images and bash on RHEL ones.
        triplet: GNU triplet of the target, for messages.
        names: RHEL's name of a command -> Debian's.
        answered: The companion is in the container.
        own_branch: The author has a branch for apt.
    """
    reported: set[str] = set()
    skipped: list[tuple[int, int]] = []
    for node, around in descend(script.root, _Around(False, Runs.ALWAYS, False, False), _enter):
        if around.skipped:
            continue
        if node.type in _SKIPPED:
            skipped.append(script.span(node))
            continue
        if posix_sh:
            syntax = bash_only(script, node, compared=around.compared)
            if syntax and syntax not in reported:
                reported.add(syntax)
                message = f"{syntax} is bash only: sh, which runs hooks, is dash on Debian-based images"
                yield Finding.of("bash-only", message, span=script.span(node))
        if node.type in _TEXTS:
            for finding in _text_findings(script, node, printed=around.printed):
                own = own_branch and finding.code in _CONDITIONAL and around.runs is Runs.PERHAPS
                yield finding._replace(own_branch=own)
    texts = Spans(skipped)
    for finding in _whole_text(script.text, triplet, names, answered=answered):
        start = finding.span[0]
        if not texts.meet(start, start + 1):
            yield finding._replace(own_branch=own_branch)


class _Around(NamedTuple):
    """What the statements around a node mean for it."""

    #: its words are printed only
    printed: bool
    runs: Runs
    #: it is no shell text
    skipped: bool
    #: == and =~ are operators of `[` or of a command
    compared: bool


def _enter(node: Node, around: _Around) -> _Around:
    printed, runs = is_printed(node, around.printed), runs_inside(node, around.runs)
    skipped = around.skipped or node.type in _SKIPPED
    return _Around(printed, runs, skipped, compares(node, around.compared))


def _whole_text(text: str, triplet: str, names: Mapping[str, str], *, answered: bool) -> Iterator[Finding]:
    found = _PRECEDENCE.search(text.replace("\\\n", "  "))
    if found is not None:
        message = (
            "&& and || bind alike: the last command runs also when the first one succeeded; "
            "put braces around the commands after ||"
        )
        yield Finding.of("precedence", message, span=(found.end(1), found.end()))
    yield from assigned(text, names)
    for found in _ASKS_FOR_FILES.finditer(text):
        code, message = "probe", _probe(answered=answered)
        if not found["program"]:
            code = "rhel-release"
            message = "asks for RHEL's release, which a Debian image does not have: the answer there is no"
        yield Finding.of(code, message, span=found.span())
    places = list(_LIB64.finditer(text))
    if places:
        # A search path may name what is not there.
        known = {_prefix(text, found.start()) for found in _LIB.finditer(text)}
        makes = _MAKES_LIB64.search(text) is not None
        for found in places:
            yield from _lib64(found, text, triplet, known=None if makes else known)


def _prefix(text: str, end: int) -> str:
    word = text[max(0, end - _LONGEST_PREFIX) : end].rpartition(" ")[2]
    return re.sub(r"^-\w", "", _NO_PATH.split(word)[-1])


def _lib64(
    found: re.Match[str], text: str, triplet: str, *, known: AbstractSet[str] | None
) -> Iterator[Finding]:
    """Yield a finding for a directory lib64; `known` has the prefixes that also name lib, None for all."""
    prefix = _prefix(text, found.start())
    if not prefix or prefix.startswith("/opt/rh/"):
        return
    before = found.start() - len(prefix)
    if prefix == "/usr/local" and re.search(_SEARCHED, text[max(0, before - _LONGEST_PREFIX) : before]):
        return  # on Debian /usr/local/lib is searched without being named
    code = "lib64"
    if prefix == "/usr":
        code = "lib64" if triplet.startswith(_OWN_LIB64) else "usr-lib64"
        message = f"Debian has no /usr/lib64: libraries and pkg-config files are in /usr/lib/{triplet}"
    elif known is None or prefix in known:
        return
    else:
        message = (
            f"on Debian CMake installs to {prefix}/lib and Meson to {prefix}/lib/{triplet}, not to lib64:"
            " name these too"
        )
    yield Finding.of(code, message, span=(found.start() - len(prefix), found.end()))


def _text_findings(script: Script, node: Node, *, printed: bool) -> Iterator[Finding]:
    if node.type == "variable_assignment" and _MANAGER_VALUE.search(node.text or b""):
        message = "a command kept in a variable cannot be followed: only the companion sees it, at run time"
        yield Finding.of("variable-command", message, span=script.span(node))
    if node.type == "variable_assignment" or printed:
        return
    text = (node.text or b"").decode(errors="replace")
    if "/etc/" in text:
        yield from mentions(script, node)
    handled = _ENABLE.fullmatch(text) or re.fullmatch(COLLECTION, text)
    if _OPT_RH.search(text) and not handled:
        message = "software collections (/opt/rh) exist on RHEL only: the image's own compiler is used"
        yield Finding.of("software-collection", message, span=script.span(node))


#: `yum x || apt-get update && apt-get install x`; what stands before yum is the first group. Each part of a
#: list is read once only, however long the list.
_PRECEDENCE = re.compile(
    r"((?:^|[;&|\n])(?=[^;&|\n]*?\b(?:dnf|yum)\b)(?:(?!\b(?:dnf|yum)\b)[^;&|\n])*+)[^;&|\n]*+"
    r"\|\|\s*(?:sudo\s+)?apt(?:-get)?\b(?=[^;&|\n]*?\bupdate\b)[^;&|\n]*+"
    r"&&\s*(?:sudo\s+)?apt(?:-get)?\b[^;&|\n]*+"
)


#: questions about files: whether dnf is there, by its path, and whether this is RHEL
_ASKS_FOR_FILES = re.compile(
    r"-[efxsrLh]\s+[\"']?(?P<program>(?:/usr)?/bin/(?:dnf|yum|microdnf|rpm))(?![\w.-])"
    r"|/etc/(?:redhat|centos|almalinux|rocky|fedora|system)-release(?![\w.-])"
)
#: programs that only talk about their arguments
_MENTIONS_ONLY = frozenset(
    """
    [ alias awk buildah cat command docker echo egrep export fgrep find git grep hash logger ls podman printf
    rm sed set ssh test type unalias which
    """.split()  # noqa: SIM905  (short to read)
)
_SUBCOMMANDS = frozenset(
    {"install", "update", "upgrade", "groupinstall", "-y", "--assumeyes", "-q", "-yq", "-qy"}
)


#: with one of these, packages may come from elsewhere than the suite
_OTHER_SOURCES = re.compile(
    r"/etc/apt|sources\.list|add-apt-repository|apt-add-repository|backports|dpkg\s+(?:-i|--add)"
)
_DEB = re.compile(r"[a-z0-9][a-z0-9+.-]+")
_APT_VALUES = frozenset({"-o", "-c", "-t", "--option", "--config-file", "--target-release"})


def missing_debs(
    command: SimpleCommand, script: Script, suite: str, lacks: Callable[[str], bool]
) -> Iterator[Finding]:
    """Yield the names of packages behind the author's own `apt-get install` that the suite does not have.

    Args:
        command: A command of apt-get or apt.
        script: The script around it.
        suite: For messages.
        lacks: Says whether the suite surely has no package of a name.
    """
    words = [word for word in command.arguments if word.text not in {"install", "build-dep"}]
    if len(words) == len(command.arguments) or _has_other_sources(script.text):
        return
    for before, word in pairwise((command.words[command.program_index], *words)):
        name = re.sub(r"[=/:].*", "", word.text or "")
        is_name = (
            _DEB.fullmatch(name) and before.text not in _APT_VALUES and not name.endswith((".deb", "+", "-"))
        )
        if is_name and lacks(name):
            message = f"{suite} has no package {name}: apt-get fails here"
            yield Finding.of("missing-deb", message, span=word.span)


@lru_cache(maxsize=1)
def _has_other_sources(text: str) -> bool:
    return _OTHER_SOURCES.search(text) is not None


def command_findings(
    command: SimpleCommand, managers: frozenset[str], *, answered: bool = False
) -> Iterator[Finding]:
    """Yield what one simple command shows, other than a dnf command."""
    words = command.words
    place = (command.program_start, command.end)
    arguments = [word.text or "" for word in command.arguments]
    if command.program == "rpm":
        yield from _rpm_findings(arguments, place, answered=answered)
    elif command.program == "alternatives":
        message = (
            "fails on a Debian image: its command is update-alternatives, and it has none of RHEL's groups;"
            " leave this out, or make a link with ln -sf"
        )
        yield Finding.of("alternatives", message, span=place)
    elif command.program == "update-ca-trust":
        message = "exists on RHEL only: Debian has update-ca-certificates, with other places and options"
        yield Finding.of("rhel-command", message, span=place)
    elif command.program in {"scl", "scl_source"}:
        message = (
            "scl exists on RHEL only: the image's own compiler needs no enabling; run the command directly"
        )
        yield Finding.of("software-collection", message, span=place)
    elif command.program in {"command", "which", "type", "hash"} and managers.intersection(arguments):
        yield Finding.of("probe", _probe(answered=answered), span=place)
    elif command.program not in _MENTIONS_ONLY:
        for word, following in pairwise(words[command.program_index + 1 :]):
            if word.text in managers and following.text in _SUBCOMMANDS:
                message = (
                    f"{word.text} is an argument of {command.program or words[0].raw} here: left as it is"
                )
                level = Level.ERROR if command.program == "xargs" else None
                yield Finding.of("argument", message, span=(word.start, command.end), level=level)
                return


def _probe(*, answered: bool) -> str:
    if answered:
        return "asks for dnf or yum, which the companion answers for: the answer is yes"
    return "asks for dnf or yum, which a Debian image does not have: the answer there is no"


def _rpm_findings(arguments: list[str], place: tuple[int, int], *, answered: bool) -> Iterator[Finding]:
    options = [argument for argument in arguments if argument.startswith("-")]
    if any(
        re.match(r"-[a-zA-Z]*[iUF]|--(install|upgrade|freshen)$", option) for option in options
    ) and not any(re.match(r"-[a-zA-Z]*q|--query|-[a-zA-Z]*V", option) for option in options):
        yield Finding.of("rpm-file", "a Debian image cannot install rpm packages", span=place)
    else:
        message = "rpm knows no packages on a Debian image: dpkg-query is the counterpart"
        level = None
        if answered:
            message, level = "the companion answers rpm's question, with Debian's packages", Level.NOTE
        yield Finding.of("rpm-query", message, span=place, level=level)
