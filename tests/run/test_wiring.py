"""What `run` hands to cibuildwheel: arguments, environment, configuration, and what it arranges around it.

Three places are replaced: nothing is made ready in an engine, no process removes containers, and cibuildwheel
is only noted. Everything else is real.
"""

from __future__ import annotations

import io
import json
import os
import sys
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cibw_debian.cibw.adapter import Arguments
from cibw_debian.errors import (
    ConfigurationError,
    DataError,
    MissingInterpreterError,
    RefusedError,
    TranslationError,
)
from cibw_debian.failures import advice
from cibw_debian.run.invocation import Invocation
from cibw_debian.run.run import run
from cibw_debian.schemas import find_violation

from .conftest import MOUNT

if TYPE_CHECKING:
    from .conftest import Stage

PYPROJECT = """
[build-system]
requires = ["setuptools"]
[project]
name = "thing"
version = "1"
[tool.cibuildwheel]
skip = "*-musllinux*"
manylinux-armv7l-image = "debian-11"
before-all = "dnf install -y openssl-devel"
"""
#: a configuration file inside a source distribution
INSIDE = """
[tool.cibuildwheel]
build = "cp39-*"
dependency-versions = "constraints.txt"
manylinux-armv7l-image = "debian-11"
before-all = "yum -y install zlib-devel"
"""
pytestmark = pytest.mark.usefixtures("project")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(
    *passed: str, env: dict[str, str] | None = None, report: Path | None = None, **arguments: Any
) -> int:
    options = {"archs": "armv7l", **arguments}
    invocation = Invocation(
        arguments=Arguments(**options), passed=passed, switches={"allow_missing": True}, line="the line"
    )
    return run(invocation, env or {}, report=report)


def test_the_child_is_cibuildwheel_with_the_users_arguments_and_our_configuration(
    stage: Stage, project: Path
) -> None:
    assert call("--archs", "armv7l", "--", ".") == 9
    child = stage.child
    assert child.command[:4] == [sys.executable, "-m", "cibuildwheel", "--config-file"]
    assert child.command[5:] == ["--archs", "armv7l", "--", "."]
    assert not Path(child.command[4]).is_relative_to(project)
    assert not Path(child.command[4]).exists()
    assert child.watched
    assert child.directory == project


def test_the_configuration_is_the_users_with_overrides_behind(stage: Stage) -> None:
    call()
    tool = stage.child.config["tool"]["cibuildwheel"]
    assert tool["before-all"] == "dnf install -y openssl-devel"
    assert tool["skip"] == "*-musllinux*"
    (override,) = stage.child.overrides
    assert override["select"] == "*-manylinux_armv7l"
    assert override["manylinux-armv7l-image"] == "localhost/cibw-debian/debian-11:armv7l"
    assert "libssl-dev" in override["before-all"]


