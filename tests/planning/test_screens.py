"""Whole screens of `plan` and `run`, word for word.

`python -m tests.planning.test_screens` writes them anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cibw_debian.engine.state import ImageState
from cibw_debian.planning.outlook import foresee
from cibw_debian.planning.refusal import refusal
from cibw_debian.planning.report import render_plan, summarize_plan, to_json
from cibw_debian.settings import Settings
from cibw_debian.terminal import unstyle

from .test_plan import build, plan

if TYPE_CHECKING:
    from cibw_debian.errors import CibwDebianError
    from cibw_debian.planning.plan import Plan

SCREENS = Path(__file__).with_name("screens")
INSTALL = {"before_all": "dnf install -y openssl-devel", "test_command": "pytest\ntrue"}
LENIENT = {"before_all": "make deps", "before_build": "yum install -y one-devel || true"}
ALPINE = {"before_all": "yum install -y a", "before_build": "dnf install b"}

PLANS = {
    "many": plan(
        *(build(f"cp3{minor}-manylinux_armv7l", "debian-11", **LENIENT) for minor in (9, 10, 11)),
        build("cp311-manylinux_riscv64", "debian-13", **INSTALL),
        build("cp313-manylinux_aarch64", "noble", **INSTALL),
        build("cp314t-manylinux_aarch64", "noble", **INSTALL),
        build("cp311-manylinux_x86_64", "example.org/an/image:1@sha256:0123", **INSTALL),
        build("cp311-musllinux_armv7l", "example.org/alpine:1", **ALPINE),
    ),
    "allowed": plan(
        *(build(f"cp3{minor}-manylinux_armv7l", "debian-12", **INSTALL) for minor in (10, 11)),
        build("cp311-manylinux_armv7l", "myimage", environment='"$(dnf -y install openssl-devel)"'),
        allow_missing=True,
    ),
    "refused": plan(
        build("cp39-manylinux_armv7l", "debian-11", before_all="dnf install -y one-devel openssl-devel"),
        build("cp313-manylinux_riscv64", "debian-13", before_all="dnf install -y one-devel openssl-devel"),
    ),
    "alpine": plan(build("cp311-musllinux_armv7l", "example.org/alpine:1", **ALPINE)),
    "nothing-left": plan(build("pp27-manylinux_armv7l", "debian-12"), allow_missing=True),
    "empty": plan(),
}


def screens(planned: Plan) -> dict[str, str]:
    states = [*ImageState] * 2
    outlooks = [
        foresee(build, states[number], "amd64", Settings()) if build.ours else None
        for number, build in enumerate(planned.builds)
    ]
    refused = refusal(planned)
    return {
        "folded": unstyle(render_plan(planned, outlooks=outlooks, width=80)),
        "exact": unstyle(render_plan(planned, outlooks=outlooks, exact=True)),
        "log": unstyle("\n".join(summarize_plan(planned))),
        "error": unstyle(_error(refused)) if refused else "",
        "json": json.dumps(to_json(planned, outlooks), indent=1),
    }


def _error(refused: CibwDebianError) -> str:
    return f"{refused.exit_code}\n{refused.message}\n--\n{refused.hint}"


@pytest.mark.parametrize("name", PLANS)
def test_screens(name: str) -> None:
    for kind, text in screens(PLANS[name]).items():
        expected = (SCREENS / f"{name}.{kind}.txt").read_text()
        assert text + "\n" == expected, f"{name}.{kind}"


@pytest.mark.parametrize("name", PLANS)
def test_a_terminal_of_80_columns_is_wide_enough_for_sentences(name: str) -> None:
    """Commands are shown as they are, however long."""
    for line in screens(PLANS[name])["folded"].splitlines():
        assert len(line) <= 80 or line.lstrip().startswith(("- ", "+ "))


def test_colours_change_no_word() -> None:
    for planned in PLANS.values():
        for width in (None, 60):
            coloured = render_plan(planned, width=width)
            assert "\x1b[" in coloured or not planned.builds
            assert "\x1b" not in unstyle(coloured)


if __name__ == "__main__":
    SCREENS.mkdir(exist_ok=True)
    for name, planned in PLANS.items():
        for kind, text in screens(planned).items():
            (SCREENS / f"{name}.{kind}.txt").write_text(text + "\n")
