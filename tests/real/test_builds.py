"""From `dnf install` to a tested wheel, with cibuildwheel and everything else as a user has it."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.command import cibw_debian, user_environment

from .conftest import EXAMPLE, docker

if TYPE_CHECKING:
    from pathlib import Path

    from cibw_debian.engine.engine import Engine

pytestmark = pytest.mark.engine

#: e_machine of the ELF header; ELF specification and the RISC-V psABI
EM_ARM, EM_X86_64, EM_RISCV = 40, 62, 243


def elf_headers(wheel: Path) -> dict[str, tuple[int, int]]:
    """File name -> ELF class in bits and machine, of every shared library in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        heads = {
            name: archive.read(name)[:20] for name in archive.namelist() if re.search(r"\.so[.\d]*$", name)
        }
    assert all(head.startswith(b"\x7fELF") for head in heads.values())
    return {
        name: ({1: 32, 2: 64}[head[4]], int.from_bytes(head[18:20], "little")) for name, head in heads.items()
    }


@dataclass(frozen=True, kw_only=True)
class Expected:
    tag: str
    #: bits and e_machine
    elf: tuple[int, int]


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        pytest.param(
            {"CIBW_ARCHS": "armv7l"},
            Expected(tag="cp39-cp39-manylinux_2_31_armv7l", elf=(32, EM_ARM)),
            id="armv7l",
        ),
        pytest.param(
            {"CIBW_ARCHS": "riscv64", "CIBW_MANYLINUX_RISCV64_IMAGE": "debian-13"},
            Expected(tag="cp313-cp313-manylinux_2_41_riscv64", elf=(64, EM_RISCV)),
            id="riscv64",
        ),
        pytest.param(
            {"CIBW_ARCHS": "x86_64", "CIBW_MANYLINUX_X86_64_IMAGE": "debian-12"},
            Expected(tag="cp311-cp311-manylinux_2_36_x86_64", elf=(64, EM_X86_64)),
            id="x86_64",
        ),
    ],
)
def test_the_example_project_becomes_a_tested_wheel(
    engine: Engine, tmp_path: Path, variables: dict[str, str], expected: Expected
) -> None:
    del engine
    shutil.copytree(EXAMPLE, tmp_path / "example-project")
    # An image may have more interpreters than its suite has. Debian has no source of 3.10: no image has that.
    env = user_environment(**variables, CIBW_BUILD=f"{expected.tag.partition('-')[0]}-* cp310-*")
    ran = cibw_debian("run", "example-project", "--output-dir", "wheels", env=env, cwd=tmp_path)
    assert ran.code == 0
    (wheel,) = (tmp_path / "wheels").iterdir()
    # auditwheel adds the tags of older policies that the wheel meets too.
    python_tag, _, policy_tag = expected.tag.rpartition("-")
    assert re.fullmatch(rf"zipdigest-1\.0\.0-{python_tag}-(\w+\.)*{policy_tag}\.whl", wheel.name)
    headers = elf_headers(wheel)
    # libcrypto was copied into the wheel, with what it needs itself; zlib is on every manylinux system.
    libraries = {re.split(r"[-.]", name.split("/")[-1])[0] for name in headers}
    assert libraries >= {"_native", "libcrypto"}
    assert "libz" not in libraries
    assert set(headers.values()) == {expected.elf}
    assert f"zipdigest works on {variables['CIBW_ARCHS']}" in ran.out
    assert "skipping cp" in ran.err
    assert "before-all translated" in ran.err
    # The machine's own architecture needs no compiler of the machine's beside the image's.
    assert ("compiling natively" in ran.err) is (variables["CIBW_ARCHS"] != platform.machine())


def test_a_hook_that_cannot_be_translated_starts_no_container(engine: Engine, tmp_path: Path) -> None:
    del engine
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    before = docker("ps", "--all", "--quiet", "--no-trunc")
    env = user_environment(
        CIBW_ARCHS="armv7l", CIBW_BEFORE_ALL="dnf install -y openssl-devel no-such-thing-devel"
    )
    ran = cibw_debian("run", env=env, cwd=tmp_path)
    assert ran.code == 43
    assert "no-such-thing-devel" in ran.err
    assert docker("ps", "--all", "--quiet", "--no-trunc") == before
    assert not (tmp_path / "wheelhouse").exists()


def test_an_image_that_cannot_be_pulled_names_one_that_can_be_built(engine: Engine, tmp_path: Path) -> None:
    del engine
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    # Port 1 of this machine: a registry that never answers.
    env = user_environment(CIBW_ARCHS="armv7l", CIBW_MANYLINUX_ARMV7L_IMAGE="localhost:1/some/image:1")
    ran = cibw_debian("run", env=env, cwd=tmp_path)
    assert ran.code == 44
    assert "localhost:1/some/image:1" in ran.err
    assert "cannot be reached" in ran.err
    assert "debian-11 (manylinux_2_31, cp39)" in ran.err
    assert "Try: CIBW_MANYLINUX_ARMV7L_IMAGE=debian-11 cibw-debian run --allow-missing" in ran.err


def test_plain_cibuildwheel_builds_by_what_sync_wrote(engine: Engine, tmp_path: Path) -> None:
    del engine
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    original = (tmp_path / "pyproject.toml").read_bytes()
    env = user_environment(CIBW_BUILD="cp39-*", CIBW_ARCHS="armv7l")
    assert cibw_debian("images", "build", "debian-11", "--arch", "armv7l").code == 0
    assert cibw_debian("sync", "--archs", "armv7l", cwd=tmp_path).code == 0
    subprocess.run([sys.executable, "-m", "cibuildwheel"], cwd=tmp_path, env=env, check=True)
    (wheel,) = (tmp_path / "wheelhouse").iterdir()
    assert wheel.name.startswith("zipdigest-1.0.0-cp39-cp39-manylinux_")
    assert wheel.name.endswith("manylinux_2_31_armv7l.whl")
    assert cibw_debian("sync", "--check", cwd=tmp_path).code == 0
    assert cibw_debian("sync", "--remove", cwd=tmp_path).code == 0
    assert (tmp_path / "pyproject.toml").read_bytes() == original
