"""Where a toolchain's packages come from, and what its volume depends on."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import tarfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cibw_debian import __version__
from cibw_debian.engine.engine import Engine, LocalImage
from cibw_debian.engine.volumes import Volumes
from cibw_debian.errors import DataError, NativeError
from cibw_debian.host.aptroot import AptRoot
from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.mounts.native import toolchain as module
from cibw_debian.mounts.native.toolchain import LABEL, Ready, Toolchain, installed_version, make_ready

from .conftest import HOST, HOST_TRIPLET, TARGET, lay_out, needs_debian, packages_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
    assert module._sources(files, image, "amd64") == {"sources.list": files["sources.list"], **KEY}


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
    assert module._sources({name: before, **KEY}, image, "amd64") == {name: after, **KEY}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "sources.list",
            b"""
            deb [arch=armhf] http://a.example/ubuntu-ports jammy main
            deb [signed-by=/k.gpg arch=i386,amd64] http://a.example/ubuntu jammy main
            """,
        ),
        (
            "sources.list.d/ubuntu.sources",
            b"URIs: http://a.example/ubuntu-ports\n\nURIs: http://a.example/u\nArchitectures: i386 amd64\n",
        ),
    ],
)
def test_an_ubuntu_image_may_know_the_archive_for_this_machine_too(
    monkeypatch: pytest.MonkeyPatch, name: str, content: bytes
) -> None:
    monkeypatch.setattr(module, "default_mirror", lambda _origin: "http://mirror.example/ubuntu")
    image = load_catalogue().get("mayeut-manylinux_2_35")
    assert module._sources({name: content, **KEY}, image, "amd64") == {name: content, **KEY}
    assert module._sources({name: content, **KEY}, image, "arm64") != {name: content, **KEY}


def test_the_volume_depends_on_every_package_and_on_the_toolchain() -> None:
    digests = {
        module._digest(PACKAGES, TOOLCHAIN),
        module._digest({**PACKAGES, "dash_0.5_amd64.deb": "SHA256:3"}, TOOLCHAIN),
        module._digest(PACKAGES, replace(TOOLCHAIN, arch="riscv64")),
    }
    assert len(digests) == 3
    assert module._digest(dict(reversed(PACKAGES.items())), TOOLCHAIN) in digests


def test_the_version_is_that_of_the_suites_own_compiler() -> None:
    assert module._version(PACKAGES, TOOLCHAIN.packages[0]) == "10.2.1-6"


def test_what_keeps_apt_from_it_is_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class WithoutNetwork(AptRoot):
        def update(self) -> None:
            raise DataError("apt-get update failed", hint="W: one thing\nW: another\nE: Temporary failure")

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


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real archive: the compiler's packages, in which are programs of this machine."""
    root = tmp_path_factory.mktemp("archive")
    index = []
    for name, files in packages_for("10").items():
        version = "10.2.1-6cross1" if name.endswith(TARGET) else "1"
        depends = "Depends: libc6\n" if name == "dash" else ""
        control = f"Package: {name}\nVersion: {version}\nArchitecture: {HOST}\nMaintainer: x <x@x>\n{depends}"
        tree = root / "trees" / name
        lay_out({**files, "DEBIAN/control": f"{control}Description: x\n".encode()}, tree)
        deb = root / f"{name}_{version}_{HOST}.deb"
        subprocess.run(["dpkg-deb", "--build", "-Znone", tree, deb], check=True, capture_output=True)
        digest = hashlib.sha256(deb.read_bytes()).hexdigest()
        index.append(f"{control}Filename: ./{deb.name}\nSize: {deb.stat().st_size}\nSHA256: {digest}\n")
    packages = "\n".join(index).encode()
    (root / "Packages").write_bytes(packages)
    digest = hashlib.sha256(packages).hexdigest()
    (root / "Release").write_text(f"SHA256:\n {digest} {len(packages)} Packages\n")
    return root


@dataclass(frozen=True)
class EngineWithFiles(Engine):
    """Has an image whose apt reads from an archive."""

    archive: str = ""
    installed: str = "10.2.1-6"
    python: str = "1"

    def read_files(self, reference: str, platform: str, path: str) -> dict[str, bytes]:
        assert (reference, platform) == ("an-image", "linux/arm/v7")
        return {
            "/etc/apt": {"sources.list": f"deb [trusted=yes] copy:{self.archive} ./\n".encode()},
            "/var/lib/dpkg/status": {
                "": f"Package: gcc-10\nStatus: x\nVersion: {self.installed}\n\n"
                f"Package: python3.9-minimal\nVersion: {self.python}\n".encode(),
            },
        }[path]


