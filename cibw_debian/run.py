"""Run cibuildwheel with the plan: compute it, make images ready, hand over a generated configuration."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cibw_debian import __version__, adapter
from cibw_debian.catalogue import load_catalogue
from cibw_debian.companion import Companion, make_companion
from cibw_debian.engine import Engine
from cibw_debian.errors import ConfigurationError, ImageUnavailableError, NothingToBuildError
from cibw_debian.overrides import generate
from cibw_debian.plan import TRANSLATED_TAGS, make_plan
from cibw_debian.platforms import ARCHS
from cibw_debian.report import summarize_plan
from cibw_debian.resolver.resolve import open_resolver
from cibw_debian.settings import load_settings
from cibw_debian.terminal import echo, style

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cibw_debian.catalogue import Catalogue
    from cibw_debian.plan import Plan, PlannedBuild
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


def compute_plan(arguments: adapter.Arguments, env: Mapping[str, str]) -> Planned:
    """Read project, settings and catalogue, and plan.

    Args:
        arguments: What decides what is built; the package may be a source distribution.
        env: The environment that cibuildwheel would see.

    Raises:
        ConfigurationError: The configuration is not usable.
        DataError: A catalogue is not usable.
        UnknownImageError: An image name means nothing for its arch.
    """
    with _unpacked(arguments.package_dir) as package_dir:
        settings = load_settings(package_dir, env)
        project = adapter.read_project(replace(arguments, package_dir=package_dir), env)
        catalogue = load_catalogue(*([settings.images] if settings.images else []))

    def resolver(target: Target) -> Resolver:
        return open_resolver(target, packages=settings.packages)

    plan = make_plan(project, catalogue, resolver, strict=settings.strict)
    return Planned(plan=plan, project=project, catalogue=catalogue, settings=settings)


def run(arguments: adapter.Arguments, passed: Sequence[str], env: Mapping[str, str]) -> int:
    """Build wheels, and return cibuildwheel's exit code.

    Args:
        arguments: What decides what is built.
        passed: All arguments for cibuildwheel except the configuration file.
        env: The environment; cibuildwheel gets it, less what moved into the configuration.

    Raises:
        TranslationError: A hook cannot be translated. No container was started.
        ImageUnavailableError, ImageBuildError, EngineError: An image cannot be had.
        NothingToBuildError: No selected interpreter is in its image.
        Others: As `compute_plan`.
    """
    if not adapter.builds_for_linux(arguments, env):
        return _cibuildwheel(passed, arguments.config_file, env)
    with _unpacked(arguments.package_dir) as package_dir:
        planned = compute_plan(replace(arguments, package_dir=package_dir), env)
        config = read_config(planned.project.config_file)
    plan = planned.plan
    plan.raise_for_errors()
    for line in summarize_plan(plan):
        say(line)
    _raise_if_nothing_left(planned)
    companion = make_companion(env)
    prepare(planned, companion)
    translated = {build.platform_tag for build in plan.builds if build.translated}
    generated = generate(config, plan, env, create_args=dict.fromkeys(translated, companion.create_args()))
    child_env = {name: value for name, value in env.items() if name not in generated.drop}
    if plan.lacking:
        child_env["CIBW_SKIP"] = " ".join((planned.project.skip, *plan.lacking)).strip()
    if not generated.needed:
        return _cibuildwheel(passed, arguments.config_file, child_env)
    with tempfile.TemporaryDirectory(prefix="cibw-debian-") as directory:
        file = Path(directory) / "cibuildwheel.toml"
        file.write_text(dump_config(generated.config), encoding="utf-8")
        return _cibuildwheel(passed, str(file), child_env)


def prepare(planned: Planned, companion: Companion) -> None:
    """Make every image that is ours to decide ready on this machine, and fill the companion's volume.

    Raises:
        ImageUnavailableError: An image cannot be pulled; names one that can be built here instead.
        ImageBuildError: An image cannot be built here.
        EngineError: The container engine is missing, not running or too old.
    """
    ready: set[tuple[str, str]] = set()
    for build in planned.plan.builds:
        if build.platform_tag not in TRANSLATED_TAGS or not build.identifiers:
            continue
        engine = Engine(build.engine.name)
        if (engine.name, build.container_image) not in ready:
            _prepare_image(build, engine, planned)
            ready.add((engine.name, build.container_image))
        if build.translated and companion.files:
            engine.fill_volume(
                companion.volume,
                companion.archive(),
                image=build.container_image,
                platform=ARCHS[build.arch].oci,
                labels={"cibw-debian": __version__},
            )


def say(line: str) -> None:
    """One line of our own in the log."""
    echo(style("cibw-debian: ", bold=True) + line, err=True)


def _prepare_image(build: PlannedBuild, engine: Engine, planned: Planned) -> None:
    platform = ARCHS[build.arch].oci
    if build.image and build.image.built_here:
        from cibw_debian.imagebuild import build_image  # noqa: PLC0415  (rarely needed)

        build_image(build.image, build.arch, mirror=planned.settings.mirror or None, engine=engine)
        return
    if engine.image_platform(build.container_image) == platform:
        return
    try:
        engine.pull(build.container_image, platform)
    except ImageUnavailableError as error:
        raise ImageUnavailableError(error.message, hint=_instead(build.arch, planned.catalogue)) from error


def _instead(arch: str, catalogue: Catalogue) -> str:
    images = catalogue.built_here(arch)
    if not images:
        return ""
    names = ", ".join(f"{image.name} ({image.policy})" for image in images)
    first = images[0].name
    return (
        f"Without a registry, these can be built on this machine for {arch}: {names}.\n"
        f"Try: CIBW_MANYLINUX_{arch.upper()}_IMAGE={first} cibw-debian run"
    )


def _raise_if_nothing_left(planned: Planned) -> None:
    plan = planned.plan
    if (
        plan.lacking
        and not any(build.identifiers for build in plan.builds)
        and not planned.project.allow_empty
    ):
        images = {f"{b.image.name} has only {', '.join(b.image.pythons)}" for b in plan.builds if b.image}
        raise NothingToBuildError(
            f"nothing is left to build: {'; '.join(sorted(images))}, selected was {' '.join(plan.lacking)}",
            hint="`cibw-debian images list` shows which interpreters each image has.",
        )


def _cibuildwheel(passed: Sequence[str], config_file: str, env: Mapping[str, str]) -> int:
    command = [sys.executable, "-m", "cibuildwheel", *passed]
    if config_file:
        command += ["--config-file", config_file]
    sys.stdout.flush()
    with subprocess.Popen(command, env=dict(env)) as process, _forwarded_signals(process):
        return process.wait()


@contextlib.contextmanager
def _forwarded_signals(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Let the child decide how to end: Ctrl-C reaches it by itself, a termination is handed on."""

    def forward(number: int, _frame: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)

    old_term = signal.signal(signal.SIGTERM, forward)
    old_int = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, old_term)
        signal.signal(signal.SIGINT, old_int)


def read_config(path: Path | None) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8")) if path else {}


def dump_config(config: Mapping[str, Any]) -> str:
    import tomlkit  # noqa: PLC0415  (cold start)

    return tomlkit.dumps(config)


@contextlib.contextmanager
def _unpacked(package: Path) -> Iterator[Path]:
    """The package's directory; a source distribution is unpacked for as long as it is looked at."""
    if not (package.is_file() and package.name.endswith(".tar.gz")):
        yield package
        return
    with tempfile.TemporaryDirectory(prefix="cibw-debian-sdist-") as directory:
        try:
            with tarfile.open(package) as archive:
                archive.extractall(directory, filter="data")
            (inside,) = Path(directory).iterdir()
        except (tarfile.TarError, ValueError) as error:
            raise ConfigurationError(f"{package}: not a source distribution: {error}") from error
        yield inside
