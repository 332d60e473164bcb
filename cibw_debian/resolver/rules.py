"""From an rpm name to Debian names that may exist; the suite's index decides.

Each rule looks at one convention of naming; docs/names.md has what the rules are worth.
"""

from __future__ import annotations

import re
from typing import Callable, Iterable, Iterator, List, NamedTuple, Optional, Tuple

from . import index as kinds
from .index import Index

# Patterns are strings: `re` compiles and keeps those that are used, and a cold look-up needs few.
#: python3-x, python3.11-x, python38-x, python36-x and RHEL 7's python-x
_PYTHON = r"python[0-9.]*-(.+)"
_QT = r"qt([56])-qt(.+?)(-devel)?"
_XORG_DRIVER = "xorg-x11-drv-"
_TOOLS = r"(.+)-(?:tools|utils|progs|bin|clients?|cli)"
_PROGRAMS = ("-tools", "-utils", "-progs")
_MPI = r"(.+)-(openmpi|mpich)(?:[0-9.-]*)(?:-devel|-static)"
#: Debian's own Perl, which is cut into several packages
_PERL_ITSELF = r"perl|perl-base|perl-modules-[0-9.]+|libperl[0-9.]+"
_NAME_NUMBER = r"(.*[a-z])([0-9]+)"
_LETTERS_DIGITS = r"(.*[a-z])([0-9])"

_T64 = "t64"
#: what stands behind a shared library's name: libfoo2, libfoo-2.0-0, libfoo1.2c2a, libfoo0v5, libfoo1t64
_SO_NUMBER = rf"(?:-?[0-9][0-9.]*){{1,2}}[a-z]?(?:v5|ldbl|debian)?(?:{_T64})?"


class Found(NamedTuple):
    """What the rules found for an rpm name."""

    deb: str
    #: name of the rule
    rule: str
    #: what other rules would have given
    considered: Tuple[str, ...]

    def why(self, index: Index) -> str:
        """Return one clause for a person."""
        return f"rule {self.rule}: {index.target} has {self.deb}"


def real_name(deb: str, index: Index) -> Optional[str]:
    """Return the real package that a name stands for.

    It is the name itself, its 64-bit time_t variant (trixie, noble), or the one package that provides it.
    """
    if index.has(deb):
        return deb
    if index.has(deb + _T64):
        return deb + _T64
    return _one(index.find(kinds.VIRTUAL, deb))


def is_there(deb: str, index: Index) -> bool:
    """Say whether apt-get may know a name: as a package, or as what packages provide."""
    return real_name(deb, index) is not None or bool(tuple(index.find(kinds.VIRTUAL, deb)))


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
    """Find libfoo2-dev for foo, libgtk2.0-dev for gtk2, if there is just one."""
    stem = _stem(base)
    shapes = [(stem, r"-?[0-9][0-9.]*-dev")]
    split = re.fullmatch(_LETTERS_DIGITS, stem)
    if split:
        shapes.insert(0, (split[1], rf"-?{split[2]}(?:\.[0-9]+)?-dev"))
    for name, number in shapes:
        found = _matching(f"lib{name}", f"lib{re.escape(name)}{number}", index)
        found = found or _matching(name, f"{re.escape(name)}{number}", index)
        if found:
            only = _one(found)
            # three digits belong to the name: libbase16384 is not a version of libbase
            return only if only and not re.search(r"[0-9]{3}", only) else None
    return None


def _versioned_dev(base: str, index: Index) -> Optional[str]:
    """Find llvm-16-dev for llvm16."""
    split = re.fullmatch(_NAME_NUMBER, base)
    return real_name(f"{split[1]}-{split[2]}-dev", index) if split else None


def _pkgconfig(base: str, index: Index) -> Optional[str]:
    return _one(index.find(kinds.PKGCONFIG, base)) or _one(index.find(kinds.PKGCONFIG, f"lib{_stem(base)}"))


def _numbered_lib(base: str, index: Index) -> Optional[str]:
    """Find libfoo2 for foo, foo-libs or libfoo, libglib2.0-0 for glib2, if there is just one."""
    stem = _stem(base)
    found = _matching(f"lib{stem}", f"lib{re.escape(stem)}{_SO_NUMBER}", index)
    split = re.fullmatch(_LETTERS_DIGITS, stem)
    if split and not found:
        number = rf"-?{split[2]}(?:\.[0-9]+)?-[0-9]+(?:{_T64})?"
        found = _matching(f"lib{split[1]}", f"lib{re.escape(split[1])}{number}", index)
    return _one(found)


def _source_lib(base: str, index: Index) -> Optional[str]:
    """The only library package of the like-named source package."""
    return _one(index.find(kinds.SOURCE_LIB, base)) or _one(index.find(kinds.SOURCE_LIB, f"lib{_stem(base)}"))


def _command(name: str, index: Index) -> Optional[str]:
    """Find the one package that has /usr/bin/bsdtar for bsdtar."""
    return _one(index.find(kinds.COMMAND, name))


def _tools(name: str, index: Index) -> Optional[str]:
    """Find libfoo-utils, libfoo-bin, foo-tools ... for libfoo-utils."""
    found = re.fullmatch(_TOOLS, name)
    if not found:
        return None
    stems = dict.fromkeys((found[1], _stem(found[1])))
    ends = ("utils", "tools", "bin", "progs", "clients", "client")
    return _first((f"{stem}-{end}" for stem in stems for end in ends), index)


