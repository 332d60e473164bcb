"""The table of names: what rules and indices cannot know about an rpm name."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Set, Tuple, Union

from .files import read_json, reading
from .model import Target

FILE = "packages.json"
#: deb names; none is "nothing to install", None is "no equivalent"
Debs = Optional[Tuple[str, ...]]

_WILDCARD = re.compile(r"\[.*?\]|[*?]")


class Row(NamedTuple):
    """What the table says about one rpm name."""

    deb: Debs
    #: by ``suite/deb-arch``, ``suite`` or ``*/deb-arch``; the first of these that is there wins over ``deb``
    exceptions: Mapping[str, Debs] = MappingProxyType({})
    #: one sentence for the user
    note: str = ""
    #: command that the RHEL package provides -> the same command in Debian
    commands: Mapping[str, str] = MappingProxyType({})
    #: the rpm name or the pattern that the row stands under
    key: str = ""

    def debs(self, target: Target) -> Debs:
        """Return the deb names for a target."""
        for key in (str(target), target.suite, f"*/{target.deb_arch}"):
            if key in self.exceptions:
                return self.exceptions[key]
        return self.deb

    def suites(self) -> Set[str]:
        """Return the suites that have exceptions of their own."""
        return {key.split("/")[0] for key in self.exceptions}


def _is_pattern(key: str) -> bool:
    # a regular expression takes four times as long, and this is asked for every row at a cold start
    return "*" in key or "[" in key or "?" in key


def _debs(value: Optional[List[str]]) -> Debs:
    return None if value is None else tuple(value)


@reading(FILE)
def _row(key: str, value: Union[List[str], Dict[str, Any], None]) -> Row:
    if not isinstance(value, dict):
        return Row(_debs(value), key=key)
    return Row(
        _debs(value["deb"]),
        {key: _debs(names) for key, names in value.get("except", {}).items()},
        value.get("note", ""),
        value.get("commands", {}),
        key,
    )


class Table:
    """The rows by rpm name; a key with wildcards stands for all names that have no row of their own."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        #: deb names to take where several packages have the same thing
        self.preferred = frozenset(data.get("$prefer", ()))
        #: rpm names that hooks ask for most
        self.common = frozenset(data.get("$common", ()))
        self._data = {name: value for name, value in data.items() if not name.startswith("$")}
        #: text before the first wildcard, text behind the last one, key
        self._patterns: Optional[List[Tuple[str, str, str]]] = None

    def find(self, name: str) -> Optional[Row]:
        """Return the row for an rpm name or a group id (``@development-tools``)."""
        if name in self._data:
            return _row(name, self._data[name])
        if self._patterns is None:
            parts = ((_WILDCARD.split(key), key) for key in self._data if _is_pattern(key))
            # the key that says most wins
            ordered = sorted(parts, key=lambda part: (-sum(map(len, part[0])), part[1]))
            self._patterns = [(texts[0], texts[-1], key) for texts, key in ordered]
        for head, tail, key in self._patterns:
            # the cheap test first: compiling all the patterns would be half of a cold look-up
            if name.startswith(head) and name.endswith(tail) and fnmatchcase(name, key):
                return _row(key, self._data[key])
        return None

    def commands(self) -> Dict[str, str]:
        """Return RHEL's names of commands, each with Debian's."""
        found: Dict[str, str] = {}
        for value in self._data.values():
            if isinstance(value, dict):
                found.update(value.get("commands", {}))
        return found

    def is_pattern(self, name: str) -> bool:
        """Tell whether only a key with wildcards stands for an rpm name."""
        return name not in self._data and self.find(name) is not None

    def names(self) -> List[str]:
        """Return all rpm names that have a row of their own."""
        return [name for name in self._data if not _is_pattern(name)]


@reading(FILE)
def load_table() -> Table:
    """Read the table that comes with the package.

    Raises:
        DataError: It is damaged.
    """
    return Table(read_json(FILE))
