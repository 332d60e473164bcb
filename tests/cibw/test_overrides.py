"""What cibuildwheel makes of the generated configuration, compared with what it makes of the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cibw_debian.cibw.adapter import read_project

from .conftest import Case, effective, generate_for, plan_for

if TYPE_CHECKING:
    from pathlib import Path

INSTALL = "dnf install -y openssl-devel"

CASES = {
    "plain": Case(config=f'[tool.cibuildwheel]\nbefore-all = "{INSTALL}"', env={}),
    "lists and tables": Case(
        config=f"""
        [tool.cibuildwheel]
        before-all = ["{INSTALL}", "make deps"]
        before-build = "yum -y install zlib-devel"
        environment = {{ A = "1", B = "$(pwd)" }}
        config-settings = {{ a = ["1", "2"] }}
        test-requires = ["pytest"]
        build-verbosity = 1
        manylinux-x86_64-image = "manylinux_2_34"
        [tool.cibuildwheel.linux]
        before-test = "yum install -y bzip2-devel"
        """,
        env={},
    ),
    "variables": Case(
        config='[tool.cibuildwheel]\nbefore-all = "false"',
        env={
            "CIBW_BEFORE_ALL": "nothing",
            "CIBW_BEFORE_ALL_LINUX": INSTALL,
            "CIBW_TEST_COMMAND": "yum -y install git",
        },
    ),
    "inherited variables": Case(
        config=f"""
        [tool.cibuildwheel]
        before-all = "{INSTALL}"
        [[tool.cibuildwheel.overrides]]
        select = "*x86_64"
        inherit.before-all = "append"
        before-all = "echo for x86_64"
        """,
        env={"CIBW_INHERIT": "before-all: append", "CIBW_BEFORE_ALL": "dnf install -y git"},
    ),
    "a variable wipes a hook": Case(
        config=f'[tool.cibuildwheel]\nbefore-all = "{INSTALL}"', env={"CIBW_BEFORE_ALL_LINUX": ""}
    ),
    "a variable names the image": Case(
        config=f'[tool.cibuildwheel]\nbefore-all = "{INSTALL}"',
        env={"CIBW_MANYLINUX_ARMV7L_IMAGE": "debian-12"},
    ),
    "overrides": Case(
        config=f"""
        [tool.cibuildwheel]
        before-all = "{INSTALL}"
        manylinux-armv7l-image = "debian-13"
        [[tool.cibuildwheel.overrides]]
        select = "cp311-*"
        before-all = "yum install -y zlib-devel"
        manylinux-armv7l-image = "debian-12"
        [[tool.cibuildwheel.overrides]]
        select = "*-musllinux*"
        before-all = "apk add openssl-dev"
        """,
        env={},
    ),
    "images of our own setting": Case(
        config="""
        [tool.cibuildwheel]
        manylinux-armv7l-image = "manylinux_2_31"
        [[tool.cibuildwheel.overrides]]
        select = "cp311-*"
        manylinux-armv7l-image = "debian-12"
        """,
        env={},
        own_images={"armv7l": "debian-13"},
    ),
    "a whole reference as our own setting": Case(
        config="", env={}, own_images={"armv7l": "ghcr.io/mayeut/manylinux_2_35:1"}
    ),
    "an engine of the user's own": Case(
        config=f"""
        [tool.cibuildwheel]
        before-all = "{INSTALL}"
        [tool.cibuildwheel.container-engine]
        name = "podman"
        create-args = ["--network=host"]
        disable-host-mount = true
        """,
        env={},
    ),
    "an engine in a variable": Case(
        config=f'[tool.cibuildwheel]\nbefore-all = "{INSTALL}"',
        env={
            "CIBW_CONTAINER_ENGINE": "docker; create_args: --network=host --env=A=1; disable_host_mount: True"
        },
    ),
}


def options_of(case: Case, directory: Path, write_generated: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    arguments = case.write(directory)
    project = read_project(arguments, case.env, own_images=case.own_images)
    generated = generate_for(project, plan_for(project), case.env)
    env = {name: value for name, value in case.env.items() if name not in generated.drop}
    return effective(arguments, case.env), effective(arguments, env, write_generated(generated))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_x86_64_and_musllinux_come_out_exactly_as_they_went_in(
    case: Case, tmp_path: Path, write_generated: Any
) -> None:
    before, after = options_of(case, tmp_path, write_generated)
    untouched = [i for i in before if not i.endswith("manylinux_armv7l")]
    assert untouched
    assert {i: before[i] for i in untouched} == {i: after[i] for i in untouched}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_armv7l_gets_the_plan(case: Case, tmp_path: Path, write_generated: Any) -> None:
    project = read_project(case.write(tmp_path), case.env, own_images=case.own_images)
    before, after = options_of(case, tmp_path, write_generated)
    planned = {i: b for b in plan_for(project).builds for i in (*b.identifiers, *b.lacking)}
    field_of = {"repair-wheel-command": "repair_command"}
    for identifier in (i for i in before if i.endswith("manylinux_armv7l")):
        build = planned[identifier]
        assert build.container_image in after[identifier]["manylinux_images"]
        for hook in build.hooks:
            field = field_of.get(hook.option, hook.option.replace("-", "_"))
            assert after[identifier][field] == repr(hook.after)
        assert "--volume=companion:/opt/cibw-debian:ro" in after[identifier]["container_engine"]
        if "--network=host" in before[identifier]["container_engine"]:
            assert "--network=host" in after[identifier]["container_engine"]
        changed = {"manylinux_images", "container_engine", *(h.replace("-", "_") for h in HOOK_FIELDS)}
        same = before[identifier].keys() - changed
        assert {f: before[identifier][f] for f in same} == {f: after[identifier][f] for f in same}


HOOK_FIELDS = ("before_all", "before_build", "repair_command", "before_test", "test_command")


def test_without_anything_of_ours_nothing_is_generated(tmp_path: Path) -> None:
    case = Case(config=f'[tool.cibuildwheel]\nbefore-all = "{INSTALL}"', env={}, archs="x86_64")
    project = read_project(case.write(tmp_path), {})
    assert not generate_for(project, plan_for(project), {}).needed


def test_no_variable_is_dropped_without_need(tmp_path: Path) -> None:
    case = Case(config="", env={"CIBW_BEFORE_ALL": "echo nothing to translate", "CIBW_TEST_SKIP": "*"})
    project = read_project(case.write(tmp_path), case.env)
    assert generate_for(project, plan_for(project), case.env).drop == ()