@dataclass(frozen=True)
class VolumesInMemory(Volumes):
    filled: dict[str, dict[str, tarfile.TarInfo]] = field(default_factory=dict)

    def fill(
        self,
        name: str,
        add: Callable[[tarfile.TarFile], None],
        *,
        image: str,
        platform: str,
        labels: Mapping[str, str],
    ) -> None:
        assert (image, platform, labels) == ("an-image", "linux/arm/v7", {LABEL: __version__})
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as output:
            add(output)
        buffer.seek(0)
        with tarfile.open(fileobj=buffer) as content:
            self.filled[name] = {member.name: member for member in content}


@needs_debian
def test_the_volume_has_what_the_packages_have(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    image = load_catalogue().get("debian-11")
    volumes = VolumesInMemory(EngineWithFiles(archive=str(archive)), "run=1")
    toolchain = replace(TOOLCHAIN, host=HOST)
    ready = make_ready(toolchain, volumes=volumes, reference="an-image", image=image)

    assert ready.version == "10.2.1-6"
    ((name, content),) = volumes.filled.items()
    assert name == ready.volume
    assert re.fullmatch("cibw-debian-native-[0-9a-f]{16}", name)
    assert {path.partition("/")[0] for path in content} == {
        *("apt.conf", "bin", "enter", "include", "lib", "link", "replace", "usr", "uv")
    }
    assert content["bin/dash"].mode & 0o777 == 0o755
    assert content[f"usr/bin/{TARGET}-gcc"].linkname == f"{TARGET}-gcc-10"
    assert {(m.uid, m.gid, m.uname, m.gname) for m in content.values()} == {(0, 0, "root", "root")}
    # Neither packages nor what was unpacked stays, and nothing of this machine's changes.
    assert not list(tmp_path.rglob("*.deb"))
    assert [path.name for path in tmp_path.iterdir()] == ["cache"]
    said = capfd.readouterr().err
    assert [line.split(" s  ")[1] for line in said.splitlines()] == [
        *("downloading", "unpacking", "copying into docker")
    ]
    assert all(line.startswith("native compiler for bullseye armv7l: ") for line in said.splitlines())

    # The next run needs no more than the names of the packages.
    again = make_ready(toolchain, volumes=volumes, reference="an-image", image=image)
    assert again == ready


@needs_debian
def test_a_damaged_package_is_named(tmp_path: Path) -> None:
    damaged = tmp_path / "dash_1_amd64.deb"
    damaged.write_bytes(b"no package")
    with pytest.raises(NativeError, match=r"^dash_1_amd64\.deb cannot be unpacked: dpkg-deb: error: .*\S$"):
        module._unpack(damaged, tmp_path)


@needs_debian
def test_an_image_with_another_compiler_gets_none(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    image = load_catalogue().get("debian-11")
    volumes = VolumesInMemory(EngineWithFiles(archive=str(archive), installed="10.3.0-1"), "run=1")
    with pytest.raises(NativeError, match=r"^the image has gcc 10\.3\.0-1, the archive's cross compiler is "):
        make_ready(replace(TOOLCHAIN, host=HOST), volumes=volumes, reference="an-image", image=image)
    assert volumes.filled == {}


def test_a_cache_directory_that_cannot_be_made_is_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr("shutil.which", lambda name: name)
    image = load_catalogue().get("debian-11")
    with pytest.raises(NativeError, match=r"^cannot make the cache directory "):
        make_ready(TOOLCHAIN, volumes=Volumes(Engine(), "run=1"), reference="x", image=image)


def test_the_cache_is_mounted_where_there_is_one() -> None:
    ready, image = Ready(volume="v", version="1"), LocalImage(id="", platform="", entrypoint=())
    assert ready.create_args(image, cache="c")[0] == "--volume=c:/opt/cibw-debian-cache"
    assert not any("cache" in arg for arg in ready.create_args(image))


@needs_debian
@pytest.mark.parametrize(("python", "installed"), [("3.9", "1"), ("3.9", "2"), ("3.8", "1")])
def test_the_suites_python_is_in_the_volume_if_the_archive_has_the_version_of_the_image(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, python: str, installed: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    image = load_catalogue().get("debian-11")
    volumes = VolumesInMemory(EngineWithFiles(archive=str(archive), python=installed), "run=1")
    toolchain = replace(TOOLCHAIN, host=HOST, python=python)
    ready = make_ready(toolchain, volumes=volumes, reference="an-image", image=image)

    assert ready.python == ("3.9" if (python, installed) == ("3.9", "1") else "")
    (content,) = volumes.filled.values()
    files = {name for name, member in content.items() if name.startswith("python/") and member.isfile()}
    modules = {f"python/{path.name}" for path in (Path(module.__file__).parent / "python").glob("*.*")}
    native = {"python/bin/python3.9", f"python/lib-dynload/_ssl.cpython-39-{HOST_TRIPLET}.so"}
    assert files == (modules | native if ready.python else set())
