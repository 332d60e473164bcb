"""The checks of the contract, and their results."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import tomli

from cibw_debian.errors import ConfigurationError
from cibw_debian.platforms import ARCHS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cibw_debian.engine.engine import LocalImage
    from cibw_debian.images.catalogue import Image

#: the exit code of a command that has nothing to check
SKIPPED = 77
#: the exit code of `timeout`
_TIMED_OUT = 124
#: colours, and characters that XML cannot have
_CONTROL = re.compile(r"\x1b\[[0-9;]*m|[\x00-\x1f\x7f\ufffe\uffff]")


class Status(StrEnum):
    OK = "ok"
    FAIL = "fail"
    #: faults of an image that does not promise to be without
    NOTE = "note"
    SKIP = "skip"


@dataclass(frozen=True, kw_only=True)
class Check:
    #: as the fields in checks.toml
    id: str
    meaning: str
    run: str = ""
    judge: str = ""
    each: bool = False
    network: bool = False
    ours: bool = False


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The image that is checked."""

    reference: str
    arch: str
    local: LocalImage
    #: None for an image that the catalogue does not have
    image: Image | None

    @property
    def policy(self) -> str:
        """``manylinux_2_36``, empty if neither the catalogue nor the image tells."""
        return self.image.policy if self.image else self.local.variables.get("AUDITWHEEL_POLICY", "")

    @property
    def is_ours(self) -> bool:
        built_here = self.image is not None and self.image.built_here
        return built_here or self.local.labels.get("org.opencontainers.image.vendor") == "cibw-debian"

    def variables(self, utility_python: str) -> dict[str, str]:
        """Return the variables of the commands."""
        pythons = self.image.pythons if self.image else ()
        return {
            "ARCH": self.arch,
            "GLIBC": self.policy.removeprefix("manylinux_").replace("_", "."),
            "PYTHONS": " ".join(tag for tag in pythons if tag != "*"),
            "UTILITY_PYTHON": utility_python,
            "TRIPLET": ARCHS[self.arch].triplet,
        }


@dataclass(frozen=True, kw_only=True)
class Result:
    check: Check
    #: the interpreter in /opt/python, empty for a check of the whole image
    interpreter: str = ""
    status: Status
    #: why it failed or was skipped
    reasons: tuple[str, ...] = ()
    seconds: float = 0

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.check.id,
            "meaning": self.check.meaning,
            "interpreter": self.interpreter or None,
            "status": self.status.value,
            "reasons": list(self.reasons),
            "seconds": round(self.seconds, 1),
        }


def load_checks(only: Sequence[str] = ()) -> tuple[Check, ...]:
    """Return the checks of the contract.

    Args:
        only: The checks that are wanted; all of them if there are none.

    Raises:
        ConfigurationError: There is no such check.
    """
    text = files("cibw_debian.images.contract").joinpath("checks.toml").read_text(encoding="utf-8")
    checks = tuple(Check(**table) for table in tomli.loads(text)["checks"])
    known = [check.id for check in checks]
    for name in only:
        if name not in known:
            raise ConfigurationError(f"there is no check {name!r}", hint=f"Checks: {', '.join(known)}.")
    return tuple(check for check in checks if not only or check.id in only)


def read_output(code: int, output: str, errors: str, *, seconds: int) -> tuple[bool, tuple[str, ...]]:
    """Return whether a check's command had something to check, and its faults or why not. Pure.

    Args:
        code: The command's exit code.
        output: What the command wrote to standard output.
        errors: What it wrote to standard error.
        seconds: How long it could take.
    """
    lines = [line for line in (_CONTROL.sub("", line).strip() for line in output.splitlines()) if line]
    if code == SKIPPED:
        return False, tuple(lines)
    if code == _TIMED_OUT:
        lines.append(f"the command did not end within {seconds} seconds")
    elif code and not lines:
        last = (errors.strip().splitlines() or ["no message"])[-1]
        lines.append(f"the command ended with {code}: {_CONTROL.sub('', last).strip()}")
    return True, tuple(lines)


def status_of(check: Check, faults: Sequence[str], *, ours: bool) -> Status:
    """Return the status of a check that found faults, or none. Pure.

    Args:
        check: The check.
        faults: Its faults.
        ours: Whether the image is one of ours, which promises more.
    """
    if not faults:
        return Status.OK
    return Status.FAIL if ours or not check.ours else Status.NOTE
