"""Where a toolchain's packages come from, and what its volume depends on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cibw_debian.engine.engine import Engine
from cibw_debian.engine.volumes import Volumes
from cibw_debian.errors import DataError, NativeError
from cibw_debian.host.aptroot import AptRoot
from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.mounts.native import toolchain as module
from cibw_debian.mounts.native.toolchain import Toolchain, installed_version, make_ready

if TYPE_CHECKING:
    from pathlib import Path

TOOLCHAIN = Toolchain(suite="bullseye", gcc="10", arch="armv7l", host="amd64")
PACKAGES = {
    "dash_0.5_amd64.deb": "SHA256:1",
    "g++-10-arm-linux-gnueabihf_10.2.1-6cross1_amd64.deb": "SHA256:2",
}
KEY = {"trusted.gpg.d/key.asc": b"k"}


def test_the_compiler_has_the_images_version() -> None:
    assert TOOLCHAIN.packages[:2] == ("g++-10-arm-linux-gnueabihf", "gfortran-10-arm-linux-gnueabihf")


def test_a_debian_image_says_where_packages_come_from() -> None:
    image = load_catalogue().get("debian-11")
    files = {
        "sources.list": b"deb http://mirror.example/debian bullseye main",
        "apt.conf.d/99": b"x",
        **KEY,
    }
    assert module._sources(files, image) == {"sources.list": files["sources.list"], **KEY}


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (
            "sources.list",
            b"deb http://ports.example/ubuntu-ports/ jammy main universe",
            b"deb http://mirror.example/ubuntu/ jammy main universe",
        ),
        (
            "sources.list.d/ubuntu.sources",
            b"URIs: http://ports.example/ubuntu-ports\nSuites: noble noble-updates\n",
            b"URIs: http://mirror.example/ubuntu/\nSuites: noble noble-updates\n",
        ),
    ],
)
def test_an_ubuntu_image_knows_only_the_archive_of_ports(
    monkeypatch: pytest.MonkeyPatch, name: str, before: bytes, after: bytes
) -> None:
    monkeypatch.setattr(module, "default_mirror", lambda _origin: "http://mirror.example/ubuntu")
    image = load_catalogue().get("mayeut-manylinux_2_35")
    assert module._sources({name: before, **KEY}, image) == {name: after, **KEY}


def test_the_volume_depends_on_every_package_and_on_the_toolchain() -> None:
    digests = {
        module._digest(PACKAGES, TOOLCHAIN),
        module._digest({**PACKAGES, "dash_0.5_amd64.deb": "SHA256:3"}, TOOLCHAIN),
        module._digest(PACKAGES, replace(TOOLCHAIN, arch="riscv64")),
    }
    assert len(digests) == 3
    assert module._digest(dict(reversed(PACKAGES.items())), TOOLCHAIN) in digests


def test_the_version_is_that_of_the_suites_own_compiler() -> None:
    assert module._version(PACKAGES, TOOLCHAIN) == "10.2.1-6"


def test_what_keeps_apt_from_it_is_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class WithoutNetwork(AptRoot):
        def update(self) -> None:
            raise DataError("apt-get update failed", hint="W: one thing\nE: Temporary failure")

    class WithFiles(Engine):
        def read_files(self, *_arguments: str) -> dict[str, bytes]:
            return {"sources.list": b"", "": b""}

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(module, "AptRoot", WithoutNetwork)
    monkeypatch.setattr("shutil.which", lambda name: name)
    image = load_catalogue().get("debian-11")
    with pytest.raises(NativeError) as caught:
        make_ready(TOOLCHAIN, volumes=Volumes(WithFiles(), "run=1"), reference="x", image=image)
    assert caught.value.message == "apt-get update failed: E: Temporary failure"
    assert capsys.readouterr().err == ""


def test_a_machine_without_apt_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    image = load_catalogue().get("debian-11")
    with pytest.raises(NativeError, match="apt-get is not on this machine"):
        make_ready(TOOLCHAIN, volumes=Volumes(Engine(), "run=1"), reference="x", image=image)


STATUS = """\
Package: gcc-10-base
Status: install ok installed
Version: 1

Package: gcc-10
Status: install ok installed
Source: gcc
Version: 10.2.1-6+deb11u1
Description: GNU C compiler
"""


def test_the_images_own_version_is_in_dpkgs_status() -> None:
    assert installed_version(STATUS, "gcc-10") == "10.2.1-6+deb11u1"
    assert installed_version(STATUS, "gcc-1") == ""


@pytest.mark.parametrize("installed", ["10.2.1-6", "10.2.1-6+deb11u1", ""])
def test_another_revision_of_debians_is_the_same_compiler(installed: str) -> None:
    module._check_version("10.2.1-6", installed)


def test_other_source_is_another_compiler() -> None:
    with pytest.raises(
        NativeError, match=r"the image has gcc 10\.2\.0-1, the archive's cross compiler is 10\.2\.1-6"
    ):
        module._check_version("10.2.1-6", "10.2.0-1")


def test_without_a_network_what_was_fetched_before_is_good_enough(tmp_path: Path) -> None:
    class WithoutNetwork(AptRoot):
        def update(self) -> None:
            raise DataError("apt-get update failed")

    root = WithoutNetwork(tmp_path, {}, ("amd64",))
    with pytest.raises(DataError):
        module._update(root)
    (tmp_path / "state/lists/mirror.example_dists_bullseye_main_binary-amd64_Packages").touch()
    module._update(root)
