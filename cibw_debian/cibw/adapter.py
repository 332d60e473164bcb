"""The one module that touches cibuildwheel's internals; it only reads.

Its tests run with the oldest supported cibuildwheel, 3.0, and with the newest. Both have these names:
`compute_options`, `CommandLineArguments.defaults`, `Options.build_options(identifier)`,
`Options.config_file_path`, `EnvironmentAssignmentRaw`, `read_python_configs`, `print_preamble`,
`allowed_architectures_check`, `OCIContainer.UTILITY_PYTHON` and the file of pinned images.
"""

from __future__ import annotations

import configparser
import contextlib
import dataclasses
import io
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.errors import CibuildwheelVersionError, ConfigurationError, RefusedError
from cibw_debian.platforms import resembling_arch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cibuildwheel.options import BuildOptions, CommandLineArguments, Options

#: Options that are shell commands run in the container, in the order in which they run.
HOOKS = ("before-all", "before-build", "repair-wheel-command", "before-test", "test-command")
#: further options with shell text in it; only the last one runs outside the container
TEXTS = ("environment", "test-environment", "audit-command")

#: the newest cibuildwheel that this module was tested with
NEWEST = "4.3.5"
#: options of cibuildwheel's command line that end without a build
_BUILDS_NOTHING = frozenset({"--print-build-identifiers", "--clean-cache"})
#: cibuildwheel's exit codes for what it refuses, and what its argument parser exits with
_CONFIGURATION, _NOTHING_TO_DO, _DEPRECATED, _USAGE = 2, 3, 4, 2
#: any one of these files makes a directory a package
_PACKAGE_FILES = ("setup.py", "setup.cfg", "pyproject.toml")


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
    #: option of TEXTS -> its text; assignments as a shell would read them, one a line
    texts: Mapping[str, str]
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


def plans(arguments: Arguments, passed: Sequence[str], env: Mapping[str, str]) -> bool:
    """Tell whether cibuildwheel, called like this, would build wheels for Linux.

    Args:
        arguments: The arguments that decide what is built.
        passed: All arguments for cibuildwheel.
        env: The environment variables that cibuildwheel would see.
    """
    return builds_for_linux(arguments, env) and _BUILDS_NOTHING.isdisjoint(passed)


def builds_for_linux(arguments: Arguments, env: Mapping[str, str]) -> bool:
    """Tell whether cibuildwheel's platform is Linux, by the rules of its own `_compute_platform`."""
    if arguments.only:
        return "linux_" in arguments.only
    platform = arguments.platform or env.get("CIBW_PLATFORM", "") or "auto"
    if platform != "auto":
        return platform == "linux"
    return sys.platform.startswith("linux")


def read_project(arguments: Arguments, env: Mapping[str, str]) -> Project:
    """Compute cibuildwheel's effective options for every build identifier that it would build.

    Relative paths in the configuration start at the current directory, as for cibuildwheel.

    Args:
        arguments: As they would be given to cibuildwheel.
        env: The environment variables that cibuildwheel would see.

    Raises:
        ConfigurationError: cibuildwheel cannot use the configuration; the message is cibuildwheel's own.
        RefusedError: cibuildwheel would end before it builds; the exit code is cibuildwheel's own.
        CibuildwheelVersionError: The installed cibuildwheel is not one that this module understands.
    """
    _check_arguments(arguments)
    with _cibuildwheel_errors(arguments):
        from cibuildwheel.options import CommandLineArguments, compute_options  # noqa: PLC0415

        options = compute_options("linux", _command_line(CommandLineArguments.defaults(), arguments), env)
        selector = options.globals.build_selector
        identifiers = _identifiers(options)
        _check_package(arguments.package_dir)
        _check_selection(options, identifiers, arguments)
        return Project(
            config_file=options.config_file_path,
            builds=tuple(_build(name, options.build_options(name)) for name in identifiers),
            skip=selector.skip_config,
            allow_empty=options.globals.allow_empty,
            pins=_read_pins(),
        )


