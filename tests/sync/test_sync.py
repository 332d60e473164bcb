"""`cibw-debian sync` on projects, as a user calls it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import tomli

from cibw_debian.cibw.adapter import Arguments, read_project
from cibw_debian.images.catalogue import load_catalogue
from tests.command import Ran, cibw_debian, user_environment

if TYPE_CHECKING:
    from pathlib import Path

IMAGE = "mayeut-manylinux_2_35"
PYPROJECT = f"""\
[project]
name = "thing"
version = "1"

[tool.cibuildwheel]  # ours
manylinux-armv7l-image = "{IMAGE}"
before-all = [
  "dnf install -y openssl-devel",
  "echo done",
]

[[tool.cibuildwheel.overrides]]
select = "cp31*"
before-build = '''
yum install -y zlib-devel
echo "two lines \\ here"
'''
"""
ENV = user_environment()


def _project(directory: Path, text: str = PYPROJECT) -> Path:
    file = directory / "pyproject.toml"
    file.write_bytes(text.encode())
    return file


def _sync(directory: Path, *args: str, **variables: str) -> Ran:
    return cibw_debian("sync", *args, cwd=directory, env={**ENV, **variables, "NO_COLOR": "1"})


@pytest.mark.parametrize("text", [PYPROJECT, PYPROJECT.replace("\n", "\r\n"), PYPROJECT.rstrip("\n")])
def test_write_check_and_remove(tmp_path: Path, text: str) -> None:
    file = _project(tmp_path, text)
    file.chmod(0o640)
    assert _sync(tmp_path, "--check").code == 51
    diff = _sync(tmp_path, "--diff")
    assert diff.code == 0
    # Only a last line without an end is changed.
    assert len(re.findall(r"(?m)^-(?!--)", diff.out)) == (not text.endswith("\n"))
    assert file.read_bytes() == text.encode()
    done = _sync(tmp_path)
    assert (done.code, done.err.splitlines()[-1]) == (0, "pyproject.toml: block written")
    synced = file.read_bytes()
    assert synced.startswith(text.encode())
    assert file.stat().st_mode & 0o777 == 0o640
    assert _sync(tmp_path, "--check").code == 0
    file.write_bytes(synced.replace(b"openssl-devel", b"libffi-devel", 1))
    stale = _sync(tmp_path, "--check")
    assert stale.code == 51
    assert "libssl-dev" in stale.out
    file.write_bytes(synced)
    done = _sync(tmp_path, "--remove")
    assert (done.code, done.err.splitlines()[-1]) == (0, "pyproject.toml: block removed")
    assert file.read_bytes() == text.encode()
    assert [entry.name for entry in tmp_path.iterdir()] == ["pyproject.toml"]


def test_plain_cibuildwheel_has_the_image_and_the_hooks(tmp_path: Path) -> None:
    file = _project(tmp_path)
    assert _sync(tmp_path, "--archs", "armv7l").code == 0
    reference = load_catalogue().resolve(IMAGE, "armv7l").reference
    project = read_project(Arguments(package_dir=tmp_path, archs="armv7l,x86_64"), {})
    for build in project.builds:
        ours = build.platform_tag == "manylinux_armv7l"
        assert ("libssl-dev" in build.hooks["before-all"]) is ours
        assert ("zlib1g-dev" in build.hooks["before-build"]) is (ours and build.python.startswith("cp31"))
        assert "two lines \\ here" in build.hooks["before-build"] or not build.python.startswith("cp31")
        assert (build.images["manylinux-armv7l-image"] == reference) is ours
    overrides = tomli.loads(file.read_text())["tool"]["cibuildwheel"]["overrides"]
    # Nothing of this machine, and nothing that only `run` has.
    assert not [
        key for override in overrides for key in override if key in {"container-engine", "environment"}
    ]


def test_a_short_name_in_our_own_table_becomes_a_reference(tmp_path: Path) -> None:
    """Plain cibuildwheel never sees the short name, with and without the block."""
    text = PYPROJECT.replace(f'manylinux-armv7l-image = "{IMAGE}"\n', "")
    file = _project(tmp_path, f'{text}\n[tool.cibw-debian]\nmanylinux-armv7l-image = "{IMAGE}"\n')
    arguments = Arguments(package_dir=tmp_path, archs="armv7l")
    (before,) = {build.images["manylinux-armv7l-image"] for build in read_project(arguments, {}).builds}
    assert before.startswith("quay.io/pypa/")
    assert _sync(tmp_path, "--archs", "armv7l").code == 0
    images = {
        build.images["manylinux-armv7l-image"]
        for build in read_project(arguments, {}).builds
        if build.platform_tag == "manylinux_armv7l"
    }
    assert images == {load_catalogue().resolve(IMAGE, "armv7l").reference}
    assert _sync(tmp_path, "--check").code == 0
    file.write_text(file.read_text().replace(f'image = "{IMAGE}"', 'image = "mayeut-manylinux_2_31"'))
    assert _sync(tmp_path, "--check").code != 0


def test_variables_do_not_count(tmp_path: Path) -> None:
    file = _project(tmp_path)
    _sync(tmp_path)
    synced = file.read_bytes()
    assert _sync(tmp_path, CIBW_BEFORE_ALL="dnf install -y cmake", CIBW_SKIP="*").code == 0
    assert file.read_bytes() == synced


def test_the_archs_of_the_block_are_kept(tmp_path: Path) -> None:
    file = _project(tmp_path, PYPROJECT.replace("armv7l-image", "riscv64-image"))
    assert _sync(tmp_path, "--arch", "riscv64").code == 0
    synced = file.read_bytes()
    assert _sync(tmp_path).code == 0
    assert file.read_bytes() == synced
    assert b"--archs riscv64\n" in synced


def test_the_block_keeps_that_interpreters_may_be_missing(tmp_path: Path) -> None:
    text = re.sub('(manylinux-armv7l-image = )".*"', r'\1"mayeut-manylinux_2_31"', PYPROJECT)
    _project(tmp_path, text)
    assert _sync(tmp_path, "--archs", "armv7l").code == 48
    assert _sync(tmp_path, "--archs", "armv7l", "--allow-missing").code == 0
    assert _sync(tmp_path, "--check").code == 0
    assert _sync(tmp_path, "--remove").code == 0
    assert (tmp_path / "pyproject.toml").read_text() == text


def test_without_anything_to_say_there_is_no_block(tmp_path: Path) -> None:
    text = '[project]\nname = "thing"\nversion = "1"\n'
    file = _project(tmp_path, text)
    assert _sync(tmp_path).code == 0
    assert file.read_bytes() == text.encode()


def test_what_text_cannot_carry_is_said(tmp_path: Path) -> None:
    _project(tmp_path, PYPROJECT.replace('"echo done"', '"bash ci/deps.sh"'))
    ran = _sync(tmp_path)
    assert ran.code == 0
    assert "before-all: ci/deps.sh is a script of the project" in ran.err


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("openssl-devel", "no-such-thing-devel", 43, "no-such-thing-devel is not a package name"),
        ("openssl-devel", "$PACKAGES", 43, "$PACKAGES"),
        (IMAGE, "debian-11", 48, "cp39"),
        ("[project]", "[project", 40, "not a TOML file"),
        ('[[tool.cibuildwheel.overrides]]\nselect = "cp31*"', "[tool.x]\ny = 1", 0, ""),
        ("[tool.cibuildwheel]", "[tool.cibuildwheel]\noverrides = []", 40, ""),
    ],
)
def test_a_mistake_writes_nothing(tmp_path: Path, old: str, new: str, code: int, words: str) -> None:
    text = PYPROJECT.replace(old, new)
    file = _project(tmp_path, text)
    ran = _sync(tmp_path)
    assert ran.code == code
    assert words in ran.err
    assert (file.read_text() == text) is (code != 0)


def test_overrides_as_one_list_cannot_be_continued(tmp_path: Path) -> None:
    text = PYPROJECT.partition("[[tool")[0] + 'overrides = [{ select = "cp39-*", before-build = "true" }]\n'
    text = text.replace('"echo done",\n]\n\n', '"echo done",\n]\n')
    file = _project(tmp_path, text)
    ran = _sync(tmp_path)
    assert ran.code == 40
    assert "[[tool.cibuildwheel.overrides]]" in ran.err
    assert file.read_text() == text


def test_a_project_without_a_file_to_write_to(tmp_path: Path) -> None:
    ran = _sync(tmp_path)
    assert ran.code == 40
    assert "--config-file" in ran.err


def test_sync_asks_no_index_and_says_what_run_would_install(tmp_path: Path) -> None:
    file = _project(tmp_path, '[build-system]\nrequires = ["cffi", "sounddevice"]\n' + PYPROJECT)
    on = {"CIBW_DEBIAN_REQUIREMENTS": "on"}
    ran = _sync(tmp_path, **on)
    assert ran.code == 0
    assert "if cffi has no wheel, compiling it needs libffi-devel" in ran.err
    # what depends on no index is in the block
    assert "libportaudio2" in file.read_text()
    assert "libffi" not in file.read_text()
    assert _sync(tmp_path, "--check", **on).code == 0
    assert "cffi" not in _sync(tmp_path).err
