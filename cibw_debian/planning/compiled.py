"""Which requirements of a build are compiled in the container, and which packages that needs. Pure."""

from __future__ import annotations

import contextlib
import re
import shlex
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cibw_debian.hooks.translate import Style, translate
from cibw_debian.host.wheels import Place
from cibw_debian.planning.hook import Hook
from cibw_debian.planning.requirement_table import load_requirements
from cibw_debian.planning.requirements import Wanted, wanted
from cibw_debian.platforms import ARCHS
from cibw_debian.resolver.model import PACKAGE, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from cibw_debian.cibw.adapter import Build, Project
    from cibw_debian.hooks.translation import Names, Translation
    from cibw_debian.planning.plan import Plan, PlannedBuild
    from cibw_debian.resolver.model import Answer

    #: tells whether the index has a wheel for a requirement (name, versions) in a place; None: not known
    HasWheel = Callable[[str, str, Place], bool | None]

_BEFORE_ALL = "before-all"
#: questions to the package index at the same time
_AT_ONCE = 4
#: hooks that run before the first requirement is compiled
_EARLY = (_BEFORE_ALL, "before-build")
#: with this in it, a hook may leave a command out, or go on without it
_BRANCHES = re.compile(r"\|\||\[|\b(?:if|case|while|until|for|test|function)\b|\(\)")


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """A requirement that needs packages: to be compiled, or for what its wheel loads of the system."""

    #: normalised name on the index
    name: str
    #: what it needs, by rpm name
    answers: tuple[Answer, ...]
    #: those of the Debian packages that the image and the hooks do not bring
    installed: tuple[str, ...]
    #: it needs them with a wheel too
    loads: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """The rpm names without a Debian package."""
        return tuple(answer.rpm for answer in self.answers if answer.status != PACKAGE)

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "installed": list(self.installed),
            "packages": [answer.to_json() for answer in self.answers],
        }

    def describe(self, arch: str) -> str:
        """Say in one sentence what is done about it."""
        parts = []
        if self.installed:
            verb = "is" if len(self.installed) == 1 else "are"
            end = "" if self.loads else " to compile it"
            parts.append(f"{_join(self.installed)} {verb} installed{end}")
        elif not self.missing:
            compiled = "it is compiled with packages that are there already"
            parts.append("it is there already" if self.loads else compiled)
        if self.missing:
            needed = "" if self.loads else ", which compiling it needs"
            parts.append(f"Debian has no package for {_join(self.missing)}{needed}")
        if self.loads:
            return f"{self.name} loads a library of the system: {'; '.join(parts)}"
        return f"{self.name} has no wheel for {arch}: {'; '.join(parts)}"


@dataclass(frozen=True, kw_only=True)
class Requirements:
    """What is known about the requirements of the builds that share a container."""

    compiled: tuple[Compiled, ...] = ()
    #: requirements whose wheels load libraries of the system
    loading: tuple[Compiled, ...] = ()
    #: requirements that may have to be compiled: the index did not say
    unknown: tuple[str, ...] = ()

    def describe(self, arch: str) -> Iterator[str]:
        """Yield one sentence for each thing to say."""
        yield from (one.describe(arch) for one in (*self.compiled, *self.loading))
        if self.unknown:
            have, them = ("has a wheel", "it") if len(self.unknown) == 1 else ("have wheels", "them")
            yield (
                f"the package index does not tell whether {_join(self.unknown)} {have} for {arch}:"
                f" nothing is installed to compile {them}"
            )

    def to_json(self) -> dict[str, Any]:
        return {
            "compiled": [one.to_json() for one in self.compiled],
            "loading": [one.to_json() for one in self.loading],
            "unknown": list(self.unknown),
        }


def add_requirements(
    plan: Plan,
    project: Project,
    *,
    pyproject: Mapping[str, Any],
    has_wheel: HasWheel,
    open_resolver: Callable[[Target], Names],
    read: Callable[[str], str | None] = lambda _: None,
    again: Callable[[str, Target], Translation] | None = None,
) -> Plan:
    """Return the plan with what its builds' requirements need, installed before the hook `before-all`.

    Builds that share a container get the same, so that they still share it.

    Args:
        plan: A plan that can be run.
        project: What the plan was made of.
        pyproject: The project's pyproject.toml, parsed.
        has_wheel: Asks the package index; called in several threads.
        open_resolver: Gives the resolver of package names for a target.
        read: Gives the text of a file of the project, by its path below the project; None if there is none.
        again: Translates a hook that finds the lists of packages fetched; None: it fetches them itself.
    """
    builds = {build.identifier: build for build in project.builds}
    shared: dict[tuple[object, ...], list[PlannedBuild]] = {}
    for planned in plan.builds:
        if planned.translated and planned.identifiers:
            shared.setdefault(_container(planned), []).append(planned)
    changed: dict[int, PlannedBuild] = {}
    for group in shared.values():
        image = group[0].image
        assert image  # noqa: S101  (only a known image is translated)
        mine = [builds[identifier] for planned in group for identifier in planned.identifiers]
        wanting = [(build, wanted(build, pyproject, read)) for build in mine]
        names, unknown = _without_wheel(wanting, image.glibc, has_wheel)
        target = Target(suite=image.suite, deb_arch=ARCHS[group[0].arch].deb)
        resolver = open_resolver(target)
        there = image.packages | _installed(group)
        compiled = tuple(_compiled(name, resolver, there) for name in names)
        loading = tuple(_compiled(name, resolver, there, loads=True) for name in _loading(wanting))
        found = Requirements(compiled=compiled, loading=loading, unknown=unknown)
        text = _install((*compiled, *loading), resolver)
        for planned in group:
            hooks = _behind(text, planned.hooks, target, again) if text else planned.hooks
            changed[id(planned)] = replace(planned, requirements=found, hooks=hooks)
    return replace(plan, builds=tuple(changed.get(id(planned), planned) for planned in plan.builds))


