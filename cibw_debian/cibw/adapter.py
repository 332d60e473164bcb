"""The one module that touches cibuildwheel's internals; it only reads.

What it relies on is the same from cibuildwheel 3.0 on (its tests run against the oldest and the newest):
`compute_options`, `CommandLineArguments.defaults`, `Options.build_options(identifier)`,
`Options.config_file_path`, `get_python_configurations` and the file of pinned images.
"""

from __future__ import annotations

import configparser
import contextlib
import dataclasses
import io
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cibuildwheel.options import BuildOptions

#: Options that are shell commands run in the container, in the order in which they run.
HOOKS = ("before-all", "before-build", "repair-wheel-command", "before-test", "test-command")


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """The arguments of cibuildwheel that decide what is built."""

    package_dir: Path = Path()
    config_file: str = ""
    archs: str | None = None
    only: str | None = None
    platform: str | None = None
    enable: tuple[str, ...] = ()
    allow_empty: bool = False


@dataclass(frozen=True, kw_only=True)
class EngineOption:
    """The effective `container-engine` option."""

    name: str
    create_args: tuple[str, ...] = ()
    disable_host_mount: bool = False


@dataclass(frozen=True, kw_only=True)
class Build:
    """The effective options of one build identifier, as far as they matter here."""

    #: ``cp311-manylinux_armv7l``
    identifier: str
    #: image option (of every arch) -> reference or short name, after cibuildwheel put in its own pins
    images: Mapping[str, str]
    #: option of HOOKS -> its text, empty if unset
    hooks: Mapping[str, str]
    #: the unevaluated assignments of `environment`
    environment: tuple[tuple[str, str], ...]
    engine: EngineOption

    @property
    def image(self) -> str:
        return self.images[f"{self.libc}-{self.arch}-image"]

    @property
    def python(self) -> str:
        return self.identifier.partition("-")[0]

    @property
    def platform_tag(self) -> str:
        return self.identifier.partition("-")[2]

    @property
    def arch(self) -> str:
        return self.platform_tag.partition("_")[2]

    @property
    def libc(self) -> str:
        return self.platform_tag.partition("_")[0]


@dataclass(frozen=True, kw_only=True)
class Project:
    """What cibuildwheel would build, and with what."""

    #: what options are read from; None if there is no such file
    config_file: Path | None
    #: in the order of building
    builds: tuple[Build, ...]
    #: effective skip selector
    skip: str
    allow_empty: bool
    #: arch -> short name of a manylinux image -> the reference that this cibuildwheel pins it to
    pins: Mapping[str, Mapping[str, str]]


def builds_for_linux(arguments: Arguments, env: Mapping[str, str]) -> bool:
    """Whether cibuildwheel, called like this, would build for Linux."""
    if arguments.only:
        return "linux_" in arguments.only
    platform = arguments.platform or env.get("CIBW_PLATFORM", "") or "auto"
    if platform != "auto":
        return platform == "linux"
    return sys.platform.startswith("linux")


def read_project(arguments: Arguments, env: Mapping[str, str]) -> Project:
    """Compute cibuildwheel's effective options for every build identifier that it would build.

    Args:
        arguments: As they would be given to cibuildwheel.
        env: The environment variables it would see.

    Raises:
        ConfigurationError: cibuildwheel refuses the configuration; the message is its own.
    """
    with _cibuildwheel_errors(arguments):
        from cibuildwheel.options import CommandLineArguments, compute_options  # noqa: PLC0415
        from cibuildwheel.platforms.linux import get_python_configurations  # noqa: PLC0415

        command_line = dataclasses.replace(
            CommandLineArguments.defaults(),
            platform="linux",
            archs=arguments.archs,
            only=arguments.only,
            config_file=arguments.config_file,
            package_dir=arguments.package_dir.resolve(),
            enable=list(arguments.enable),
            allow_empty=arguments.allow_empty,
        )
        options = compute_options("linux", command_line, env)
        selector = options.globals.build_selector
        configurations = get_python_configurations(selector, options.globals.architectures)
        return Project(
            config_file=options.config_file_path,
            builds=tuple(_build(c.identifier, options.build_options(c.identifier)) for c in configurations),
            skip=selector.skip_config,
            allow_empty=options.globals.allow_empty,
            pins=_pins(),
        )


def utility_python() -> str:
    """Return the path of the interpreter that cibuildwheel starts its helpers with, in each container."""
    from cibuildwheel.oci_container import OCIContainer  # noqa: PLC0415  (cold start)

    return OCIContainer.UTILITY_PYTHON


def _build(identifier: str, options: BuildOptions) -> Build:
    libcs = {"manylinux": options.manylinux_images or {}, "musllinux": options.musllinux_images or {}}
    engine = options.container_engine
    texts = (
        options.before_all,
        options.before_build,
        options.repair_command,
        options.before_test,
        options.test_command,
    )
    return Build(
        identifier=identifier,
        images={
            f"{libc}-{arch}-image": image for libc, images in libcs.items() for arch, image in images.items()
        },
        hooks={option: text or "" for option, text in zip(HOOKS, texts, strict=True)},
        # Every kind of assignment has a value; only the protocol they share does not say so.
        environment=tuple((a.name, str(getattr(a, "value", ""))) for a in options.environment.assignments),
        engine=EngineOption(
            name=engine.name,
            create_args=tuple(engine.create_args),
            disable_host_mount=engine.disable_host_mount,
        ),
    )


def _pins() -> dict[str, dict[str, str]]:
    from cibuildwheel.util import resources  # noqa: PLC0415

    pinned = configparser.ConfigParser(inline_comment_prefixes="#")
    pinned.read(resources.PINNED_DOCKER_IMAGES)
    return {arch: dict(pinned[arch]) for arch in pinned.sections()}


@contextlib.contextmanager
def _cibuildwheel_errors(arguments: Arguments) -> Iterator[None]:
    """Turn cibuildwheel's refusals into ours, and keep what it prints off standard output."""
    from cibuildwheel.errors import FatalError  # noqa: PLC0415

    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            yield
    except (FatalError, ValueError, KeyError) as error:
        raise ConfigurationError(
            f"cibuildwheel refuses the configuration: {str(error).strip() or type(error).__name__}"
        ) from error
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"cannot read {error.filename}", hint=f"The package directory is {arguments.package_dir}."
        ) from error
