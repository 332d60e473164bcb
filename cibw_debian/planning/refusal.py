"""Why a plan cannot be run: the one place that decides it, for `plan` and for `run`. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cibw_debian.engine.local_only import finds_local_image
from cibw_debian.errors import EngineError, MissingInterpreterError, NativeError, TranslationError
from cibw_debian.hooks.show import show
from cibw_debian.images.releases import load_releases, sorted_tags
from cibw_debian.platforms import ARCHS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cibw_debian.errors import CibwDebianError
    from cibw_debian.planning.outlook import Outlook
    from cibw_debian.planning.plan import Plan, PlannedBuild

#: only without the companion, such findings keep a plan from being run
_WITH_COMPANION = "`cibw-debian run` with its companion answers what only the running shell knows."
#: how many characters of a hook's line are shown: with the indentation they fit 80 columns
_EXCERPT = 70


def refusal(plan: Plan, outlooks: Sequence[Outlook | None] = ()) -> CibwDebianError | None:
    """Return the error that ends a run of the plan before anything is started, or None.

    Args:
        plan: The plan.
        outlooks: What a run would do on this machine, for each build; empty if that was not asked.
    """
    reasons = (
        _hooks(plan),
        _interpreters(plan),
        _alpine(plan),
        unusable_images(plan),
        *(NativeError(outlook.native_problem) for outlook in outlooks if outlook and outlook.native_problem),
    )
    return next((reason for reason in reasons if reason), None)


def _hooks(plan: Plan) -> TranslationError | None:
    places: dict[str, list[str]] = {}
    unknown: dict[str, None] = {}
    answerable = False
    for tag, hook, finding in plan.errors():
        place = "\n  ".join(show(finding, hook.before, hook.option, width=_EXCERPT))
        places.setdefault(place, []).append(tag)
        answerable = answerable or finding.settled
        if finding.code == "unknown-package":
            unknown[hook.before[slice(*finding.span)].strip("\"'")] = None
    if not places:
        return None
    lines = [f"  [{', '.join(dict.fromkeys(tags))}] {place}" for place, tags in places.items()]
    return TranslationError(
        "\n".join(["these hooks cannot be translated; nothing was started:", *lines]),
        hint="\n".join(filter(None, (_name_your_own(list(unknown)), _WITH_COMPANION if answerable else ""))),
    )


def _name_your_own(names: list[str]) -> str:
    """Say what to write in pyproject.toml for unknown names."""
    if not names:
        return ""
    # Most names of Debian have this form; a name of another form may be misspelt, and is no model.
    forms = {name: f"lib{name[:-6]}-dev" if name.endswith("-devel") else "NAME-IN-DEBIAN" for name in names}
    return "\n".join(
        (
            "If you know what Debian calls it, say so in pyproject.toml ([] if there is nothing to install):",
            "  [tool.cibw-debian.packages]",
            *(f'  "{name}" = ["{form}"]' for name, form in forms.items()),
        )
    )


def _interpreters(plan: Plan) -> MissingInterpreterError | None:
    left = any(build.identifiers and not build.foreign_hooks for build in plan.builds)
    if plan.allow_missing and (left or plan.allow_empty):
        return None
    lines = [_lacking(build) for build in plan.builds if build.lacking]
    if not lines:
        return None
    lines += [
        f"  {build.platform_tag}: {line}" for build in plan.builds if build.lacking for line in build.warnings
    ]
    ways = list(_ways(plan))
    if not plan.allow_missing and left:
        ways.append("To build the others without them: --allow-missing, or `allow-missing = true`.")
    what = "a chosen image lacks selected interpreters" if left else "nothing is left to build"
    return MissingInterpreterError("\n".join([f"{what}:", *lines]), hint="\n".join(ways))


def _lacking(build: PlannedBuild) -> str:
    image = build.image
    assert image  # noqa: S101  (only a known image lacks something)
    lacking = " ".join(identifier.partition("-")[0] for identifier in build.lacking)
    return f"  {build.platform_tag}: {image.name} has only {', '.join(image.pythons)}, not {lacking}"


def _ways(plan: Plan) -> Iterator[str]:
    ways: dict[str, str] = {}
    for build in plan.builds:
        if build.lacking and build.complete_images:
            names = " or ".join(build.complete_images)
            option = f"{build.platform_tag.replace('_', '-', 1)}-image"
            ways[build.arch] = f"Images for {build.arch} that have them all: {names} (option {option})."
        elif build.lacking:
            ways[build.arch] = f"No image for {build.arch} has them all: select fewer (option build or skip)."
    yield from ways.values()
    for build in plan.builds:
        if build.lacking and build.image and build.is_built_here:
            selected = {identifier.partition("-")[0] for identifier in build.selected}
            wanted = selected.intersection(load_releases().tags).difference(
                build.image.pythons[:1], build.no_tarball
            )
            if wanted.difference(build.image.pythons):
                chosen = ",".join(sorted_tags(wanted))
                yield f"To compile them for {build.image.name}: CIBW_DEBIAN_INTERPRETERS={chosen}."


def _alpine(plan: Plan) -> TranslationError | None:
    """A run that selects only builds whose hooks must fail."""
    builds = [build for build in plan.builds if build.identifiers]
    if not builds or not all(build.foreign_hooks for build in builds):
        return None
    lines = [f"  {build.platform_tag}: {foreign_hooks(build)}" for build in builds]
    return TranslationError(
        "\n".join(["hooks of all selected builds need a package manager that is not there:", *lines]),
        hint=lines_for_alpine(*builds),
    )


def unusable_images(plan: Plan) -> EngineError | None:
    """Return the error for images that are built on this machine and that the engine cannot use, or None."""
    images = {
        f"  {build.platform_tag}: {build.container_image}": build.engine.name
        for build in plan.builds
        if build.identifiers
        and build.is_built_here
        and not finds_local_image(build.engine.name, ARCHS[build.arch].oci)
    }
    if not images:
        return None
    engine = next(iter(images.values()))
    return EngineError(
        "\n".join(
            (
                f"{engine} cannot use these images, which are built on this machine:",
                *images,
                f"{engine} does not tell an image's variant (v7), so cibuildwheel asks a registry for it.",
            )
        ),
        hint='Use docker (option container-engine = "docker"), or an image that is in a registry: for example'
        " manylinux_2_35.",
    )


def foreign_hooks(build: PlannedBuild) -> str:
    """Say which hooks of a musllinux build cannot work, and why."""
    return (
        f"{', '.join(build.foreign_hooks)}: dnf or yum is called, but musllinux images are Alpine, with apk"
    )


def lines_for_alpine(*builds: PlannedBuild) -> str:
    """Return the configuration that gives musllinux builds hooks of their own, or skips them."""
    options = dict.fromkeys(option for build in builds for option in build.foreign_hooks)
    lines = [f'  {option} = "apk add ..."' for option in options]
    return "\n".join(
        (
            'Give these builds hooks of their own, or skip them (skip = "*-musllinux*"):',
            "  [[tool.cibuildwheel.overrides]]",
            '  select = "*-musllinux*"',
            *lines,
        )
    )
