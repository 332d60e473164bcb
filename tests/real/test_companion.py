"""Hooks that call scripts: `dnf` and `yum` answered inside the container, and nothing left behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.command import cibw_debian, user_environment
from tests.relay import engine_over_tcp
from tests.same_result import compare

from .conftest import EXAMPLE, docker

if TYPE_CHECKING:
    from cibw_debian.engine.engine import Engine

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("engine")]

SCRIPTED = Path(__file__).parent.parent / "projects" / "scripted"
IMAGE = "localhost/cibw-debian/debian-11:armv7l"


def volumes() -> set[str]:
    return set(docker("volume", "ls", "--quiet", "--filter", "label=cibw-debian").split())


def containers() -> list[str]:
    return docker("ps", "--all", "--quiet", "--filter", "label=cibw-debian.run").split()


def test_scripts_run_unmodified(tmp_path: Path) -> None:
    shutil.copytree(SCRIPTED, tmp_path, dirs_exist_ok=True)
    env = user_environment(CIBW_ARCHS="armv7l", CIBW_BUILD="cp39-*")
    ran = cibw_debian("run", "--allow-missing", "--report", "report.json", env=env, cwd=tmp_path)
    assert ran.code == 0
    assert "dnf and yum are answered at run time (before-all: /project/ci/deps.sh is a script" in ran.err
    assert [wheel.name.split("-")[0] for wheel in (tmp_path / "wheelhouse").iterdir()] == ["scripted"]
    installed = json.loads((tmp_path / "report.json").read_text())["installed"]["manylinux_armv7l"]
    assert {package["name"] for package in installed} >= {"libbz2-dev", "liblzma-dev"}
    assert all(package["version"] in ran.err for package in installed)
    assert not containers()


def test_the_same_project_fails_with_plain_cibuildwheel(engine: Engine, tmp_path: Path) -> None:
    assert engine.image_platform(IMAGE) == "linux/arm/v7"
    shutil.copytree(SCRIPTED, tmp_path, dirs_exist_ok=True)
    env = user_environment(CIBW_ARCHS="armv7l", CIBW_BUILD="cp39-*", CIBW_MANYLINUX_ARMV7L_IMAGE=IMAGE)
    done = subprocess.run(
        [sys.executable, "-m", "cibuildwheel"],
        env=env,
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "what kind of image is this?" in done.stderr + done.stdout


def test_without_the_companion_there_is_no_volume(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    for name in volumes():
        docker("volume", "rm", "--force", name)
    # Without the host's CA bundle the build may fail later; the hook is all that matters here.
    env = user_environment(CIBW_ARCHS="armv7l", CIBW_BEFORE_ALL="ls -d /opt/cibw-debian; exit 1")
    ran = cibw_debian("run", "--no-companion", env=env, cwd=tmp_path)
    assert ran.code == 1
    assert "cannot access '/opt/cibw-debian'" in ran.err + ran.out
    assert volumes() == set()


def test_a_remote_engine_works_the_same(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    for name in volumes():
        docker("volume", "rm", "--force", name)
    hook = "bash -c 'yum install -y $NAME' && ls /usr/include/bzlib.h && exit 3"
    with engine_over_tcp() as port:
        env = user_environment(
            CIBW_ARCHS="armv7l",
            CIBW_BEFORE_ALL=hook,
            CIBW_ENVIRONMENT="NAME=bzip2-devel",
            DOCKER_HOST=f"tcp://127.0.0.1:{port}",
        )
        ran = cibw_debian("run", env=env, cwd=tmp_path)
    assert "Setting up libbz2-dev" in ran.out
    assert "/usr/include/bzlib.h" in ran.out
    assert ran.code == 1
    assert volumes()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda s: s.name)
def test_an_interrupted_run_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    for name in volumes():
        docker("volume", "rm", "--force", name)
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    env = user_environment(CIBW_ARCHS="armv7l", CIBW_BEFORE_ALL="bash -c 'echo $0 is waiting; sleep 600'")
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "cibw_debian", "run", "--companion"],
            env=env,
            cwd=tmp_path,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        _wait_for(lambda: b"bash is waiting\n" in (tmp_path / "log").read_bytes(), 120)
        if number is signal.SIGINT:
            os.killpg(process.pid, number)  # as a terminal does
        else:
            process.send_signal(number)
        assert process.wait(60) != 0
    _wait_for(lambda: not containers(), 60)
    again = user_environment(CIBW_ARCHS="armv7l", CIBW_BEFORE_ALL="dnf --version && exit 3")
    ran = cibw_debian("run", "--companion", env=again, cwd=tmp_path)
    assert "apt " in ran.out
    assert not containers()


def _wait_for(condition: object, seconds: float) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.2)


#: an extension that finds a library by the path that it has on RHEL, or by its name
LINKED = """
import os, setuptools
native = setuptools.Extension("linked", ["linked.c"], extra_link_args=[os.environ["LIBRARY"]])
setuptools.setup(name="linked", version="1", ext_modules=[native])
"""
LINKED_C = """
#include <Python.h>
extern const char *lzma_version_string(void);
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "linked"};
PyMODINIT_FUNC PyInit_linked(void) { return lzma_version_string() ? PyModule_Create(&module) : NULL; }
"""


@pytest.mark.proof
def test_a_library_by_its_path_on_rhel_gives_the_same_wheel(tmp_path: Path) -> None:
    (tmp_path / "setup.py").write_text(LINKED)
    (tmp_path / "linked.c").write_text(LINKED_C)
    wheels: list[Path] = []
    for library in ("/usr/lib64/liblzma.so", "-llzma"):
        env = user_environment(
            CIBW_ARCHS="armv7l",
            CIBW_BUILD="cp311-manylinux*",
            CIBW_MANYLINUX_ARMV7L_IMAGE="debian-12",
            CIBW_BEFORE_ALL="dnf install -y xz-devel && test -L /usr/lib64",
            CIBW_ENVIRONMENT=f"LIBRARY={library}",
            CIBW_TEST_COMMAND="python -c 'import linked'",
        )
        output = tmp_path / f"wheels{len(wheels)}"
        ran = cibw_debian("run", "--companion", "--output-dir", str(output), env=env, cwd=tmp_path)
        assert ran.code == 0, ran.err
        (wheel,) = output.iterdir()
        wheels.append(wheel)
    assert wheels[0].name == wheels[1].name
    assert compare(*wheels) == []
