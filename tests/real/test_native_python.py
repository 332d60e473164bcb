"""Python's share natively: the wheel is the one of emulated programs, to the byte but for compiled code.

The project has in its wheel what setup.py saw of the machine, and what Cython wrote.
"""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.mounts.native.choice import suites_python
from cibw_debian.mounts.native.toolchain import Toolchain, make_ready
from cibw_debian.mounts.native.tree import MOUNT
from cibw_debian.mounts.native.uv import uv_args
from cibw_debian.platforms import ARCHS
from tests.command import cibw_debian, user_environment
from tests.planning.test_plan import build as a_build
from tests.planning.test_plan import plan
from tests.same_result import compare

from .conftest import ROOT, docker

if TYPE_CHECKING:
    from cibw_debian.engine.engine import Engine
    from cibw_debian.engine.volumes import Volumes

pytestmark = pytest.mark.engine


class Built(NamedTuple):
    wheel: Path
    out: str
    log: str


def build(
    directory: Path, arch: str, image: str, frontend: str, *switches: str, project: str = "cythonic"
) -> Built:
    env = user_environment(
        CIBW_ARCHS=arch,
        CIBW_BUILD=f"{load_catalogue().get(image).pythons[0]}-*",
        CIBW_BUILD_FRONTEND=frontend,
        # Without it, pip shows nothing of what a backend says.
        CIBW_BUILD_VERBOSITY=str(int(frontend == "pip")),
        **{f"CIBW_MANYLINUX_{arch.upper()}_IMAGE": image},
    )
    wheels = directory / ("native" if "--native-python" in switches else "emulated")
    ran = cibw_debian("run", *switches, project, "--output-dir", str(wheels), env=env, cwd=directory)
    assert ran.code == 0, ran.out
    (wheel,) = wheels.iterdir()
    return Built(wheel, ran.out, ran.err)


def texts(wheel: Path) -> dict[str, bytes]:
    """Return what is no compiled code: path -> content; the list of hashes without those of libraries."""
    with zipfile.ZipFile(wheel) as archive:
        found = {name: archive.read(name) for name in archive.namelist() if not name.endswith(".so")}
    return {name: re.sub(rb"\.so,.*", b".so", content) for name, content in found.items()}


@pytest.mark.parametrize(
    ("arch", "image", "frontend"),
    [
        ("armv7l", "debian-11", "build"),
        pytest.param("armv7l", "debian-11", "build[uv]", marks=pytest.mark.proof),
        pytest.param("armv7l", "debian-12", "pip", marks=pytest.mark.proof),
        pytest.param("riscv64", "debian-13", "build", marks=pytest.mark.proof),
        pytest.param("riscv64", "debian-13", "build[uv]", marks=pytest.mark.proof),
    ],
)
def test_wheels_are_the_same(engine: Engine, tmp_path: Path, arch: str, image: str, frontend: str) -> None:
    host = engine.architecture().replace("amd64", "x86_64").replace("arm64", "aarch64")
    shutil.copytree(ROOT / "tests/projects/cythonic", tmp_path / "cythonic")
    emulated = build(tmp_path, arch, image, frontend, "--no-native-python")
    native = build(tmp_path, arch, image, frontend, "--native-python")

    # The hook shows which modules of the standard library pip loads.
    assert f"-{host}-linux-gnu" not in emulated.out
    assert re.search(rf"trace: cpython-\d+-{host}-linux-gnu", native.out)
    for built in emulated, native:
        assert f"cythonic works on {arch}" in built.out
    # pip's own build environments have a sitecustomize.py of pip's, so Cython stays emulated there.
    for function in "cythonize", "cythonize_one", "compile":
        ours = f"trace: {function} of _cibw_debian.cythonize"
        assert (ours in native.out) == (frontend != "pip")
        assert ours not in emulated.out
    setups = {re.sub("/python3.*", "", path) for path in re.findall(r"trace: setup.py by (.*)", native.out)}
    assert setups == {f"{MOUNT}/python/bin"}
    assert "trace: setup.py by /usr/bin/python3" in emulated.out
    stays = re.findall(r"note: the build backend stays emulated: (.*)", native.out + native.log)
    assert stays == ["setup.py has import ctypes (line 1)"]
    left = set(re.findall(r"note: Cython: (.*): left to the emulated interpreter", native.log))
    assert left == (set() if frontend == "pip" else {"cythonize"})
    assert f"Python {suites_python(load_catalogue().get(image))}'s own tools" in native.log
    assert ("runs natively" in native.log) == ("uv" in frontend)

    assert compare(emulated.wheel, native.wheel) == []
    assert texts(emulated.wheel) == texts(native.wheel)
    files = {"_facts.c", "_old.c", "_sum.c", "facts.json", "plain/plainly/words.c", "plain/plainly/seen.json"}
    assert {f"cythonic/{name}" for name in files} <= texts(native.wheel).keys()


