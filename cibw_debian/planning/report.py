"""A plan as text for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cibw_debian.findings import Level
from cibw_debian.terminal import style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cibw_debian.findings import Finding
    from cibw_debian.planning.plan import Hook, Plan, PlannedBuild
    from cibw_debian.terminal import Colour

_COLOURS: dict[Level, Colour] = {Level.ERROR: "red", Level.WARNING: "yellow", Level.NOTE: "cyan"}


def render_plan(plan: Plan) -> str:
    """The whole plan: per group of builds its image, its hooks before and after, and all findings."""
    if not plan.builds:
        return "Nothing to build: cibuildwheel selects no build identifier for Linux.\n"
    return "\n".join("\n".join(_render_build(build)) + "\n" for build in plan.builds)


def summarize_plan(plan: Plan) -> Iterator[str]:
    """One line for each thing that a run does differently, for the log."""
    for build in plan.builds:
        if build.translated and build.identifiers:
            changed = [hook.option for hook in build.hooks if hook.after != hook.before]
            hooks = f"{', '.join(changed)} translated" if changed else "no hook needs translating"
            if build.companion:
                hooks = f"dnf and yum are answered at run time ({build.companion})"
            yield f"{build.platform_tag}: {describe_image(build)}; {hooks}"
        yield from (f"{build.platform_tag}: {note}" for note in build.notes)
        if build.lacking:
            yield f"{build.platform_tag}: {_lacking(build)}"
        for hook in build.hooks:
            for finding in hook.findings:
                if finding.level is Level.WARNING:
                    yield f"{build.platform_tag}: {hook.option}: {finding.message}"


def describe_image(build: PlannedBuild) -> str:
    """The image of a group of builds in a few words."""
    if build.image is None:
        return build.reference
    image = build.image
    reference = "" if build.reference == image.name else f" [{build.reference}]"
    return f"{image.name} ({image.distribution}, gcc {image.gcc}, {image.policy}){reference}"


def _render_build(build: PlannedBuild) -> Iterator[str]:
    yield style(build.platform_tag, bold=True) + f": {_pythons(build.identifiers) or 'nothing'}"
    yield f"  image: {describe_image(build)}"
    if not build.translated:
        yield "  untouched: this build comes out exactly as it went in"
    yield from (f"  {style('note', 'cyan')}: {note}" for note in build.notes)
    if build.lacking:
        yield f"  {style('note', 'cyan')}: {_lacking(build)}"
    if build.companion:
        yield f"  companion: dnf and yum are answered at run time ({build.companion})"
    for hook in build.hooks:
        yield from _render_hook(hook)


def _render_hook(hook: Hook) -> Iterator[str]:
    if hook.after == hook.before:
        yield from _indent(f"{hook.option}:", hook.before, "  ")
    else:
        yield f"  {hook.option}:"
        yield from _indent("-", hook.before, "    ", colour="red")
        yield from _indent("+", hook.after, "    ", colour="green")
    yield from (f"    {_render_finding(finding)}" for finding in hook.findings)


def _indent(head: str, text: str, indent: str, colour: Colour | None = None) -> Iterator[str]:
    for number, line in enumerate(text.splitlines() or [""]):
        mark = head if number == 0 or colour else " " * len(head)
        yield style(f"{indent}{mark} {line}".rstrip(), colour)


def _render_finding(finding: Finding) -> str:
    meant = f" Perhaps you meant {' or '.join(finding.suggestions)}?" if finding.suggestions else ""
    return f"{style(finding.level.value, _COLOURS[finding.level])}: {finding.message}{meant}"


def _lacking(build: PlannedBuild) -> str:
    has = ", ".join(build.image.pythons) if build.image else ""
    return f"skipping {_pythons(build.lacking)}: the image has only {has}"


def _pythons(identifiers: tuple[str, ...]) -> str:
    return " ".join(identifier.partition("-")[0] for identifier in identifiers)
