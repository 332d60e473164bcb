"""One call of `run`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cibw_debian.cibw.adapter import Arguments


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """What a person asks for on the command line."""

    #: what decides which wheels are built
    arguments: Arguments
    #: all arguments for cibuildwheel except the configuration file
    passed: tuple[str, ...] = ()
    #: settings by name that win over the project's
    switches: Mapping[str, Any] = field(default_factory=dict)
    #: the command line, as a person would repeat it
    line: str = "cibw-debian run"
