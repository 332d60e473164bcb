"""What the adapter reads is what cibuildwheel would use."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cibw_debian.cibw.adapter import (
    HOOKS,
    Arguments,
    EngineOption,
    builds_for_linux,
    command_line_options,
    read_project,
    utility_python,
)
from cibw_debian.errors import CibuildwheelVersionError, ConfigurationError, RefusedError

from .conftest import Case, effective

if TYPE_CHECKING:
    from pathlib import Path


def read(case: Case, directory: Path) -> dict[str, dict[str, str]]:
    project = read_project(case.write(directory), case.env)
    return {b.identifier: {"image": b.image, **b.hooks} for b in project.builds}


def test_configuration_and_selection(tmp_path: Path) -> None:
    case = Case(
        config="""
        [tool.cibuildwheel]
        skip = "cp312-* *-musllinux*"
        before-all = ["dnf install -y a", "echo b"]
        test-command = "pytest"
        container-engine = { name = "docker", create-args = ["--network=host", "-v=/a b:/c"] }
        manylinux-armv7l-image = "debian-11"
        [[tool.cibuildwheel.overrides]]
        select = "cp313-*armv7l"
        before-all = "yum install c"
        """,
        env={"CIBW_BEFORE_BUILD_LINUX": "make", "CIBW_BEFORE_BUILD": "not this"},
    )
    builds = read(case, tmp_path)
    assert set(builds) == {f"cp3{v}-manylinux_{a}" for v in (11, 13) for a in ("armv7l", "x86_64")}
    assert builds["cp311-manylinux_armv7l"] == {
        "image": "debian-11",
        "before-all": "dnf install -y a && echo b",
        "before-build": "make",
        "repair-wheel-command": "auditwheel repair -w {dest_dir} {wheel}",
        "before-test": "",
        "test-command": "pytest",
    }
    assert builds["cp313-manylinux_armv7l"]["before-all"] == "yum install c"
    project = read_project(case.write(tmp_path), case.env)
    assert {b.engine for b in project.builds} == {
        EngineOption(name="docker", create_args=("--network=host", "-v=/a b:/c"))
    }
    assert project.skip == "cp312-* *-musllinux*"
    assert project.config_file == tmp_path / "pyproject.toml"


@pytest.mark.parametrize(
    ("config", "name"),
    [
        ("", "build"),
        ('build-frontend = "build[uv]"', "build[uv]"),
        ('build-frontend = { name = "pip", args = ["--no-build-isolation"] }', "pip"),
    ],
)
def test_the_frontend_is_read(tmp_path: Path, config: str, name: str) -> None:
    case = Case(config=f"[tool.cibuildwheel]\n{config}", env={})
    (frontend,) = {build.frontend for build in read_project(case.write(tmp_path), case.env).builds}
    # An older cibuildwheel does not tell its default.
    assert frontend in ({"", name} if not config else {name})


def test_every_hook_is_read() -> None:
    assert len(HOOKS) == len(set(HOOKS))


def test_pins_are_cibuildwheels_own(tmp_path: Path) -> None:
    project = read_project(Case(config="", env={}).write(tmp_path), {})
    build = next(b for b in project.builds if b.platform_tag == "manylinux_armv7l")
    assert build.image == project.pins["armv7l"]["manylinux_2_31"]
    assert build.image.startswith("quay.io/pypa/manylinux_2_31_armv7l")


def test_only_and_config_file(tmp_path: Path) -> None:
    Case(config="[tool.cibuildwheel]\nbefore-all = 'a'", env={}).write(tmp_path)
    other = tmp_path / "other.toml"
    other.write_text("[tool.cibuildwheel]\nbefore-all = 'b'\n")
    arguments = Arguments(
        package_dir=tmp_path, only="cp311-manylinux_armv7l", config_file="{package}/other.toml"
    )
    project = read_project(arguments, {})
    assert [(b.identifier, b.hooks["before-all"]) for b in project.builds] == [
        ("cp311-manylinux_armv7l", "b")
    ]
    assert project.config_file == other


def test_hooks_of_other_archs_are_known_though_they_are_not_selected(tmp_path: Path) -> None:
    override = '[[tool.cibuildwheel.overrides]]\nselect = "*-manylinux_x86_64"\nbefore-all = "make"\n'
    config = f"[tool.cibuildwheel]\nbefore-build = 'true'\n{override}"
    project = read_project(Case(config=config, env={}, archs="armv7l").write(tmp_path), {})
    assert project.elsewhere["before-all"] == ("x86_64",)
    assert project.elsewhere["before-build"] == ("x86_64", "aarch64")
    assert project.elsewhere["before-test"] == ()


OWN_IMAGES = {"armv7l": "debian-11", "riscv64": "debian-13"}


@pytest.mark.parametrize(
    ("config", "env", "images"),
    [
        ("", {}, {"cp312": "debian-11", "cp313": "debian-11"}),
        ('manylinux-armv7l-image = "manylinux_2_31"', {}, {"cp312": "debian-11", "cp313": "debian-11"}),
        ('linux.manylinux-armv7l-image = "x:1"', {}, {"cp312": "debian-11", "cp313": "debian-11"}),
        ("", {"CIBW_MANYLINUX_ARMV7L_IMAGE": "x:1"}, {"cp312": "", "cp313": ""}),
        (
            '[[tool.cibuildwheel.overrides]]\nselect = "cp312-*"\nmanylinux-armv7l-image = "x:1"',
            {},
            {"cp312": "", "cp313": "debian-11"},
        ),
    ],
)
def test_images_of_our_own_setting(
    tmp_path: Path, config: str, env: dict[str, str], images: dict[str, str]
) -> None:
    """They count where cibuildwheel's table would: its overrides and variables win over them."""
    case = Case(config=f'[tool.cibuildwheel]\nbuild = "cp312-* cp313-*"\n{config}\n', env=env)
    builds = read_project(case.write(tmp_path), env, own_images=OWN_IMAGES).builds
    found = {b.python: b.own_image for b in builds if b.platform_tag == "manylinux_armv7l"}
    assert found == images
    # What cibuildwheel itself has stays known, and builds of other kinds are not concerned.
    assert [replace(b, own_image="") for b in builds] == [*read_project(case.write(tmp_path), env).builds]
    assert not [b for b in builds if b.own_image and b.platform_tag != "manylinux_armv7l"]


