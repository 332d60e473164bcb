"""What a dnf, yum or microdnf command line asks for.

Only the arguments are read here: no package name is resolved and nothing is executed. The option and
subcommand lists follow the manual pages of dnf 4, dnf5, yum 3 and microdnf.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import FrozenSet, List, Mapping, Optional, Sequence, Tuple

#: program name -> the subcommand that it is short for, or nothing
PROGRAMS: Mapping[str, str] = {
    "dnf": "",
    "dnf-3": "",
    "dnf4": "",
    "dnf5": "",
    "yum": "",
    "microdnf": "",
    "yum-config-manager": "config-manager",
    "yum-builddep": "builddep",
    "yumdownloader": "download",
    "repoquery": "repoquery",
    "crb": "config-manager",
}

# What a request wants done. INSTALL to SWAP take specs.
INSTALL = "install"
REINSTALL = "reinstall"
UPGRADE = "upgrade"
REMOVE = "remove"
SWAP = "swap"
LIST_INSTALLED = "list-installed"
LIST = "list"
INFO = "info"
SEARCH = "search"
REFRESH = "refresh"
CLEAN = "clean"
AUTOREMOVE = "autoremove"
VERSION = "version"
#: there is nothing to do on Debian
DROP = "drop"
#: it cannot be done on Debian; the remark says why
REFUSE = "refuse"

ERROR = "error"
WARNING = "warning"
NOTE = "note"


@dataclass(frozen=True)
class Remark:
    """Something to say about one word of a command line."""

    #: one of ERROR, WARNING, NOTE
    level: str
    code: str
    message: str
    #: index into the arguments; -1 for the program itself
    word: int = -1
    suggestions: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Spec:
    """One thing to act on, as it was written, and where."""

    text: str
    word: int


@dataclass(frozen=True)
class Request:
    """A dnf command line, understood."""

    action: str
    specs: Tuple[Spec, ...] = ()
    remarks: Tuple[Remark, ...] = ()
    assume_yes: bool = False
    assume_no: bool = False
    quiet: bool = False
    download_only: bool = False
    weak_deps: bool = True
    #: names without an answer are passed over instead of failing the command
    skip_missing: bool = False


_ALIASES = {
    "in": "install",
    "install-n": "install",
    "install-na": "install",
    "install-nevra": "install",
    "localinstall": "install",
    "localupdate": "upgrade",
    "rei": "reinstall",
    "update": "upgrade",
    "up": "upgrade",
    "upgrade-to": "upgrade",
    "update-to": "upgrade",
    "upgrade-minimal": "upgrade",
    "update-minimal": "upgrade",
    "upgrade-min": "upgrade",
    "up-min": "upgrade",
    "distro-sync": "upgrade",
    "distrosync": "upgrade",
    "dsync": "upgrade",
    "erase": "remove",
    "rm": "remove",
    "remove-n": "remove",
    "remove-na": "remove",
    "remove-nevra": "remove",
    "mc": "makecache",
    "check-upgrade": "check-update",
    "groupinstall": "group install",
    "groupupdate": "group install",
    "group update": "group install",
    "group upgrade": "group install",
    "groupremove": "group remove",
    "grouperase": "group remove",
    "grouplist": "group list",
    "groupinfo": "group info",
    "ls": "list",
    "se": "search",
    "whatprovides": "provides",
    "prov": "provides",
    "rq": "repoquery",
    "build-dep": "builddep",
    "module_enable": "module enable",
}

_LONG_WITH_VALUE = frozenset(
    "advisory arch bz bzs color comment config cve cves debuglevel destdir disableexcludes disableexcludepkgs "
    "disableplugin disablerepo downloaddir enableplugin enablerepo errorlevel exclude excludepkgs forcearch "
    "from-repo installroot randomwait releasever repo repofrompath repoid rpmverbosity sec-severity setopt "
    "setvar".split()
)
_SHORT_WITH_VALUE = frozenset("cdeRxD")
_SHORT_FLAGS = frozenset("yqvbCht4601")
#: flags that change nothing on Debian, or only what apt-get does anyway
_HARMLESS_FLAGS = frozenset(
    "allowerasing assumeno assumeyes best bugfix cacheonly debugsolver downloadonly enhancement help nobest nodocs "
    "nogpgcheck no-gpgchecks noautoremove noplugins no-best obsoletes quiet refresh security skip-broken "
    "skip-unavailable tolerant verbose version with-optional allow-downgrade no-allow-downgrade newpackage "
    "setopt spec srpm save set-enabled set-disabled enable disable add-repo showduplicates installed available "
    "all updates extras upgrades".split()
)
_DASHES = re.compile("^[\u2010-\u2015\u2212]+")
_ASK_RHEL = "asks RHEL's package database, which a Debian image does not have"


class _Arguments:
    """The arguments of one command line, split into options and words."""

    def __init__(self, args: Sequence[str]) -> None:
        self.words: List[Spec] = []
        self.flags: List[Spec] = []
        self.values: List[Tuple[str, str, int]] = []
        self.remarks: List[Remark] = []
        index = 0
        while index < len(args):
            text = args[index]
            position = index
            index += 1
            dashes = _DASHES.match(text)
            if dashes:
                plain = "-" * len(dashes.group()) + text[dashes.end() :]
                self.remarks.append(
                    Remark(
                        WARNING,
                        "typographic-dash",
                        f"{text!r} begins with a typographic dash: read as {plain}",
                        position,
                    )
                )
                text = plain
            if text.startswith("--") and len(text) > 2:  # noqa: PLR2004
                name, equals, value = text[2:].partition("=")
                if name not in _LONG_WITH_VALUE:
                    self.flags.append(Spec(name, position))
                    if equals:
                        self.values.append((name, value, position))
                elif equals:
                    self.values.append((name, value, position))
                elif index < len(args):
                    self.values.append((name, args[index], position))
                    index += 1
            elif text.startswith("-") and text not in {"-", "--"}:
                index += self._short(text, position, args[index : index + 1])
            elif text != "--":
                self.words.append(Spec(text, position))

    def _short(self, text: str, position: int, following: Sequence[str]) -> int:
        """Read a cluster of one-letter options; return how many following words it took."""
        letters = text[1:]
        for at, letter in enumerate(letters):
            if letter in _SHORT_WITH_VALUE:
                rest = letters[at + 1 :]
                self.values.append((letter, rest or "".join(following), position))
                return 0 if rest else 1
            if letter not in _SHORT_FLAGS:
                self.remarks.append(
                    Remark(
                        WARNING, "unknown-option", f"{text} is no option of dnf: it was left out", position
                    )
                )
                return 0
            self.flags.append(Spec(letter, position))
        return 0

    def has(self, *names: str) -> bool:
        return any(flag.text in names for flag in self.flags)


def parse(program: str, args: Sequence[str]) -> Request:
    """Read one command line.

    Args:
        program: The command's name without its directory; one of `PROGRAMS`.
        args: The words after it, as the shell hands them over.

    Returns:
        What is asked for. A request that cannot be met has the action REFUSE and a remark of level ERROR.
    """
    given = _Arguments(args)
    words = given.words
    subcommand = PROGRAMS[program]
    if not subcommand and words:
        subcommand = words[0].text
        words = words[1:]
    subcommand = _ALIASES.get(subcommand, subcommand)
    if subcommand in {"group", "groups", "module", "copr", "mark"} and words:
        subcommand = ("group" if subcommand == "groups" else subcommand) + " " + words[0].text
        subcommand = _ALIASES.get(subcommand, subcommand)
        words = words[1:]

    remarks = given.remarks + _option_remarks(given, subcommand)
    setopts = {value.replace(" ", "").lower() for name, value, _ in given.values if name == "setopt"}
    excluded = {
        name
        for key, value, _ in given.values
        if key in {"x", "exclude", "excludepkgs"}
        for name in re.split(r"[,\s]+", value)
    }
    action, specs, more = _act(subcommand, tuple(words), given)
    return Request(
        action=REFUSE if any(remark.level == ERROR for remark in remarks) else action,
        specs=tuple(spec for spec in specs if spec.text not in excluded),
        remarks=tuple(remarks + more),
        assume_yes=given.has("y", "assumeyes") or "assumeyes=1" in setopts or "assumeyes=true" in setopts,
        assume_no=given.has("assumeno"),
        quiet=given.has("q", "quiet"),
        download_only=given.has("downloadonly"),
        weak_deps=not setopts & {"install_weak_deps=false", "install_weak_deps=0", "install_weak_deps=no"},
        skip_missing=given.has("skip-broken", "skip-unavailable", "t", "tolerant")
        or bool(
            setopts
            & {
                "strict=0",
                "strict=false",
                "skip_missing_names_on_install=true",
                "skip_missing_names_on_install=1",
            }
        ),
    )


def _option_remarks(given: _Arguments, subcommand: str) -> List[Remark]:
    remarks = []
    for flag in given.flags:
        if len(flag.text) > 1 and flag.text not in _HARMLESS_FLAGS:
            remarks.append(
                Remark(
                    WARNING,
                    "unknown-option",
                    f"--{flag.text} is no known option of dnf: it was left out",
                    flag.word,
                )
            )
    for name, value, word in given.values:
        if name == "installroot" or (name == "releasever" and value.startswith("/")):
            remarks.append(
                Remark(
                    ERROR,
                    "installroot",
                    "--installroot fills another root directory: there is no equivalent",
                    word,
                )
            )
        elif name == "repofrompath":
            remarks.append(_third_party(value, word))
        elif name in {"enablerepo", "repo", "repoid"} and subcommand != "config-manager":
            remarks += _repository_remarks(re.split(r"[,\s]+", value), word)
    return remarks


#: repositories that belong to RHEL, its rebuilds and EPEL; Debian's one archive stands for all of them
_OWN_REPOSITORY = re.compile(
    r"(ubi-\d+-|ol\d+_|rhel-\d+-\S*|centos-)?"
    r"(\*|crb|power-?tools|epel\S*|extras\S*|appstream\S*|base\S*|plus|ha|high-?availability|rt|devel|updates|"
    r"codeready\S*|optional\S*|sclo?\S*|rhscl\S*|rpms?|nfv|security|cr|fasttrack|addons|latest)(-\S*)?",
    re.IGNORECASE,
)


def _repository_remarks(names: Sequence[str], word: int) -> List[Remark]:
    return [
        Remark(
            WARNING,
            "unknown-repository",
            f"the repository {name!r} has no counterpart: packages come from the image's own archive",
            word,
        )
        for name in names
        if name and not _OWN_REPOSITORY.fullmatch(name)
    ]


def _third_party(what: str, word: int) -> Remark:
    return Remark(
        ERROR,
        "third-party-repository",
        f"{what} is a repository of rpm packages: a Debian image cannot use it",
        word,
    )


_Action = Tuple[str, Tuple[Spec, ...], List[Remark]]


def _dropped(code: str, message: str, specs: Sequence[Spec] = ()) -> _Action:
    return DROP, (), [Remark(NOTE, code, message, specs[0].word if specs else -1)]


def _refused(code: str, message: str, specs: Sequence[Spec] = ()) -> _Action:
    return REFUSE, (), [Remark(ERROR, code, message, specs[0].word if specs else -1)]


def _act(subcommand: str, specs: Tuple[Spec, ...], given: _Arguments) -> _Action:  # noqa: C901, PLR0911, PLR0912
    """Decide what a subcommand means: one line for each, so a long list rather than a deep one."""
    if given.has("version") and not subcommand:
        return VERSION, (), []
    if not subcommand or given.has("h", "help") or subcommand == "help":
        return _dropped("help-dropped", "shows dnf's own help")
    if subcommand in {"install", "reinstall"}:
        if not specs:
            return _refused("no-packages", f"{subcommand} without a package name is an error of dnf too")
        return _files(INSTALL if subcommand == "install" else REINSTALL, specs)
    if subcommand == "group install":
        if not specs:
            return _refused("no-packages", "group install without a group is an error of dnf too")
        return INSTALL, tuple(Spec("@" + spec.text.lstrip("@"), spec.word) for spec in specs), []
    if subcommand == "upgrade":
        if specs:
            return _files(UPGRADE, specs)
        return _dropped("upgrade-dropped", "upgrading the whole of a pinned image was left out")
    if subcommand == "remove":
        return REMOVE, specs, []
    if subcommand == "autoremove":
        return (REMOVE if specs else AUTOREMOVE), specs, []
    if subcommand == "swap":
        if len(specs) != 2:  # noqa: PLR2004
            return _refused("no-packages", "swap takes two package names")
        return SWAP, specs, []
    if subcommand in {"makecache", "check-update"}:
        return REFRESH, (), []
    if subcommand == "clean":
        return CLEAN, (), []
    if subcommand == "config-manager":
        return _config_manager(specs, given)
    if subcommand.startswith("module "):
        return _module(subcommand.partition(" ")[2], specs)
    if subcommand in {"copr enable", "copr"}:
        return _refused("copr", "a COPR holds rpm packages only: a Debian image cannot use it", specs)
    if subcommand.startswith("copr "):
        return _dropped("repository-dropped", "there are no COPRs on Debian: nothing to do", specs)
    if subcommand == "list":
        return _list(specs, given)
    if subcommand == "info" and specs:
        return INFO, specs, []
    if subcommand == "search" and specs:
        return SEARCH, tuple(spec for spec in specs if spec.text != "all"), []
    return _act_rarely(subcommand, specs)


def _act_rarely(subcommand: str, specs: Tuple[Spec, ...]) -> _Action:
    if subcommand == "builddep":
        return _refused(
            "builddep",
            "build dependencies of an rpm source package are not known: name the -devel packages",
            specs,
        )
    if subcommand == "download":
        return _refused("download", "downloads rpm files, which nothing on Debian can use", specs)
    if subcommand in {"provides", "repoquery", "deplist", "info", "search"}:
        return _refused("rhel-query", f"{subcommand} {_ASK_RHEL}", specs)
    if subcommand in {
        "repolist",
        "repoinfo",
        "history",
        "check",
        "alias",
        "group list",
        "group info",
        "updateinfo",
    } or (subcommand.startswith(("mark ", "versionlock", "needs-restarting"))):
        return _dropped("query-dropped", f"{subcommand} {_ASK_RHEL}: left out")
    return _refused("unknown-subcommand", f"dnf {subcommand} has no equivalent on Debian", specs)


_EPEL_RELEASE = re.compile(r"/epel-(next-)?release[^/]*\.rpm$")


def _files(action: str, specs: Sequence[Spec]) -> _Action:
    """Refuse what is an rpm file and not the name of a package; EPEL's own is as good as its name."""
    named = tuple(
        Spec("epel-release", spec.word) if _EPEL_RELEASE.search(spec.text) else spec for spec in specs
    )
    remarks = []
    for spec in named:
        if re.match(r"(https?|ftp|file)://", spec.text):
            message = f"{spec.text} is an rpm package: a Debian image cannot install it"
            remarks.append(Remark(ERROR, "rpm-url", message, spec.word))
        elif spec.text.endswith(".rpm"):
            message = f"{spec.text} is an rpm file: a Debian image cannot install it"
            remarks.append(Remark(ERROR, "rpm-file", message, spec.word))
    return (REFUSE, (), remarks) if remarks else (action, named, [])


