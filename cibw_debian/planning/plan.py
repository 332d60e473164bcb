"""The plan: which image and which hooks each build gets. Pure: everything it needs is handed in."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cibw_debian.cibw.adapter import HOOKS
from cibw_debian.errors import UnknownImageError
from cibw_debian.findings import Level
from cibw_debian.hooks.runtime_only import why_unseen
from cibw_debian.hooks.translate import Style, translate
from cibw_debian.images.catalogue import Resolved
from cibw_debian.planning.compiled import Requirements
from cibw_debian.planning.hook import (
    Hook,
    asks_for_releases,
    called,
    calls_dnf,
    surely_called,
    surely_calls_dnf,
    unanswered,
    unchanged,
    without_releases,
)
from cibw_debian.platforms import ARCHS
from cibw_debian.resolver.model import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cibw_debian.cibw.adapter import Build, EngineOption, Project
    from cibw_debian.findings import Finding
    from cibw_debian.hooks.translation import Names, Translation
    from cibw_debian.images.catalogue import Catalogue, Image
    from cibw_debian.images.local import Here

_APK = re.compile(r"\bapk\b")
_UV = re.compile(r"\buv\b")
#: to find the commands of dnf in a hook; the names of packages do not matter
_ANY_TARGET = Target(suite="bookworm", deb_arch="armhf")


@dataclass(frozen=True, kw_only=True)
class PlannedBuild:
    """Build identifiers of one platform tag that share image, hooks and engine."""

    #: ``manylinux_armv7l``
    platform_tag: str
    #: what will be built
    identifiers: tuple[str, ...]
    #: build identifiers that are selected, but whose interpreter the image lacks
    lacking: tuple[str, ...]
    #: names of images that have all selected interpreters, if this one lacks some
    complete_images: tuple[str, ...]
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
    #: whether `run` makes the image ready; cibuildwheel gets every other build unchanged
    ours: bool
    #: in the order of HOOKS, without unset ones
    hooks: tuple[Hook, ...]
    #: `environment` and the like, which are looked at and not changed
    unchanged: tuple[Hook, ...] = ()
    engine: EngineOption
    #: whether the frontend or a hook calls uv
    uses_uv: bool = False
    #: why the companion answers `dnf` and `yum` at run time; empty if it does not
    companion: str = ""
    #: whether the companion brings RHEL's release files: a hook asks for one and has no branch for apt
    releases: bool = False
    #: about the image, not about a hook
    notes: tuple[str, ...] = ()
    #: interpreters that an image built here cannot get, because they have no tarball
    no_tarball: tuple[str, ...] = ()
    #: what the image lacks on this machine, for a person
    warnings: tuple[str, ...] = ()
    #: the suite of the image has no security updates any more
    ended: bool = False
    #: hooks that need dnf on an image that has neither dnf nor apt
    foreign_hooks: tuple[str, ...] = ()
    #: what the package index says about requirements; empty if it was not asked
    requirements: Requirements = field(default_factory=Requirements)

    @property
    def arch(self) -> str:
        return self.platform_tag.partition("_")[2]

    @property
    def translated(self) -> bool:
        """Whether hooks are translated for this build at all."""
        return _is_debian(self.image)

    @property
    def shown(self) -> tuple[Hook, ...]:
        """What there is to see: all hooks, and of the options that are not changed those with findings."""
        return (*self.hooks, *(hook for hook in self.unchanged if hook.findings))

    @property
    def is_built_here(self) -> bool:
        """Whether `run` builds the image; another tag of the same repository is the user's own image."""
        return bool(
            self.image and self.image.built_here and self.container_image == self.image.reference(self.arch)
        )

    @property
    def wheel_tags(self) -> tuple[str, ...]:
        """The tags of the wheels, unless the project builds for the stable ABI or repairs in its own way."""
        policy = self.image.policy if self.image else ""
        if not policy:
            return ()
        return tuple(f"{_tags(_python(i))}-{policy}_{self.arch}" for i in self.identifiers)

    @property
    def selected(self) -> tuple[str, ...]:
        """Every build identifier that the project selects."""
        return tuple(sorted((*self.identifiers, *self.lacking)))

    @property
    def pythons(self) -> tuple[str, ...]:
        """The interpreters of the selected builds."""
        return tuple(map(_python, self.selected))