def command_line_options() -> frozenset[str]:
    """Return the options that the installed cibuildwheel's command line takes."""
    command = [sys.executable, "-m", "cibuildwheel", "--help"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return frozenset(re.findall(r"(?<![\w-])--?\w[\w-]*", done.stdout))


def pins() -> Mapping[str, Mapping[str, str]]:
    """Return what the installed cibuildwheel pins: arch -> short name of a manylinux image -> reference."""
    with _cibuildwheel_errors(Arguments()):
        return _read_pins()


def utility_python() -> str:
    """Return the path of the interpreter that cibuildwheel uses in every container for its own ends."""
    with _cibuildwheel_errors(Arguments()):
        from cibuildwheel.oci_container import OCIContainer  # noqa: PLC0415

        return OCIContainer.UTILITY_PYTHON


def _command_line(defaults: CommandLineArguments, arguments: Arguments) -> CommandLineArguments:
    return dataclasses.replace(
        defaults,
        platform="linux",
        archs=arguments.archs,
        only=arguments.only,
        config_file=arguments.config_file,
        package_dir=arguments.package_dir.resolve(),
        enable=list(arguments.enable),
        allow_empty=arguments.allow_empty,
    )


def _check_arguments(arguments: Arguments) -> None:
    """Refuse what cibuildwheel's argument parser refuses."""
    for option in ("archs", "platform"):
        if arguments.only and getattr(arguments, option) is not None:
            message = f"--{option} cannot be given with --only, which decides it"
            raise RefusedError(message, exit_code=_CONFIGURATION)


def _check_package(package_dir: Path) -> None:
    if not any((package_dir / name).exists() for name in _PACKAGE_FILES):
        what = (
            "no such directory" if not package_dir.exists() else f"none of {', '.join(_PACKAGE_FILES)} in it"
        )
        raise RefusedError(
            f"{package_dir} is not a package: {what}",
            hint="Name the package's directory, or a source distribution (.tar.gz).",
            exit_code=_CONFIGURATION,
        )


def _identifiers(options: Options) -> list[str]:
    """Return what cibuildwheel's own `get_python_configurations` selects.

    That function's module imports the code for all platforms: a quarter of the time of a cold call of `plan`.
    """
    chosen = options.globals.build_selector
    ends = tuple(architecture.value for architecture in options.globals.architectures)
    return [name for name in _all_identifiers() if name.endswith(ends) and chosen(name)]


def _all_identifiers() -> list[str]:
    from cibuildwheel.util.resources import read_python_configs  # noqa: PLC0415

    return [config["identifier"] for config in read_python_configs("linux")]


def _check_selection(options: Options, identifiers: Sequence[str], arguments: Arguments) -> None:
    """Let cibuildwheel check what it checks between its options and its first container."""
    from cibuildwheel.architecture import allowed_architectures_check  # noqa: PLC0415

    if arguments.only and not identifiers:
        raise RefusedError(
            f"--only {arguments.only}: there is no such build identifier.{_perhaps(arguments.only)}",
            hint="`cibuildwheel --print-build-identifiers` prints what the configuration selects.",
            exit_code=_USAGE,
        )
    if _needs_a_closer_look(options, identifiers):
        from cibuildwheel.__main__ import print_preamble  # noqa: PLC0415  (imports the code for all platforms)

        print_preamble(platform="linux", options=options, identifiers=identifiers)
    try:
        options.check_for_invalid_configuration(identifiers)
        allowed_architectures_check("linux", options.globals.architectures)
    except ValueError as error:
        message = f"cibuildwheel refuses: {error}"
        raise RefusedError(message, hint=_arch_hint(message), exit_code=_DEPRECATED) from error
    if not identifiers and not options.globals.allow_empty:
        selector = options.globals.build_selector
        raise RefusedError(
            "there is nothing to build: no build identifier is selected",
            hint=f"Selected is {selector.build_config!r}, without {selector.skip_config!r},"
            f" for {', '.join(sorted(options.globals.architectures))},"
            f" where Python is {selector.requires_python or 'any version'}.",
            exit_code=_NOTHING_TO_DO,
        )


def _needs_a_closer_look(options: Options, identifiers: Sequence[str]) -> bool:
    """Tell whether cibuildwheel may have something to refuse that only its `print_preamble` finds."""
    selector = options.globals.build_selector
    known = _all_identifiers()
    for word in selector.build_config.split():
        alone = dataclasses.replace(selector, build_config=word, skip_config="", requires_python=None)
        if not any(map(alone, known)):
            return True
    every = [options.build_options(name) for name in identifiers]
    hooks = {hook for build in every for hook in (build.before_build, build.test_command) if hook}
    removed = any("{python}" in hook or "{pip}" in hook for hook in hooks)
    return removed or "CIBW_FREE_THREADED_SUPPORT" in os.environ


def _arch_hint(message: str) -> str:
    """Name the arch that may have been meant by the first quoted word of a message about architectures."""
    word = re.search(r"\barch.*?'([\w-]+)'", message)
    arch = resembling_arch(word[1]) if word else ""
    return f"Perhaps you meant {arch}?" if arch else ""


def _perhaps(only: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415

    close = get_close_matches(only, _all_identifiers(), n=3)
    return f" Perhaps you meant {' or '.join(close)}?" if close else ""


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
        texts={option: _text(getattr(options, option.replace("-", "_"), "")) for option in TEXTS},
        engine=EngineOption(
            name=engine.name,
            create_args=tuple(engine.create_args),
            disable_host_mount=engine.disable_host_mount,
        ),
    )


def _text(value: object) -> str:
    """Return assignments or a list of commands as text; an older cibuildwheel has no `audit-command`."""
    from cibuildwheel.environment import EnvironmentAssignmentRaw  # noqa: PLC0415

    if isinstance(value, list):
        return " && ".join(value)
    # `environment-pass` has values of this machine, and no shell text.
    return "\n".join(
        f"{a.name}={shlex.quote(a.value) if isinstance(a, EnvironmentAssignmentRaw) else a.value}"
        for a in getattr(value, "assignments", ())
    )


def _read_pins() -> dict[str, dict[str, str]]:
    from cibuildwheel.util import resources  # noqa: PLC0415

    pinned = configparser.ConfigParser(inline_comment_prefixes="#")
    pinned.read(resources.PINNED_DOCKER_IMAGES)
    return {arch: dict(pinned[arch]) for arch in pinned.sections()}


@contextlib.contextmanager
def _cibuildwheel_errors(arguments: Arguments) -> Iterator[None]:
    """Turn cibuildwheel's refusals into ours, and keep what it prints off both output streams."""
    said = io.StringIO()
    try:
        from cibuildwheel.errors import FatalError  # noqa: PLC0415

        try:
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                yield
        except FatalError as error:
            raise _refused(error) from error
    except ValueError as error:
        message = f"cibuildwheel refuses the configuration: {error}"
        raise ConfigurationError(message, hint=_arch_hint(message)) from error
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"cannot read {error.filename}", hint=f"The package directory is {arguments.package_dir}."
        ) from error
    except (ImportError, AttributeError, TypeError, LookupError) as error:
        raise _unknown_version(error) from error


def _refused(error: BaseException) -> ConfigurationError:
    message = f"cibuildwheel refuses the configuration: {str(error).strip() or type(error).__name__}"
    code = int(getattr(error, "return_code", _CONFIGURATION))
    if code == _CONFIGURATION:
        return ConfigurationError(message, hint=_arch_hint(message))
    return RefusedError(message, exit_code=code)


def _unknown_version(error: Exception) -> CibuildwheelVersionError:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    from packaging.version import Version  # noqa: PLC0415

    try:
        installed = version("cibuildwheel")
    except PackageNotFoundError:
        return CibuildwheelVersionError(
            "cibuildwheel is not installed", hint=f"pip install cibuildwheel=={NEWEST}"
        )
    newer = Version(installed) > Version(NEWEST)
    known = "is newer than this cibw-debian knows" if newer else "does not answer as this cibw-debian expects"
    return CibuildwheelVersionError(
        f"cibuildwheel {installed} {known} ({type(error).__name__}: {error})",
        hint=f"pip install --upgrade cibw-debian, or pip install cibuildwheel=={NEWEST}",
    )
