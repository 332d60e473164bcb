"""The words of a dnf command line, told apart from its options.

Options may stand anywhere; which of them take a value follows the manual pages of dnf 4, dnf5, yum 3 and
microdnf.
"""

from __future__ import annotations

from typing import List, NamedTuple, Sequence, Tuple

from ..findings import Finding


class Spec(NamedTuple):
    """One thing to act on, as it was written, and where."""

    text: str
    word: int
    #: file and line that ask for it, where the command names a file
    origin: str = ""


_LONG_WITH_VALUE = frozenset(
    """
    advisory arch bz bzs color comment config cve cves debuglevel define destdir disableexcludes
    disableexcludepkgs disableplugin disablerepo downloaddir enableplugin enablerepo errorlevel exclude
    excludepkgs forcearch from-repo installroot randomwait releasever repo repofrompath repoid rpmverbosity
    sec-severity setopt setvar with without
    """.split()  # noqa: SIM905  (short to read)
)
_SHORT_WITH_VALUE = frozenset("cdeRxD")
_SHORT_FLAGS = frozenset("yqvbCht4601")
#: flags that change nothing on Debian, or that `dnf.parse` asks for
_KNOWN_FLAGS = frozenset(
    """
    add-repo all allow-downgrade allowerasing assumeno assumeyes available best bugfix cacheonly debugsolver
    disable downloadonly enable enhancement extras help installed newpackage no-allow-downgrade no-best
    no-gpgchecks noautoremove nobest nodocs nogpgcheck noplugins obsoletes quiet refresh save security
    set-disabled set-enabled showduplicates skip-broken skip-unavailable spec srpm tolerant updates upgrades
    verbose version with-optional from-repofile duplicates oldinstallonly
    """.split()  # noqa: SIM905  (short to read)
)
#: what word processors make of a hyphen
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"


def _whole(name: str) -> str:
    """Return the option that a name means: dnf takes a beginning that only one option has."""
    options = _LONG_WITH_VALUE | _KNOWN_FLAGS
    meant = [option for option in options if option.startswith(name)]
    return meant[0] if name and name not in options and len(meant) == 1 else name


class Arguments:
    """The arguments of one command line, split into options and words."""

    def __init__(self, args: Sequence[str]) -> None:
        self.words: List[Spec] = []
        self.flags: List[Spec] = []
        self.values: List[Tuple[str, str, int]] = []
        self.findings: List[Finding] = []
        index = 0
        while index < len(args):
            text = args[index]
            position = index
            index += 1
            if text == "--":
                self.words += [Spec(word, number) for number, word in enumerate(args[index:], index)]
                return
            bare = text.lstrip(_DASHES)
            if bare != text:
                plain = "-" * (len(text) - len(bare)) + bare
                message = f"{text!r} begins with a typographic dash: read as {plain}"
                self.findings.append(Finding.of("typographic-dash", message, word=position))
                text = plain
            if text.startswith("--"):
                name, equals, value = text[2:].partition("=")
                name = _whole(name)
                if name not in _LONG_WITH_VALUE:
                    self._flag(name, position)
                    if equals:
                        self.values.append((name, value, position))
                elif equals:
                    self.values.append((name, value, position))
                elif index < len(args):
                    self.values.append((name, args[index], position))
                    index += 1
            elif text.startswith("-") and text != "-":
                index += self._short(text, position, args[index : index + 1])
            else:
                self.words.append(Spec(text, position))

    def _flag(self, name: str, position: int) -> None:
        self.flags.append(Spec(name, position))
        if name not in _KNOWN_FLAGS:
            message = f"dnf has no option --{name}: it was left out"
            self.findings.append(Finding.of("unknown-option", message, word=position))

    def _short(self, text: str, position: int, following: Sequence[str]) -> int:
        """Read a cluster of one-letter options; return how many following words it took."""
        letters = text[1:]
        for at, letter in enumerate(letters):
            if letter in _SHORT_WITH_VALUE:
                rest = letters[at + 1 :]
                self.values.append((letter, rest or "".join(following), position))
                return 0 if rest else 1
            if letter not in _SHORT_FLAGS:
                message = f"dnf has no option {text}: it was left out"
                self.findings.append(Finding.of("unknown-option", message, word=position))
                return 0
            self.flags.append(Spec(letter, position))
        return 0

    def has(self, *names: str) -> bool:
        return any(flag.text in names for flag in self.flags)