def test_environment_is_not_evaluated(tmp_path: Path) -> None:
    case = Case(config="", env={"CIBW_ENVIRONMENT": 'A=1 B="$(false)"'}, archs="armv7l")
    build = read_project(case.write(tmp_path), case.env).builds[0]
    assert build.texts["environment"] == 'A=1\nB="$(false)"'


def test_a_variable_that_is_passed_on_is_no_shell_text(tmp_path: Path) -> None:
    env = {"CIBW_ENVIRONMENT_PASS_LINUX": "A", "CIBW_TEST_ENVIRONMENT": "T=1", "A": "x; $(yum install y)"}
    build = read_project(Case(config="", env=env, archs="armv7l").write(tmp_path), env).builds[0]
    assert build.texts["environment"] == "A='x; $(yum install y)'"
    assert build.texts["test-environment"] == "T=1"


@pytest.mark.parametrize(
    ("config", "archs"),
    [("[tool.cibuildwheel]\nbefore-al = 'x'", "armv7l"), ("", "armv9"), ("[tool.cibuildwheel", "armv7l")],
)
def test_refusals_are_reported_in_cibuildwheels_words(tmp_path: Path, config: str, archs: str) -> None:
    with pytest.raises(ConfigurationError, match="cibuildwheel refuses the configuration"):
        read_project(Case(config=config, env={}, archs=archs).write(tmp_path), {})


@pytest.mark.parametrize(
    ("arguments", "env", "linux"),
    [
        (Arguments(platform="linux"), {}, True),
        (Arguments(platform="macos"), {}, False),
        (Arguments(), {"CIBW_PLATFORM": "windows"}, False),
        (Arguments(only="cp311-musllinux_armv7l"), {"CIBW_PLATFORM": "windows"}, True),
        (Arguments(only="cp311-macosx_arm64"), {}, False),
    ],
)
def test_platform(arguments: Arguments, env: dict[str, str], linux: bool) -> None:
    assert builds_for_linux(arguments, env) is linux


