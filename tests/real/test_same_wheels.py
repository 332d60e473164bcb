"""One project built by the native compiler and by the emulated one: nobody can tell the wheels apart."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, NamedTuple

import pytest

from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.platforms import ARCHS
from tests.command import cibw_debian, user_environment
from tests.same_result import compare, read_wheel

from .conftest import ROOT, docker

if TYPE_CHECKING:
    from pathlib import Path

    from cibw_debian.engine.engine import Engine

pytestmark = pytest.mark.engine

PROJECT = ROOT / "tests/projects/polyglot"
#: prints a line for each trace of the native compiler in a container
TRACES = (
    "{ find /usr /etc /opt -xdev -name '*.emulated' -o -name '*cibw-debian-native*'; "
    "grep cibw-debian-native /proc/self/mountinfo; env | grep -E '^(PIP_COMPILE|CIBW_DEBIAN)'; } "
    "| sed 's/^/trace: /'"
)
#: Installs and uses a wheel, and prints hashes of its libraries: without symbol table, which has the paths of
#: crti.o and its like as they were found, and without build ID, a hash of that table too.
CHECK = """
set -eu
"$1" -m pip install --quiet --no-index --target /installed /check/*.whl
PYTHONPATH=/installed "$1" /check/check.py
cd /installed
find . -name '*.so*' | sort | while read -r library; do
    strip "$library"
    objcopy --remove-section=.note.gnu.build-id "$library"
    sha256sum "$library"
done
"""


class Built(NamedTuple):
    wheel: Path
    log: str
    #: of the native compiler in the container
    traces: list[str]


def build(directory: Path, arch: str, image: str, switch: str) -> Built:
    env = user_environment(
        CIBW_ARCHS=arch,
        # The suite's own: an image may have more.
        CIBW_BUILD=f"{load_catalogue().get(image).pythons[0]}-*",
        **{f"CIBW_MANYLINUX_{arch.upper()}_IMAGE": image},
        CIBW_BEFORE_BUILD=TRACES,
    )
    wheels = directory / switch.strip("-")
    ran = cibw_debian(
        "run", switch, "--allow-missing", "polyglot", "--output-dir", str(wheels), env=env, cwd=directory
    )
    assert ran.code == 0
    assert f"polyglot works on {arch}" in ran.out
    (wheel,) = wheels.iterdir()
    return Built(wheel, ran.err, re.findall(r"^\s*trace: (.*)", ran.out, re.MULTILINE))


@pytest.mark.parametrize(
    ("arch", "image"),
    [("armv7l", "debian-11"), pytest.param("riscv64", "debian-13", marks=pytest.mark.proof)],
)
def test_wheels_are_the_same(engine: Engine, tmp_path: Path, arch: str, image: str) -> None:
    del engine
    shutil.copytree(PROJECT, tmp_path / "polyglot")
    plain = build(tmp_path, arch, image, "--no-native-compiler")
    native = build(tmp_path, arch, image, "--native-compiler")

    assert "compiling natively" not in plain.log
    assert plain.traces == []
    assert f"manylinux_{arch}: compiling natively" in native.log
    assert {f"/usr/bin/{ARCHS[arch].triplet}-ld.bfd.emulated", "PIP_COMPILE=0"} <= set(native.traces)

    assert compare(plain.wheel, native.wheel) == []
    # The project is what it is meant to be: a library that was copied, one that was linked in.
    needed = {
        name.split("/")[-1].split(".")[0]: " ".join(interface.dynamic)
        for name, interface in read_wheel(native.wheel).items()
        if interface
    }
    assert "libthrower-" in needed["_cxx"]
    assert "libstdc++" in needed["_cxx"]
    assert "libstdc++" not in needed["_static"]
    assert "libgfortran-" in needed["_fortran"]

    checked = check(plain.wheel, arch, image)
    assert f"polyglot works on {arch}" in checked
    assert check(native.wheel, arch, image) == checked


def check(wheel: Path, arch: str, image: str) -> str:
    """What CHECK prints in a container with no volume and nothing of ours."""
    directory = wheel.parent
    shutil.copy(PROJECT / "tests/check.py", directory)
    (directory / "check.sh").write_text(CHECK)
    reference = load_catalogue().get(image).reference(arch)
    _, _, *tags = wheel.name.split("-")
    python = f"/opt/python/{'-'.join(tags[:2])}/bin/python"
    container = docker(
        *("create", "--platform", ARCHS[arch].oci, reference), *("bash", "/check/check.sh", python)
    ).strip()
    try:
        docker("cp", f"{directory}/.", f"{container}:/check")
        return docker("start", "--attach", container)
    finally:
        docker("rm", "--force", "--volumes", container)
