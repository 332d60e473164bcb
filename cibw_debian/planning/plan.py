"""The plan: which image and which hooks each build gets. Pure: everything it needs is handed in."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cibw_debian.cibw.adapter import HOOKS
from cibw_debian.errors import TranslationError
from cibw_debian.findings import Finding, Level
from cibw_debian.hooks.runtime_only import SETTLED, why_unseen
from cibw_debian.hooks.translate import Style, Translation, translate
from cibw_debian.platforms import ARCHS
from cibw_debian.resolver.model import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cibw_debian.cibw.adapter import Build, EngineOption, Project
    from cibw_debian.hooks.translate import Names
    from cibw_debian.images.catalogue import Catalogue, Image, Resolved

#: The builds whose images are Debian derivatives. Every other build comes out exactly as it went in.
TRANSLATED_TAGS = ("manylinux_armv7l", "manylinux_riscv64")


@dataclass(frozen=True, kw_only=True)
class Hook:
    """One hook of one group of builds."""

    #: cibuildwheel's name of the option
    option: str
    before: str
    #: None where hooks are not translated
    translation: Translation | None
    #: the companion answers at run time, so the text stays as it is
    left_to_companion: bool = False

    @property
    def after(self) -> str:
        if self.translation is None or self.left_to_companion:
            return self.before
        return self.translation.translated

    @property
    def findings(self) -> tuple[Finding, ...]:
        found = self.translation.findings if self.translation else ()
        return tuple(f for f in found if f.code not in SETTLED) if self.left_to_companion else found


@dataclass(frozen=True, kw_only=True)
class PlannedBuild:
    """Build identifiers of one platform tag that share image, hooks and engine."""

    #: ``manylinux_armv7l``
    platform_tag: str
    #: what will be built
    identifiers: tuple[str, ...]
    #: what was selected, but the image has no interpreter for it
    lacking: tuple[str, ...]
    #: the image as cibuildwheel understood it
    requested: str
    #: every image option, likewise; one variable or override may set those of several archs
    images: Mapping[str, str]
    #: the image as it will be given to cibuildwheel
    reference: str
    #: the image as the container engine will see it
    container_image: str
    #: None for an image that the catalogue does not know
    image: Image | None
    #: in the order of HOOKS, without unset ones
    hooks: tuple[Hook, ...]
    engine: EngineOption
    #: why the companion answers `dnf` and `yum` at run time; empty if it does not
    companion: str = ""
    #: about the image, not about a hook
    notes: tuple[str, ...] = ()

    @property
    def arch(self) -> str:
        return self.platform_tag.partition("_")[2]

    @property
    def translated(self) -> bool:
        """Whether hooks are translated for this build at all."""
        return self.platform_tag in TRANSLATED_TAGS and _is_debian(self.image)


@dataclass(frozen=True, kw_only=True)
class Plan:
    builds: tuple[PlannedBuild, ...]

    def errors(self) -> Iterator[tuple[str, Hook, Finding]]:
        """Everything that keeps the plan from being run: platform tag, hook, finding."""
        for build in self.builds:
            for hook in build.hooks:
                for finding in hook.findings:
                    if finding.level is Level.ERROR:
                        yield build.platform_tag, hook, finding

    @property
    def ok(self) -> bool:
        return next(self.errors(), None) is None

    @property
    def lacking(self) -> tuple[str, ...]:
        return tuple(identifier for build in self.builds for identifier in build.lacking)

    def raise_for_errors(self) -> None:
        """Raises: TranslationError: A hook cannot be translated; the message names every problem."""
        places: dict[str, list[str]] = {}
        unknown: dict[str, None] = {}
        for tag, hook, finding in self.errors():
            place = f"{hook.option}: {finding.message}"
            if finding.suggestions:
                place += f" Perhaps you meant {' or '.join(map(repr, finding.suggestions))}?"
            places.setdefault(place, []).append(tag)
            if finding.code == "unknown-package":
                unknown[hook.before[slice(*finding.span)].strip("\"'")] = None
        if places:
            lines = [f"  {place} [{', '.join(dict.fromkeys(tags))}]" for place, tags in places.items()]
            raise TranslationError(
                "\n".join(["these hooks cannot be translated; nothing was started:", *lines]),
                hint=_name_your_own(list(unknown)),
            )

    def to_json(self) -> dict[str, Any]:
        return {"ok": self.ok, "builds": [_build_json(build) for build in self.builds]}


def _name_your_own(names: list[str]) -> str:
    """What to write where for names that nobody knows."""
    if not names:
        return "`cibw-debian translate` shows each place."
    lines = [
        f'  "{name}" = ["{f"lib{name[:-6]}-dev" if name.endswith("-devel") else name}"]' for name in names
    ]
    return "\n".join(
        (
            "If you know what Debian calls it, say so in pyproject.toml ([] if there is nothing to install):",
            "  [tool.cibw-debian.packages]",
            *lines,
        )
    )


def make_plan(
    project: Project,
    catalogue: Catalogue,
    open_resolver: Callable[[Target], Names],
    *,
    strict: bool = True,
    companion: bool | None = None,
) -> Plan:
    """Decide image and hooks of every build.

    Args:
        project: cibuildwheel's effective options.
        catalogue: The images that exist.
        open_resolver: Gives the resolver of package names for a suite and deb arch.
        strict: A name without a Debian package is an error; otherwise it is left out with a warning.
        companion: Let the companion answer at run time; None: only where a hook does what its text does
            not show.

    Raises:
        UnknownImageError: A short image name that the catalogue does not have for the arch.
    """
    resolver_for = functools.cache(open_resolver)

    @functools.cache
    def translate_for(text: str, target: Target) -> Translation:
        return translate(text, resolver_for(target), style=Style.ROBUST, strict=strict)

    groups: dict[tuple[object, ...], list[Build]] = {}
    for build in project.builds:
        texts = tuple(build.hooks[option] for option in HOOKS)
        key = (build.platform_tag, tuple(build.images.items()), texts, build.engine, build.environment)
        groups.setdefault(key, []).append(build)
    return Plan(
        builds=tuple(
            _plan_group(tuple(g), project, catalogue, translate_for, companion) for g in groups.values()
        )
    )


def _plan_group(
    group: tuple[Build, ...],
    project: Project,
    catalogue: Catalogue,
    translate_for: Callable[[str, Target], Translation],
    companion: bool | None,
) -> PlannedBuild:
    first = group[0]
    resolved = _resolve(first, project, catalogue)
    image = resolved.image if resolved else None
    target = None
    if resolved and image and _is_debian(image):
        target = Target(suite=image.suite, deb_arch=ARCHS[first.arch].deb)
    reference = resolved.reference if resolved else first.image
    notes = []
    if resolved and not image:
        notes.append(
            f"the catalogue does not know {reference}, so its hooks stay as they are;"
            " describe it in a catalogue of your own (setting `images`) to have them translated"
        )
    if target:
        notes += [
            f"environment: {name} runs a command of dnf or yum, which is not translated"
            for name, value in first.environment
            if "$(" in value and translate_for(value, target).commands
        ]
    hooks = tuple(
        Hook(
            option=option,
            before=first.hooks[option],
            translation=translate_for(first.hooks[option], target) if target else None,
        )
        for option in HOOKS
        if first.hooks[option]
    )
    reason = _companion_reason(hooks, companion) if target else ""
    return PlannedBuild(
        platform_tag=first.platform_tag,
        identifiers=tuple(b.identifier for b in group if not image or image.has_python(b.python)),
        lacking=tuple(b.identifier for b in group if image and not image.has_python(b.python)),
        requested=first.image,
        images=first.images,
        reference=reference,
        container_image=project.pins.get(first.arch, {}).get(reference, reference),
        image=image,
        hooks=tuple(replace(hook, left_to_companion=bool(reason)) for hook in hooks),
        engine=first.engine,
        companion=reason,
        notes=tuple(notes),
    )


def _companion_reason(hooks: tuple[Hook, ...], companion: bool | None) -> str:
    if companion is not None:
        return "asked for" if companion else ""
    for hook in hooks:
        # What builds, repairs or tests a wheel is rarely what installs packages.
        scripts = hook.option.startswith("before-")
        if reason := why_unseen(hook.before, hook.findings, scripts=scripts):
            return f"{hook.option}: {reason}"
    return ""


def _resolve(build: Build, project: Project, catalogue: Catalogue) -> Resolved | None:
    """The image of a build that is ours to decide; None for every other build."""
    if build.platform_tag not in TRANSLATED_TAGS:
        return None
    return catalogue.resolve(build.image, build.arch, aliases=frozenset(project.pins.get(build.arch, ())))


def _is_debian(image: Image | None) -> bool:
    return image is not None and image.package_manager == "apt"


def _build_json(build: PlannedBuild) -> dict[str, Any]:
    return {
        "platform_tag": build.platform_tag,
        "arch": build.arch,
        "identifiers": list(build.identifiers),
        "lacking": list(build.lacking),
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
            for hook in build.hooks
        ],
        "companion": {"on": bool(build.companion), "reason": build.companion},
        "notes": list(build.notes),
    }
