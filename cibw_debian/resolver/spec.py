"""What may stand after ``dnf install``, taken apart.

The forms are those of ``dnf(8)``: "Specifying Packages", "Specifying Provides", "Specifying Groups".
URLs and local ``.rpm`` files are not specs: the translator deals with them.
"""

from __future__ import annotations

import re
from typing import Iterator, NamedTuple, Tuple

#: a package by its name, with or without version, release, epoch and arch
NAME = "name"
#: a name with wildcards
GLOB = "glob"
#: a capability: ``pkgconfig(x)``, ``perl(A::B)``; ``Spec.space`` says which
CAPABILITY = "capability"
#: a shared library: ``libfoo.so.1()(64bit)``
SONAME = "soname"
#: a file: ``/usr/bin/x``
PATH = "path"
#: a group: ``@development-tools``, ``Development Tools``
GROUP = "group"

# Patterns are strings: `re` compiles and keeps those that are used, and most specs are plain names.
_PLAIN = r"[A-Za-z][A-Za-z0-9_+]*(?:-[A-Za-z][A-Za-z0-9_+]*)*"
_ARCHES = (
    "aarch64|armv5tel|armv6hl|armv7hl|armv7hnl|armv7l|i[3-6]86|loongarch64|noarch|ppc64|ppc64le|riscv64|s390x|"
    "src|x86_64|\\$\\(arch\\)|\\$\\(uname -m\\)"
)
_ARCH = rf"(?:\.(?:{_ARCHES})|(?<!\d)\.\*)$"
_EPOCH_FIRST = r"^\d+:(?=[A-Za-z@])"
_EPOCH_INSIDE = r"-\d+:(?=\w)"
_CAPABILITY = r"^([A-Za-z][\w.+-]*)\((.+?)\)(?:\([^)]*\))*$"
_SONAME = r"^(lib[\w.+-]*\.so(?:\.[\w.]+)*|[\w.+-]+\.so\.[\w.]+)(?:\([^)]*\))*$"
_RELATION = r"\s*(?:<=|>=|=|<|>).*$"
#: from here on it may be a version: rpm separates with "-" and versions begin with a digit, nearly always
_VERSION = r"-(?=v?\d[\w.+~^*?\[\]]*(?:-\d[\w.+~^*?\[\]]*)?$)"
_PYTHON3_DIST = r"^python3(?:\.\d+)?dist$"


class Spec(NamedTuple):
    """One spec, taken apart."""

    #: as it was written
    text: str
    #: one of the constants above
    kind: str
    #: the name without arch and relation; for a capability what stands in the parentheses
    name: str
    #: for a capability the word before the parentheses, with all of ``python3.Ndist`` as ``python3dist``
    space: str = ""
    #: for 32-bit x86: ``glibc-devel.i686``
    foreign: bool = False

    def names(self) -> Iterator[Tuple[str, str]]:
        """Yield what may be the name, and the version that was cut off; the longest name first.

        rpm names contain digits and dashes too, so that only the names known tell where the version begins:
        ``java-11-openjdk-devel-11.0.2-1``.
        """
        yield self.name, ""
        for found in reversed(list(re.finditer(_VERSION, self.name))):
            yield self.name[: found.start()], self.name[found.end() :]


def parse(text: str) -> Spec:
    """Take a spec apart; every text is some spec.

    Args:
        text: One argument of ``dnf install`` after the shell has removed the quotes.
    """
    if re.fullmatch(_PLAIN, text):
        return Spec(text, NAME, text)
    bare = re.sub(_RELATION, "", text.strip())
    if bare.startswith("@") or re.search(r"\s", bare):
        return Spec(text, GROUP, group_id(bare))
    if bare.startswith("/"):
        return Spec(text, PATH, bare)
    found = re.match(_SONAME, bare)
    if found:
        return Spec(text, SONAME, found[1])
    found = re.match(_CAPABILITY, bare)
    if found:
        space, name = found.groups()
        return Spec(text, CAPABILITY, name, "python3dist" if re.match(_PYTHON3_DIST, space) else space)
    name = re.sub(_EPOCH_INSIDE, "-", re.sub(_EPOCH_FIRST, "", bare))
    foreign = re.search(r"\.i[3-6]86$", name) is not None
    name = re.sub(_ARCH, "", name)
    # cmake-3.*: the wildcard stands in the version, and Debian has one version only
    wildcard = re.search(r"[*?\[]", name)
    version = re.search(_VERSION, name)
    if wildcard and not (version and version.end() < wildcard.start()):
        return Spec(text, GLOB, name, foreign=foreign)
    return Spec(text, NAME, name, foreign=foreign)


def group_id(text: str) -> str:
    """Return a group's name or id the way the table has it: ``@development-tools``."""
    name = text.lstrip("@").strip().strip("\"'").lower()
    name = re.sub(r"^\^", "", name)
    return "@" + re.sub(r"[\s_]+", "-", name)


def providing_package(spec: Spec) -> str:
    """Return the rpm package that has a capability of its own: foo(x86-64), config(foo), rubygem(foo)."""
    if re.fullmatch(r"[\w]+-(?:32|64)|(?:32|64)bit", spec.name):
        return spec.space
    return {"config": spec.name, "rubygem": f"rubygem-{spec.name}"}.get(spec.space, "")
