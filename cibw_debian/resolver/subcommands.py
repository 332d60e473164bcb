"""What each subcommand of dnf means: an action, its specs, and findings."""

from __future__ import annotations

import re
from typing import Callable, FrozenSet, List, Mapping, Optional, Sequence, Tuple

from ..findings import Finding
from . import actions
from .arguments import Arguments, Spec
from .repositories import third_party, unknown_repositories

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
    "groups": "group",
    "ls": "list",
    "se": "search",
    "whatprovides": "provides",
    "prov": "provides",
    "rq": "repoquery",
    "build-dep": "builddep",
}

_ASK_RHEL = "asks RHEL's package database, which a Debian image does not have"


_Action = Tuple[str, Tuple[Spec, ...], List[Finding]]


def _dropped(code: str, message: str, specs: Sequence[Spec] = ()) -> _Action:
    return actions.DROP, (), [Finding.of(code, message, word=specs[0].word if specs else -1)]


def _refused(code: str, message: str, specs: Sequence[Spec] = ()) -> _Action:
    return actions.REFUSE, (), [Finding.of(code, message, word=specs[0].word if specs else -1)]


def split(implied: str, words: Sequence[Spec]) -> Tuple[str, Tuple[Spec, ...]]:
    """Return the subcommand, with its second word where it has one, and the words after it.

    Args:
        implied: The subcommand that the program's name says, or nothing.
        words: All words of the command line that are no options.
    """
    rest = list(words)
    subcommand = implied or (rest.pop(0).text if rest else "")
    subcommand = _ALIASES.get(subcommand, subcommand)
    if subcommand in {"group", "module", "copr", "mark"} and rest:
        subcommand += " " + rest.pop(0).text
        subcommand = _ALIASES.get(subcommand, subcommand)
    return subcommand, tuple(rest)


def act(subcommand: str, specs: Tuple[Spec, ...], given: Arguments) -> _Action:
    """Return what a subcommand means for its specs.

    Args:
        subcommand: One word or two, no alias.
        specs: The words after it.
        given: All arguments of the command line.
    """
    if given.has("version") and not subcommand:
        return actions.VERSION, (), []
    if not subcommand or given.has("h", "help"):
        return _dropped("help-dropped", "shows dnf's own help")
    handler = _HANDLERS.get(subcommand) or _HANDLERS.get(subcommand.partition(" ")[0] + " *")
    if handler is None:
        from difflib import get_close_matches  # noqa: PLC0415  (cold start)

        message = f"the subcommand {subcommand} has no equivalent on Debian"
        close = tuple(get_close_matches(subcommand, [*_HANDLERS, *_ALIASES], n=1))
        return actions.REFUSE, (), [Finding.of("unknown-subcommand", message, suggestions=close)]
    return handler(specs, given)


_Handler = Callable[[Tuple[Spec, ...], Arguments], _Action]


def _always(action: str) -> _Handler:
    return lambda _specs, _given: (action, (), [])


def _always_dropped(code: str, message: str) -> _Handler:
    return lambda specs, _given: _dropped(code, message, specs)


def _query_refused(subcommand: str) -> _Handler:
    return lambda specs, _given: _refused("rhel-query", f"{subcommand} {_ASK_RHEL}", specs)


def _query_dropped(subcommand: str) -> _Handler:
    return lambda specs, _given: _dropped("query-dropped", f"{subcommand} {_ASK_RHEL}: left out", specs)


def _install(action: str) -> _Handler:
    return lambda specs, _given: _files(action, specs) if specs else _no_packages(action)


def _group_install(specs: Tuple[Spec, ...], _given: Arguments) -> _Action:
    groups = tuple(Spec("@" + spec.text.lstrip("@"), spec.word) for spec in specs)
    return (actions.INSTALL, groups, []) if groups else _no_packages("group install")


def _no_packages(subcommand: str) -> _Action:
    return _refused("no-packages", f"{subcommand} without a name is an error of dnf too")


def _upgrade(specs: Tuple[Spec, ...], _given: Arguments) -> _Action:
    if specs:
        return _files(actions.UPGRADE, specs)
    return _dropped("upgrade-dropped", "upgrading the whole of a pinned image was left out")


def _remove(specs: Tuple[Spec, ...], _given: Arguments) -> _Action:
    return actions.REMOVE, specs, []


def _autoremove(specs: Tuple[Spec, ...], _given: Arguments) -> _Action:
    return (actions.REMOVE if specs else actions.AUTOREMOVE), specs, []


def _swap(specs: Tuple[Spec, ...], _given: Arguments) -> _Action:
    if len(specs) != 2:  # noqa: PLR2004  (one out, one in)
        return _refused("no-packages", "swap takes two package names")
    return actions.SWAP, specs, []


def _info(specs: Tuple[Spec, ...], _given: Arguments) -> _Action:
    return (actions.INFO, specs, []) if specs else _refused("rhel-query", f"info {_ASK_RHEL}")


def _search(specs: Tuple[Spec, ...], _given: Arguments) -> _Action:
    words = tuple(spec for spec in specs if spec.text != "all")
    return (actions.SEARCH, words, []) if words else _no_packages("search")


def _copr(specs: Tuple[Spec, ...], _given: Arguments) -> _Action:
    return _refused("copr", "a COPR holds rpm packages only: a Debian image cannot use it", specs)


