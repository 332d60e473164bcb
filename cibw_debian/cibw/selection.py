"""Which build identifiers cibuildwheel selects, and what it checks before its first container."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from typing import TYPE_CHECKING, Any, cast

from cibw_debian.cibw.refusals import CONFIGURATION, DEPRECATED, NOTHING_TO_DO, USAGE, arch_hint
from cibw_debian.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cibuildwheel.options import Options

    from cibw_debian.cibw.adapter import Arguments

#: cibuildwheel's names of platforms other than Linux
_OTHER_PLATFORMS = ("macos", "windows", "pyodide", "android", "ios")
#: any one of these files makes a directory a package
_PACKAGE_FILES = ("setup.py", "setup.cfg", "pyproject.toml")


def check_arguments(arguments: Arguments) -> None:
    """Refuse what cibuildwheel's argument parser refuses."""
    for option in ("archs", "platform"):
        if arguments.only and getattr(arguments, option) is not None:
            message = f"--{option} cannot be given with --only, which decides it"
            raise RefusedError(message, exit_code=CONFIGURATION)
    if arguments.only:
        check_only(arguments.only)


def check_package(package_dir: Path) -> None:
    """Refuse a directory that is no package."""
    if not any((package_dir / name).exists() for name in _PACKAGE_FILES):
        what = (
            "no such directory" if not package_dir.exists() else f"none of {', '.join(_PACKAGE_FILES)} in it"
        )
        raise RefusedError(
            f"{package_dir} is not a package: {what}",
            hint="Name the package's directory, or a source distribution (.tar.gz).",
            exit_code=CONFIGURATION,
        )


def select(options: Options) -> list[str]:
    """Return what cibuildwheel's own `get_python_configurations` selects.

    That function's module imports the code for all platforms: a quarter of the time of a cold call of `plan`.
    """
    chosen = options.globals.build_selector
    ends = tuple(architecture.value for architecture in options.globals.architectures)
    return [name for name in _all_identifiers() if name.endswith(ends) and chosen(name)]


def check_only(only: str) -> None:
    """Refuse `--only` with what is no build identifier of any platform."""
    for platform in ("linux", *_OTHER_PLATFORMS):
        # The oldest supported cibuildwheel has fewer platforms.
        with contextlib.suppress(KeyError):
            if only in _all_identifiers(platform):
                return
    raise _no_such_identifier(only)


def _all_identifiers(platform: str = "linux") -> list[str]:
    from cibuildwheel.util.resources import read_python_configs  # noqa: PLC0415

    return [config["identifier"] for config in read_python_configs(cast("Any", platform))]


def check_selection(options: Options, identifiers: Sequence[str]) -> None:
    """Let cibuildwheel check what it checks between its options and its first container."""
    from cibuildwheel.architecture import allowed_architectures_check  # noqa: PLC0415

    if _needs_a_closer_look(options, identifiers):
        from cibuildwheel.__main__ import print_preamble  # noqa: PLC0415  (imports the code for all platforms)

        print_preamble(platform="linux", options=options, identifiers=identifiers)
    try:
        options.check_for_invalid_configuration(identifiers)
        allowed_architectures_check("linux", options.globals.architectures)
    except ValueError as error:
        message = f"cibuildwheel refuses: {error}"
        raise RefusedError(message, hint=arch_hint(message), exit_code=DEPRECATED) from error
    if not identifiers and not options.globals.allow_empty:
        selector = options.globals.build_selector
        without = f" without {selector.skip_config!r}" if selector.skip_config else ""
        python = f", where Python is {selector.requires_python}" if selector.requires_python else ""
        raise RefusedError(
            "there is nothing to build: no build identifier is selected",
            hint=f"Selected is {selector.build_config!r}{without},"
            f" for {', '.join(sorted(options.globals.architectures))}{python}.",
            exit_code=NOTHING_TO_DO,
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


def _no_such_identifier(only: str) -> RefusedError:
    from difflib import get_close_matches  # noqa: PLC0415

    close = get_close_matches(only, _all_identifiers(), n=3)
    meant = f" Perhaps you meant {' or '.join(close)}?" if close else ""
    return RefusedError(
        f"--only {only}: there is no such build identifier.{meant}",
        hint="`cibw-debian run --print-build-identifiers` prints what the configuration selects.",
        exit_code=USAGE,
    )