def _source_bin(name: str, index: Index) -> Optional[str]:
    """Find tabix for htslib-tools: the only package with commands of the source htslib."""
    found = re.fullmatch(_TOOLS, name)
    if not found:
        return None
    sources = (name, found[1], f"lib{_stem(found[1])}")
    packages = (_one(index.find(kinds.SOURCE_BIN, source)) for source in sources)
    return next((package for package in packages if package), None)


def _part(name: str, index: Index) -> Optional[str]:
    """Find gdbserver for gdb-gdbserver: a package with commands of the source gdb."""
    for found in re.finditer("-", name):
        source, part = name[: found.start()], name[found.end() :]
        if part in index.find(kinds.SOURCE_BIN, source):
            return part
    return None


def _mpi(base: str, mpi: str, index: Index) -> Optional[str]:
    """Find libnetcdf-mpi-dev for netcdf-openmpi-devel, libhdf5-openmpi-dev for hdf5-openmpi-devel."""
    stem = _stem(base)
    names = (f"lib{stem}-{mpi}-dev", f"lib{stem}-mpi-dev", f"lib{stem}-dev", f"{base}-dev")
    return _first((name for name in names), index)


def _fonts(base: str, index: Index) -> Optional[str]:
    return real_name(f"fonts-{base}", index)


def _ocaml(name: str, index: Index) -> Optional[str]:
    """Find libfindlib-ocaml-dev for ocaml-findlib-devel."""
    devel = _without(name, "-devel")
    return real_name(f"lib{devel}-ocaml-dev" if devel else f"lib{name}-ocaml", index)


def _xorg_driver(name: str, index: Index) -> Optional[str]:
    """Find xserver-xorg-input-evdev-dev for xorg-x11-drv-evdev-devel."""
    devel = _without(name, "-devel")
    kinds_of_drivers = ("xserver-xorg-input", "xserver-xorg-video")
    return _first((f"{kind}-{devel}-dev" if devel else f"{kind}-{name}" for kind in kinds_of_drivers), index)


def _python_dev(name: str, index: Index) -> Optional[str]:
    """Find python3-cairo-dev for python-cairo-devel, python-greenlet-dev for python3-greenlet-devel."""
    return _first((f"python3-{name}-dev", f"python-{name}-dev"), index)


def _python(name: str, index: Index) -> Optional[str]:
    """Find python3-foo for python3-foo, or the package that has a distribution of that name."""
    return real_name(f"python3-{name}", index) or _one(index.find(kinds.PYTHON, dist_key(name)))


def is_perl_itself(deb: str) -> bool:
    """Tell whether a package is a part of perl; perl-base alone does not have all modules."""
    return re.fullmatch(_PERL_ITSELF, deb) is not None


def _perl(name: str, index: Index) -> Optional[str]:
    """Find liba-b-perl for perl-A-B, or perl itself, which contains about half of what is asked for."""
    low = name.lower()
    deb = _first([f"lib{low}-perl"] + [low] * low.endswith("-perl"), index)
    providers = (deb,) if deb else index.find(kinds.PERL, name.replace("-", "::"))
    return "perl" if any(map(is_perl_itself, providers)) else _one(providers)


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
    ("versioned-dev", _versioned_dev),
    ("numbered-dev", _numbered_dev),
    ("pkgconfig", _pkgconfig),
]
#: for foo and foo-libs, called with foo
_LIB_RULES: List[_Rule] = [
    ("numbered-lib", _numbered_lib),
    ("source-lib", _source_lib),
]


def _without(name: str, *endings: str) -> str:
    """Return a name without the one of the endings that it has, nothing if it has none of them."""
    return next((name[: -len(ending)] for ending in endings if name.endswith(ending)), "")


def _by_convention(low: str, index: Index) -> Iterator[Tuple[str, Optional[str]]]:
    """Yield rule and answer for names whose beginning or middle tells what they are."""
    if low.startswith("rubygem-"):
        yield "ruby", real_name(f"ruby-{low[len('rubygem-') :]}", index)
    elif low.startswith("ocaml-"):
        yield "ocaml", _ocaml(low[len("ocaml-") :], index)
    elif low.startswith(_XORG_DRIVER):
        yield "xorg-driver", _xorg_driver(low[len(_XORG_DRIVER) :], index)
    elif low.startswith("qt"):
        found = re.fullmatch(_QT, low)
        yield "qt", _qt(found[1], found[2], bool(found[3]), index) if found else None
    elif "-openmpi" in low or "-mpich" in low:
        found = re.fullmatch(_MPI, low)
        yield "mpi", _mpi(found[1], found[2], index) if found else None


def _candidates(name: str, index: Index) -> Iterator[Tuple[str, Optional[str]]]:
    """Yield rule and answer, best first."""
    low = name.lower().replace("_", "-")
    if name.startswith("perl-"):
        yield "perl", _perl(name[len("perl-") :], index)
        return
    yield from _by_convention(low, index)
    base = _without(low, "-devel", "-static")
    found = re.fullmatch(_PYTHON, base or low) if low.startswith("python") else None
    if base:
        for rule, function in _DEVEL_RULES:
            yield rule, function(base, index)
        if found:
            yield "python-dev", _python_dev(found[1], index)
        return
    if found:
        yield "python", _python(found[1], index)
        return
    yield "same-name", real_name(low, index)
    if low.endswith(_PROGRAMS):  # before the libraries of the same source
        yield "tools", _tools(low, index)
        yield "source-bin", _source_bin(low, index)
    for rule, function in _LIB_RULES:
        yield rule, function(_without(low, "-libs") or low, index)
    yield "command", _command(name, index)
    yield "tools", _tools(low, index)
    yield "part", _part(low, index)
    yield "fonts", _fonts(_without(low, "-fonts"), index) if low.endswith("-fonts") else None


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
