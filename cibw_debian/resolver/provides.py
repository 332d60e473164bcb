"""Which packages have a file or a capability: what the indices say, and which package is taken of several."""

from __future__ import annotations

import re
from typing import Callable, FrozenSet, Optional, Sequence, Tuple

from . import index as kinds
from . import rules
from . import spec as specs
from .index import Index
from .model import PACKAGE, Answer
from .spec import Spec

#: the word before the parentheses of a capability -> kind of key in the index
CAPABILITIES = {
    "pkgconfig": kinds.PKGCONFIG,
    "perl": kinds.PERL,
    "cmake": kinds.CMAKE,
    "python3dist": kinds.PYTHON,
}
_COMMAND_DIRS = ("/usr/bin", "/bin", "/usr/sbin", "/sbin")


class Provides:
    """What the packages of a target have."""

    def __init__(self, indices: Sequence[Index], preferred: FrozenSet[str]) -> None:
        """Put the sources together.

        Args:
            indices: The target's own index, or those that speak for it, best first.
            preferred: Packages to take where several have the same thing.
        """
        self._indices = indices
        self._preferred = preferred

    def find(self, spec: Spec) -> Optional[Answer]:
        """Return an answer for a shared library, a path or one of `CAPABILITIES`."""
        if spec.kind == specs.SONAME:
            return self._having(spec, kinds.SONAME, spec.name)
        if spec.kind == specs.PATH:
            return self._path(spec)
        kind = CAPABILITIES[spec.space]
        key = spec.name.lower() if kind == kinds.CMAKE else spec.name
        if kind == kinds.PYTHON:
            key = rules.dist_key(re.sub(r"\[.*\]$", "", spec.name))
        answer = self._having(spec, kind, key)
        if answer and kind == kinds.PERL and any(map(rules.is_perl_itself, answer.deb)):
            return answer._replace(deb=("perl",), considered=())
        return answer

    def _path(self, spec: Spec) -> Optional[Answer]:
        directory, _, file = spec.name.rpartition("/")
        if directory in _COMMAND_DIRS:
            return self._having(spec, kinds.COMMAND, file)
        if directory.endswith("/pkgconfig") and file.endswith(".pc"):
            return self._having(spec, kinds.PKGCONFIG, file[: -len(".pc")])
        if ".so." in file:
            return self._having(spec, kinds.SONAME, file)
        return None

    def _having(self, spec: Spec, kind: str, key: str) -> Optional[Answer]:
        for index in self._indices:
            debs = index.find(kind, key)
            if debs:
                best, *others = sorted(debs, key=self._preference(key))
                why = f"{index.target} has {key} in {len(debs)} package{'s' * (len(debs) > 1)}"
                return Answer(spec.text, PACKAGE, (best,), "index", considered=tuple(others), why=(why,))
        return None

    def _preference(self, key: str) -> Callable[[str], Tuple[bool, bool, int, str]]:
        """Order packages that have the same thing: the like-named, then the preferred, then the shortest."""
        stem = re.sub(r"\.so\..*$", "", key)
        return lambda deb: (deb != stem, deb not in self._preferred, len(deb), deb)
