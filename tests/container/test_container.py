"""What `dnf` and `rpm` do in a container, with a system that only remembers; tests/real has a real one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from cibw_debian.container import dnf, rpm, system
from cibw_debian.mounts.companion import make_companion
from cibw_debian.resolver.model import Target

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class FakeSystem:
    """Notes commands, and answers as a small bookworm would."""

    def __init__(self) -> None:
        self.commands: list[str] = []
        self.fails = ""
        self.fresh = False
        self.outputs: dict[str, str] = {}

    def run(self, command: Sequence[str], environment: object = None) -> int:
        del environment
        line = " ".join(word for word in command if not word.startswith("-") and "::" not in word)
        self.commands.append(line)
        self.fresh = self.fresh or "update" in command
        return int(bool(self.fails) and self.fails in line)

    def output(self, *command: str) -> str:
        return self.outputs.get(command[0], "")


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeSystem:
    fake = FakeSystem()
    monkeypatch.setattr(system, "run", fake.run)
    monkeypatch.setattr(system, "output", fake.output)
    monkeypatch.setattr(system, "target", lambda: Target("bookworm", "armhf"))
    monkeypatch.setattr(system, "lists_are_fresh", lambda: fake.fresh)
    monkeypatch.setattr(system, "available", lambda: frozenset({"libssl-dev", "zlib1g-dev", "cmake"}))
    monkeypatch.setattr(system, "installed", lambda: [("zlib1g-dev", "1:1.2.13"), ("libc6", "2.36")])
    monkeypatch.setattr(dnf, "_BIN", str(tmp_path / "bin"))
    monkeypatch.setattr(dnf, "_CACHE", str(tmp_path / "cache/apt"))
    return fake


def test_lists_are_fetched_once(fake: FakeSystem) -> None:
    assert dnf.main("yum", ["install", "-y", "openssl-devel"], {}) == 0
    assert dnf.main("dnf", ["-y", "install", "zlib-devel"], {}) == 0
    assert fake.commands == ["apt-get update", "apt-get install libssl-dev", "apt-get install zlib1g-dev"]


def test_what_the_image_does_not_have_is_an_error(
    fake: FakeSystem, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dnf.main("dnf", ["install", "-y", "libpng-devel"], {}) == 1
    assert fake.commands == ["apt-get update"]
    assert "cibw-debian: error: libpng-devel" in capsys.readouterr().err


@pytest.mark.parametrize(("strict", "code"), [(True, 1), (False, 0)])
def test_the_names_beside_an_unknown_one_are_installed(fake: FakeSystem, strict: bool, code: int) -> None:
    """As in a translation, where the hook lets the command fail; without strict nothing fails."""
    args = ["install", "-y", "no-such-thing-devel", "zlib-devel"]
    assert dnf.main("dnf", args, {}, strict=strict) == code
    assert fake.commands == ["apt-get update", "apt-get install zlib1g-dev"]


def test_what_a_debian_image_needs_nothing_for_fetches_no_lists(fake: FakeSystem) -> None:
    assert dnf.main("dnf", ["install", "-y", "epel-release"], {}) == 0
    assert fake.commands == []


def test_the_main_program_reads_the_settings_of_the_volume(tmp_path: Path) -> None:
    """The volume's own layout, with this machine's Python: an unknown name ends as `strict` says."""
    for strict, code in ((True, 1), (False, 0)):
        volume = tmp_path / str(strict)
        companion = make_companion({}, answers=True, strict=strict)
        for name, content in companion.files.items():
            (volume / name).parent.mkdir(parents=True, exist_ok=True)
            (volume / name).write_bytes(content)
        for name, target in companion.links.items():
            (volume / name).parent.mkdir(exist_ok=True)
            (volume / name).symlink_to(target)
        script = (
            f"import sys, runpy; sys.path.insert(0, {str(volume / 'lib')!r}); "
            "sys.argv = ['dnf', 'install', '-y', 'no-such-thing-devel']; "
            "from cibw_debian.container import system; from cibw_debian.resolver.model import Target; "
            "system.lists_are_fresh = lambda: True; system.target = lambda: Target('bookworm', 'armhf'); "
            "system.available = lambda: frozenset(); "
            f"runpy.run_path({str(volume / 'bin/dnf')!r}, run_name='__main__')"
        )
        done = subprocess.run(
            [sys.executable, "-I", "-c", script], check=False, capture_output=True, text=True
        )
        assert "no-such-thing-devel" in done.stderr
        assert done.returncode == code, done.stderr


def test_the_projects_own_names_win(fake: FakeSystem) -> None:
    assert dnf.main("dnf", ["install", "-y", "our-sdk"], {"our-sdk": ["cmake"]}) == 0
    assert fake.commands[-1] == "apt-get install cmake"


@pytest.mark.parametrize(
    ("fails", "args", "code"),
    [
        ("update", ["install", "-y", "zlib-devel"], 1),
        ("install", ["install", "-y", "zlib-devel"], 1),
        ("update", ["makecache"], 1),
        ("", ["makecache"], 0),
        ("", ["repolist"], 0),
        ("", ["install", "-y", "epel-release"], 0),
        ("", ["install", "-y", "no-such-thing-devel"], 1),
        ("", ["install", "-y", "--skip-broken", "no-such-thing-devel"], 0),
        ("", ["install", "-y", "https://example.org/x.rpm"], 1),
        ("", ["check-update"], 0),
        ("", ["list", "installed", "zlib-devel"], 0),
        ("", ["-q", "list", "installed", "no-such-thing-devel"], 1),
        ("", ["list", "available", "no-such-thing-devel"], 1),
        ("", ["list", "installed", "epel-release"], 0),
        ("", ["remove", "-y", "no-such-thing-devel"], 0),
    ],
)
def test_exit_codes_are_those_of_dnf(fake: FakeSystem, fails: str, args: list[str], code: int) -> None:
    fake.fails = fails
    assert dnf.main("dnf", args, {}) == code


def test_only_what_is_installed_is_removed(fake: FakeSystem, capsys: pytest.CaptureFixture[str]) -> None:
    assert dnf.main("yum", ["remove", "-y", "cmake", "zlib-devel"], {}) == 0
    assert fake.commands == ["apt-get remove zlib1g-dev"]
    assert dnf.main("yum", ["remove", "-y", "cmake"], {}) == 0
    assert len(fake.commands) == 1
    assert "nothing to remove" in capsys.readouterr().err


def test_a_removed_cache_directory_is_made_again(fake: FakeSystem, tmp_path: Path) -> None:
    assert dnf.main("yum", ["install", "-y", "zlib-devel"], {}) == 0
    assert fake.commands
    assert (tmp_path / "cache/apt").is_dir()


def test_a_command_gets_the_name_that_it_has_on_rhel(fake: FakeSystem, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/cmake").write_text("cmake itself")
    assert dnf.main("yum", ["install", "-y", "cmake3"], {}) == 0
    assert fake.commands[-1] == "apt-get install cmake"
    # The hook may put the one in the place of the other.
    (tmp_path / "bin/cmake3").replace(tmp_path / "bin/cmake")
    assert (tmp_path / "bin/cmake").read_text() == "cmake itself"


def test_check_update_says_when_there_are_updates(fake: FakeSystem) -> None:
    fake.outputs["apt-get"] = "Reading\nInst libc6 [2.36-1] (2.36-2 Debian)\n"
    assert dnf.main("yum", ["check-update"], {}) == 100


@pytest.mark.parametrize(
    ("args", "code", "out"),
    [
        (["-q", "zlib-devel"], 0, "zlib1g-dev-1:1.2.13\n"),
        (
            ["-q", "zlib-devel", "openssl-devel"],
            1,
            "zlib1g-dev-1:1.2.13\npackage openssl-devel is not installed\n",
        ),
        (["-q", "--quiet", "openssl-devel"], 1, ""),
        (["-qa"], 0, "zlib1g-dev-1:1.2.13\nlibc6-2.36\n"),
        (["-qa", "libc*"], 0, "libc6-2.36\n"),
        (["--import", "https://example.org/key"], 0, ""),
        (["-E", "%{?nothing}x%{unknown}"], 0, "x%{unknown}\n"),
        (["-Uvh", "thing.rpm"], 1, ""),
        (["-Uvh", "https://example.org/epel/epel-release-latest-9.noarch.rpm"], 0, ""),
        (["--install", "epel-release-latest-9.noarch.rpm"], 0, ""),
        (["-Uvh", "epel-release-latest-9.noarch.rpm", "thing.rpm"], 1, ""),
        (["-qi", "epel-release-latest-9.noarch.rpm"], 1, ""),
        (["-qa", "--qf", "%{NAME}"], 1, ""),
        (["-q", "--queryformat=%{VERSION}", "zlib-devel"], 1, ""),
        (["-ql", "zlib-devel"], 1, ""),
    ],
)
@pytest.mark.usefixtures("fake")
def test_rpm(args: list[str], code: int, out: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert rpm.main(args, {}) == code
    assert capsys.readouterr().out == out


def test_rpm_removes_what_dnf_removes(fake: FakeSystem) -> None:
    assert rpm.main(["-e", "--nodeps", "cmake", "zlib-devel"], {}) == 0
    assert fake.commands == ["apt-get remove zlib1g-dev"]
    assert rpm.main(["--erase", "cmake"], {}) == 0
    assert len(fake.commands) == 1


def test_lists_are_fresh_for_a_day(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(system, "_LISTS", str(tmp_path))
    assert not system.lists_are_fresh()
    (tmp_path / "example.org_dists_bookworm_main_binary-armhf_Packages").touch()
    assert not system.lists_are_fresh()
    (tmp_path / "partial").mkdir()
    assert system.lists_are_fresh()
    yesterday = time.time() - 25 * 3600
    os.utime(tmp_path / "partial", (yesterday, yesterday))
    assert not system.lists_are_fresh()


def test_rpm_finds_the_owner_of_a_file(fake: FakeSystem, capsys: pytest.CaptureFixture[str]) -> None:
    fake.outputs["dpkg-query"] = "diversion by dash from: /bin/sh\nlibc6:armhf: /lib/ld-linux-armhf.so.3\n"
    assert rpm.main(["-qf", "/lib/ld-linux-armhf.so.3"], {}) == 0
    assert capsys.readouterr().out == "libc6-2.36\n"
    fake.outputs.clear()
    assert rpm.main(["-qf", "/nowhere"], {}) == 1


@pytest.mark.parametrize(
    ("suite", "release"), [("bullseye", "8"), ("jammy", "9"), ("bookworm", "9"), ("trixie", "10")]
)
@pytest.mark.usefixtures("fake")
def test_the_release_that_an_image_stands_for(
    suite: str, release: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(system, "target", lambda: Target(suite, "armhf"))
    assert rpm.main(["-E", "%rhel", "%{dist}", "%{_arch} %(date)"], {}) == 0
    assert capsys.readouterr().out == f"{release}\n.el{release}\narmv7l %(date)\n"


_SPEC = """
%bcond_without ssl
BuildRequires: zlib-devel%{?_isa} >= 1.2, cmake
%if %{with ssl} && 0%{?rhel} >= 8
BuildRequires: pkgconfig(openssl)
%endif
"""


def test_builddep_installs_what_a_spec_file_needs(fake: FakeSystem, tmp_path: Path) -> None:
    file = tmp_path / "x.spec"
    file.write_text(_SPEC)
    assert dnf.main("dnf", ["-y", "builddep", str(file)], {}) == 0
    assert dnf.main("yum-builddep", ["-y", "--without", "ssl", str(file)], {}) == 0
    assert fake.commands == [
        "apt-get update",
        "apt-get install zlib1g-dev cmake libssl-dev",
        "apt-get install zlib1g-dev cmake",
    ]


def test_builddep_fails_where_a_name_is_unknown(
    fake: FakeSystem, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.spec").write_text("BuildRequires: no-such-thing-devel")
    assert dnf.main("dnf", ["-y", "builddep", str(tmp_path / "x.spec")], {}) == 1
    assert "x.spec:1: no-such-thing-devel is not a package name" in capsys.readouterr().err
    assert fake.commands == ["apt-get update"]


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (None, "x.spec cannot be read"),
        ("BuildRequires: %(date)-devel", "x.spec:1: BuildRequires: %(date)-devel: a part of this is known"),
    ],
)
def test_builddep_fails_before_lists_are_fetched_where_a_file_cannot_be_read(
    spec: str | None, said: str, fake: FakeSystem, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if spec is not None:
        (tmp_path / "x.spec").write_text(spec)
    assert dnf.main("dnf", ["-y", "builddep", str(tmp_path / "x.spec")], {}) == 1
    assert said in capsys.readouterr().err
    assert fake.commands == []
