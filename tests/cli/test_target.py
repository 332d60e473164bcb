"""One notion of where packages are installed, for all commands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cibw_debian.cli import main
from tests.command import cibw_debian

if TYPE_CHECKING:
    from pathlib import Path

HOOK = "dnf install -y zlib-devel"
CATALOGUE = """
[images.ours]
description = "an image of the project"
archs = ["armv7l"]
policy = "manylinux_2_43"
distribution = "debian-14"
suite = "forky"
glibc = "2.43"
gcc = "16"
package-manager = "apt"
repository = "example.org/ours"
registry.tag = "1"
pythons = ["*"]
"""


@pytest.mark.parametrize("option", ["--suite", "--image"])
@pytest.mark.parametrize(
    ("name", "arch", "suite"),
    [
        ("bookworm", "armv7l", "bookworm"),
        ("debian-12", "armv7l", "bookworm"),
        ("ubuntu-22.04", "armv7l", "jammy"),
        ("manylinux_2_35", "riscv64", "jammy"),
        ("manylinux_2_31", "armv7l", "focal"),
        ("ghcr.io/mayeut/manylinux_2_35:1", "armv7l", "jammy"),
    ],
)
def test_what_an_image_option_takes(option: str, name: str, arch: str, suite: str) -> None:
    out = cibw_debian("translate", option, name, "--arch", arch, "--format", "json", HOOK).out
    assert json.loads(out)["suite"] == suite
    assert cibw_debian("lookup", option, name, "--arch", arch, "zlib-devel").code == 0


@pytest.mark.parametrize("command", [("lookup", "zlib-devel"), ("translate", HOOK)])
def test_the_default_is_said_once_in_text_on_a_terminal(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cibw_debian(*command).err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    said = "for bookworm/armv7l; choose with --suite or --image, and --arch\n"
    for options, expected in (((), said), (("--suite", "bookworm"), ""), (("--format", "json"), "")):
        assert main([*command, *options]) == 0
        assert capsys.readouterr().err == expected


@pytest.mark.parametrize("command", [("lookup", "zlib-devel", "openssl-devel"), ("translate", HOOK)])
def test_names_that_nobody_verified_are_said_once(command: tuple[str, ...]) -> None:
    code, out, err = cibw_debian(*command, "--suite", "jammy")
    assert code == 0
    assert err == "names are not verified: bookworm/armhf answers for jammy/armv7l\n"
    assert "verified" not in out


def test_an_unknown_name_lists_suites_and_images() -> None:
    code, out, err = cibw_debian("lookup", "--suite", "debian-14", "zlib-devel")
    assert (code, out) == (40, "")
    assert "bullseye, bookworm" in err
    assert "debian-13" in err


def test_an_image_of_nobody_has_no_suite() -> None:
    code, _, err = cibw_debian("lookup", "--image", "example.org/image:1", "zlib-devel")
    assert (code, "--suite" in err) == (40, True)


def test_an_image_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "images.toml").write_text(CATALOGUE)
    (tmp_path / "pyproject.toml").write_text('[tool.cibw-debian]\nimages = "images.toml"\n')
    code, out, err = cibw_debian("lookup", "--suite", "ours", "gcc-c++", cwd=tmp_path)
    assert (code, out.splitlines()[0]) == (0, "gcc-c++: g++")
    assert err == "names are not verified: no index answers for forky/armv7l\n"


@pytest.mark.parametrize("image", ["debian-11", "manylinux_2_31"])
def test_what_the_image_has_already(image: str) -> None:
    names = ("lookup", "--image", image, "glib2-devel", "libX11-devel", "openssl-devel", "epel-release")
    out = cibw_debian(*names)[1].splitlines()
    assert [line for line in out if "already" in line] == [
        "glib2-devel: libglib2.0-dev (already in the image)",
        "libX11-devel: libx11-dev (already in the image)",
    ]
    found = json.loads(cibw_debian(*names, "--format", "json")[1])["packages"]
    assert [package["present"] for package in found] == [True, True, False, False]


def test_an_image_with_dnf_needs_no_translation(tmp_path: Path) -> None:
    (tmp_path / "images.toml").write_text(CATALOGUE.replace('"apt"', '"dnf"'))
    (tmp_path / "pyproject.toml").write_text('[tool.cibw-debian]\nimages = "images.toml"\n')
    code, out, err = cibw_debian("translate", "--image", "ours", HOOK, cwd=tmp_path)
    assert (code, out, err) == (0, f"{HOOK}\n", "ours has dnf: the hook stays as it is\n")
    code, out, err = cibw_debian("lookup", "--image", "ours", "zlib-devel", cwd=tmp_path)
    assert (code, out, "ours has dnf" in err) == (40, "", True)