def _copr_other(specs: Tuple[Spec, ...], _given: Arguments) -> _Action:
    return _dropped("repository-dropped", "there are no COPRs on Debian: nothing to do", specs)


def _builddep(specs: Tuple[Spec, ...], given: Arguments) -> _Action:
    others = [spec for spec in specs if not (spec.text.endswith(".spec") or given.has("spec"))]
    addresses = [spec for spec in specs if "://" in spec.text]
    if not specs or others or addresses:
        message = "build dependencies of an rpm source package are not known: name the -devel packages"
        return _refused("builddep", message, others or addresses)
    return actions.BUILD_REQUIREMENTS, specs, []


def _download(specs: Tuple[Spec, ...], _given: Arguments) -> _Action:
    return _refused("download", "downloads rpm files, which nothing on Debian can use", specs)


#: packages that add a repository whose contents Debian's own archive has
RELEASE_FILE = r"(?:^|/)(epel-(next-)?|rpmfusion-(non)?free-)release[^/]*\.rpm$"


def _files(action: str, specs: Sequence[Spec]) -> _Action:
    """Refuse what is an rpm file and not the name of a package."""
    named = []
    findings = []
    for spec in specs:
        if not spec.text.endswith(".rpm") and "://" not in spec.text:
            named.append(spec)
        elif re.search(RELEASE_FILE, spec.text):
            message = "Debian's archive has what this repository adds: nothing to do"
            findings.append(Finding.of("repository-dropped", message, word=spec.word))
        elif "://" in spec.text:
            message = f"{spec.text} is an rpm package: a Debian image cannot install it"
            findings.append(Finding.of("rpm-url", message, word=spec.word))
        else:
            message = f"{spec.text} is an rpm file: a Debian image cannot install it"
            findings.append(Finding.of("rpm-file", message, word=spec.word))
    return action, tuple(named), findings


def _config_manager(specs: Tuple[Spec, ...], given: Arguments) -> _Action:
    added: Optional[Spec] = next(
        (flag for flag in given.flags if flag.text in {"add-repo", "from-repofile"}), None
    )
    if added is not None or any(spec.text == "addrepo" for spec in specs):
        value = next((text for name, text, _ in given.values if name in {"add-repo", "from-repofile"}), "")
        what = value or (specs[-1].text if specs else "this")
        return actions.REFUSE, (), [third_party(what, added.word if added else specs[0].word)]
    names = [spec for spec in specs if spec.text not in {"setopt", "enable", "disable"}]
    findings = [
        found
        for spec in names
        for found in unknown_repositories(re.sub(r"\.\w+=.*", "", spec.text).split(","), spec.word)
    ]
    action, nothing, note = _dropped(
        "repository-dropped",
        "Debian's archive needs no further repository: nothing to enable or disable",
        specs,
    )
    return action, nothing, note + findings


def _module(specs: Tuple[Spec, ...], _given: Arguments) -> _Action:
    return _dropped("module-dropped", "Debian has no module streams: nothing to do", specs)


def _module_install(specs: Tuple[Spec, ...], _given: Arguments) -> _Action:
    plain = []
    findings = []
    for spec in specs:
        name, separator, _ = spec.text.partition("/")[0].partition(":")
        plain.append(Spec(name, spec.word))
        if separator:
            message = f"Debian has one version of {name}: the stream in {spec.text} was left out"
            findings.append(Finding.of("module-stream", message, word=spec.word))
    return actions.INSTALL, tuple(plain), findings


_LIST_KINDS: FrozenSet[str] = frozenset(
    {"all", "available", "installed", "extras", "updates", "upgrades", "recent"}
)


def _list(specs: Tuple[Spec, ...], given: Arguments) -> _Action:
    kinds = {spec.text for spec in specs[:1]} & _LIST_KINDS | {
        flag.text for flag in given.flags
    } & _LIST_KINDS
    names = tuple(spec for position, spec in enumerate(specs) if position or spec.text not in _LIST_KINDS)
    return (actions.LIST_INSTALLED if "installed" in kinds else actions.LIST), names, []


#: subcommand -> what it means; "x *" stands for every other subcommand of x
_HANDLERS: Mapping[str, _Handler] = {
    "install": _install(actions.INSTALL),
    "reinstall": _install(actions.REINSTALL),
    "group install": _group_install,
    "upgrade": _upgrade,
    "remove": _remove,
    "autoremove": _autoremove,
    "swap": _swap,
    "makecache": _always(actions.REFRESH),
    "check-update": _always(actions.CHECK_UPDATE),
    "clean": _always(actions.CLEAN),
    "config-manager": _config_manager,
    "module install": _module_install,
    "module *": _module,
    "copr": _copr,
    "copr enable": _copr,
    "copr *": _copr_other,
    "builddep": _builddep,
    "download": _download,
    "list": _list,
    "info": _info,
    "search": _search,
    **{name: _query_refused(name) for name in ("provides", "repoquery", "deplist")},
    **{
        name: _query_dropped(name)
        for name in ("repolist", "repoinfo", "history", "check", "alias", "updateinfo", "needs-restarting")
    },
    "group list": _query_dropped("group list"),
    "group info": _query_dropped("group info"),
    "group mark": _query_dropped("group mark"),
    "mark *": _query_dropped("mark"),
    "versionlock": _always_dropped("version-lock", "a suite's versions stay as they are: nothing to lock"),
    "help": _query_dropped("help"),
}
