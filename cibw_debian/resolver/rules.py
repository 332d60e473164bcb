"""From an rpm name to Debian names that may exist; the suite's index decides.

Each rule looks at one convention of naming; docs/names.md has what the rules are worth.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Callable, Iterable, Iterator, List, Optional, Tuple

from . import index as kinds
from .index import Index

#: python3-x, python3.11-x, python38-x, python36-x and RHEL 7's python-x
_PYTHON = re.compile(r"python[0-9.]*-(.+)")
_PERL = re.compile(r"perl-(.+)")
_RUBY = re.compile(r"rubygem-(.+)")
_QT = re.compile(r"qt([56])-qt(.+?)(-devel)?")
_DEVEL = re.compile(r"(.+)-(?:devel|static)")
_TOOLS = re.compile(r"(.+)-(?:tools|utils|progs|bin|clients?|cli)")
_LETTERS_DIGITS = re.compile(r"(.*[a-z])([0-9])")

_T64 = "t64"
#: what stands behind a shared library's name: libfoo2, libfoo-2.0-0, libfoo1.2c2a, libfoo0v5, libfoo1t64
_SO_NUMBER = rf"(?:-?[0-9][0-9.]*){{1,2}}[a-z]?(?:v5|ldbl|debian)?(?:{_T64})?"


@dataclass(frozen=True)
class Found:
    """What the rules found for an rpm name."""

    deb: str
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
    return _one(index.find(kinds.VIRTUAL, deb))


def dist_key(name: str) -> str:
    """Return a Python distribution's name the way the index has it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _one(debs: Iterable[str]) -> Optional[str]:
    """Return the only one; of several nobody knows which is meant."""
    names = tuple(debs)
    return names[0] if len(names) == 1 else None


def _first(names: Iterable[str], index: Index) -> Optional[str]:
    found = (real_name(name, index) for name in names)
    return next((name for name in found if name), None)


def _stem(name: str) -> str:
    return name[3:] if name.startswith("lib") else name


def _matching(prefix: str, pattern: str, index: Index) -> List[str]:
    shape = re.compile(pattern)
    return [name for name in index.names(prefix) if shape.fullmatch(name)]


def _lib_dev(base: str, index: Index) -> Optional[str]:
    return real_name(f"lib{_stem(base)}-dev", index)


def _dev(base: str, index: Index) -> Optional[str]:
    return real_name(f"{base}-dev", index)


def _source_dev(base: str, index: Index) -> Optional[str]:
    """The only -dev package of the like-named source package."""
    return _one(index.find(kinds.SOURCE_DEV, base)) or _one(index.find(kinds.SOURCE_DEV, f"lib{_stem(base)}"))


def _numbered_dev(base: str, index: Index) -> Optional[str]:
    """foo -> libfoo2-dev, gtk2 -> libgtk2.0-dev, if there is just one."""
    stem = _stem(base)
    shapes = [(stem, r"-?[0-9][0-9.]*-dev")]
    split = _LETTERS_DIGITS.fullmatch(stem)
    if split:
        shapes.insert(0, (split[1], rf"-?{split[2]}(?:\.[0-9]+)?-dev"))
    for name, number in shapes:
        found = _matching(f"lib{name}", f"lib{re.escape(name)}{number}", index)
        found = found or _matching(name, f"{re.escape(name)}{number}", index)
        if found:
            return _one(found)
    return None


def _pkgconfig(base: str, index: Index) -> Optional[str]:
    return _one(index.find(kinds.PKGCONFIG, base)) or _one(index.find(kinds.PKGCONFIG, f"lib{_stem(base)}"))


def _numbered_lib(base: str, index: Index) -> Optional[str]:
    """foo, foo-libs or libfoo -> libfoo2, glib2 -> libglib2.0-0, if there is just one."""
    stem = _stem(base)
    found = _matching(f"lib{stem}", f"lib{re.escape(stem)}{_SO_NUMBER}", index)
    split = _LETTERS_DIGITS.fullmatch(stem)
    if split and not found:
        number = rf"-?{split[2]}(?:\.[0-9]+)?-[0-9]+(?:{_T64})?"
        found = _matching(f"lib{split[1]}", f"lib{re.escape(split[1])}{number}", index)
    return _one(found)


