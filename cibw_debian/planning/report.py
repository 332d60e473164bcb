"""A plan as text for a person."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from cibw_debian.findings import Level
from cibw_debian.hooks.show import show
from cibw_debian.planning.refusal import foreign_hooks, lines_for_alpine, refusal
from cibw_debian.terminal import fold, style

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cibw_debian.planning.hook import Hook
    from cibw_debian.planning.outlook import Outlook
    from cibw_debian.planning.plan import Plan, PlannedBuild
    from cibw_debian.terminal import Colour


def render_plan(
    plan: Plan,
    *,
    outlooks: Sequence[Outlook | None] = (),
    width: int | None = None,
    exact: bool = False,
) -> str:
    """Return the whole plan: per group of builds its image, its hooks before and after, and all findings.

    Args:
        plan: The plan.
        outlooks: What a run would do on this machine, for each build; empty if that was not asked.
        width: Columns to wrap sentences at; None for no wrapping.
        exact: With the text of hooks and the reference of images exactly as cibuildwheel gets them.
    """
    if not plan.builds:
        return "Nothing to build: cibuildwheel selects no build identifier for Linux.\n"
    report = _Report(plan, width=width, exact=exact)
    pairs = zip_longest(plan.builds, outlooks)
    return "\n".join("\n".join(report.build(build, outlook)) + "\n" for build, outlook in pairs)


def to_json(plan: Plan, outlooks: Sequence[Outlook | None] = ()) -> dict[str, Any]:
    """Return the whole plan as a JSON document.

    Args:
        plan: The plan.
        outlooks: What a run would do on this machine, for each build; empty if that was not asked.
    """
    refused = refusal(plan, outlooks)
    return {
        "ok": refused is None,
        "exit_code": refused.exit_code if refused else 0,
        "builds": [_build_json(build, outlook) for build, outlook in zip_longest(plan.builds, outlooks)],
    }


def summarize_plan(plan: Plan) -> Iterator[str]:
    """Yield one line for each thing that a run does differently, for the log."""
    for build in plan.builds:
        if build.translated and build.identifiers:
            changed = [hook.option for hook in build.hooks if hook.translated != hook.before]
            hooks = f"{', '.join(changed)} translated" if changed else "no hook needs translating"
            if build.companion:
                hooks = f"dnf and yum are answered at run time ({build.companion})"
            yield f"{build.platform_tag}: {describe_image(build)}; {hooks}"
        yield from (f"{build.platform_tag}: {note}" for note in build.notes)
        yield from (f"{build.platform_tag}: {line}" for line in build.requirements.describe(build.arch))
        yield from (f"{build.platform_tag}: {remark}" for remark in _remarks(build, plan))
        for hook in build.shown:
            for finding in hook.findings:
                if finding.level is Level.WARNING:
                    shown = "\n".join(show(finding, hook.before, hook.option))
                    yield f"{build.platform_tag}: {shown}"


def describe_image(build: PlannedBuild) -> str:
    """Return the image of a group of builds in a few words."""
    if build.image is None:
        return build.reference.partition("@")[0]
    image = build.image
    return f"{image.name} ({image.distribution}, gcc {image.gcc}, {image.policy})"


def _remarks(build: PlannedBuild, plan: Plan) -> Iterator[str]:
    """Yield what is wrong with some of the builds, or leaves some of them out."""
    yield from build.warnings
    if build.ended and build.image:
        yield (
            f"{build.image.distribution} has had no security updates since {build.image.end_of_life};"
            " a wheel takes libraries with it as they were then"
        )
    if build.lacking:
        has = ", ".join(build.image.pythons) if build.image else ""
        verb = "skipping" if plan.allow_missing else "not possible:"
        yield f"{verb} {_pythons(build.lacking)}: the image has only {has}"
    if build.foreign_hooks:
        yield f"{foreign_hooks(build)}\n{lines_for_alpine(build)}"


class _Report:
    """Renders the parts of one plan."""

    def __init__(self, plan: Plan, *, width: int | None, exact: bool) -> None:
        self.plan = plan
        self.width = width
        self.exact = exact

    def build(self, build: PlannedBuild, outlook: Outlook | None) -> Iterator[str]:
        yield style(build.platform_tag, bold=True) + f": {_pythons(build.identifiers) or 'nothing'}"
        yield f"  image: {describe_image(build)}"
        if self.exact:
            yield f"         {build.container_image}"
        if outlook and build.identifiers:
            yield from self._wrapped("         ", outlook.image_work(build))
            yield from self._wrapped("  compiler: ", outlook.compiler)
        if build.wheel_tags:
            tags = " ".join(build.wheel_tags) if self.exact else build.wheel_tags[0]
            more = f" and {len(build.wheel_tags) - 1} more" if len(build.wheel_tags) > 1 else ""
            yield from self._wrapped("  wheels: ", tags if self.exact else tags + more)
        yield from self._about(build)
        for hook in build.shown:
            if self.exact or hook.before:
                yield from self._hook(hook)

    def _about(self, build: PlannedBuild) -> Iterator[str]:
        """Yield what there is to say of a build apart from its hooks."""
        if not build.translated:
            yield "  untouched: cibuildwheel gets this build as it is"
        for note in build.notes:
            yield from self._remark("note", "cyan", note)
        for remark in _remarks(build, self.plan):
            yield from self._remark("warning", "yellow", remark)
        if build.companion:
            yield from self._wrapped(
                "  companion: ", f"dnf and yum are answered at run time ({build.companion})"
            )
        for line in build.requirements.describe(build.arch):
            yield from self._wrapped("  requirements: ", line)

    def _hook(self, hook: Hook) -> Iterator[str]:
        if hook.script:
            yield f"  {hook.option}:"
        elif (hook.after if self.exact else hook.translated) == hook.before:
            yield from _indent(f"{hook.option}:", hook.before, "  ")
        else:
            yield f"  {hook.option}:"
            yield from _indent("-", hook.before, "    ", colour="red")
            yield from _indent("+", hook.after if self.exact else hook.summary, "    ", colour="green")
        for finding in hook.findings:
            first, *excerpt = show(finding, hook.before, hook.option, width=(self.width or 108) - 8)
            yield from self._wrapped("    ", first)
            yield from (f"    {line}" for line in excerpt)

    def _remark(self, level: str, colour: Colour, text: str, indent: str = "  ") -> Iterator[str]:
        first, *lines = text.splitlines()
        wrapped = self._wrapped(f"{indent}{level}: ", first)
        yield next(wrapped).replace(level, style(level, colour), 1)
        yield from wrapped
        for line in lines:
            # An indented line is to be pasted.
            yield from ([f"{indent}  {line}"] if line.startswith(" ") else self._wrapped(f"{indent}  ", line))

    def _wrapped(self, head: str, text: str) -> Iterator[str]:
        yield from fold(head + text, self.width, len(head) - len(head.lstrip()) + 2).splitlines()


def _indent(head: str, text: str, indent: str, colour: Colour | None = None) -> Iterator[str]:
    for number, line in enumerate(text.splitlines() or [""]):
        mark = head if number == 0 or colour else " " * len(head)
        yield style(f"{indent}{mark} {line}".rstrip(), colour)


def _pythons(identifiers: tuple[str, ...]) -> str:
    return " ".join(identifier.partition("-")[0] for identifier in identifiers)


def _build_json(build: PlannedBuild, outlook: Outlook | None) -> dict[str, Any]:
    return {
        "platform_tag": build.platform_tag,
        "arch": build.arch,
        "identifiers": list(build.identifiers),
        "lacking": list(build.lacking),
        "wheel_tags": list(build.wheel_tags),
        "translated": build.translated,
        "image": {
            "requested": build.requested,
            "reference": build.reference,
            "name": build.image.name if build.image else None,
            "policy": build.image.policy if build.image else None,
            "suite": build.image.suite if build.image else None,
            "package_manager": build.image.package_manager if build.image else None,
        },
        "hooks": [
            {
                "option": hook.option,
                "before": hook.before,
                "after": hook.after,
                "changed": hook.after != hook.before,
                "packages": [
                    answer.to_json()
                    for command in (hook.translation.commands if hook.translation else ())
                    for answer in command.packages
                ],
                "findings": [finding.to_json() for finding in hook.findings],
            }
            for hook in build.shown
        ],
        "requirements": build.requirements.to_json(),
        "companion": {"on": bool(build.companion), "reason": build.companion},
        "outlook": outlook.to_json() if outlook else None,
        "notes": [*build.notes, *build.warnings],
        "ended": build.ended,
    }