@pytest.mark.proof
@pytest.mark.parametrize(
    ("image", "frontend"), [("debian-11", "build"), ("debian-12", "pip"), ("debian-12", "build[uv]")]
)
@pytest.mark.usefixtures("engine")
def test_a_compiled_requirement_keeps_the_backend_emulated(tmp_path: Path, image: str, frontend: str) -> None:
    shutil.copytree(ROOT / "tests/projects/cythonic/leaning", tmp_path / "leaning")
    emulated = build(tmp_path, "armv7l", image, frontend, "--no-native-python", project="leaning")
    native = build(tmp_path, "armv7l", image, frontend, "--native-python", project="leaning")

    note = "note: the build backend stays emulated: its environment has markupsafe, which is not known"
    assert (native.out + native.log).count(note) == 1
    assert "stays emulated" not in emulated.out + emulated.log
    assert compare(emulated.wheel, native.wheel) == []
    assert texts(emulated.wheel) == texts(native.wheel)
    seen = json.loads(texts(native.wheel)["leaning/seen.json"])
    assert seen["by"] == "markupsafe"
    assert seen["module"].endswith("-arm-linux-gnueabihf.so")


#: Makes environments with pip, virtualenv, venv and uv, and prints all that is in them. Environments of one
#: virtualenv differ in the order of lines in RECORD, and bytecode is there if a module was imported.
ENVIRONMENTS = r"""
set -e
# RECORD would list bytecode; with the native compiler, it never does.
export PIP_COMPILE=0
python=$1
mkdir /tmp/new
cd /tmp/new
"$python" -m pip install --quiet virtualenv
"$python" -m venv by-venv
"$python" -m virtualenv --quiet --no-periodic-update --pip=embed --no-setuptools by-virtualenv
"$python" -m pip --python by-virtualenv/bin/python install --quiet --no-compile \
    setuptools meson Cython==3.0.12
by-virtualenv/bin/pip install --quiet 'requests[socks]' "tomli; platform_machine == 'x86_64'" \
    "iniconfig; platform_machine != 'x86_64'" "six; sys_platform == 'win32'"
by-virtualenv/bin/pip uninstall --quiet --yes idna
by-virtualenv/bin/pip debug 2>/dev/null | grep -v '^pip version' >tags
by-virtualenv/bin/pip freeze >freeze
by-virtualenv/bin/pip inspect | grep -v date >inspect
uv venv --quiet --python "$python" by-uv
VIRTUAL_ENV=/tmp/new/by-uv uv pip install --quiet setuptools 'requests[socks]' pytest \
    "tomli; platform_machine == 'x86_64'" "iniconfig; platform_machine != 'x86_64'"
VIRTUAL_ENV=/tmp/new/by-uv uv pip freeze >uv-freeze
printf 'def number():\n    cdef long x = 2**40\n    return x\n' >a.pyx
by-virtualenv/bin/cython -3 a.pyx
find . -name RECORD -exec sort --output {} {} \;
find . -name __pycache__ -prune -o -type f -exec sha256sum {} + | sort --key=2
find . -type l -printf '%p %l\n' | sort
"""


@pytest.mark.proof
@pytest.mark.parametrize(("arch", "image"), [("armv7l", "debian-11"), ("riscv64", "debian-13")])
def test_environments_are_the_same(run_volumes: Volumes, tmp_path: Path, arch: str, image: str) -> None:
    entry = load_catalogue().get(image)
    python = entry.pythons[0]
    (tmp_path / "environments.sh").write_text(ENVIRONMENTS)
    engine = run_volumes.engine
    local = engine.image(entry.reference(arch))
    assert local, f"build it first: cibw-debian images build {image} --arch {arch}"
    toolchain = Toolchain(
        suite=entry.suite,
        gcc=entry.gcc,
        arch=arch,
        host=engine.architecture(),
        python=suites_python(entry),
    )
    ready = make_ready(toolchain, volumes=run_volumes, reference=entry.reference(arch), image=entry)
    assert ready.python
    (planned,) = plan(a_build(f"{python}-manylinux_{arch}", image)).builds
    native = (*ready.create_args(local), *uv_args(planned, run_volumes))
    assert any("cibw-debian-uv" in argument for argument in native)
    bundle = Path("/etc/ssl/certs/ca-certificates.crt")
    variables = ("--env=PIP_CERT=/ca.pem", "--env=SSL_CERT_FILE=/ca.pem")
    certificates = (f"--volume={bundle}:/ca.pem:ro", *variables)
    command = ("bash", "/work/environments.sh", f"/opt/python/{python}-{python}/bin/python")
    printed = [
        docker(
            *("run", "--rm", "--platform", ARCHS[arch].oci, *args, *certificates),
            *(f"--volume={tmp_path}:/work:ro", entry.reference(arch), *command),
        ).splitlines()
        for args in (native, ())
    ]
    assert len(printed[0]) > 1000
    assert printed[0] == printed[1]