def _source_lib(base: str, index: Index) -> Optional[str]:
    """The only library package of the like-named source package."""
    return _one(index.find(kinds.SOURCE_LIB, base)) or _one(index.find(kinds.SOURCE_LIB, f"lib{_stem(base)}"))


def _command(name: str, index: Index) -> Optional[str]:
    """bsdtar -> the one package that has /usr/bin/bsdtar."""
    return _one(index.find(kinds.COMMAND, name))


def _tools(name: str, index: Index) -> Optional[str]:
    """libfoo-utils -> libfoo-utils, libfoo-bin, foo-tools ..."""
    found = _TOOLS.fullmatch(name)
    if not found:
        return None
    stems = dict.fromkeys((found[1], _stem(found[1])))
    ends = ("utils", "tools", "bin", "progs", "clients", "client")
    return _first((f"{stem}-{end}" for stem in stems for end in ends), index)


def _python(name: str, index: Index) -> Optional[str]:
    """python3-foo -> python3-foo, or the package that has a distribution of that name."""
    return real_name(f"python3-{name}", index) or _one(index.find(kinds.PYTHON, dist_key(name)))


def _perl(name: str, index: Index) -> Optional[str]:
    """perl-A-B -> liba-b-perl, or perl itself for the half of CPAN's names that Debian's perl contains."""
    low = name.lower()
    deb = _first([f"lib{low}-perl"] + [low] * low.endswith("-perl"), index)
    if deb:
        return "perl" if deb.startswith("perl") else deb
    providers = index.find(kinds.PERL, name.replace("-", "::"))
    if any(deb.startswith(("perl", "libperl5")) for deb in providers):
        return "perl"  # perl-base alone is not all of it
    return _one(providers)


def _qt(version: str, module: str, devel: bool, index: Index) -> Optional[str]:
    if devel:
        names = [f"qt{module}5-dev", f"libqt5{module}5-dev"] if version == "5" else [f"qt6-{module}-dev"]
    else:
        names = [f"libqt{version}{module}{version}"]
    return _first(names, index)


_Rule = Tuple[str, Callable[[str, Index], Optional[str]]]
#: for foo-devel, called with foo
_DEVEL_RULES: List[_Rule] = [
    ("lib-dev", _lib_dev),
    ("dev", _dev),
    ("source-dev", _source_dev),
    ("numbered-dev", _numbered_dev),
    ("pkgconfig", _pkgconfig),
]
#: for foo and foo-libs, called with foo
_LIB_RULES: List[_Rule] = [
    ("numbered-lib", _numbered_lib),
    ("source-lib", _source_lib),
]


def _candidates(name: str, index: Index) -> Iterator[Tuple[str, Optional[str]]]:
    """Yield rule and answer, best first."""
    low = name.lower().replace("_", "-")
    found = _QT.fullmatch(low)
    if found:
        yield "qt", _qt(found[1], found[2], bool(found[3]), index)
    found = _PERL.fullmatch(name)
    if found:
        yield "perl", _perl(found[1], index)
        return
    found = _RUBY.fullmatch(low)
    if found:
        yield "ruby", real_name(f"ruby-{found[1]}", index)
        return
    found = _PYTHON.fullmatch(low)
    if found and not _DEVEL.fullmatch(low):
        yield "python", _python(found[1], index)
        return
    found = _DEVEL.fullmatch(low)
    if found:
        for rule, function in _DEVEL_RULES:
            yield rule, function(found[1], index)
        return
    yield "same-name", real_name(low, index)
    base = low[: -len("-libs")] if low.endswith("-libs") else low
    for rule, function in _LIB_RULES:
        yield rule, function(base, index)
    yield "command", _command(name, index)
    yield "tools", _tools(low, index)


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
    return Found(best, rule, tuple(others))