def _container(planned: PlannedBuild) -> tuple[object, ...]:
    """Return what cibuildwheel compares: builds with the same get one container."""
    before_all = next((hook.after for hook in planned.hooks if hook.option == _BEFORE_ALL), "")
    return planned.platform_tag, planned.reference, before_all, planned.engine


def _without_wheel(
    wanting: Iterable[tuple[Build, Sequence[Wanted]]], glibc: str, has_wheel: HasWheel
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the table that some build has to compile, and those of which that is not known."""
    table = load_requirements()
    asked: dict[str, dict[Wanted, list[Place]]] = {}
    for build, requirements in wanting:
        place = Place(build.arch, glibc, build.python, index_options(build.texts.get("environment", "")))
        for one in _followed(requirements):
            if table[one.name].needs and build.python.startswith("cp"):
                asked.setdefault(one.name, {}).setdefault(one, []).append(place)

    def compiles(questions: Mapping[Wanted, Sequence[Place]]) -> bool | None:
        # The packages are for all builds of the container: the first that needs them ends the questions.
        seen = set[bool | None]()
        for one, places in questions.items():
            for place in places:
                seen.add(has_wheel(one.name, one.specifier, place))
                if False in seen:
                    return True
        return None if None in seen else False

    questions = list(asked.values())
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        # The first one is alone: an index that does not answer is not asked again.
        answers = [*map(compiles, questions[:1]), *pool.map(compiles, questions[1:])]
    found = dict(zip(asked, answers, strict=True))
    return (
        tuple(name for name, answer in found.items() if answer),
        tuple(name for name, answer in found.items() if answer is None),
    )


def _loading(wanting: Iterable[tuple[Build, Sequence[Wanted]]]) -> tuple[str, ...]:
    """Return the names of the table whose wheels load libraries of the system."""
    table = load_requirements()
    found = (one.name for _, requirements in wanting for one in _followed(requirements))
    return tuple(dict.fromkeys(name for name in found if table[name].loads))


def index_options(environment: str) -> tuple[str, ...]:
    """Return pip's options for the index that the option `environment` names for the container.

    Args:
        environment: Assignments, one a line. What only a shell can tell is left out.
    """
    found = []
    for line in environment.splitlines():
        name, _, value = line.partition("=")
        if name in {"PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"} and not {"$", "`"}.intersection(value):
            with contextlib.suppress(ValueError):  # cibuildwheel says what is wrong with the quotes
                option = name.removeprefix("PIP_").replace("_", "-").lower()
                found += [f"--{option}={url}" for word in shlex.split(value) for url in word.split()]
    return tuple(found)


def _followed(requirements: Iterable[Wanted]) -> Iterator[Wanted]:
    """Yield the requirements that the table has, and what these require."""
    table = load_requirements()
    waiting, seen = [*requirements], set[Wanted]()
    while waiting:
        one = waiting.pop(0)
        if one.name in table and one not in seen:
            seen.add(one)
            yield one
            waiting += (Wanted(name) for name in table[one.name].requires)


def _compiled(name: str, resolver: Names, there: frozenset[str], *, loads: bool = False) -> Compiled:
    row = load_requirements()[name]
    answers = tuple(map(resolver.resolve, row.loads if loads else row.needs))
    debs = dict.fromkeys(deb for answer in answers for deb in answer.deb)
    return Compiled(
        name=name, answers=answers, installed=tuple(deb for deb in debs if deb not in there), loads=loads
    )


def _installed(group: Iterable[PlannedBuild]) -> frozenset[str]:
    """Return the Debian packages that the hooks of all builds of a container surely install."""
    early = [
        {
            deb
            for hook in planned.hooks
            if hook.option in _EARLY and hook.translation and not _BRANCHES.search(hook.before)
            for command in hook.translation.commands
            for answer in command.packages
            for deb in answer.deb
        }
        for planned in group
    ]
    return frozenset(set.intersection(*early))


def _install(compiled: Iterable[Compiled], resolver: Names) -> str:
    """Return shell text that installs what compiling needs; empty if there is nothing to install.

    A build may come through without: it goes on if that fails.
    """
    rpms = dict.fromkeys(
        answer.rpm
        for one in compiled
        for answer in one.answers
        if not set(one.installed).isdisjoint(answer.deb)
    )
    if not rpms:
        return ""
    names = _join([one.name for one in compiled if one.installed])
    failure = f"cibw-debian: some packages that {names} may need were not installed"
    text = f"dnf install -y {shlex.join(rpms)} || echo {shlex.quote(failure)} >&2"
    return translate(text, resolver, style=Style.ROBUST).translated


def _behind(
    text: str,
    hooks: Sequence[Hook],
    target: Target,
    again: Callable[[str, Target], Translation] | None,
) -> tuple[Hook, ...]:
    """Return the hooks with a text before `before-all`, which may not be set."""
    first = next((hook for hook in hooks if hook.option == _BEFORE_ALL), None)
    if first and again and not first.left_to_companion:
        first = replace(first, translation=again(first.before, target))
        hooks = (first, *(hook for hook in hooks if hook.option != _BEFORE_ALL))
    changed = replace(first or Hook(option=_BEFORE_ALL, before="", translation=None), requirements=text)
    return (changed, *(hook for hook in hooks if hook is not first))


def _join(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
