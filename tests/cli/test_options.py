"""What all commands take, in the same way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cibw_debian import __version__
from cibw_debian.cli import COMMANDS, main
from cibw_debian.cli.parser import command_parser
from cibw_debian.platforms import resembling_arch
from tests.command import cibw_debian, user_environment

EXAMPLE = str(Path(__file__).parents[2] / "example-project")
HOOK = "dnf -y install zlib-devel"


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS), ("images", "list")])
@pytest.mark.parametrize("option", ["-V", "--version"])
def test_every_command_tells_the_version(command: tuple[str, ...], option: str) -> None:
    assert cibw_debian(*command, option) == (0, f"cibw-debian {__version__}\n", "")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_a_command_too(command: str) -> None:
    assert cibw_debian("help", command) == cibw_debian(command, "--help")


def test_help_alone_is_an_answer_and_no_command_at_all_is_a_mistake() -> None:
    assert cibw_debian("help") == cibw_debian("--help")
    assert cibw_debian("help", "images", "list")[1].startswith("usage: cibw-debian images list")
    code, out, err = cibw_debian()
    assert (code, out, err) == (2, "", cibw_debian("help").out)
    assert "Perhaps you meant 'plan'?" in cibw_debian("help", "pla").err


def test_images_alone_shows_its_commands() -> None:
    code, out, err = cibw_debian("images")
    assert (code, out) == (2, "")
    assert re.search(r"^    resolve +Print the image", err, re.MULTILINE)
    assert "Perhaps you meant 'list'?" in cibw_debian("images", "lst").err


@pytest.mark.parametrize(
    "args",
    [("-q", "lookup", "zlib-devel"), ("lookup", "--quiet", "zlib-devel"), ("lookup", "zlib-devel", "-q")],
)
def test_quiet_in_any_place(args: tuple[str, ...]) -> None:
    loud = cibw_debian("lookup", "zlib-devel", "--suite", "jammy")
    assert loud.err.startswith("names are not verified")
    assert cibw_debian(*args, "--suite", "jammy") == (0, loud.out, "")


def test_quiet_is_for_one_call(capsys: pytest.CaptureFixture[str]) -> None:
    main(["-q", "lookup", "zlib-devel", "--suite", "jammy"])
    assert capsys.readouterr().err == ""
    main(["lookup", "zlib-devel", "--suite", "jammy"])
    assert capsys.readouterr().err != ""


def test_quiet_keeps_warnings_and_errors() -> None:
    code, out, err = cibw_debian("translate", "-q", "dnf install zlib-devel no-such-thing-devel")
    assert (code, out) == (43, "")
    assert "warning" in err
    assert "no-such-thing-devel" in err
    assert "note:" not in err


@pytest.mark.parametrize(
    ("words", "out"),
    [
        (("-q", HOOK), "apt-get install -y zlib1g-dev"),
        (("--", HOOK), "apt-get install -y zlib1g-dev"),
        (("--", "dnf", "install", "-y", "zlib-devel"), "apt-get install -y zlib1g-dev"),
        ((HOOK, "-v", "-q"), "apt-get install -y zlib1g-dev"),
        (("-q", "dnf", "-q", "-y", "install", "zlib-devel"), "apt-get install -y -q zlib1g-dev"),
        (("dnf", "-y", "install", "zlib-devel", "-q"), "apt-get install -y -q zlib1g-dev"),
    ],
)
def test_dnfs_own_options_stay_dnfs(words: tuple[str, ...], out: str) -> None:
    done = cibw_debian("translate", *words)
    assert (done.code, done.out) == (0, f"apt-get update && {out}\n")


def test_verbose_shows_what_plan_gives_to_cibuildwheel() -> None:
    short, exact = (
        cibw_debian("plan", EXAMPLE, "--arch=armv7l"),
        cibw_debian("-v", "plan", EXAMPLE, "--archs=armv7l"),
    )
    assert "no-install-recommends" not in short.out
    assert "no-install-recommends" in exact.out


def test_verbose_tells_where_names_come_from() -> None:
    hook = "dnf -y install openssl-devel ninja-build && yum install -y openssl-devel"
    done = cibw_debian("translate", "-v", hook)
    assert done.out == cibw_debian("translate", hook).out
    line = "openssl-devel: libssl-dev\n    from rule:source-dev, verified: in bookworm/armhf\n"
    assert done.err.count(line) == 1
    assert "ninja-build: ninja-build\n    from " in done.err


def test_what_is_ours_does_not_reach_cibuildwheel() -> None:
    """cibuildwheel has no such options, and would refuse them."""
    words = ("--print-build-identifiers", "--archs", "x86_64", "-q", "-v", EXAMPLE)
    env = user_environment()
    code, out, _ = cibw_debian("run", *words, env=env)
    assert (code, "cp311-manylinux_x86_64" in out.split()) == (0, True)


@pytest.mark.parametrize(
    "command",
    [
        ("lookup", "zlib-devel"),
        ("translate", HOOK),
        ("images", "list"),
        ("images", "resolve", "debian-12"),
        ("plan", EXAMPLE),
    ],
)
@pytest.mark.parametrize("option", ["--arch", "--archs"])
def test_arch_and_archs_are_one(command: tuple[str, ...], option: str) -> None:
    assert cibw_debian(*command, option, "armv7l").code == 0
    code, _, err = cibw_debian(*command, option, "armv7")
    assert (code, "Perhaps you meant armv7l?" in err) == (40, True)


@pytest.mark.parametrize(
    ("word", "arch"),
    [
        ("armv7", "armv7l"),
        ("armhf", "armv7l"),
        ("arm", "armv7l"),
        ("linux/arm/v7", "armv7l"),
        ("arm64", "aarch64"),
        ("amd64", "x86_64"),
        ("AMD64", "x86_64"),
        ("x86-64", "x86_64"),
        ("riscv", "riscv64"),
        ("RISCV64", "riscv64"),
        ("ppc64el", "ppc64le"),
        ("i386", "i686"),
        ("sparc", ""),
    ],
)
def test_other_names_of_an_arch(word: str, arch: str) -> None:
    assert resembling_arch(word) == arch


def test_a_choice_gets_a_suggestion() -> None:
    code, _, err = cibw_debian("lookup", "x", "--format", "jsn")
    assert (code, "Perhaps you meant 'json'?" in err) == (2, True)


def test_a_parser_names_no_option_of_another_one() -> None:
    assert "--quiet" not in command_parser("translate", "", common=False).format_help()


@pytest.mark.parametrize("option", ["-v", "--explain"])
def test_each_command_is_explained(option: str) -> None:
    hook = "dnf -y install epel-release hdf5-devel && dnf -y update && dnf clean all"
    code, out, err = cibw_debian("translate", option, hook)
    assert (code, out) == (0, "apt-get update && apt-get install -y libhdf5-dev && apt-get clean\n")
    explanation = err[err.index("hook:1: dnf -y install") :]
    assert re.sub(r"\s+", " ", explanation).strip() == (
        "hook:1: dnf -y install epel-release hdf5-devel -> apt-get update && apt-get install -y libhdf5-dev"
        " nothing-to-install: epel-release: Debian needs no further repository for this"
        " hook:1: dnf -y update -> nothing"
        " upgrade-dropped: upgrading the whole of a pinned image was left out"
        " hook:1: dnf clean all -> apt-get clean this is Debian's counterpart"
        " epel-release: nothing to install from table the table has the row epel-release"
        " Debian needs no further repository for this"
        " hdf5-devel: libhdf5-dev from rule:lib-dev, verified: in bookworm/armhf"
        " rule lib-dev: bookworm/armhf has libhdf5-dev"
    )


def test_of_a_hook_that_stays_each_name_is_explained() -> None:
    code, out, err = cibw_debian(
        "translate", "--explain", "bash -c 'dnf install -y opensssl-devel zlib-devel'"
    )
    assert (code, out) == (43, "")
    assert "opensssl-devel: unknown\n" in err
    assert "zlib-devel: zlib1g-dev\n    from rule:" in err
