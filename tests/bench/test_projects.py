"""What is read of the real projects, how their ends are judged, and the table that comes of them."""

from __future__ import annotations

import platform
import re
import sys
import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bench.projects import (
    ARCHS,
    BEGIN,
    CAUSES,
    END,
    TABLE,
    Build,
    Result,
    asked,
    judge,
    merge,
    read_builds,
    rehearsal,
    row,
    run_build,
)
from cibw_debian.images.catalogue import load_catalogue

if TYPE_CHECKING:
    from pathlib import Path

BUILD = Build(
    project="thing",
    version="1.0",
    hook="workflow: yum || apk",
    tools="setuptools",
    arch="armv7l",
    image="debian-12",
    environment={"CIBW_BEFORE_ALL_LINUX": "yum install -y zlib-devel"},
)
OWN = Build(
    project="thing",
    version="1.0",
    hook="pyproject",
    tools="setuptools",
    arch="armv7l",
    image="debian-12",
    environment={},
    reason="it wants 64 bits",
    shown_by="__uint128_t",
)


def result(end: str = "wheel", **changed: object) -> Result:
    values = {
        "project": "thing",
        "version": "1.0",
        "arch": "armv7l",
        "image": "debian-12",
        "end": end,
        "code": 0 if end == "wheel" else 1,
        "seconds": 90.0,
        "wheel": "thing-1.0-cp311-cp311-manylinux_2_36_armv7l.whl",
        "tested": True,
        "asked": ("zlib1g-dev",),
        "installed": 2,
        "line": "",
        "finished": "2026-11-26 13:00",
    }
    return Result(**{**values, **changed})  # type: ignore[arg-type]


def test_every_project_has_an_image_of_the_catalogue_that_is_built_here() -> None:
    builds = read_builds()
    for build in builds:
        image = load_catalogue().get(build.image)
        assert image.built_here, build.key
        assert build.arch in image.archs, build.key
        assert bool(build.reason) == bool(build.shown_by), build.key
    counts = {arch: sum(build.arch == arch for build in builds) for arch in ARCHS}
    assert counts["armv7l"] >= 30
    assert counts["riscv64"] >= 10


def test_the_image_is_chosen_by_a_variable_and_nothing_else_is_set() -> None:
    assert BUILD.variables() == {
        "CIBW_BEFORE_ALL_LINUX": "yum install -y zlib-devel",
        "CIBW_MANYLINUX_ARMV7L_IMAGE": "debian-12",
    }
    assert BUILD.identifier == "cp311-manylinux_armv7l"


def test_projects_and_architectures_are_selected_by_name() -> None:
    every = {build.key for build in read_builds()}
    assert {build.key for build in read_builds(["hidapi"])} == {"hidapi-armv7l", "hidapi-riscv64"}
    assert {build.key for build in read_builds(["hidapi"], ["riscv64"])} == {"hidapi-riscv64"}
    assert {build.key for build in read_builds(archs=["armv7l"])} == {
        k for k in every if k.endswith("armv7l")
    }
    with pytest.raises(LookupError, match="nosuch"):
        read_builds(["nosuch", "hidapi"])


def test_a_rehearsal_has_each_project_once_and_expects_a_wheel() -> None:
    both = [OWN, replace(OWN, arch="riscv64", image="debian-13")]
    (one,) = rehearsal(both)
    assert (one.arch, one.image, one.reason, one.shown_by) == (platform.machine(), "debian-12", "", "")
    assert one.identifier == f"cp311-manylinux_{platform.machine()}"


@pytest.mark.parametrize(
    ("build", "built", "log", "end", "line"),
    [
        (BUILD, True, ["error: a word in a test's name"], "wheel", ""),
        (
            BUILD,
            False,
            ["gcc ...", "x.c:1:1: error: no type", "make: 1"],
            "failed",
            "x.c:1:1: error: no type",
        ),
        (BUILD, False, ["quiet"], "failed", "quiet"),
        (BUILD, False, [], "failed", ""),
        (BUILD, False, ["curl: (6) no such host", "error: y"], "network", "curl: (6) no such host"),
        (
            OWN,
            False,
            ["error: unknown type '__uint128_t'", "error: z"],
            "expected",
            "error: unknown type '__uint128_t'",
        ),
        # A project with a reason of its own may still fail for another one.
        (OWN, False, ["a.h not found"], "failed", "a.h not found"),
        (OWN, True, ["__uint128_t"], "wheel", ""),
    ],
)
def test_a_failure_is_ours_until_the_log_shows_another_cause(
    build: Build, built: bool, log: list[str], end: str, line: str
) -> None:
    assert judge(build, log, built=built) == (end, line)
    assert end == "wheel" or end in CAUSES