def _config_manager(specs: Tuple[Spec, ...], given: _Arguments) -> _Action:
    added: Optional[Spec] = next(
        (flag for flag in given.flags if flag.text in {"add-repo", "from-repofile"}), None
    )
    if added is not None or any(spec.text == "addrepo" for spec in specs):
        value = next((text for name, text, _ in given.values if name in {"add-repo", "from-repofile"}), "")
        what = value or (specs[-1].text if specs else "this")
        return REFUSE, (), [_third_party(what, added.word if added else specs[0].word)]
    names = [spec for spec in specs if spec.text not in {"setopt", "enable", "disable"}]
    remarks = [
        remark
        for spec in names
        for remark in _repository_remarks(re.sub(r"\.\w+=.*", "", spec.text).split(","), spec.word)
    ]
    action, nothing, note = _dropped(
        "repository-dropped",
        "Debian's archive needs no further repository: nothing to enable or disable",
        specs,
    )
    return action, nothing, note + remarks


def _module(verb: str, specs: Tuple[Spec, ...]) -> _Action:
    if verb != "install":
        return _dropped("module-dropped", "Debian has no module streams: nothing to do", specs)
    plain = []
    remarks = []
    for spec in specs:
        name, separator, _ = re.sub(r"/.*", "", spec.text).partition(":")
        plain.append(Spec(name, spec.word))
        if separator:
            message = f"Debian has one version of {name}: the stream in {spec.text} was left out"
            remarks.append(Remark(WARNING, "module-stream", message, spec.word))
    return INSTALL, tuple(plain), remarks


_LIST_KINDS: FrozenSet[str] = frozenset(
    {"all", "available", "installed", "extras", "updates", "upgrades", "recent"}
)


def _list(specs: Tuple[Spec, ...], given: _Arguments) -> _Action:
    kinds = {spec.text for spec in specs[:1]} & _LIST_KINDS | {
        flag.text for flag in given.flags
    } & _LIST_KINDS
    names = tuple(spec for position, spec in enumerate(specs) if position or spec.text not in _LIST_KINDS)
    return (LIST_INSTALLED if "installed" in kinds else LIST), names, []
