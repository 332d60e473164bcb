"""What is installed for requirements without a wheel, with a stand-in for the package index."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cibw_debian.cibw.adapter import HOOKS, Build, EngineOption, Project
from cibw_debian.hooks.translate import Style, translate
from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.images.local import Here
from cibw_debian.planning.compiled import add_requirements, index_options
from cibw_debian.planning.overrides import generate
from cibw_debian.planning.plan import Plan, make_plan
from cibw_debian.planning.report import render_plan, summarize_plan, to_json
from cibw_debian.resolver.resolve import open_resolver
from tests.command import cibw_debian, user_environment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cibw_debian.hooks.translation import Translation
    from cibw_debian.host.wheels import Place
    from cibw_debian.images.catalogue import Image
    from cibw_debian.planning.compiled import HasWheel
    from cibw_debian.resolver.model import Target

ARMV7L = "cp311-manylinux_armv7l"


class Index:
    """Says what it is told for a name, or for a name and an interpreter; otherwise there is a wheel."""

    def __init__(self, **answers: bool | None) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str, str]] = []

    def __call__(self, name: str, specifier: str, place: Place) -> bool | None:
        self.asked.append((name, specifier, place.python))
        return self.answers.get(f"{name}_{place.python}", self.answers.get(name, True))


def build(identifier: str = ARMV7L, image: str = "debian-11", **options: Any) -> Build:
    hooks = {option: options.pop(option.replace("-", "_"), "") for option in HOOKS}
    libc, _, arch = identifier.partition("-")[2].partition("_")
    return Build(
        identifier=identifier,
        images={f"{libc}-{arch}-image": image},
        hooks=hooks,
        texts=options.pop("texts", {}),
        engine=EngineOption(name="docker"),
        **options,
    )


def with_all(image: Image, builds: Sequence[Build]) -> Here:
    return Here(replace(image, pythons=tuple(build.python for build in builds)))


def plan(
    index: HasWheel, *builds: Build, requires: tuple[str, ...] = ("lxml",), again: Any = None, **options: Any
) -> Plan:
    project = Project(config_file=None, builds=builds, skip="", allow_empty=False, pins={})
    return add_requirements(
        make_plan(project, load_catalogue(), open_resolver, local=with_all, **options),
        project,
        pyproject={"build-system": {"requires": list(requires)}},
        has_wheel=index,
        open_resolver=open_resolver,
        again=again,
    )


def before_all(plan: Plan, n: int = 0) -> str:
    return next((hook.after for hook in plan.builds[n].hooks if hook.option == "before-all"), "")


def said(plan: Plan, n: int = 0) -> list[str]:
    return list(plan.builds[n].requirements.describe(plan.builds[n].arch))


def test_packages_are_installed_before_the_hook() -> None:
    index = Index(lxml=False)
    found = plan(index, build(before_all="make deps"))
    first, last = before_all(found).split("\n")
    assert " libxml2-dev libxslt1-dev </dev/null || echo 'cibw-debian: " in first
    assert first.startswith("apt-get ")
    assert last == "make deps"
    sentence = "lxml has no wheel for armv7l: libxml2-dev and libxslt1-dev are installed to compile it"
    assert said(found) == [sentence]
    assert sentence in render_plan(found)
    assert f"manylinux_armv7l: {sentence}" in summarize_plan(found)
    assert to_json(found)["builds"][0]["requirements"]["compiled"][0]["name"] == "lxml"
    assert index.asked == [("lxml", "", "cp311")]


def test_a_wheel_changes_nothing() -> None:
    found = plan(Index(), build(before_all="make deps"))
    assert before_all(found) == "make deps"
    assert said(found) == []
    assert to_json(found)["builds"][0]["requirements"] == {
        "compiled": [],
        "loading": [],
        "unknown": [],
    }


def test_an_index_that_does_not_tell_changes_nothing() -> None:
    found = plan(Index(lxml=None, cffi=None), build(), requires=("lxml", "cffi"))
    assert before_all(found) == ""
    (sentence,) = said(found)
    assert sentence == (
        "the package index does not tell whether lxml and cffi have wheels for armv7l:"
        " nothing is installed to compile them"
    )
    (sentence,) = said(plan(Index(lxml=None), build()))
    assert sentence == (
        "the package index does not tell whether lxml has a wheel for armv7l:"
        " nothing is installed to compile it"
    )


def test_without_a_hook_there_is_one_now() -> None:
    found = plan(Index(lxml=False), build())
    (override,) = generate({}, found, {}, create_args=[()]).config["tool"]["cibuildwheel"]["overrides"]
    assert "libxslt1-dev" in override["before-all"]
    assert "before-all:" not in render_plan(found)
    assert "libxslt1-dev" in render_plan(found, exact=True).partition("before-all:")[2]


def test_only_requirements_of_the_table_are_asked_about() -> None:
    index = Index()
    plan(index, build(), requires=("setuptools", "Cython", "lxml>=4"))
    assert index.asked == [("lxml", ">=4", "cp311")]


def test_what_a_requirement_requires_is_followed() -> None:
    found = plan(Index(cffi=False), build(image="manylinux_2_31"), requires=("cryptography",))
    assert said(found) == ["cffi has no wheel for armv7l: libffi-dev is installed to compile it"]
    found = plan(Index(cffi=False), build(image="manylinux_2_31"), requires=("pynacl",))
    assert said(found) == ["cffi has no wheel for armv7l: libffi-dev is installed to compile it"]


def test_the_first_interpreter_without_a_wheel_is_enough() -> None:
    builds = [build(f"{python}-manylinux_armv7l") for python in ("cp310", "cp311", "cp312")]
    index = Index(lxml_cp310=None, lxml_cp311=False)
    found = plan(index, *builds)
    assert [python for _, _, python in index.asked] == ["cp310", "cp311"]
    assert len(found.builds) == 1
    assert "libxslt1-dev" in before_all(found)


def test_builds_that_share_a_container_still_do() -> None:
    builds = [build(before_build="a"), build("cp312-manylinux_armv7l", before_build="b; pip install pycairo")]
    found = plan(Index(lxml=False, pycairo=False), *builds)
    assert len(found.builds) == 2
    assert before_all(found, 0) == before_all(found, 1)
    assert "libcairo2-dev" in before_all(found)


@pytest.mark.parametrize(
    ("hooks", "installed"),
    [
        ({"before_all": "dnf install -y libxml2-devel libxslt-devel"}, []),
        ({"before_all": "yum install -y libxslt-devel"}, ["libxml2-dev"]),
        ({"before_build": "dnf install -y libxml2-devel libxslt-devel"}, []),
        ({"before_test": "dnf install -y libxml2-devel"}, ["libxml2-dev", "libxslt1-dev"]),
    ],
)
def test_what_hooks_install_is_not_installed_twice(hooks: dict[str, str], installed: list[str]) -> None:
    found = plan(Index(lxml=False), build(**hooks))
    (lxml,) = found.builds[0].requirements.compiled
    assert list(lxml.installed) == installed
    ours = next((hook.requirements for hook in found.builds[0].hooks), "")
    assert [deb for deb in ("libxml2-dev", "libxslt1-dev") if deb in ours] == installed


def test_what_the_image_has_is_not_installed() -> None:
    found = plan(Index(cffi=False), build(before_all="true"), requires=("cffi",))
    assert before_all(found) == "true"
    assert said(found) == [
        "cffi has no wheel for armv7l: it is compiled with packages that are there already"
    ]


def test_what_a_hook_installs_that_the_image_has_already_is_there() -> None:
    hook = "dnf install -y libffi-devel"
    found = plan(Index(cffi=False), build(before_all=hook), requires=("cffi",))
    assert found.builds[0].requirements.compiled[0].installed == ()


def test_a_package_that_debian_has_not_is_said() -> None:
    found = plan(Index(pdal=False, numpy=True), build(image="debian-13"), requires=("pdal",))
    assert said(found) == [
        "pdal has no wheel for armv7l: Debian has no package for PDAL-devel, which compiling it needs"
    ]
    assert before_all(found) == ""


@pytest.mark.parametrize(
    "hook",
    [
        '[ "$(uname -m)" = x86_64 ] && dnf install -y libxml2-devel',
        'if [ "$(uname -m)" = x86_64 ]; then dnf install -y libxml2-devel; fi',
        "dnf install -y libxml2-devel || true",
    ],
)
def test_what_hooks_may_not_install_is_installed(hook: str) -> None:
    found = plan(Index(lxml=False), build(before_all=hook))
    assert " libxml2-dev libxslt1-dev " in before_all(found).split("\n")[0]


def test_the_lists_of_packages_are_fetched_once() -> None:
    def again(text: str, target: Target) -> Translation:
        return translate(text, open_resolver(target), style=Style.ROBUST, fresh=True)

    hook = "set -e\ndnf install -y openssl-devel; make x"
    found = plan(Index(lxml=False), build(before_all=hook), companion=False, again=again)
    assert before_all(found).count("update") == 1
    assert before_all(found).endswith(" libssl-dev </dev/null; make x")
    assert "update" not in before_all(found).split("\n", 1)[1]
    assert (
        before_all(plan(Index(), build(before_all=hook), companion=False, again=again)).count("update") == 1
    )
    # what the companion answers stays the project's own text
    left = plan(Index(lxml=False), build(before_all=hook), companion=True, again=again)
    assert before_all(left).split("\n", 1)[1] == hook


def test_what_a_wheel_loads_is_installed_in_any_case() -> None:
    found = plan(Index(), build(before_all="make"), requires=("sounddevice",))
    assert " libportaudio2 " in before_all(found).split("\n")[0]
    assert said(found) == ["sounddevice loads a library of the system: libportaudio2 is installed"]
    there = plan(Index(), build(before_all="dnf install -y portaudio"), requires=("sounddevice",))
    assert said(there) == ["sounddevice loads a library of the system: it is there already"]
    assert to_json(there)["builds"][0]["requirements"]["loading"][0]["installed"] == []


def test_the_index_of_the_container_is_asked() -> None:
    text = "PIP_INDEX_URL='https://a/simple'\nPIP_EXTRA_INDEX_URL=\"https://b https://c\"\nA=b"
    options = ("--index-url=https://a/simple", "--extra-index-url=https://b", "--extra-index-url=https://c")
    assert index_options(text) == options
    assert index_options("PIP_INDEX_URL=$(get)\nPIP_INDEX_URLS=x\nPIP_EXTRA_INDEX_URL='a") == ()
    places = []

    def has_wheel(name: str, specifier: str, place: Place) -> bool:
        places.append((name, specifier, place.options))
        return True

    plan(has_wheel, build(texts={"environment": text}))
    assert places == [("lxml", "", options)]


def test_with_the_companion_the_hook_stays_the_users() -> None:
    found = plan(Index(lxml=False), build(before_all="dnf install -y $DEPS"), companion=True)
    first, last = before_all(found).split("\n")
    assert "libxslt1-dev" in first
    assert last == "dnf install -y $DEPS"


@pytest.mark.parametrize(
    ("identifier", "image"),
    [
        ("cp311-manylinux_riscv64", "quay.io/pypa/manylinux_2_39_riscv64:1"),
        ("cp311-manylinux_x86_64", "quay.io/pypa/manylinux_2_28_x86_64:1"),
        ("cp311-musllinux_armv7l", "musllinux_1_2"),
        ("cp311-manylinux_armv7l", "registry.example/own:1"),
    ],
)
def test_other_builds_stay_as_they_are(identifier: str, image: str) -> None:
    index = Index(lxml=False)
    found = plan(index, build(identifier, image, before_all="make"))
    assert index.asked == []
    assert before_all(found) == "make"


PYPROJECT = """
[build-system]
requires = ["setuptools"]
[project]
name = "x"
version = "1"
dependencies = ["pycairo"]
[tool.cibuildwheel]
build = "cp39-manylinux_armv7l"
manylinux-armv7l-image = "debian-11"
test-command = "true"
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A project, and an index in a directory: lxml with a wheel for armv7l, pycairo without, no others."""
    project, simple = tmp_path / "project", tmp_path / "simple"
    project.mkdir()
    (project / "pyproject.toml").write_text(PYPROJECT)
    (project / "setup.py").write_text("setup(setup_requires=['lxml'])")
    for name, file in {
        "lxml": "lxml-6-cp39-cp39-manylinux_2_31_armv7l.whl",
        "pycairo": "pycairo-1.tar.gz",
    }.items():
        (simple / name).mkdir(parents=True)
        (simple / name / "index.html").write_text(f'<!DOCTYPE html><html><a href="{file}">{file}</a></html>')
    own = {name: value for name, value in user_environment().items() if not name.startswith("PIP_")}
    return own | {
        "CIBW_DEBIAN_REQUIREMENTS": "1",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": simple.as_uri(),
        "XDG_CACHE_HOME": str(tmp_path),
    }


def test_the_command_asks_pip(environment: dict[str, str], tmp_path: Path) -> None:
    arguments = ("plan", "--archs", "armv7l")
    done = cibw_debian(*arguments, env=environment, cwd=tmp_path / "project")
    assert "pycairo has no wheel for armv7l: libcairo2-dev is installed to compile it" in done.out
    assert "lxml" not in done.out
    assert done.err.count("asking the package index") == 2
    # The answers are kept, and so is what `env` says.
    done = cibw_debian("env", "--arch", "armv7l", env=environment, cwd=tmp_path / "project")
    assert "libcairo2-dev" in done.out
    assert "asking" not in done.err


def test_the_switch_asks_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    done = cibw_debian(
        "plan", "--archs", "armv7l", "--no-requirements", env=environment, cwd=tmp_path / "project"
    )
    assert "pycairo" not in done.out
    assert "asking" not in done.err
    done = cibw_debian("sync", "--diff", env=environment, cwd=tmp_path / "project")
    assert "cairo" not in done.out
    assert "asking" not in done.err


def test_an_index_that_is_not_there(environment: dict[str, str], tmp_path: Path) -> None:
    environment |= {"PIP_INDEX_URL": "http://127.0.0.1:9/"}
    done = cibw_debian("plan", "--archs", "armv7l", env=environment, cwd=tmp_path / "project")
    assert done.code == 0
    assert "does not tell whether lxml and pycairo have wheels" in " ".join(done.out.split())
    assert done.err.count("asking the package index") == 1
