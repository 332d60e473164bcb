"""The errors that end a command: one class for each exit code.

The numbers start at 40 because ``run`` passes cibuildwheel's own exit codes through, and those are small.
The README's table of exit codes is checked against this module by a test.
"""

from __future__ import annotations

import re


class CibwDebianError(Exception):
    """A problem that a person can solve; shown without a traceback.

    Args:
        message: What is wrong, and where.
        hint: What to do next; one or more lines, or nothing.
    """

    exit_code: int = 1

    @property
    def code(self) -> str:
        """A stable word for programs: ``unknown-image`` of `UnknownImageError`."""
        return re.sub(r"(?<=.)([A-Z])", r"-\1", type(self).__name__.removesuffix("Error")).lower()

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(Exception):
    """The command line is not understood; `usage` is the text that shows how to write it."""

    exit_code = 2
    code = "usage"
    hint = ""

    def __init__(self, message: str, usage: str) -> None:
        super().__init__(message)
        self.message = message
        self.usage = usage


class ConfigurationError(CibwDebianError):
    """`[tool.cibw-debian]`, cibuildwheel's own configuration or an argument is not usable."""

    exit_code = 40


class RefusedError(ConfigurationError):
    """cibuildwheel would end before it builds anything.

    Args:
        message: What is wrong, and where.
        hint: What to do next; one or more lines, or nothing.
        exit_code: What cibuildwheel itself would exit with.
    """

    def __init__(self, message: str, *, hint: str = "", exit_code: int) -> None:
        super().__init__(message, hint=hint)
        self.exit_code = exit_code


class DataError(CibwDebianError):
    """A data file (image catalogue, mapping table, index, bundle) is damaged or does not fit its schema."""

    exit_code = 41


class UnknownImageError(CibwDebianError):
    """No image of the catalogue answers to the name for this arch."""

    exit_code = 42


class TranslationError(CibwDebianError):
    """A hook or script cannot be translated as a whole, so none of it was."""

    exit_code = 43


class ImageUnavailableError(CibwDebianError):
    """An image is not on this machine, and its registry does not give it."""

    exit_code = 44


class ImageBuildError(CibwDebianError):
    """An image could not be built here."""

    exit_code = 45


class EngineError(CibwDebianError):
    """The container engine is missing, not running or too old, or it cannot use an image of the plan."""

    exit_code = 46


class NotReadyError(CibwDebianError):
    """`doctor` found something that keeps builds from working."""

    exit_code = 47


class MissingInterpreterError(CibwDebianError):
    """A chosen image lacks selected interpreters."""

    exit_code = 48


class NativeError(CibwDebianError):
    """The native compiler was asked for and is not available."""

    exit_code = 49


class CibuildwheelVersionError(CibwDebianError):
    """The installed cibuildwheel is not one that this version understands."""

    exit_code = 50


class OutdatedError(CibwDebianError):
    """`sync --check` found that the block in the configuration is not up to date."""

    exit_code = 51


class ContractError(CibwDebianError):
    """`images test` found that an image does not keep the contract."""

    exit_code = 52


class PinError(CibwDebianError):
    """`images verify` found a pin whose image vanished from its registry, or is another one now."""

    exit_code = 53


class BugError(CibwDebianError):
    """An unexpected exception: a fault of this package, not of the user."""

    exit_code = 70  # EX_SOFTWARE of sysexits.h
