"""Read cibuildwheel's options. No other package touches cibuildwheel's internals; this one only reads them.

Its tests run with the oldest supported cibuildwheel, 3.0, and with the newest. Both have these names:
`compute_options`, `CommandLineArguments.defaults`, `Options.build_options(identifier)`,
`Options.config_file_path`, `EnvironmentAssignmentRaw`, `read_python_configs`, `print_preamble`,
`allowed_architectures_check`, `OCIContainer.UTILITY_PYTHON` and the file of pinned images.
"""

from __future__ import annotations

import configparser
import dataclasses
import re
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from cibw_debian.cibw.refusals import refusals
from cibw_debian.cibw.selection import check_arguments, check_only, check_package, check_selection, select

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cibuildwheel.options import BuildOptions, CommandLineArguments, Options

#: Options that are shell commands run in the container, in the order in which they run.
HOOKS = ("before-all", "before-build", "repair-wheel-command", "before-test", "test-command")
#: further options with shell text in it; only the last one runs outside the container
TEXTS = ("environment", "test-environment", "audit-command")

#: their images are of RHEL's kind
_USUAL_ARCHS = ("x86_64", "aarch64")
#: options of cibuildwheel's command line that end without a build
_BUILDS_NOTHING = frozenset({"--print-build-identifiers", "--clean-cache"})


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
    #: name of the program that builds the wheel: ``build``, ``build[uv]``
    frontend: str = ""
    #: whether the wheel is tested
    tested: bool = False
    #: requirements of the tests, with those of the dependency groups that the option `test-groups` names
    test_requires: tuple[str, ...] = ()
    #: extras of the project that are installed for the tests
    test_extras: tuple[str, ...] = ()
    #: the image of our own setting, where nothing of cibuildwheel's wins over it; otherwise empty
    own_image: str = ""

    @property
    def image(self) -> str:
        return self.own_image or self.images[f"{self.libc}-{self.arch}-image"]

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
    #: hook -> archs with images of RHEL's kind that have it, selected or not
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def plans(arguments: Arguments, passed: Sequence[str], env: Mapping[str, str]) -> bool:
    """Tell whether cibuildwheel, called like this, would build wheels for Linux.

    Args:
        arguments: The arguments that decide what is built.
        passed: All arguments for cibuildwheel.
        env: The environment variables that cibuildwheel would see.
    """
    return builds_for_linux(arguments, env) and _BUILDS_NOTHING.isdisjoint(passed)


def builds_for_linux(arguments: Arguments, env: Mapping[str, str]) -> bool:
    """Tell whether cibuildwheel's platform is Linux, by the rules of its own `_compute_platform`.

    Raises:
        RefusedError: `--only` names no build identifier of any platform.
    """
    if arguments.only:
        with refusals(arguments.package_dir):
            check_only(arguments.only)
        return "linux_" in arguments.only
    platform = arguments.platform or env.get("CIBW_PLATFORM", "") or "auto"
    if platform != "auto":
        return platform == "linux"
    return sys.platform.startswith("linux")


def read_project(
    arguments: Arguments, env: Mapping[str, str], *, own_images: Mapping[str, str] = MappingProxyType({})
) -> Project:
    """Compute cibuildwheel's effective options for every build identifier that it would build.

    Relative paths in the configuration start at the current directory, as for cibuildwheel.

    Args:
        arguments: As they would be given to cibuildwheel.
        env: The environment variables that cibuildwheel would see.
        own_images: arch -> manylinux image that counts as if `[tool.cibuildwheel]` had it: overrides and
            variables win over it.

    Raises:
        ConfigurationError: cibuildwheel cannot use the configuration; the message is cibuildwheel's own.
        RefusedError: cibuildwheel would end before it builds; the exit code is cibuildwheel's own.
        CibuildwheelVersionError: The installed cibuildwheel is not one that this module understands.
    """
    check_arguments(arguments)
    with refusals(arguments.package_dir):
        from cibuildwheel.options import CommandLineArguments, compute_options  # noqa: PLC0415

        options = compute_options("linux", _command_line(CommandLineArguments.defaults(), arguments), env)
        selector = options.globals.build_selector
        identifiers = select(options)
        check_package(arguments.package_dir)
        check_selection(options, identifiers)
        builds = tuple(_build(name, options.build_options(name)) for name in identifiers)
        if own_images:
            path = options.config_file_path
            builds = tuple(_with_own_images(builds, path, own_images, arguments, env))
        return Project(
            config_file=options.config_file_path,
            builds=builds,
            skip=selector.skip_config,
            allow_empty=options.globals.allow_empty,
            pins=_read_pins(),
            elsewhere=_elsewhere(options, identifiers),
        )


def command_line_options() -> frozenset[str]:
    """Return the options that the installed cibuildwheel's command line takes."""
    command = [sys.executable, "-m", "cibuildwheel", "--help"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return frozenset(re.findall(r"(?<![\w-])--?\w[\w-]*", done.stdout))


def pins() -> Mapping[str, Mapping[str, str]]:
    """Return what the installed cibuildwheel pins: arch -> short name of a manylinux image -> reference."""
    with refusals(Path()):
        return _read_pins()


def utility_python() -> str:
    """Return the path of the interpreter that cibuildwheel uses in every container for its own ends."""
    with refusals(Path()):
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
        # Without the option, an older cibuildwheel has None.
        frontend=getattr(options.build_frontend, "name", ""),
        tested=bool(options.test_command) and options.globals.test_selector(identifier),
        test_requires=tuple(options.test_requires),
        # cibuildwheel has them as they stand behind a name: [a,b]
        test_extras=tuple(filter(None, options.test_extras.strip("[]").replace(" ", "").split(","))),
    )


def _with_own_images(
    builds: Sequence[Build],
    path: Path | None,
    own_images: Mapping[str, str],
    arguments: Arguments,
    env: Mapping[str, str],
) -> Iterator[Build]:
    """Let cibuildwheel decide where our images count: its options with them, beside those without."""
    import tomlkit  # noqa: PLC0415
    from cibuildwheel.options import CommandLineArguments, compute_options  # noqa: PLC0415

    config = tomlkit.parse(path.read_text(encoding="utf-8") if path else "")
    table = config.setdefault("tool", {}).setdefault("cibuildwheel", {})
    for arch, image in own_images.items():
        # The table for Linux wins over the one for every platform.
        place = table.get("linux", {})
        option = f"manylinux-{arch}-image"
        (place if option in place else table)[option] = image
    with tempfile.TemporaryDirectory(prefix="cibw-debian-") as directory:
        file = Path(directory) / "cibuildwheel.toml"
        file.write_text(tomlkit.dumps(config), encoding="utf-8")
        command_line = _command_line(
            CommandLineArguments.defaults(), dataclasses.replace(arguments, config_file=str(file))
        )
        options = compute_options("linux", command_line, env)
        for build in builds:
            image = _build(build.identifier, options.build_options(build.identifier)).image
            own = image if image != build.image else ""
            yield dataclasses.replace(build, own_image=own)


def _elsewhere(options: Options, identifiers: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return which hooks the configuration has for the archs that most projects build."""
    found: dict[str, tuple[str, ...]] = {}
    pythons = [name.partition("-manylinux_")[0] for name in identifiers if "-manylinux_" in name]
    for arch in _USUAL_ARCHS if pythons else ():
        build = _build("", options.build_options(f"{pythons[-1]}-manylinux_{arch}"))
        for option, text in build.hooks.items():
            found[option] = (*found.get(option, ()), arch) if text else found.get(option, ())
    return found


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