@pytest.mark.parametrize(
    ("arguments", "env", "code"),
    [
        ({"archs": "armv7l"}, {"CIBW_SKIP": "*"}, 3),
        ({"archs": "armv7l"}, {"CIBW_BUILD": "cp27-*"}, 4),
        ({"only": "cp311-manylinux_armv7l", "archs": "armv7l"}, {}, 2),
        ({"only": "cp31-manylinux_armv7l"}, {}, 2),
        ({"archs": "armv7l"}, {"CIBW_BUILD": "cp311-* cp27-*"}, 4),
    ],
)
def test_an_end_before_the_first_container_has_cibuildwheels_exit_code(
    tmp_path: Path, arguments: dict[str, str], env: dict[str, str], code: int
) -> None:
    Case(config="", env={}).write(tmp_path)
    with pytest.raises(RefusedError) as caught:
        read_project(Arguments(package_dir=tmp_path, **arguments), env)  # type: ignore[arg-type]
    assert caught.value.exit_code == code


@pytest.mark.parametrize(
    ("env", "message"),
    [
        ({"CIBW_BUILD": "cp311-* pp99-*"}, "Invalid build selector: 'pp99-"),
        ({"CIBW_BUILD": "cp311-* pp311-*"}, "matches a group that wasn't enabled"),
        ({"CIBW_TEST_COMMAND": "{python} -m pytest"}, "no longer supported"),
    ],
)
def test_what_cibuildwheel_finds_before_its_first_container(
    tmp_path: Path, env: dict[str, str], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        read_project(Case(config="", env={}).write(tmp_path), env)


@pytest.mark.parametrize(
    "build", ["*", "cp3*-manylinux_armv7l cp312-*", "*-musllinux_*", "{cp311,cp312}-*_x86_64"]
)
def test_the_selection_is_cibuildwheels(tmp_path: Path, build: str) -> None:
    arguments = Case(config="", env={}, archs="armv7l,x86_64,i686").write(tmp_path)
    env = {"CIBW_BUILD": build, "CIBW_SKIP": "cp313t-* *i686"}
    selected = [found.identifier for found in read_project(arguments, env).builds]
    assert selected == list(effective(arguments, env))


def test_an_empty_selection_may_be_allowed(tmp_path: Path) -> None:
    Case(config="", env={}).write(tmp_path)
    arguments = Arguments(package_dir=tmp_path, archs="armv7l", allow_empty=True)
    assert read_project(arguments, {"CIBW_SKIP": "*"}).builds == ()


@pytest.mark.parametrize("name", ["missing", "."])
def test_a_directory_without_a_package_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RefusedError, match="is not a package") as caught:
        read_project(Arguments(package_dir=tmp_path / name, archs="armv7l"), {})
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("error", [TypeError, AttributeError, ImportError, KeyError])
def test_a_cibuildwheel_that_answers_otherwise_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def changed(*_arguments: object, **_options: object) -> None:
        raise error("something else")

    monkeypatch.setattr("cibuildwheel.util.resources.read_python_configs", changed)
    with pytest.raises(CibuildwheelVersionError, match=r"cibuildwheel \d.*something else") as caught:
        read_project(Case(config="", env={}).write(tmp_path), {})
    assert "pip install" in caught.value.hint


def test_what_the_installed_cibuildwheel_says_of_itself() -> None:
    assert {"--only", "--print-build-identifiers", "--config-file"} <= command_line_options()
    assert "--nope" not in command_line_options()
    assert utility_python().startswith("/opt/python/")


@pytest.mark.parametrize("only", ["foo", "cp31-macosx_arm64", "cp311-manylinux-armv7l"])
def test_only_with_no_identifier_of_any_platform_is_refused_in_few_words(only: str) -> None:
    with pytest.raises(RefusedError, match="no such build identifier") as caught:
        builds_for_linux(Arguments(only=only), {})
    assert caught.value.exit_code == 2
    assert len(caught.value.message) < 200
