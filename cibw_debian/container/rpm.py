"""What scripts ask of `rpm`, answered by dpkg."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Mapping, Sequence

from ..resolver.subcommands import RELEASE_FILE
from . import dnf, system
from .names import open_image_resolver

_ERASE = re.compile(r"(?<!\S)(?:-[^-\sq]*e|--erase(?!\S))")
_INSTALL = re.compile(r"(?<!\S)(?:-[^-\sq]*[iUF]|--(?:install|upgrade|freshen)(?!\S))")
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
        print("\n".join(_expand(texts)))
        return 0
    understood = all(option in _QUERY_OPTIONS for option in options if option.startswith("--"))
    if any(_QUERY.match(option) for option in options) and understood and not set(flags) - set("qaf"):
        if "a" in flags or "--all" in options:
            return _query_all(words)
        if "f" in flags or "--file" in options:
            return _query_files(words)
        return _query(words, packages, quiet="--quiet" in options)
    if _ERASE.search(" ".join(options)) and words:
        return dnf.main("dnf", ["remove", "-y", *words], packages)
    if _INSTALL.search(" ".join(options)) and words and all(re.search(RELEASE_FILE, word) for word in words):
        system.say("note", "Debian's archive has what this repository adds: nothing to do")
        return 0
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


def _expand(texts: Sequence[str]) -> list[str]:
    from ..resolver.macros import Macros  # noqa: PLC0415  (cold start)
    from ..resolver.suites import release  # noqa: PLC0415

    target = system.target()
    macros = Macros(release(target.suite), target.deb_arch, literal=True)
    return [macros.expand(text) for text in texts]
