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


def find_provider(spec: Spec, indices: Sequence[Index], preferred: FrozenSet[str]) -> Optional[Answer]:
    """Return an answer for a shared library, a path or one of `CAPABILITIES`.

    Args:
        spec: What is asked for.
        indices: The target's own index, or those that speak for it, best first.
        preferred: Packages to take where several have the same thing.
    """
    kind, key = _key(spec)
    for index in indices if kind else ():
        debs = index.find(kind, key)
        if debs:
            best, *others = sorted(debs, key=_preference(key, preferred))
            why = f"{index.target} has {key} in {len(debs)} package{'s' * (len(debs) > 1)}"
            if kind == kinds.PERL and rules.is_perl_itself(best):
                return Answer(spec.text, PACKAGE, ("perl",), "index", why=(why,))
            return Answer(spec.text, PACKAGE, (best,), "index", considered=tuple(others), why=(why,))
    return None


def _key(spec: Spec) -> Tuple[str, str]:
    """Return where the index has a spec: kind and key, both empty where it has no such thing."""
    if spec.kind == specs.SONAME:
        return kinds.SONAME, spec.name
    if spec.kind == specs.PATH:
        directory, _, file = spec.name.rpartition("/")
        if directory in _COMMAND_DIRS:
            return kinds.COMMAND, file
        if directory.endswith("/pkgconfig") and file.endswith(".pc"):
            return kinds.PKGCONFIG, file[: -len(".pc")]
        return (kinds.SONAME, file) if ".so." in file else ("", "")
    kind = CAPABILITIES[spec.space]
    if kind == kinds.CMAKE:
        return kind, spec.name.lower()
    if kind == kinds.PYTHON:
        return kind, rules.dist_key(re.sub(r"\[.*\]$", "", spec.name))
    return kind, spec.name


def _preference(key: str, preferred: FrozenSet[str]) -> Callable[[str], Tuple[bool, bool, int, str]]:
    """Order packages that have the same thing: the like-named, then the preferred, then the shortest."""
    stem = re.sub(r"\.so\..*$", "", key)
    return lambda deb: (deb != stem, deb not in preferred, len(deb), deb)