def test_a_build_that_was_ended_says_where_it_was() -> None:
    assert judge(BUILD, ["error: an old one", "building"], built=False, timed_out=True) == (
        "timeout",
        "building",
    )


def test_packages_are_those_that_the_hooks_name() -> None:
    log = [
        "+ sh -c 'apt-get -o A=b update && apt-get -o A=b -y --lean install zlib1g-dev g++ || true'",
        "apt-get install -y libssl-dev zlib1g-dev && make",
        "pip install numpy",
    ]
    assert asked(log) == ("zlib1g-dev", "g++", "libssl-dev")


def test_a_row_says_how_it_ended() -> None:
    assert row(BUILD, result()) == (
        "| thing 1.0 | armv7l, debian-12 | setuptools | workflow: yum \\|\\| apk | zlib1g-dev (2) | 1.5 "
        "| wheel, tested |"
    )
    assert row(BUILD, result(tested=False)).endswith("| wheel, it has no test |")
    assert row(OWN, result("expected", line="x")).endswith("| the project's: it wants 64 bits |")
    assert row(BUILD, result("failed", line="a | b")).endswith("| ours: a \\| b |")
    assert row(BUILD, result("network", line="curl: (6)")).endswith("| no network: curl: (6) |")


def test_new_rows_replace_those_of_the_same_build_and_others_stay() -> None:
    other = row(BUILD, result()).replace("thing 1.0", "another 2").replace("armv7l", "riscv64")
    text = merge(f"# Head\n{BEGIN}\n{END}\nfoot\n", [row(BUILD, result("failed", line="x")), other])
    assert text.startswith(f"# Head\n{BEGIN}\n")
    assert text.endswith(f"{END}\nfoot\n")
    assert "- armv7l: 0 wheels, and 0 reasons of the project's own, of 1 projects" in text
    again = merge(text, [row(BUILD, result(version="1.0")).replace("thing 1.0", "thing 1.1")])
    assert "- armv7l: 1 wheels" in again
    assert "- riscv64: 1 wheels" in again
    assert "thing 1.0" not in again
    assert again.index("| another 2") < again.index("| thing 1.1")
    assert merge(again, []) == again
    with pytest.raises(ValueError, match="projects: begin"):
        merge("# no table", [])


def test_the_table_of_the_docs_has_only_builds_that_are_there() -> None:
    text = TABLE.read_text(encoding="utf-8")
    assert merge(text, []) == text
    rows = re.findall(r"^\| (\S+) \S+ \| (\w+), (\S+) \|", text, re.MULTILINE)
    known = {(build.project, build.arch, build.image) for build in read_builds()}
    assert set(rows) <= known


def test_nothing_of_a_source_distribution_is_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command gets the file that the index has, and no configuration beside it."""
    sdist = tmp_path / "thing-1.0.tar.gz"
    with tarfile.open(sdist, "w:gz"):
        pass
    script = tmp_path / "fake.sh"
    script.write_text('#!/bin/sh\nenv | grep ^CIBW_ | sort\necho "$@"\n')
    script.chmod(0o755)
    monkeypatch.setattr("bench.projects.fetch_sdist", lambda *_: sdist)
    monkeypatch.setattr(sys, "executable", str(script))
    monkeypatch.setenv("CIBW_BUILD", "of the caller")
    ended = run_build(BUILD, tmp_path, 60)
    *variables, command = (tmp_path / "thing-armv7l" / "log.txt").read_text().splitlines()
    assert variables == [
        "CIBW_BEFORE_ALL_LINUX=yum install -y zlib-devel",
        "CIBW_MANYLINUX_ARMV7L_IMAGE=debian-12",
    ]
    assert command.endswith(f" {sdist}")
    assert "--config-file" not in command
    # A command that says nothing is wrong and leaves no wheel has not built one.
    assert (ended.end, ended.code, ended.wheel) == ("failed", 0, "")
