"""The command line, as a user calls it; no container engine is needed."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cibw_debian import __version__
from cibw_debian.cibw import adapter
from cibw_debian.cli import COMMANDS, main
from tests.command import cibw_debian, in_terminal, user_environment

if TYPE_CHECKING:
    from cibw_debian.run.invocation import Invocation

PINS = adapter.pins()
EXAMPLE = Path(__file__).parents[2] / "example-project"
PYPROJECT = """
[build-system]
requires = ["setuptools"]
[project]
name = "thing"
version = "1"
[tool.cibuildwheel]
manylinux-armv7l-image = "debian-11"
"""


@pytest.fixture
def no_engine(tmp_path: Path) -> dict[str, str]:
    """An environment whose `docker` only notes that it was called."""
    tools = tmp_path / "tools"
    tools.mkdir()
    docker = tools / "docker"
    docker.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/called\nexit 1\n')
    docker.chmod(0o755)
    env = user_environment()
    return {**env, "PATH": f"{tools}:{env['PATH']}", "NO_COLOR": "1"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    code, out, _ = cibw_debian(command, "--help")
    assert code == 0
    assert out.startswith(f"usage: cibw-debian {command}")
    examples = out.partition("\nexamples:\n")[2].splitlines()
    assert examples
    assert all(line.startswith("  ") and f"cibw-debian {command}" in line for line in examples)


def test_a_mistyped_command_gets_a_suggestion() -> None:
    code, out, err = cibw_debian("trnslate", "dnf install x")
    assert code == 2
    assert out == ""
    assert "Perhaps you meant 'translate'?" in err


@pytest.mark.parametrize(
    ("option", "meant"),
    [
        ("--allow-misssing", " Perhaps you meant --allow-missing?"),  # ours alone
        ("--debug-tracebak", " Perhaps you meant --debug-traceback?"),
        ("--prnt-build-identifiers=1", " Perhaps you meant --print-build-identifiers?"),
        ("-x", ""),
    ],
)
@pytest.mark.parametrize("command", ["plan", "run"])
def test_an_option_that_neither_program_has_is_refused(command: str, option: str, meant: str) -> None:
    code, out, err = cibw_debian(command, option)
    assert (code, out) == (2, "")
    name = option.partition("=")[0]
    assert err.endswith(f"neither cibw-debian nor cibuildwheel has an option {name}.{meant}\n")


def test_help_lists_every_command_without_importing_it() -> None:
    code = "import sys; from cibw_debian.cli import COMMANDS, main; main(['--help']);"
    code += "sys.exit(', '.join(n for n in COMMANDS if f'cibw_debian.cli.{n}' in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == "\n"
    assert [name for name in COMMANDS if f"\n    {name} " in done.stdout] == list(COMMANDS)


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("--no-such-option",),
        ("--", "plan"),
        ("lookup",),
        ("lookup", "--form", "json", "zlib-devel"),
        ("plan", "--format", "xml"),
        ("images",),
        ("translate", "--file", "x", "dnf install y"),
        ("translate", "--suite", "trixie", "--image", "debian-12", "dnf install y"),
    ],
)
def test_wrong_usage(args: tuple[str, ...]) -> None:
    code, out, err = cibw_debian(*args)
    assert (code, out) == (2, "")
    assert err.startswith("usage: cibw-debian")


@pytest.mark.parametrize(
    ("args", "columns", "shown"),
    [
        (
            ("images", "show", "debian-13", "--arch", "s390x"),
            50,
            """
names:               debian-13, manylinux_2_41,
                     trixie
""",
        ),
        (
            ("explain", "lib64"),
            50,
            """
  What to do: Use pkg-config, or name the
  directories lib and lib/<triplet> too (`gcc
  -print-multiarch` prints the triplet).
""",
        ),
        (
            ("translate", "--explain", "dnf install -y epel-release openssl-devel"),
            40,
            """
hook:1: dnf install -y epel-release
    openssl-devel -> apt-get update &&
    apt-get install -y libssl-dev
    nothing-to-install: epel-release:
        Debian needs no further
        repository for this
