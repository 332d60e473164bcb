"""A requirement that must be compiled: once over two runs with the wheel cache, in each run without."""

from __future__ import annotations

import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.command import cibw_debian, user_environment

from .conftest import docker

if TYPE_CHECKING:
    from pathlib import Path

    from cibw_debian.engine.engine import Engine

pytestmark = [pytest.mark.engine, pytest.mark.proof]

#: a source distribution whose wheel shows when it was built
REQUIREMENT = {
    "setup.py": (
        "import pathlib, setuptools, uuid\n"
        "pathlib.Path('stamp.py').write_text(f'STAMP = {uuid.uuid4().hex!r}')\n"
        "setuptools.setup(name='cibw-debian-stamp', version='1.0', py_modules=['stamp'])\n"
    ),
    "pyproject.toml": '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n',
}
PROJECT = {
    "setup.py": (
        "import pathlib, setuptools, stamp\n"
        "pathlib.Path('built_with.py').write_text(stamp.STAMP)\n"
        "native = setuptools.Extension('thing', ['thing.c'])\n"
        "setuptools.setup(name='thing', version='1', py_modules=['built_with'], ext_modules=[native])\n"
    ),
    "thing.c": (
        "#include <Python.h>\n"
        'static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "thing"};\n'
        "PyMODINIT_FUNC PyInit_thing(void) { return PyModule_Create(&module); }\n"
    ),
    "pyproject.toml": (
        '[build-system]\nrequires = ["setuptools", "cibw-debian-stamp==1.0"]\n'
        'build-backend = "setuptools.build_meta"\n'
        '[tool.cibuildwheel]\nbuild = "cp311-manylinux*"\nenvironment.PIP_FIND_LINKS = "/project/links"\n'
    ),
}
X86_64 = {"CIBW_ARCHS": "x86_64", "CIBW_MANYLINUX_X86_64_IMAGE": "debian-12"}


@pytest.fixture
def project(engine: Engine, tmp_path: Path) -> Path:
    del engine
    directory = tmp_path / "project"
    for where, files in ((directory, PROJECT), (tmp_path / "cibw_debian_stamp-1.0", REQUIREMENT)):
        where.mkdir()
        for name, text in files.items():
            (where / name).write_text(text)
    (directory / "links").mkdir()
    with tarfile.open(directory / "links/cibw_debian_stamp-1.0.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "cibw_debian_stamp-1.0", "cibw_debian_stamp-1.0")
    return directory


def stamp(project: Path, number: int, *options: str, **variables: str) -> tuple[str, str]:
    """Build the project; return the stamp of the requirement that it was built with, and our log."""
    output = project.parent / f"wheels-{number}"
    env = user_environment(**X86_64, **variables)
    ran = cibw_debian("run", ".", "--output-dir", str(output), *options, env=env, cwd=project)
    assert ran.code == 0, ran.err
    (wheel,) = output.iterdir()
    with zipfile.ZipFile(wheel) as archive:
        return archive.read("built_with.py").decode(), ran.err


def test_a_requirement_is_compiled_once_over_two_runs(project: Path) -> None:
    first, log = stamp(project, 1, "--wheel-cache")
    (volume,) = {word for word in log.split() if word.startswith("cibw-debian-wheels-")}
    try:
        again, _ = stamp(project, 2, CIBW_DEBIAN_WHEEL_CACHE="true")
        without, _ = stamp(project, 3)
        # The user's own variable wins, and is another `environment`.
        own, other = stamp(
            project, 4, "--wheel-cache", CIBW_ENVIRONMENT="PIP_FIND_LINKS=/project/links PIP_NO_CACHE_DIR=1"
        )
        (unused,) = {word for word in other.split() if word.startswith("cibw-debian-wheels-")}
        assert (
            docker(
                "run",
                "--rm",
                "--volume",
                f"{unused}:/cache",
                "localhost/cibw-debian/debian-12:x86_64",
                "ls",
                "/cache",
            )
            == ""
        )
    finally:
        docker("volume", "rm", "--force", volume)
    docker("volume", "rm", unused)
    assert first == again
    assert len({first, without, own}) == 3


def test_a_missing_header_is_explained(project: Path) -> None:
    source = project / "thing.c"
    source.write_text("#include <lzma.h>\n" + source.read_text())
    ran = cibw_debian("run", ".", env=user_environment(**X86_64), cwd=project)
    assert ran.code == 1
    *_, why, what_next = ran.err.splitlines()
    assert why == "cibw-debian: cp311-manylinux_x86_64: why: the header lzma.h is missing"
    assert what_next.endswith("Add xz-devel to before-all: bookworm's liblzma-dev has lzma.h.")
