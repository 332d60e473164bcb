"""cibuildwheel's refusals as ours, and what to say of a cibuildwheel that is not understood."""

from __future__ import annotations

import contextlib
import io
import re
from typing import TYPE_CHECKING

from cibw_debian.errors import CibuildwheelVersionError, ConfigurationError, RefusedError
from cibw_debian.platforms import resembling_arch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: the newest cibuildwheel that this module was tested with
NEWEST = "4.3.5"
#: cibuildwheel's exit codes for what it refuses, and its argument parser's
CONFIGURATION, NOTHING_TO_DO, DEPRECATED, USAGE = 2, 3, 4, 2


@contextlib.contextmanager
def refusals(package_dir: Path) -> Iterator[None]:
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
        raise ConfigurationError(message, hint=arch_hint(message)) from error
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"cannot read {error.filename}",
            hint=f"Looked for in the package directory, {str(package_dir)!r}.",
        ) from error
    except (ImportError, AttributeError, TypeError, LookupError) as error:
        raise _unknown_version(error) from error


def _refused(error: BaseException) -> ConfigurationError:
    message = f"cibuildwheel refuses the configuration: {str(error).strip() or type(error).__name__}"
    code = int(getattr(error, "return_code", CONFIGURATION))
    if code == CONFIGURATION:
        return ConfigurationError(message, hint=arch_hint(message))
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


def arch_hint(message: str) -> str:
    """Name the arch that may have been meant by the first quoted word of a message about architectures."""
    word = re.search(r"\barch.*?'([\w-]+)'", message)
    arch = resembling_arch(word[1]) if word else ""
    return f"Perhaps you meant {arch}?" if arch else ""
