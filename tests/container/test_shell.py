"""The companion's shell scripts, in a root directory of their own."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from cibw_debian.mounts.companion import MOUNT, make_companion

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root directory with the companion in it, whose scripts know that this is the root."""
    companion = make_companion({}, answers=True, releases=True)
    volume = tmp_path / MOUNT.lstrip("/")
    for name in ("start.sh", "bin/ln", "bin/alternatives", "commands", "releases"):
        text = (
            companion.files[name]
            .decode()
            .replace(MOUNT, str(volume))
            .replace("/usr/bin", f"{tmp_path}/usr/bin")
        )
        path = volume / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("root=\n", f"root={tmp_path}\n").replace(f"$root{tmp_path}", "$root"))
        path.chmod(0o755)
    for name in ("dnf", "yum"):
        (volume / "bin" / name).symlink_to("/bin/true")
    (volume / "bin/rpm").write_text("#!/bin/sh\necho 9\n")
    (volume / "bin/rpm").chmod(0o755)
    (tmp_path / "usr/bin").mkdir(parents=True)
    for name in ("cmake", "make", "dnf-old"):
        (tmp_path / "usr/bin" / name).write_text(f"#!/bin/sh\necho {name}\n")
        (tmp_path / "usr/bin" / name).chmod(0o755)
    return tmp_path


def run(root: Path, script: str) -> subprocess.CompletedProcess[str]:
    volume = root / MOUNT.lstrip("/")
    return subprocess.run(
        ["bash", "-c", script],
        env={"BASH_ENV": str(volume / "start.sh"), "PATH": f"{volume}/bin:{root}/usr/bin:/usr/bin:/bin"},
        cwd=root,
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    "script",
    [
        '[ -z "$BASH_ENV" ]',
        "test -x ./usr/bin/dnf && [ -f ./usr/bin/yum ] && [ ! -e ./usr/bin/sh ] && [ ! -e ./usr/bin/ln ]",
        "sed -i s/a/b/ ./etc/yum.repos.d/*.repo ./etc/yum.repos.d/CentOS-* ./etc/yum.conf ./etc/dnf/dnf.conf",
        "cd ./etc/yum.repos.d && sed -i s/a/b/ *.repo && cd - && touch x ./etc/yum.repos.d/",
        "mkdir x && mv ./etc/yum.repos.d/*.repo x && rm -r ./etc/yum.repos.d",
        "[ -f ./etc/redhat-release ] && grep -q 'release 9 ' ./etc/centos-release",
        '[ "$(gmake)" = make ] && [ "$(cmake3)" = cmake ]',
        "ln -sf ./usr/bin/cmake3 ./usr/bin/cmake && [ $(cmake) = cmake ]",
        "ln -s ./usr/bin/cmake3 ./usr/bin/cmake && [ $(cmake) = cmake ]",
        "cd usr/bin && ln -sf cmake3 cmake && [ $(cmake) = cmake ]",
        "ln -sf $(which cmake3) $(which cmake) && [ $(cmake) = cmake ]",
        "ln -s ./usr/bin/cmake ./usr/bin/cmake3 && [ $(cmake3) = cmake ]",
        "mv ./usr/bin/cmake3 ./usr/bin/cmake && [ $(cmake) = cmake ]",
        "cp ./usr/bin/cmake3 ./usr/bin/cmake && [ $(cmake3) = cmake ]",
        "mkdir l && ln -s $PWD/usr/bin/cmake3 l/cmake && [ $(l/cmake) = cmake ]",
        "ln -s a b && [ -L b ] && ! ln -s a b",
    ],
)
def test_what_scripts_do_to_files_of_rhel_works(root: Path, script: str) -> None:
    done = run(root, f"set -e; {script}")
    assert done.returncode == 0, done.stderr


def test_lib64_is_the_directory_of_the_images_own_libraries(root: Path) -> None:
    libraries = root / "usr/lib/arm-linux-gnueabihf"
    libraries.mkdir(parents=True)
    (root / "usr/lib/python3").mkdir()
    (libraries / "crt1.o").touch()
    assert run(root, "ls ./usr/lib64").stdout == "crt1.o\n"
    assert (root / "usr/lib64").readlink().as_posix() == "lib/arm-linux-gnueabihf"


@pytest.mark.parametrize("made", ["usr/lib64", "usr/lib"])
def test_a_lib64_of_the_images_own_stays_and_none_is_made_up(root: Path, made: str) -> None:
    (root / made).mkdir(parents=True)
    run(root, "true")
    assert not (root / "usr/lib64").is_symlink()


def test_a_second_bash_changes_nothing(root: Path) -> None:
    assert run(root, "rm ./etc/yum.repos.d/*").returncode == 0
    assert run(root, "ls ./etc/yum.repos.d").stdout == ""


def test_without_a_question_for_them_there_are_no_release_files(root: Path) -> None:
    (root / MOUNT.lstrip("/") / "releases").unlink()
    assert run(root, "[ -f ./etc/yum.conf ] && [ ! -e ./etc/redhat-release ]").returncode == 0
    assert "releases" not in make_companion({}, answers=True).files


def test_alternatives_leaves_families_out(root: Path) -> None:
    fake = root / "usr/bin/update-alternatives"
    fake.write_text('#!/bin/sh\nprintf "<%s>" "$@"\n')
    fake.chmod(0o755)
    done = run(root, "alternatives --install /a/b b '/c d' 20 --slave /e e /f --family x --keep-missing")
    assert done.stdout == "<--install></a/b><b></c d><20><--slave></e><e></f>"