""",
        ),
    ],
)
def test_what_goes_on_in_another_line_of_a_terminal_is_indented(
    args: tuple[str, ...], columns: int, shown: str
) -> None:
    assert shown in in_terminal(*args, env={"NO_COLOR": "1"}, columns=columns)[1]


def test_images_are_listed_with_few_columns_or_with_all() -> None:
    rows = [line.split() for line in cibw_debian("images", "list").out.splitlines()]
    assert rows[0] == ["NAME", "ARCHS", "POLICY", "SUITE", "PYTHONS"]
    assert ["mayeut-manylinux_2_35", "6", "archs", "manylinux_2_35", "jammy", "cp39..cp315t"] in rows
    rows = [line.split() for line in cibw_debian("images", "list", "-v").out.splitlines()]
    assert rows[0][5:] == ["DISTRIBUTION", "GCC", "PACKAGES", "HOME"]
    (row,) = (row for row in rows if row[0] == "mayeut-manylinux_2_35")
    assert row[4].startswith("cp39,cp310,")
    assert row[5:8] == ["ubuntu-22.04", "11", "apt"]


def test_the_image_of_an_arch_is_shown_by_any_of_its_names() -> None:
    for arch, image in (("armv7l", "mayeut-manylinux_2_39"), ("riscv64", "pypa-manylinux_2_39")):
        shown = cibw_debian("images", "show", "manylinux_2_39", "--arch", arch)
        assert re.match(rf"name: +{image}\n", shown.out)
        assert cibw_debian("images", "show", image, "--arch", arch) == shown


def test_the_error_of_a_plan_does_not_repeat_its_places(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"{PYPROJECT}before-all = 'dnf install -y no-such-devel'\n")
    code, out, err = cibw_debian("plan", "--archs", "armv7l", cwd=tmp_path, env=user_environment())
    assert (code, out.count("before-all:1:16: error:")) == (43, 1)
    assert err.startswith("error: these hooks cannot be translated; nothing was started\n")
    assert "before-all" not in err


def test_version() -> None:
    assert cibw_debian("--version") == (0, f"cibw-debian {__version__}\n", "")


@pytest.mark.parametrize("before", [True, False])
def test_a_traceback_where_it_is_asked_for(before: bool) -> None:
    args = ["lookup", "--suite", "sid", "zlib-devel"]
    assert "Traceback" not in cibw_debian(*args)[2]
    args.insert(0 if before else len(args), "--debug-traceback")
    assert "Traceback" in cibw_debian(*args)[2]


def test_an_interruption_is_no_error_of_ours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_argv: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("cibw_debian.cli.lookup.main", interrupted)
    assert main(["lookup", "zlib-devel"]) == 130
    assert capsys.readouterr().err == "aborted\n"


def test_a_reader_may_stop_reading() -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "cibw_debian", "translate", "dnf install -y zlib-devel"]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")


def test_the_seed_example_is_exact() -> None:
    code, out, _ = cibw_debian("translate", "dnf -y install openssl-devel")
    assert (code, out) == (0, "apt-get update && apt-get install -y libssl-dev\n")


def test_plan_as_json_is_all_of_standard_output() -> None:
    command = ("plan", str(EXAMPLE), "--archs", "armv7l,x86_64", "--format", "json")
    code, out, _ = cibw_debian(*command)
    builds = {build["platform_tag"]: build for build in json.loads(out)["builds"]}
    assert code == 0
    before_all = builds["manylinux_armv7l"]["hooks"][0]
    assert before_all["changed"]
    assert "libssl-dev" in before_all["after"]
    assert not builds["manylinux_x86_64"]["translated"]
    assert not any(hook["changed"] for hook in builds["manylinux_x86_64"]["hooks"])


def test_run_stops_before_any_container_and_names_every_problem(
    tmp_path: Path, no_engine: dict[str, str]
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    hook = "dnf install -y openssl-devel no-such-thing-devel"
    (project / "pyproject.toml").write_text(
        PYPROJECT + f'before-all = "{hook}"\nbefore-test = "yum install zilb-devel"\n'
    )
    code, _, err = cibw_debian("run", "--archs", "armv7l", env=no_engine, cwd=project)
    assert code == 43
    assert "no-such-thing-devel" in err
    assert "before-all" in err
    assert "zilb-devel" in err
    assert "perhaps zlib-devel?" in err
    assert "Traceback" not in err
    assert not (tmp_path / "called").exists()


def test_run_says_what_is_wrong_with_the_engine(tmp_path: Path, no_engine: dict[str, str]) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    code, _, err = cibw_debian("run", "--archs", "armv7l", "--allow-missing", env=no_engine, cwd=tmp_path)
    assert code == 46
    assert "docker" in err
    assert (tmp_path / "called").exists()


def test_nothing_left_to_build_is_an_error(tmp_path: Path, no_engine: dict[str, str]) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    code, _, err = cibw_debian("run", "--only", "cp312-manylinux_armv7l", env=no_engine, cwd=tmp_path)
    assert code == 48
    assert "debian-11 has only cp39" in err


def test_x86_64_alone_is_cibuildwheel_alone(tmp_path: Path, no_engine: dict[str, str]) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    code, out, _ = cibw_debian(
        "run", "--archs", "x86_64", "--print-build-identifiers", env=no_engine, cwd=tmp_path
    )
    assert code == 0
    assert "cp311-manylinux_x86_64" in out.split()


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[Invocation]:
    """What `run` is called with; it does nothing and returns 7."""
    calls: list[Invocation] = []

    def run(invocation: Invocation, _env: object, **_options: object) -> int:
        calls.append(invocation)
        return 7

    monkeypatch.setattr("cibw_debian.run.run.run", run)
    return calls


@pytest.mark.parametrize(
    "words", [["--clean-cache"], ["."], ["--", "."], ["--output-dir", "x", "--allow-empty"]]
)
def test_run_hands_on_what_was_written(handed: list[Invocation], tmp_path: Path, words: list[str]) -> None:
    known = ["--archs", "armv7l", "--enable=pypy", "--debug-traceback"]
    own = ["--config-file", str(tmp_path / "x.toml"), "--no-companion", "--allow-missing"]
    assert main(["run", *known, *own, *words]) == 7
    (invocation,) = handed
    assert list(invocation.passed) == [*known, *words]
    assert invocation.switches == {"companion": False, "allow_missing": True}
    assert invocation.arguments.config_file == str(tmp_path / "x.toml")
    assert shlex.split(invocation.line) == ["cibw-debian", "run", *known, *own, *words]


def test_an_option_that_only_a_newer_cibuildwheel_has_is_handed_on(
    handed: list[Invocation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "command_line_options", lambda: frozenset({"--new-option"}))
    assert main(["run", ".", "--new-option", "value"]) == 7
    assert handed[0].passed == (".", "--new-option", "value")


@pytest.mark.parametrize("command", ["run", "plan"])
def test_an_option_that_nobody_has_is_wrong_usage(handed: list[Invocation], command: str) -> None:
    code, out, err = cibw_debian(command, "--ouput-dir", "x")
    assert (code, out) == (2, "")
    assert "option --ouput-dir. Perhaps you meant --output-dir?" in err
    assert "__main__.py" not in err
    assert handed == []


def test_arch_is_taken_for_archs(handed: list[Invocation]) -> None:
    assert main(["run", "--arch", "armv7l"]) == main(["run", "--arch=armv7l"]) == 7
    assert [call.arguments.archs for call in handed] == ["armv7l", "armv7l"]
    assert [call.passed for call in handed] == [("--archs", "armv7l"), ("--archs=armv7l",)]


def test_exit_codes_of_cibuildwheel_pass_through(tmp_path: Path, no_engine: dict[str, str]) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    code, _, _ = cibw_debian("run", "--archs", "x86_64", env={**no_engine, "CIBW_SKIP": "*"}, cwd=tmp_path)
    assert code == 3  # cibuildwheel: nothing to do


def test_cibuildwheels_own_option_errors_are_ours_to_show(tmp_path: Path, no_engine: dict[str, str]) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT + "before-al = 1\n")
    code, _, err = cibw_debian("run", "--archs", "armv7l", env=no_engine, cwd=tmp_path)
    assert code == 40
    assert "Perhaps you meant 'before-all'?" in err


@pytest.mark.parametrize(
    ("args", "out"),
    [
        (("resolve", "manylinux_2_35", "--arch", "armv7l"), f"{PINS['armv7l']['manylinux_2_35']}\n"),
        (("resolve", "manylinux_2_28", "--archs", "x86_64"), f"{PINS['x86_64']['manylinux_2_28']}\n"),
        (("resolve", "bullseye", "--arch", "armv7l"), "localhost/cibw-debian/debian-11:armv7l\n"),
        (("resolve", "localhost:1/a@sha256:0", "--arch", "armv7l"), "localhost:1/a@sha256:0\n"),
    ],
)
def test_images_resolve(args: tuple[str, ...], out: str) -> None:
    assert cibw_debian("images", *args)[:2] == (0, out)


def test_images_resolve_has_alias_and_reference_in_json() -> None:
    out = cibw_debian("images", "resolve", "jammy", "--arch", "armv7l", "--format", "json")[1]
    document = json.loads(out)
    assert (document["requested"], document["alias"]) == ("jammy", "manylinux_2_35")
    assert document["reference"] == PINS["armv7l"]["manylinux_2_35"]
    assert document["image"]["name"] == "pypa-manylinux_2_35"


def test_images_list_and_show_have_text_and_json() -> None:
    _, text, _ = cibw_debian("images", "list", "--arch", "riscv64")
    pythons = {line.split()[0]: line.split()[-1] for line in text.splitlines()}
    assert pythons["pypa-manylinux_2_39"] == "all"
    assert pythons["debian-13"] == "cp313"
    assert pythons["mayeut-manylinux_2_35"] == "cp39..cp315t"
    listed = json.loads(cibw_debian("images", "list", "--arch", "riscv64", "--format", "json")[1])["images"]
    assert [line.split()[0] for line in text.splitlines()[1:]] == [image["name"] for image in listed]
    shown = json.loads(cibw_debian("images", "show", "bookworm", "--format", "json")[1])
    assert (shown["name"], shown["glibc"], shown["pythons"]) == ("debian-12", "2.36", ["cp311"])


def test_an_unknown_image_lists_what_there_is() -> None:
    code, out, err = cibw_debian("images", "resolve", "debian-14", "--arch", "riscv64")
    assert (code, out) == (42, "")
    assert "debian-13" in err


@pytest.mark.parametrize(
    ("arch", "hint"),
    [
        ("armv7l", "For armv7l there is: debian-11 (manylinux_2_31, bullseye)"),
        ("i686", "There is none for i686."),
    ],
)
def test_what_cannot_be_built_here_lists_what_can(arch: str, hint: str) -> None:
    code, out, err = cibw_debian("images", "build", "rocky10", "--arch", arch)
    assert (code, out) == (42, "")
    assert hint in err