@dataclass(frozen=True, kw_only=True)
class Plan:
    builds: tuple[PlannedBuild, ...]
    #: interpreters that an image lacks are left out; otherwise they are an error
    allow_missing: bool
    #: an empty result is no error
    allow_empty: bool

    def errors(self) -> Iterator[tuple[str, Hook, Finding]]:
        """Everything that keeps the plan from being run: platform tag, hook, finding."""
        for build in self.builds:
            for hook in (*build.hooks, *build.unchanged):
                for finding in hook.findings:
                    if finding.level is Level.ERROR:
                        yield build.platform_tag, hook, finding

    @property
    def lacking(self) -> tuple[str, ...]:
        return tuple(identifier for build in self.builds for identifier in build.lacking)


def make_plan(
    project: Project,
    catalogue: Catalogue,
    open_resolver: Callable[[Target], Names],
    *,
    strict: bool = True,
    companion: bool | None = None,
    allow_missing: bool = False,
    read: Callable[[str], str | None] = lambda _: None,
    today: str = "",
    local: Callable[[Image, Sequence[Build]], Here] | None = None,
) -> Plan:
    """Decide image and hooks of every build.

    Args:
        project: cibuildwheel's effective options.
        catalogue: The images that exist.
        open_resolver: Gives the resolver of package names for a suite and deb arch.
        strict: A name without a Debian package is an error; otherwise it is left out with a warning.
        companion: Let the companion answer at run time; None: only where a hook does what its text does
            not show.
        allow_missing: Leave out interpreters that an image lacks.
        read: Gives the text of a file of the project, by its path below the project; None if there is none.
        local: Gives an image that is built here as builds find it on this machine.
        today: The day, 2026-08-31, that the ends of suites are compared with; empty for no comparison.

    Raises:
        UnknownImageError: A short image name that resembles one of the catalogue's but is none for the arch.
    """
    resolver_for = functools.cache(open_resolver)

    @functools.cache
    def translate_for(
        text: str, target: Target, style: Style = Style.ROBUST, *, answered: bool = False
    ) -> Translation:
        resolver = resolver_for(target)
        return translate(text, resolver, style=style, strict=strict, answered=answered, read=read)

    groups: dict[tuple[object, ...], list[Build]] = {}
    for build in project.builds:
        texts = tuple(build.hooks[option] for option in HOOKS)
        texts += tuple(build.texts.values())
        key = (build.platform_tag, build.image, tuple(build.images.items()), texts, build.engine)
        groups.setdefault(key, []).append(build)
    builds = (
        _plan_group(tuple(g), project, catalogue, translate_for, companion, read=read, local=local)
        for g in groups.values()
    )
    return Plan(
        builds=tuple(replace(b, ended=bool(b.image and "" < b.image.end_of_life < today)) for b in builds),
        allow_missing=allow_missing,
        allow_empty=project.allow_empty,
    )


def _plan_group(
    group: tuple[Build, ...],
    project: Project,
    catalogue: Catalogue,
    translate_for: Callable[..., Translation],
    companion: bool | None,
    *,
    read: Callable[[str], str | None],
    local: Callable[[Image, Sequence[Build]], Here] | None,
) -> PlannedBuild:
    first = group[0]
    resolved = _resolve(first, project, catalogue)
    image = resolved.image if resolved else None
    target = None
    if resolved and image and _is_debian(image):
        target = Target(suite=image.suite, deb_arch=ARCHS[first.arch].deb)
    reference = resolved.reference if resolved else first.image
    notes = []
    unknown = bool(resolved and not image and _is_told(first, project, catalogue))
    if unknown:
        notes.append(
            f"the catalogue does not know {reference}, so its hooks stay as they are;"
            " describe it in a catalogue of your own (setting `images`) to have them translated"
        )
    if target:
        notes += _hooks_of_others(first, project)
    hooks = tuple(
        Hook(
            option=option,
            before=first.hooks[option],
            translation=translate_for(first.hooks[option], target) if target else None,
            short=translate_for(first.hooks[option], target, Style.PLAIN) if target else None,
        )
        for option in HOOKS
        if first.hooks[option]
    )
    others = tuple(unchanged(first, lambda text: translate_for(text, target))) if target else ()
    reason = _companion_reason((*others, *hooks), companion) if target else ""
    if reason:
        # A question for dnf is answered with yes now, and so another branch may run.
        def answered(text: str) -> Translation:
            return translate_for(text, target, answered=True)

        hooks = tuple(replace(h, translation=answered(h.before), left_to_companion=True) for h in hooks)
        others = (*unchanged(first, answered), *called(hooks, read, answered))
        others = tuple(replace(hook, left_to_companion=True) for hook in others)
    elif target and companion is False:
        others = (*others, *unanswered(hooks, read, lambda text: translate_for(text, target)))
    releases = bool(reason) and asks_for_releases((*hooks, *others))
    if reason and not releases:
        hooks, others = tuple(map(without_releases, hooks)), tuple(map(without_releases, others))
    fails = any(finding.level is Level.ERROR for hook in (*hooks, *others) for finding in hook.findings)
    no_tarball: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    if local and image and image.built_here and reference == image.reference(first.arch) and not fails:
        image, no_tarball, warnings = local(image, group)
    lacking = _lacking(group, image)
    return PlannedBuild(
        platform_tag=first.platform_tag,
        identifiers=tuple(b.identifier for b in group if b not in lacking),
        lacking=tuple(b.identifier for b in lacking),
        complete_images=_complete_images(group, catalogue) if lacking else (),
        requested=first.image,
        images=first.images,
        reference=reference,
        container_image=project.pins.get(first.arch, {}).get(reference, reference),
        image=image,
        ours=unknown or bool(image),
        hooks=hooks,
        unchanged=others,
        engine=first.engine,
        uses_uv=any(map(_uses_uv, group)),
        companion=reason,
        releases=releases,
        notes=tuple(notes),
        no_tarball=no_tarball,
        warnings=warnings,
        foreign_hooks=_foreign_hooks(first, translate_for, read) if first.libc == "musllinux" else (),
    )