def test_the_log_says_what_is_different(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    call()
    said = capsys.readouterr().err
    assert "manylinux_armv7l: debian-11 (debian-11, gcc 10, manylinux_2_31); before-all translated\n" in said
    assert "manylinux_armv7l: skipping cp310 " in said
    assert stage.child.watched


def test_containers_carry_the_mounts_and_a_label_for_their_removal(stage: Stage) -> None:
    call()
    (override,) = stage.child.overrides
    label, mount = override["container-engine"]["create-args"]
    assert mount == MOUNT
    assert label.startswith("--label=cibw-debian.run=")
    assert stage.child.reaped == [f"docker {label.removeprefix('--label=')}"]
    # The containers that keep the volumes carry the label too, and are removed also if the run ends early.
    assert stage.prepared[0][-1]["run_label"] == label.removeprefix("--label=")
    assert stage.reaped_while_preparing == stage.child.reaped
    assert stage.reaping == []
    call()
    assert stage.children[1].reaped != stage.children[0].reaped


def test_variables_that_would_win_over_the_overrides_are_dropped_and_no_others(stage: Stage) -> None:
    env = {
        "CIBW_BEFORE_ALL": "yum install -y zlib-devel",
        "CIBW_BEFORE_ALL_LINUX": "yum install -y bzip2-devel",
        "CIBW_MANYLINUX_ARMV7L_IMAGE": "debian-12",
        "CIBW_BUILD_VERBOSITY": "1",
        "HOME": "/home/somebody",
    }
    call(env=env)
    left = {"CIBW_BUILD_VERBOSITY": "1", "HOME": "/home/somebody"}
    assert {name: value for name, value in stage.child.env.items() if name != "CIBW_SKIP"} == left
    (override,) = stage.child.overrides
    assert "libbz2-dev" in override["before-all"]
    assert override["manylinux-armv7l-image"] == "localhost/cibw-debian/debian-12:armv7l"


def test_interpreters_that_the_image_lacks_are_skipped_behind_the_users_own_skip(stage: Stage) -> None:
    call(env={"CIBW_SKIP": "cp314*", "CIBW_DEBIAN_INTERPRETERS": "suite"})
    skipped = stage.child.env["CIBW_SKIP"].split()
    assert skipped[0] == "cp314*"
    assert "cp313-manylinux_armv7l" in skipped
    assert "cp39-manylinux_armv7l" not in skipped


def test_nothing_is_skipped_where_the_image_has_all(stage: Stage) -> None:
    call(env={"CIBW_BUILD": "cp39-*", "CIBW_SKIP": "x"})
    assert stage.child.env["CIBW_SKIP"] == "x"


def test_the_projects_settings_count(stage: Stage, project: Path) -> None:
    config = PYPROJECT.replace("openssl-devel", "our-sdk-devel no-such-thing-devel")
    (project / "pyproject.toml").write_text(config)
    with pytest.raises(TranslationError, match="our-sdk-devel"):
        call()
    settings = '[tool.cibw-debian]\nstrict = false\npackages = { "our-sdk-devel" = ["our-own-name"] }\n'
    settings += 'interpreters = "suite"\n'
    (project / "pyproject.toml").write_text(config + settings)
    call()
    (override,) = stage.child.overrides
    assert "our-own-name" in override["before-all"]
    assert "no-such-thing" not in override["before-all"]
    plan, catalogue, used, env, options = stage.prepared[0]
    assert used.packages == {"our-sdk-devel": ("our-own-name",)}
    assert not used.strict
    assert used.allow_missing
    assert catalogue.get("debian-11") == plan.builds[0].image
    assert env == {}
    assert options.pop("run_label").startswith("cibw-debian.run=")
    assert options == {"project": Path(), "line": "the line"}


def test_a_catalogue_of_the_projects_counts(stage: Stage, project: Path) -> None:
    (project / "pyproject.toml").write_text(PYPROJECT + '[tool.cibw-debian]\nimages = "more.toml"\n')
    (project / "more.toml").write_text(
        """
        [images.mine]
        description = "my image"
        names = ["debian-11"]
        archs = ["armv7l"]
        policy = "manylinux_2_31"
        distribution = "debian-11"
        suite = "bullseye"
        glibc = "2.31"
        gcc = "10"
        package-manager = "apt"
        repository = "example.org/mine"
        registry = { tag = "1" }
        pythons = ["*"]
        """
    )
    call()
    assert stage.child.overrides[0]["manylinux-armv7l-image"] == "example.org/mine:1"
    assert "CIBW_SKIP" not in stage.child.env


def test_what_we_have_nothing_to_say_to_is_cibuildwheel_alone(stage: Stage, project: Path) -> None:
    overrides = '[[tool.cibuildwheel.overrides]]\nselect = "cp39-*"\nbefore-build = "true"\n'
    (project / "pyproject.toml").write_text(PYPROJECT + overrides)
    (project / "other.toml").write_text("[tool.cibuildwheel]\n")
    call("--archs", "x86_64", archs="x86_64")
    assert stage.child.command == [sys.executable, "-m", "cibuildwheel", "--archs", "x86_64"]
    assert not stage.child.watched
    assert stage.child.reaped == []
    call("--archs", "x86_64", archs="x86_64", config_file="other.toml")
    assert stage.children[1].command[3:5] == ["--config-file", "other.toml"]


@pytest.mark.parametrize("option", ["--clean-cache", "--print-build-identifiers"])
def test_options_that_build_nothing_make_nothing_ready(stage: Stage, option: str) -> None:
    assert call(option) == 9
    assert stage.prepared == []
    assert stage.child.command == [sys.executable, "-m", "cibuildwheel", option]


@pytest.mark.parametrize(
    ("arguments", "error", "code"),
    [
        ({"package_dir": Path("missing.tar.gz")}, ConfigurationError, 40),
        ({"package_dir": Path("pyproject.toml")}, ConfigurationError, 40),
        ({"package_dir": Path("missing")}, RefusedError, 2),
        ({"package_dir": Path("empty")}, RefusedError, 2),
        ({"only": "cp31-manylinux_armv7l", "archs": None}, RefusedError, 2),
        ({"only": "cp39-manylinux_armv7l"}, RefusedError, 2),
        ({"archs": "armv9"}, ConfigurationError, 40),
    ],
)
def test_what_cibuildwheel_refuses_at_once_makes_nothing_ready(
    stage: Stage, project: Path, arguments: dict[str, Any], error: type[ConfigurationError], code: int
) -> None:
    (project / "empty").mkdir()
    with pytest.raises(error) as caught:
        call(**arguments)
    assert caught.value.exit_code == code
    assert not stage.prepared
    assert not stage.children


@pytest.mark.parametrize(("env", "code"), [({"CIBW_BUILD": "cp27-*"}, 4), ({"CIBW_SKIP": "*"}, 3)])
def test_a_selection_that_cibuildwheel_refuses_has_its_exit_code(
    stage: Stage, env: dict[str, str], code: int
) -> None:
    with pytest.raises(RefusedError) as caught:
        call(env=env)
    assert caught.value.exit_code == code
    assert not stage.prepared
    assert not stage.children


def test_a_source_distribution_is_configured_from_inside(stage: Stage, project: Path) -> None:
    """Its configuration file and the paths in it are relative to its own directory."""
    with tarfile.open(project / "thing-1.tar.gz", "w:gz") as archive:
        for name, text in {
            "pyproject.toml": PYPROJECT,
            "ci/wheels.toml": INSIDE,
            "constraints.txt": "pip==25.0\n",
        }.items():
            member = tarfile.TarInfo(f"thing-1/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    (project / "pyproject.toml").unlink()
    assert call("thing-1.tar.gz", package_dir=Path("thing-1.tar.gz"), config_file="ci/wheels.toml") == 9
    assert stage.child.command[5:] == ["thing-1.tar.gz"]
    assert "zlib1g-dev" in stage.child.overrides[0]["before-all"]
    assert stage.child.config["tool"]["cibuildwheel"]["dependency-versions"] == "constraints.txt"
    assert stage.child.directory == project
    assert stage.prepared[0][-1]["project"] == Path("thing-1.tar.gz")


@pytest.mark.parametrize("damage", ["cut", "two directories"])
def test_a_file_that_is_no_source_distribution_is_refused(stage: Stage, project: Path, damage: str) -> None:
    with tarfile.open(project / "thing-1.tar.gz", "w:gz") as archive:
        for name in ("thing-1/pyproject.toml", "thing-2/data"):
            member = tarfile.TarInfo(name)
            member.size = 100_000
            archive.addfile(member, io.BytesIO(os.urandom(member.size)))
    if damage == "cut":
        os.truncate(project / "thing-1.tar.gz", 50_000)
    with pytest.raises(ConfigurationError, match=r"thing-1\.tar\.gz: not a source distribution: "):
        call("thing-1.tar.gz", package_dir=Path("thing-1.tar.gz"))
    assert not stage.prepared


def test_a_refused_plan_makes_nothing_ready(stage: Stage) -> None:
    invocation = Invocation(arguments=Arguments(archs="armv7l"))
    with pytest.raises(MissingInterpreterError):
        run(invocation, {})
    assert not stage.prepared
    assert not stage.children
    run(replace(invocation, switches={"allow_missing": True}), {})
    assert stage.prepared


def test_the_installed_packages_are_told_at_the_end(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    call()
    assert "manylinux_armv7l: installed libssl-dev 1.1.1w" in capsys.readouterr().err
    assert len(stage.children) == 1


def test_the_report_fits_its_schema(stage: Stage, tmp_path: Path) -> None:
    call(report=tmp_path / "report.json")
    document = json.loads((tmp_path / "report.json").read_text())
    assert stage.children
    assert document["installed"]["manylinux_armv7l"] == [{"name": "libssl-dev", "version": "1.1.1w"}]
    assert find_violation("report", document) is None
    assert find_violation("report", {**document, "installed": {"x": [{"name": 1}]}}) is not None


def test_a_failure_is_explained_last_and_in_the_report(
    stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(report=tmp_path / "report.json") == 9
    *_, why, what_next = capsys.readouterr().err.splitlines()
    assert why == "cibw-debian: cp39-manylinux_armv7l: why: the header lzma.h is missing"
    assert what_next == (
        "cibw-debian: cp39-manylinux_armv7l: what next: "
        "Add xz-devel to before-all: bullseye's liblzma-dev has lzma.h."
    )
    document = json.loads((tmp_path / "report.json").read_text())
    assert find_violation("report", document) is None
    (failure,) = document["failure"]
    assert (failure["cause"], failure["package"]) == ("missing-header", "xz-devel")
    assert find_violation("report", {**document, "failure": [{}]}) is not None
    assert stage.child.watched


def test_a_damaged_table_of_causes_leaves_the_exit_code(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def damaged(*_: object, **__: object) -> None:
        raise DataError("failures.toml is damaged")

    monkeypatch.setattr(advice, "advise", damaged)
    assert call() == 9
    assert "why" not in capsys.readouterr().err
    assert stage.children
