"""A project with build requirements that have no wheels, and no line about what compiling them needs."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.command import cibw_debian, user_environment

from .conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from cibw_debian.engine.engine import Engine

pytestmark = pytest.mark.engine

PROJECT = ROOT / "tests" / "projects" / "needy"


def _run(tmp_path: Path, *args: str) -> tuple[int, str]:
    shutil.copytree(PROJECT, tmp_path / "needy")
    env = user_environment(
        CIBW_ARCHS="armv7l",
        CIBW_MANYLINUX_ARMV7L_IMAGE="debian-12",
        CIBW_BUILD="cp311-manylinux_*",
        CIBW_DEBIAN_REQUIREMENTS="on",
    )
    ran = cibw_debian("run", "needy", "--output-dir", "wheels", *args, env=env, cwd=tmp_path)
    return ran.code, ran.out + ran.err


def test_what_compiling_build_requirements_needs_is_installed(engine: Engine, tmp_path: Path) -> None:
    del engine
    code, log = _run(tmp_path)
    assert code == 0
    (wheel,) = (tmp_path / "wheels").iterdir()
    assert wheel.name.startswith("needy-1.0.0-cp311-")
    assert "cffi has no wheel for armv7l: it is compiled with packages that are there already" in log
    assert "pylibacl has no wheel for armv7l: libacl1-dev is installed to compile it" in log


def test_without_it_they_cannot_be_compiled(engine: Engine, tmp_path: Path) -> None:
    """Our images have libffi's headers, with GLib's, and not libacl's."""
    del engine
    code, log = _run(tmp_path, "--no-requirements")
    assert code != 0
    assert "sys/acl.h: No such file" in log
    assert "no wheel" not in log
