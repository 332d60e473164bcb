"""From an rpm name to Debian names that may exist; the suite's index decides.

Each rule looks at one convention of naming; docs/names.md has what the rules are worth.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Callable, Iterator, List, Optional, Tuple

from . import index as kinds
from .index import Index

_PYTHON = re.compile(r"^python3\d*-(.+)$")
_T64 = "t64"


@dataclass(frozen=True)
class Found:
    """What the rules found for an rpm name."""

    deb: Tuple[str, ...]
    #: name of the rule
    rule: str
    #: what other rules would have given
    considered: Tuple[str, ...]


def real_name(deb: str, index: Index) -> Optional[str]:
    """Return the real package that a name stands for.

    It is the name itself, its 64-bit time_t variant (trixie, noble), or the one package that provides it.
    """
    if index.has(deb):
        return deb
    if index.has(deb + _T64):
        return deb + _T64
    providers = index.find(kinds.VIRTUAL, deb)
    return providers[0] if len(providers) == 1 else None


def _one(debs: Tuple[str, ...]) -> Optional[str]:
    return debs[0] if len(debs) == 1 else None


def _stem(name: str) -> str:
    return name[3:] if name.startswith("lib") else name


def _lib_dev(base: str, index: Index) -> Optional[str]:
    return real_name(f"lib{_stem(base)}-dev", index)


def _dev(base: str, index: Index) -> Optional[str]:
    return real_name(f"{base}-dev", index)


def _numbered_dev(base: str, index: Index) -> Optional[str]:
    """foo-devel -> libfoo2-dev, if there is just one such number."""
    stem = _stem(base)
    shape = re.compile(rf"(?:lib)?{re.escape(stem)}-?[0-9][0-9.]*-dev")
    names = [name for prefix in (f"lib{stem}", stem) for name in index.names(prefix) if shape.fullmatch(name)]
    return names[0] if len(names) == 1 else None


def _source_dev(base: str, index: Index) -> Optional[str]:
    return _one(index.find(kinds.SOURCE_DEV, base)) or _one(index.find(kinds.SOURCE_DEV, f"lib{_stem(base)}"))


def _pkgconfig(base: str, index: Index) -> Optional[str]:
    return _one(index.find(kinds.PKGCONFIG, base)) or _one(index.find(kinds.PKGCONFIG, f"lib{_stem(base)}"))


def _source_lib(base: str, index: Index) -> Optional[str]:
    return _one(index.find(kinds.SOURCE_LIB, base)) or _one(index.find(kinds.SOURCE_LIB, f"lib{_stem(base)}"))


def _perl(name: str, index: Index) -> Optional[str]:
    """perl-A-B -> liba-b-perl, or perl itself for the half of CPAN's names that Debian's perl contains."""
    deb = real_name(f"lib{name.lower()}-perl", index)
    if deb:
        return "perl" if deb.startswith("perl") else deb
    providers = index.find(kinds.PERL, name.replace("-", "::"))
    if any(deb.startswith(("perl", "libperl5")) for deb in providers):
        return "perl"  # perl-base alone is not all of it
    return _one(providers)


_Rule = Tuple[str, Callable[[str, Index], Optional[str]]]
_DEVEL: List[_Rule] = [
    ("lib-dev", _lib_dev),
    ("dev", _dev),
    ("source-dev", _source_dev),
    ("numbered-dev", _numbered_dev),
    ("pkgconfig", _pkgconfig),
]


def _candidates(name: str, index: Index) -> Iterator[Tuple[str, Optional[str]]]:
    """Yield rule and answer, best first."""
    low = name.lower().replace("_", "-")
    for suffix in ("-devel", "-static"):
        if low.endswith(suffix):
            base = low[: -len(suffix)]
            for rule, function in _DEVEL:
                yield rule, function(base, index)
            return
    if name.startswith("perl-"):
        yield "perl", _perl(name[len("perl-") :], index)
        return
    if low.startswith("rubygem-"):
        yield "ruby", real_name(f"ruby-{low[len('rubygem-') :]}", index)
        return
    python = _PYTHON.match(low)
    if python:
        yield "python", real_name(f"python3-{python[1]}", index)
        return
    yield "same-name", real_name(low, index)
    yield "source-lib", _source_lib(low[: -len("-libs")] if low.endswith("-libs") else low, index)


def find(name: str, index: Index) -> Optional[Found]:
    """Return what the rules make of an rpm name, None if nothing that exists.

    Args:
        name: rpm name without version and arch.
        index: The suite's index.
    """
    found = [(rule, deb) for rule, deb in _candidates(name, index) if deb]
    if not found:
        return None
    rule, best = found[0]
    others = dict.fromkeys(deb for _, deb in found[1:] if deb != best)
    return Found((best,), rule, tuple(others))
