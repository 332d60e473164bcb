"""Which distributions of the package index a build installs: to build the wheel, and to test it. Pure."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from cibw_debian.hooks.pip import pip_installs
from cibw_debian.hooks.runtime_only import called_scripts
from cibw_debian.planning.setuptools import read_setup_cfg, read_setup_py

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from cibw_debian.cibw.adapter import Build

_BUILD_HOOKS = ("before-all", "before-build")
_TEST_HOOKS = ("before-test", "test-command")
#: the project itself, perhaps with extras: ``.[test]``, ``{package}[test]``
_OWN = re.compile(r"(?:\.|\{package\}|\{project\})/?(?:\[(?P<extras>[^\]]*)\])?")
_PYTHON = re.compile(r"([a-z]+)(\d)(\d+)t?")


class Wanted(NamedTuple):
    """One requirement: any version of a distribution that fits."""

    #: normalised (PEP 503)
    name: str
    #: ``>=1.14,<2``; empty for any version
    specifier: str = ""


def wanted(
    build: Build, pyproject: Mapping[str, Any], read: Callable[[str], str | None] = lambda _: None
) -> tuple[Wanted, ...]:
    """Return what a build installs from the index.

    Requirements that a build back end adds when it runs are not among them, and neither are those of other
    distributions.

    Args:
        build: One build identifier with its options.
        pyproject: The project's pyproject.toml, parsed.
        read: Gives the text of a file of the project, by its path below the project; None if there is none.
    """
    environment = _environment(build)
    own = _Project(pyproject, read)
    found: list[Wanted] = []
    for requirement in _requirements(build, own, read):
        if requirement.url is None and own.name != canonicalize_name(requirement.name):
            one = Wanted(canonicalize_name(requirement.name), str(requirement.specifier))
            if requirement.marker is None or requirement.marker.evaluate(environment):
                found.append(one)
    return tuple(dict.fromkeys(found))


class _Project:
    """What counts of pyproject.toml, setup.cfg and setup.py; a table that is none counts as empty."""

    def __init__(self, pyproject: Mapping[str, Any], read: Callable[[str], str | None]) -> None:
        project = _table(pyproject, "project")
        name = project.get("name")
        self.name = canonicalize_name(name) if isinstance(name, str) else ""
        self.build = _strings(_table(pyproject, "build-system").get("requires"))
        self.dependencies = _strings(project.get("dependencies"))
        extras = _table(project, "optional-dependencies")
        self._extras = {canonicalize_name(extra): _strings(lines) for extra, lines in extras.items()}
        self._groups = {canonicalize_name(n): g for n, g in _table(pyproject, "dependency-groups").items()}
        for old in read_setup_cfg(read("setup.cfg") or ""), read_setup_py(read("setup.py") or ""):
            self.build += old.setup_requires
            self.dependencies += old.install_requires

    def extras(self, names: Iterable[str]) -> Iterator[str]:
        """Yield what extras require; an extra may name others: ``test = ["us[fast]"]``."""
        waiting, seen = [*names], set[str]()
        while waiting:
            extra = canonicalize_name(waiting.pop(0))
            if extra in seen:
                continue
            seen.add(extra)
            for line in self._extras.get(extra, ()):
                yield line
                for requirement in _parse(line):
                    if canonicalize_name(requirement.name) == self.name:
                        waiting += sorted(requirement.extras)

    def group(self, name: str, seen: frozenset[str] = frozenset()) -> Iterator[str]:
        """Yield what a dependency group requires; it may include others (PEP 735)."""
        name = canonicalize_name(name)
        entries = self._groups.get(name)
        for entry in entries if isinstance(entries, list) and name not in seen else ():
            other = entry.get("include-group") if isinstance(entry, dict) else None
            if isinstance(entry, str):
                yield entry
            elif isinstance(other, str):
                yield from self.group(other, seen | {name})


def _requirements(build: Build, own: _Project, read: Callable[[str], str | None]) -> Iterator[Requirement]:
    lines = [*own.build]
    for hook in _BUILD_HOOKS + (_TEST_HOOKS if build.tested else ()):
        lines += _installed(build.hooks.get(hook, ""), own, read)
    if build.tested:
        lines += [*own.dependencies, *build.test_requires, *own.extras(build.test_extras)]
    for line in lines:
        yield from _parse(line)


def _installed(hook: str, own: _Project, read: Callable[[str], str | None]) -> Iterator[str]:
    """Yield the requirements that a hook, and the scripts of the project that it calls, install with pip."""
    waiting, seen = [hook], set[str]()
    while waiting:
        script = waiting.pop(0)
        if script and script not in seen:
            seen.add(script)
            yield from _in_script(script, own, read)
            waiting += (read(path) or "" for path in called_scripts(script))


def _in_script(script: str, own: _Project, read: Callable[[str], str | None]) -> Iterator[str]:
    found = pip_installs(script)
    for word in found.requirements:
        if match := _OWN.fullmatch(word):
            yield from (*own.dependencies, *own.extras((match["extras"] or "").split(",")))
        else:
            yield word
    for group in found.groups:
        yield from own.group(group.rpartition(":")[2])
    waiting, seen = [*found.files], set[str]()
    while waiting:
        path = waiting.pop(0)
        if not path or path in seen:
            continue
        seen.add(path)
        text = re.sub(r"\\\r?\n", "", read(path) or "")
        for line in text.splitlines():
            if other := re.match(r"\s*(?:-r|--requirement)[\s=]*(\S+)", line):
                waiting.append(posixpath.join(posixpath.dirname(path), other[1]))
            else:
                yield re.sub(r"(^|\s+)#.*|\s--hash=.*", "", line)


def _parse(line: str) -> Iterator[Requirement]:
    """Yield the requirement of a line; none for a path, an address, an option or an empty line."""
    try:
        yield Requirement(line.strip())
    except InvalidRequirement:
        return


def _environment(build: Build) -> dict[str, str]:
    """Return the values of the variables that a marker may have (PEP 508)."""
    match = _PYTHON.fullmatch(build.python)
    kind, major, minor = match.groups() if match else ("cp", "3", "0")
    version = f"{major}.{minor}"
    return {
        "implementation_name": "pypy" if kind == "pp" else "cpython",
        "implementation_version": f"{version}.0",
        "os_name": "posix",
        "platform_machine": build.arch,
        "platform_python_implementation": "PyPy" if kind == "pp" else "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": f"{version}.0",
        "python_version": version,
        "sys_platform": "linux",
        "extra": "",
    }


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _strings(value: object) -> tuple[str, ...]:
    return tuple(line for line in value if isinstance(line, str)) if isinstance(value, list) else ()
