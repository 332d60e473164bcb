"""What others need of a plan: jobs of about the same length, variables, and what these cannot carry. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cibw_debian.cibw.options import variable_of
from cibw_debian.errors import ConfigurationError
from cibw_debian.hooks.runtime_only import why_unseen
from cibw_debian.planning.overrides import generate
from cibw_debian.planning.refusal import foreign_hooks
from cibw_debian.planning.requirement_table import load_requirements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cibw_debian.planning.plan import Plan, PlannedBuild

#: builds of one job, unless the number of jobs is given
_BUILDS = 4


class Job(NamedTuple):
    """One job of a matrix."""

    #: short, for a list of jobs: ``armv7l 1/3``
    name: str
    #: for cibuildwheel's option `archs`
    archs: str
    #: for cibuildwheel's option `build`
    build: str
    #: as the container engine sees it; the key of a cache
    image: str


def split(plan: Plan, jobs: int | None = None) -> Iterator[Job]:
    """Split a plan into jobs, each with builds of one arch and about as many as the others of this arch.

    Builds of one platform tag stay together, because they share a container and its `before-all`.

    Args:
        plan: The plan.
        jobs: How many for each arch; None: as many as it takes for four builds each.
    """
    archs: dict[str, list[tuple[str, PlannedBuild]]] = {}
    for build in plan.builds:
        archs.setdefault(build.arch, []).extend((identifier, build) for identifier in build.identifiers)
    for arch, builds in archs.items():
        builds.sort(key=lambda pair: pair[1].platform_tag)
        number = min(jobs or -(-len(builds) // _BUILDS), len(builds))
        for n in range(number):
            part = builds[n * len(builds) // number : (n + 1) * len(builds) // number]
            yield Job(
                name=f"{arch} {n + 1}/{number}",
                archs=arch,
                build=" ".join(identifier for identifier, _ in part),
                image=part[0][1].container_image,
            )


def variables(plan: Plan, arch: str, config: Mapping[str, Any]) -> dict[str, str]:
    """Return the variables with which plain cibuildwheel builds by the plan for one arch.

    Args:
        plan: The plan, for this arch.
        arch: cibuildwheel's name of the architecture.
        config: The project's configuration, parsed.

    Raises:
        ConfigurationError: Builds of this arch differ, which variables cannot say.
    """
    generated = generate(config, plan, {}, create_args=[()] * len(plan.builds))
    given = config.get("tool", {}).get("cibuildwheel", {}).get("overrides", [])
    overrides = generated.config["tool"]["cibuildwheel"].get("overrides", [])[len(given) :]
    options = [{name: text for name, text in table.items() if name != "select"} for table in overrides]
    if any(table != options[0] for table in options) or (options and len(options) < len(plan.builds)):
        alike = [" ".join(build.identifiers) for build in plan.builds if build.identifiers]
        raise ConfigurationError(
            f"the builds for {arch} need hooks or images that differ, and a variable is for all",
            hint="\n".join(
                (
                    "`cibw-debian sync` can write them down. For variables, select builds that are alike:",
                    *(f'  CIBW_BUILD="{identifiers}"' for identifiers in alike),
                )
            ),
        )
    table = options[0] if options else {}
    found = {variable_of(name): str(text) for name, text in table.items()}
    return {"CIBW_ARCHS": arch, **found}


def not_carried(plan: Plan) -> Iterator[str]:
    """Say what plain cibuildwheel will not do, though `run` does."""
    for build in plan.builds:
        if build.foreign_hooks:
            yield f"{build.platform_tag}: {foreign_hooks(build)}"
        if not build.translated:
            continue
        for hook in build.hooks:
            if reason := why_unseen(hook.before, hook.findings, scripts=hook.option.startswith("before-")):
                yield (
                    f"{build.platform_tag}: {hook.option}: {reason}: plain cibuildwheel has nothing that"
                    " answers dnf there; `cibw-debian run` has"
                )
        for name in build.requirements.unknown:
            needed = ", ".join(load_requirements()[name].needs)
            yield (
                f"{build.platform_tag}: if {name} has no wheel, compiling it needs {needed}:"
                " `cibw-debian run` installs that; for plain cibuildwheel, write it into before-all"
            )
        if build.is_built_here:
            yield (
                f"{build.platform_tag}: {build.reference} is only on machines where `cibw-debian images build"
                f" {build.image.name if build.image else ''}` made it"
            )
        if build.lacking:
            lacking = " ".join(identifier.partition("-")[0] for identifier in build.lacking)
            yield (
                f"{build.platform_tag}: the image lacks {lacking}; plain cibuildwheel fails there: add these"
                " builds to `skip`"
            )
