"""What `run` needs of the machine before it pulls or builds images."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cibw_debian.doctor.checks import Status, judge_emulation
from cibw_debian.doctor.facts import look_at_emulation, remote_address
from cibw_debian.errors import NotReadyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cibw_debian.engine.engine import Engine


def require_emulation(engine: Engine, archs: Sequence[str]) -> None:
    """Make sure that containers of some archs run; an engine on another machine is not looked at.

    Args:
        engine: The container engine of the builds.
        archs: cibuildwheel's names.

    Raises:
        EngineError: An arch needs emulation, and the engine is not ready either, which comes first.
        NotReadyError: An arch needs emulation, which is not set up; the hint has the commands that fix it.
    """
    if remote_address(engine.name, os.environ):
        return
    facts = look_at_emulation(engine, archs, "")
    failed = [
        check for check in (judge_emulation(facts, arch) for arch in archs) if check.status is Status.FAIL
    ]
    if failed:
        engine.require()
        lines = [f"  {line}" for line in dict.fromkeys(line for check in failed for line in check.fix)]
        raise NotReadyError(
            "\n".join(f"{check.name}: {check.found}" for check in failed),
            hint="\n".join((f"To fix it, or let `cibw-debian doctor --fix{engine.option}` do so:", *lines)),
        )
