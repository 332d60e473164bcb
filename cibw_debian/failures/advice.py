"""Why a build failed and what helps: a pure function of the log's end and the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cibw_debian.failures.causes import find_hits
from cibw_debian.failures.finders import Situation, find
from cibw_debian.failures.requirement import requirement
from cibw_debian.platforms import ARCHS
from cibw_debian.resolver.model import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cibw_debian.failures.causes import Hit
    from cibw_debian.hooks.translation import Names
    from cibw_debian.images.catalogue import Image
    from cibw_debian.planning.plan import Plan, PlannedBuild

#: how many causes a person wants to read
_MOST = 3
_32_BITS = ("armv7l", "i686")


@dataclass(frozen=True, kw_only=True)
class Advice:
    """One cause, with what helps."""

    #: the cause's code: `missing-header`
    cause: str
    #: the build that failed; in `before-all`, the first of those that were to come
    identifier: str
    #: what was built: the normalised name of a requirement, empty for the project or if that is not known
    requirement: str
    #: what went wrong
    message: str
    #: what to do
    next: str
    #: rpm name of a package that helps, or empty
    package: str
    #: the line of the log that shows it
    line: str

    def to_json(self) -> dict[str, Any]:
        """Return the fields that have a value."""
        return {name: value for name, value in vars(self).items() if value}

    def describe(self) -> Iterator[str]:
        """Yield lines for a person."""
        what = f", while {self.requirement} was built" if self.requirement else ""
        yield f"{self.identifier}: why: {self.message}{what}"
        yield f"{self.identifier}: what next: {self.next}"


def advise(
    lines: Sequence[str],
    identifier: str,
    plan: Plan,
    *,
    images: Sequence[Image],
    names: Callable[[Target], Names],
    installed: frozenset[str] = frozenset(),
    project: str = "",
) -> tuple[Advice, ...]:
    """Return what the end of a log says about why the build failed, in the order of the log. Pure.

    Args:
        lines: The last lines of the step that failed.
        identifier: The build that failed.
        plan: What was built.
        images: The images that there are.
        names: Gives the resolver of package names for a suite and deb arch.
        installed: Debian packages that the run installed.
        project: The project's name, or empty.

    Returns:
        Nothing where the log shows no cause that is known.
    """
    build = next((build for build in plan.builds if identifier in build.identifiers), None)
    if not build:
        return ()
    situation = Situation(build=build, images=images, names=_names(build, names), installed=installed)
    hits = find_hits(lines)
    # A build may have gone on after a weak cause.
    for weak in (False, True):
        some = [hit for hit in hits if hit.cause.weak is weak and _fits(hit, build)]
        if told := _last(some, lambda hit: _advice(hit, lines, identifier, situation, project)):
            return told
    return ()


def _last(hits: Sequence[Hit], advise_on: Callable[[Hit], Advice | None]) -> tuple[Advice, ...]:
    """Return the advice on the last errors, which end a build; of each line the first cause counts."""
    found: dict[tuple[str, str], Advice] = {}
    seen: set[int] = set()
    for hit in sorted(hits, key=lambda hit: -hit.at):
        advice = None if hit.at in seen else advise_on(hit)
        if advice:
            seen.add(hit.at)
            found.setdefault((advice.cause, advice.package or hit.what), advice)
        if len(found) == _MOST:
            break
    return tuple(reversed(found.values()))


def _fits(hit: Hit, build: PlannedBuild) -> bool:
    return hit.cause.bits == 0 or (hit.cause.bits == 32) == (build.arch in _32_BITS)  # noqa: PLR2004


def _names(build: PlannedBuild, names: Callable[[Target], Names]) -> Names | None:
    if not build.translated or not build.image:
        return None
    return names(Target(build.image.suite, ARCHS[build.arch].deb))


def _advice(
    hit: Hit, lines: Sequence[str], identifier: str, situation: Situation, project: str
) -> Advice | None:
    of = requirement(lines, hit.at, project)
    found = find(hit.cause.find, hit.what, situation)
    if not found or (hit.cause.requirement and not (project and of)):
        return None
    return Advice(
        cause=hit.cause.code,
        identifier=identifier,
        requirement=of,
        message=hit.cause.message.format_map(found.fields),
        next=(getattr(hit.cause, found.text) or hit.cause.otherwise).format_map(found.fields),
        package=found.fields.get("rpm", "") if found.text == "next" else "",
        line=lines[hit.at].strip(),
    )
