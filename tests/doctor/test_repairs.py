from __future__ import annotations

from typing import TYPE_CHECKING

from cibw_debian.doctor.checks import Check, Status, failed
from cibw_debian.doctor.repairs import fix

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest


class Machine:
    """A directory: a check is good once its file is there."""

    def __init__(self, root: Path, fixes: dict[str, tuple[str, ...]], *, automatic: bool = True) -> None:
        self.root = root
        self.fixes = fixes
        self.automatic = automatic
        self.said: list[str] = []

    def look(self) -> Sequence[Check]:
        return [
            Check(
                name=name,
                status=Status.OK if (self.root / name).exists() else Status.FAIL,
                found="",
                fix=fix,
                automatic=self.automatic,
            )
            for name, fix in self.fixes.items()
        ]

    def repair(self) -> list[str]:
        checks = fix(self.look, say=self.said.append)
        return [check.name for check in failed(checks)]


def test_commands_run_in_order_once_and_a_failing_one_is_not_the_end(tmp_path: Path) -> None:
    update = f"echo x >> {tmp_path}/updates; false"
    machine = Machine(
        tmp_path, {name: (update, f"touch {tmp_path}/{name}") for name in ("emulation", "engine", "tools")}
    )
    assert machine.repair() == []
    assert machine.said[:2] == [f"+ {update}", f"+ touch {tmp_path}/emulation"]
    assert (tmp_path / "updates").read_text() == "x\n"


def test_what_cannot_be_fixed_is_told_and_tried_once(tmp_path: Path) -> None:
    machine = Machine(tmp_path, {"engine": ("false",), "tools": (f"touch {tmp_path}/tools",)})
    assert machine.repair() == ["engine"]
    assert machine.said == ["+ false", f"+ touch {tmp_path}/tools"]


def test_advice_is_not_run(tmp_path: Path) -> None:
    machine = Machine(tmp_path, {"disk": (f"touch {tmp_path}/disk",)}, automatic=False)
    assert machine.repair() == ["disk"]
    assert machine.said == []
    assert not (tmp_path / "disk").exists()


def test_standard_output_stays_clean(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Machine(tmp_path, {"tools": (f"echo chatter; touch {tmp_path}/tools",)}).repair()
    assert capfd.readouterr().out == ""