def _lacking(group: tuple[Build, ...], image: Image | None) -> tuple[Build, ...]:
    return tuple(build for build in group if image and not image.has_python(build.python))


def _hooks_of_others(build: Build, project: Project) -> Iterator[str]:
    """Say which hooks builds for other archs have and this one has not: overrides do not select it."""
    for option, archs in project.elsewhere.items():
        if archs and option.startswith("before-") and not build.hooks[option]:
            yield (
                f"{option}: builds for {' and '.join(archs)} have this hook, and those for {build.arch} have"
                f" none; if they need the same packages, an override has to select *-{build.platform_tag} too"
            )


def _companion_reason(hooks: tuple[Hook, ...], companion: bool | None) -> str:
    if companion is not None:
        return "asked for" if companion else ""
    for hook in hooks:
        if hook.option == "audit-command":
            continue
        # What builds, repairs or tests a wheel is rarely what installs packages.
        scripts = hook.option.startswith("before-")
        if reason := why_unseen(hook.before, hook.findings, scripts=scripts):
            return f"{hook.option}: {reason}"
    return ""


def _resolve(build: Build, project: Project, catalogue: Catalogue) -> Resolved | None:
    """Look the image of a build up; None where only cibuildwheel's own images are possible."""
    if build.libc != "manylinux":
        return None
    aliases = frozenset(project.pins.get(build.arch, ()))
    try:
        return catalogue.resolve(build.image, build.arch, aliases=aliases)
    except UnknownImageError:
        # The engine may have a local image of that name, which cibuildwheel takes as it is.
        if catalogue.is_misspelt(build.image, build.arch):
            raise
        return Resolved(requested=build.image, reference=build.image, image=None)


def _is_told(build: Build, project: Project, catalogue: Catalogue) -> bool:
    """Whether a person may expect that this build's hooks are translated."""
    pinned = build.image in project.pins.get(build.arch, {}).values()
    return not pinned and any(image.cibuildwheel and build.arch in image.archs for image in catalogue.images)


def _complete_images(group: tuple[Build, ...], catalogue: Catalogue) -> tuple[str, ...]:
    """Name the images that have the interpreters of all builds of a group."""
    return tuple(
        image.name
        for image in catalogue.images
        if group[0].arch in image.archs and all(image.has_python(build.python) for build in group)
    )


def _foreign_hooks(
    build: Build, translate_for: Callable[..., Translation], read: Callable[[str], str | None]
) -> tuple[str, ...]:
    """Name the hooks that need dnf; a hook that also knows apk has a branch for Alpine."""

    def translated(text: str) -> Translation:
        return translate_for(text, _ANY_TARGET)

    def scripts(text: str) -> Iterator[str]:
        return (read(path) or "" for path in surely_called(text, answered=False))

    return tuple(
        option
        for option, text in build.hooks.items()
        if (not _APK.search(text) and calls_dnf(translated(text)))
        or any(not _APK.search(script) and surely_calls_dnf(script, translated) for script in scripts(text))
    )


def _python(identifier: str) -> str:
    return identifier.partition("-")[0]


def _uses_uv(build: Build) -> bool:
    return any(_UV.search(text) for text in (build.frontend, *build.hooks.values()))


def _tags(python: str) -> str:
    """Return interpreter and ABI in a wheel's name: `cp313t` is the ABI of the interpreter `cp313`."""
    return f"{python.removesuffix('t')}-{python}"


def _is_debian(image: Image | None) -> bool:
    return image is not None and image.package_manager == "apt"
