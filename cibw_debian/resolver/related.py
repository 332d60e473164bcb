"""Other rpm names for the same thing, and the versions that rpm names carry."""

from __future__ import annotations

import re
from typing import Iterator, List, Tuple

# Patterns are strings: `re` compiles and keeps those that are used, and a cold look-up needs few.
_COLLECTION = r"(?:rh|sclo)-([a-z+]+?)-?[0-9][0-9.]*(?:-(.+))?|(?:httpd24|rh-java-common)-(.+)"
#: 64 is no version but the size of integers
_NUMBERED = r"(?!perl-)(.*?[A-Za-z+])[-_]?((?!64)[0-9][0-9._]*)((?:-[A-Za-z+_]+)*)"
#: name -> version: java-11-openjdk, boost169-devel, boost1.78-devel, gcc-toolset-13-gcc, openssl11-libs
_VERSION_INSIDE = (
    r"(java|gcc-toolset|devtoolset)-([0-9.]+)(?:-.*)?",
    r"(boost|llvm|openssl|postgresql|cmake|libpng|nodejs|mysql|mariadb)([0-9][0-9.]*)(?:-.*)?",
    r"(?:rh|sclo)-([a-z+]+?)-?([0-9][0-9.]*)(?:-.*)?",
)
#: product -> the digits of a name before the point; of all others it is the first one: 169 is 1.69
_BEFORE_POINT = {
    **dict.fromkeys(("java", "gcc-toolset", "devtoolset", "llvm", "nodejs"), r"\d+"),
    # 96 is 9.6, 13 is 13, 105 is 10.5
    **dict.fromkeys(("mariadb", "postgresql"), r"1\d|\d"),
}

#: another version of these is another interface
_VERSION_MATTERS = ("python", "qt", "kf", "llvm", "clang", "libpng")


def alternatives(name: str) -> Iterator[Tuple[str, str]]:
    """Yield the rule and another rpm name whose Debian packages have the same thing, best first.

    Args:
        name: rpm name without version and arch, that has no row and no rule of its own.
    """
    if name.endswith("-static"):
        yield "static", f"{name[: -len('-static')]}-devel"
    collection = re.fullmatch(_COLLECTION, name) if name.startswith(("rh-", "sclo-", "httpd24-")) else None
    if collection:
        yield "collection", collection[3] or collection[2] or collection[1]
        return
    if name.startswith("perl-") and name.endswith("-devel"):
        yield "perl", name[: -len("-devel")]
    if name.endswith(("-libs-devel", "-lib-devel")):
        yield "libs-devel", re.sub(r"-libs?-devel$", "-devel", name)
    if not version_matters(name):
        for other in without_number(name):
            yield "numbered-name", other


def version_matters(name: str) -> bool:
    """Tell whether another version of what an rpm name means has another interface."""
    return name.startswith(_VERSION_MATTERS)


def without_number(name: str) -> Iterator[str]:
    """Yield an rpm name without the version in it, if it carries one."""
    numbered = re.fullmatch(_NUMBERED, name)
    if numbered:
        yield numbered[1] + numbered[3]


def asked_version(name: str) -> Tuple[str, str]:
    """Return the product and the version that an rpm name carries, both empty if it carries none."""
    for pattern in _VERSION_INSIDE:
        found = re.fullmatch(pattern, name)
        if found:
            product, version = found[1], found[2].strip(".")
            before = re.match(_BEFORE_POINT.get(product, r"\d"), version)
            if before and "." not in version:
                version = f"{before[0]}.{version[before.end() :]}".strip(".")
            return product, numbers(version, product)
    return "", ""


def numbers(version: str, product: str = "") -> str:
    """Return the part of a version that is compared: digits and dots, Java's without its old ``1.``."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    text = found[0] if found else ""
    if product == "java" and text.startswith("1."):
        text = text[2:].split(".")[0]
    return text


def same_version(asked: str, present: str) -> bool:
    """Tell whether a version is the one asked for, as far as both say: 3.26 and 3.26.4 are the same."""
    one, other = asked.split("."), present.split(".")
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


def is_older(asked: str, present: str) -> bool:
    """Tell whether the version present is older than the one asked for."""
    as_numbers: List[List[int]] = [[int(part) for part in text.split(".")] for text in (present, asked)]
    return as_numbers[0] < as_numbers[1][: len(as_numbers[0])]
