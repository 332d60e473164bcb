"""Read what a plan is made from: the project, its settings, the catalogue."""

from __future__ import annotations

import contextlib
import functools
import tarfile
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli

from cibw_debian.cibw import adapter
from cibw_debian.errors import ConfigurationError
from cibw_debian.hooks.translate import Style, translate
from cibw_debian.host.checkout import read_below
from cibw_debian.host.wheels import WheelIndex
from cibw_debian.images.bases import Source
from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.images.local import Here, look_here
from cibw_debian.images.releases import Choice
from cibw_debian.planning.compiled import add_requirements
from cibw_debian.planning.plan import make_plan
from cibw_debian.planning.refusal import refusal
from cibw_debian.resolver.resolve import open_resolver
from cibw_debian.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cibw_debian.hooks.translation import Translation
    from cibw_debian.images.catalogue import Catalogue, Image
    from cibw_debian.planning.plan import Plan
    from cibw_debian.resolver.model import Target
    from cibw_debian.resolver.resolve import Resolver
    from cibw_debian.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A plan, and what it was made from."""

    plan: Plan
    project: adapter.Project
    catalogue: Catalogue
    settings: Settings
    #: the parsed configuration file of cibuildwheel
    config: Mapping[str, Any]


def compute_plan(
    arguments: adapter.Arguments,
    env: Mapping[str, str],
    *,
    switches: Mapping[str, Any],
    ask_index: bool = False,
) -> Planned:
    """Read project, settings and catalogue, and plan.

    Args:
        arguments: What decides what is built; the package may be a source distribution.
        env: The environment that cibuildwheel would see.
        switches: Settings by name that win over the project's, unless they are None.
        ask_index: Ask the package index which requirements have to be compiled; otherwise that is not known.

    Raises:
        ConfigurationError: The configuration is not usable.
        RefusedError: cibuildwheel would end before it builds.
        CibuildwheelVersionError: The installed cibuildwheel is not one that this version understands.
        DataError: A catalogue is not usable.
        UnknownImageError: An image name means nothing for its arch.
    """
    with _package(arguments.package_dir) as package_dir:
        given = {name: value for name, value in switches.items() if value is not None}
        settings = load_settings(package_dir, env)._replace(**given)
        Source.of(settings)  # refuses what contradicts itself before anything is built
        project = adapter.read_project(
            replace(arguments, package_dir=package_dir), env, own_images=settings.manylinux_images
        )
        catalogue = load_catalogue(*([settings.images] if settings.images else []))
        config = read_config(project.config_file)
        today = datetime.now(UTC).date().isoformat()

        def resolver(target: Target) -> Resolver:
            return open_resolver(target, packages=settings.packages)

        def local(image: Image, builds: Sequence[adapter.Build]) -> Here:
            choice = Choice.of(settings, [build.python for build in builds])
            return look_here(image, builds[0].arch, choice, builds[0].engine.name, today=today)

        def again(text: str, target: Target) -> Translation:
            names, strict = resolver(target), settings.strict
            return translate(text, names, style=Style.ROBUST, strict=strict, fresh=True, read=read)

        read = functools.partial(read_below, (Path(), package_dir))
        plan = make_plan(
            project,
            catalogue,
            resolver,
            strict=settings.strict,
            companion=settings.companion,
            allow_missing=settings.allow_missing,
            read=read,
            local=local,
            today=today,
        )
        if settings.requirements and not refusal(plan):
            plan = add_requirements(
                plan,
                project,
                pyproject=tomli.loads(read_below((package_dir,), "pyproject.toml") or ""),
                has_wheel=WheelIndex().has_wheel if ask_index else lambda *_: None,
                open_resolver=resolver,
                read=read,
                again=again,
            )
    return Planned(plan=plan, project=project, catalogue=catalogue, settings=settings, config=config)


def read_config(path: Path | None) -> dict[str, Any]:
    return tomli.loads(path.read_text(encoding="utf-8")) if path else {}


@contextlib.contextmanager
def _package(package: Path) -> Iterator[Path]:
    """Yield the package's directory.

    A source distribution is unpacked, and its directory is the current one meanwhile: relative paths of the
    configuration start there, as for cibuildwheel.
    """
    if not (package.is_file() or package.name.endswith("tar.gz")):
        yield package
        return
    with tempfile.TemporaryDirectory(prefix="cibw-debian-sdist-") as directory:
        try:
            with tarfile.open(package) as archive:
                archive.extractall(directory, filter="data")
            (inside,) = Path(directory).iterdir()
        except (tarfile.TarError, EOFError, OSError, ValueError) as error:
            reason = "no such file" if not package.exists() else f"not a source distribution: {error}"
            raise ConfigurationError(
                f"{package}: {reason}", hint="Name a directory or a source distribution (.tar.gz)."
            ) from error
        with contextlib.chdir(inside):
            yield inside
