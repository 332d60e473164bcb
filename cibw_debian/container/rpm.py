"""What scripts ask of `rpm`, answered by dpkg."""

from __future__ import annotations

import fnmatch
import os
import platform
import re
from collections.abc import Mapping, Sequence

from . import system
from .names import open_image_resolver

#: oldest glibc of a RHEL release -> that release; the release history of RHEL
_RHEL_BY_GLIBC = (((2, 39), "10"), ((2, 34), "9"), ((2, 28), "8"), ((2, 17), "7"))

#: a query, and nothing that changes what it prints
_QUERY = re.compile(r"-[qaf]*q[qaf]*$|--query$")
_QUERY_OPTIONS = frozenset({"--query", "--all", "--file", "--quiet"})


def main(args: Sequence[str], packages: Mapping[str, Sequence[str]]) -> int:
    """Answer one rpm command line, and return rpm's exit code.

    Args:
        args: The words after ``rpm``.
        packages: The project's own names.
    """
    options = [word for word in args if word.startswith("-") and word != "-"]
    words = [word for word in args if not word.startswith("-")]
    flags = "".join(option[1:] for option in options if not option.startswith("--"))
    if "--version" in options:
        print("RPM version 4 (cibw-debian, answered by dpkg)")
        return 0
    if "--import" in options:
        system.say("note", "rpm --import: apt has keys of its own, nothing to do")
        return 0
    if "E" in flags or "--eval" in options or any(option.startswith("--eval=") for option in options):
        texts = words + [option.partition("=")[2] for option in options if option.startswith("--eval=")]
        print("\n".join(_expand(text) for text in texts))
        return 0
    understood = all(option in _QUERY_OPTIONS for option in options if option.startswith("--"))
    if any(_QUERY.match(option) for option in options) and understood and not set(flags) - set("qaf"):
        if "a" in flags or "--all" in options:
            return _query_all(words)
        if "f" in flags or "--file" in options:
            return _query_files(words)
        return _query(words, packages, quiet="--quiet" in options)
    system.say("error", f"rpm {' '.join(args)}: not on a Debian image, where packages are no rpm files")
    return 1


def _query(names: Sequence[str], packages: Mapping[str, Sequence[str]], *, quiet: bool) -> int:
    versions = dict(system.installed())
    resolver = open_image_resolver(system.target(), packages, lists=False)
    missing = 0
    for name in names:
        debs = resolver.resolve(name).deb
        if debs and all(deb in versions for deb in debs):
            line = "\n".join(f"{deb}-{versions[deb]}" for deb in debs)
        else:
            missing += 1
            line = f"package {name} is not installed"
        if not quiet:
            print(line)
    return missing


def _query_all(patterns: Sequence[str]) -> int:
    for name, version in system.installed():
        if not patterns or any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns):
            print(f"{name}-{version}")
    return 0


def _query_files(paths: Sequence[str]) -> int:
    versions = dict(system.installed())
    missing = 0
    for path in paths:
        # Where /bin leads to /usr/bin, dpkg knows some files by the one name and some by the other.
        names = dict.fromkeys((path, os.path.realpath(path)))
        owner = next(filter(None, map(_owner, names)), "")
        missing += not owner
        print(f"{owner}-{versions.get(owner, '')}" if owner else f"file {path} is not owned by any package")
    return missing


def _owner(path: str) -> str:
    lines = system.output("dpkg-query", "--search", path).splitlines()
    owned = (line.partition(":")[0] for line in lines if not line.startswith("diversion by "))
    return next(owned, "")


def _expand(text: str) -> str:
    macros = _macros()

    def value(match: re.Match[str]) -> str:
        name = match.group(2)
        found: str | None = macros.get(name)
        if found is not None:
            return found
        return "" if match.group(1) == "?" else match.group(0)

    expanded = re.sub(r"%\{(\??)(\w+)\}", value, text)
    return re.sub(r"%(\??)(\w+)", value, expanded)


def _macros() -> dict[str, str]:
    release = _rhel()
    machine = {"armv8l": "armv7l"}.get(platform.machine(), platform.machine())
    directories: dict[str, str] = {"_prefix": "/usr", "_bindir": "/usr/bin", "_includedir": "/usr/include"}
    return {"rhel": release, "dist": f".el{release}", "_arch": machine, "_target_cpu": machine, **directories}


def _rhel() -> str:
    """Return the RHEL release that this image stands for: the newest whose glibc is not newer."""
    numbers: list[int] = [int(n) for n in re.findall(r"\d+", platform.libc_ver()[1])[:2]]
    for oldest, release in _RHEL_BY_GLIBC:
        if tuple(numbers) >= oldest:
            return release
    return "7"
