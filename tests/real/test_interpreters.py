"""Images with compiled interpreters: what is in them, and a wheel for each interpreter."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from typing import TYPE_CHECKING

import pytest

from tests.command import cibw_debian, user_environment

from .conftest import EXAMPLE, docker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.engine, pytest.mark.proof]

#: what the modules of an interpreter need is in the image, and nothing of the root that compiled it
LOOK = """
import json, sys, sysconfig
import bz2, ctypes, curses, dbm.gnu, dbm.ndbm, hashlib, lzma, readline, sqlite3, ssl, uuid, zlib
values = sysconfig.get_config_vars()
print(json.dumps({
    "version": list(sys.version_info[:2]),
    "suffix": values["EXT_SUFFIX"],
    "compilers": [values[name].split()[0] for name in ("CC", "CXX", "LDSHARED", "AR")],
    "free_threaded": bool(values.get("Py_GIL_DISABLED")),
    "foreign": [k for k, v in values.items() if any(p in str(v) for p in ("/usr/src", "/cross", "/tmp"))],
    "shared": values["Py_ENABLE_SHARED"],
}))
"""
#: arch -> platform and GNU triplet
PLATFORMS = {
    "armv7l": ("linux/arm/v7", "arm-linux-gnueabihf"),
    "riscv64": ("linux/riscv64", "riscv64-linux-gnu"),
}


@pytest.fixture(
    scope="module",
    params=[
        "debian-12 armv7l cp39,cp311,cp313,cp313t",
        "debian-13 riscv64 cp39,cp313",
        "debian-11 armv7l cp39,cp313",
    ],
)
def image(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str, str]]:
    """Yield arch, reference and interpreters of an image of a catalogue of its own."""
    name, arch, pythons = request.param.split()
    shown = json.loads(cibw_debian("images", "show", name, "--format", "json").out)
    fields = {key: shown[key] for key in ("policy", "distribution", "suite", "glibc", "gcc")}
    fields |= {"description": "for a test", "repository": f"localhost/cibw-debian-test/{name}"}
    lines = [f"{key} = {json.dumps(value)}" for key, value in fields.items()]
    catalogue = tmp_path_factory.mktemp("catalogue") / "images.toml"
    catalogue.write_text(
        "\n".join(
            (
                "[images.compiled]",
                *lines,
                f'archs = ["{arch}"]',
                'package-manager = "apt"',
                "built-here = true",
                f"pythons = {json.dumps(shown['pythons'])}",
            )
        )
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CIBW_DEBIAN_IMAGES", str(catalogue))
        ran = cibw_debian("images", "build", "compiled", "--arch", arch, "--interpreters", pythons)
        assert ran.code == 0
        yield arch, ran.out.strip(), pythons
        docker("image", "rm", ran.out.strip())


def test_each_interpreter_is_whole(image: tuple[str, str, str]) -> None:
    arch, reference, pythons = image
    platform, triplet = PLATFORMS[arch]
    for tag in pythons.split(","):
        python = f"/opt/python/{tag.removesuffix('t')}-{tag}/bin/python"
        found = json.loads(docker("run", "--rm", "--platform", platform, reference, python, "-c", LOOK))
        minor = int(tag.removeprefix("cp3").removesuffix("t"))
        assert found == {
            "version": [3, minor],
            "suffix": f".cpython-{tag.removeprefix('cp')}-{triplet}.so",
            "compilers": ["gcc", "g++", "gcc", "ar"],
            "free_threaded": tag.endswith("t"),
            "foreign": [],
            "shared": 0,
        }
        on_path = f"python3.{minor}{'t' if tag.endswith('t') else ''}"
        found = json.loads(docker("run", "--rm", "--platform", platform, reference, on_path, "-c", LOOK))
        assert found["free_threaded"] == tag.endswith("t")
    checks = ("builder-paths", "flags", "extension-free-threaded")
    only = [f"--only={check}" for check in checks]
    assert cibw_debian("images", "test", "compiled", "--arch", arch, *only).code == 0


@pytest.mark.parametrize("image", ["debian-12 armv7l cp39,cp311,cp313,cp313t"], indirect=True)
def test_a_header_with_the_gil_is_found(image: tuple[str, str, str], request: pytest.FixtureRequest) -> None:
    """Extensions for free-threaded interpreters depend on one line of pyconfig.h."""
    arch, reference, _ = image
    name = f"cibw-debian-test-{uuid.uuid4().hex}"
    request.addfinalizer(lambda: docker("rm", "--force", name))
    command = "sed -i '/define Py_GIL_DISABLED/d' /opt/python/cp313-cp313t/include/python3.13t/pyconfig.h"
    docker("run", "--name", name, "--platform", PLATFORMS[arch][0], reference, "sh", "-c", command)
    docker("commit", name, f"localhost/{name}")
    request.addfinalizer(lambda: docker("image", "rm", "--force", f"localhost/{name}"))
    ran = cibw_debian("images", "test", f"localhost/{name}", "--arch", arch, "--only=extension-free-threaded")
    assert ran.code == 52
    assert "it is not imported" in ran.out


def test_each_interpreter_gives_a_tested_wheel(image: tuple[str, str, str], tmp_path: Path) -> None:
    arch, _, pythons = image
    shutil.copytree(EXAMPLE, tmp_path / "example-project")
    env = user_environment(
        **{"CIBW_ARCHS": arch, f"CIBW_MANYLINUX_{arch.upper()}_IMAGE": "compiled"},
        CIBW_DEBIAN_IMAGES=os.environ["CIBW_DEBIAN_IMAGES"],
    )
    ran = cibw_debian("run", "example-project", "--output-dir", "wheels", env=env, cwd=tmp_path)
    assert ran.code == 0
    # cibuildwheel builds no free-threaded 3.13 any more.
    wanted = {tag for tag in pythons.split(",") if not tag.endswith("t")}
    assert {wheel.name.split("-")[2] for wheel in (tmp_path / "wheels").iterdir()} >= wanted
    assert ran.out.count(f"zipdigest works on {arch}") >= len(wanted)
