"""`cibw-debian matrix` and `env`."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from cibw_debian.api import plan
from cibw_debian.cibw.adapter import Arguments, read_project
from cibw_debian.planning.ci import not_carried, split
from tests.command import Ran, cibw_debian, user_environment

from .test_plan import build
from .test_plan import plan as make

if TYPE_CHECKING:
    from pathlib import Path

ENV = user_environment()
PYPROJECT = """\
[project]
name = "thing"
version = "1"
[tool.cibuildwheel]
skip = "*-musllinux*"
manylinux-armv7l-image = "mayeut-manylinux_2_35"
before-all = '''
dnf install -y zlib-devel
echo "it's $HOME"'''
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    return tmp_path


def _call(project: Path, *args: str, **variables: str) -> Ran:
    return cibw_debian(*args, cwd=project, env={**ENV, **variables})


def test_every_build_is_in_one_job_of_its_arch(project: Path) -> None:
    found = plan(project, archs="armv7l,riscv64", env={"CIBW_SKIP": ""})
    expected = sorted(identifier for build in found.builds for identifier in build.identifiers)
    for number in (None, 1, 2, 3, 5, 1000):
        jobs = list(split(found, number))
        assert sorted(" ".join(job.build for job in jobs).split()) == expected
        for job in jobs:
            assert all(identifier.endswith(f"linux_{job.archs}") for identifier in job.build.split())
        for arch in ("armv7l", "riscv64"):
            sizes = [len(job.build.split()) for job in jobs if job.archs == arch]
            assert max(sizes) - min(sizes) <= 1
            assert len(sizes) == (number if number and number < 18 else len(sizes))
        assert len({job.name for job in jobs}) == len(jobs)


@pytest.mark.parametrize(("builds", "sizes"), [(1, [1]), (4, [4]), (5, [2, 3])])
def test_a_job_has_four_builds_at_most(project: Path, builds: int, sizes: list[int]) -> None:
    selected = " ".join(f"cp3{minor}-*" for minor in range(9, 9 + builds))
    found = plan(project, archs="armv7l", env={"CIBW_BUILD": selected})
    assert [len(job.build.split()) for job in split(found)] == sizes


def test_matrix(project: Path) -> None:
    ran = _call(project, "matrix", "--archs", "armv7l", "--jobs", "2")
    assert ran.code == 0
    assert ran.out.count("\n") == 1
    jobs = json.loads(ran.out)
    assert [job["name"] for job in jobs] == ["armv7l 1/2", "armv7l 2/2"]
    gitlab = json.loads(
        _call(project, "matrix", "--archs", "armv7l", "--jobs", "2", "--format", "gitlab").out
    )
    assert gitlab == [{"CIBW_ARCHS": job["archs"], "CIBW_BUILD": job["build"]} for job in jobs]


def test_hooks_that_alpine_cannot_run_are_a_warning_of_the_matrix(project: Path) -> None:
    ran = _call(project, "matrix", "--archs", "armv7l", CIBW_SKIP="")
    assert ran.code == 0
    (warning,) = ran.err.splitlines()
    assert warning.startswith("warning: musllinux_armv7l: before-all: dnf or yum is called")


def test_a_plan_that_cannot_be_run_is_no_matrix(project: Path) -> None:
    assert _call(project, "matrix", CIBW_BEFORE_ALL="dnf install no-such-thing").code == 43
    assert _call(project, "matrix", "--jobs", "0").code == 2


def test_a_job_has_the_image_of_its_first_builds(project: Path) -> None:
    (job,) = split(plan(project, archs="armv7l", env={"CIBW_SKIP": ""}), 1)
    assert "musllinux" in job.build
    assert "/mayeut/manylinux_2_35:" in job.image


def test_what_plain_cibuildwheel_will_not_do_is_said_of_every_build() -> None:
    made = make(
        build("cp39-manylinux_armv7l", "registry.example/own:1"),
        build("cp313-manylinux_riscv64", "debian-13"),
    )
    (said,) = not_carried(made)
    assert said.startswith("manylinux_riscv64: ")
    assert "`cibw-debian images build debian-13` made it" in said


@pytest.mark.parametrize("form", ["shell", "json", "github"])
def test_variables_do_what_run_would(project: Path, form: str) -> None:
    ran = _call(project, "env", "--arch", "armv7l", "--format", form)
    assert ran.code == 0
    if form == "shell":
        script = f"{ran.out}\nexec env --null"
        done = subprocess.run(["sh", "-c", script], check=True, capture_output=True, text=True)
        variables = dict(line.split("=", 1) for line in done.stdout.split("\0") if line.startswith("CIBW_"))
    elif form == "json":
        variables = json.loads(ran.out)["variables"]
    else:
        variables, lines = {}, ran.out.splitlines()
        while lines:
            name, _, end = lines.pop(0).partition("<<")
            at = lines.index(end)
            variables[name], lines = "\n".join(lines[:at]), lines[at + 1 :]
    project_read = read_project(Arguments(package_dir=project), variables)
    (planned,) = plan(project, archs="armv7l", env={}).builds
    assert {one.platform_tag for one in project_read.builds} == {"manylinux_armv7l"}
    for one in project_read.builds:
        assert one.image == planned.reference
        assert one.hooks["before-all"] == planned.hooks[0].after


def test_builds_that_differ_are_refused(project: Path) -> None:
    text = (
        PYPROJECT + '[[tool.cibuildwheel.overrides]]\nselect = "cp39-*"\nbefore-all = "yum install -y wget"\n'
    )
    (project / "pyproject.toml").write_text(text)
    ran = _call(project, "env", "--arch", "armv7l")
    assert ran.code == 40
    assert "cibw-debian sync" in ran.err


def test_interpreters_that_the_image_lacks(project: Path) -> None:
    env = {"CIBW_MANYLINUX_ARMV7L_IMAGE": "mayeut-manylinux_2_31", "CIBW_BUILD": "cp313-* cp315-*"}
    for command in (("matrix", "--archs", "armv7l"), ("env", "--arch", "armv7l")):
        refused = _call(project, *command, **env)
        assert (refused.code, "--allow-missing" in refused.err) == (48, True)
        assert _call(project, *command, "--allow-missing", **env).code == 0
