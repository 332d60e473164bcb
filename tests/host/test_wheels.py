from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from cibw_debian.host.wheels import Place, WheelIndex

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ARMV7L = Place("armv7l", "2.31", "cp311")
NONE = (1, "1 location(s) to search for versions of x:\nERROR: No matching distribution found for x")


def has(**files: str) -> tuple[int, str]:
    """Return pip's answer for files by version: v1_0="x-1.0.whl"."""
    links = [
        f"  Found link https://example.org/{file}#sha256=0 (from https://example.org/x/), version: {version}"
        for name, line in files.items()
        for version in [name[1:].replace("_", ".")]
        for file in line.split()
    ]
    return 0, "\n".join(["1 location(s) to search for versions of x:", *links, "x (1)"])


class Pip:
    """Answers like pip, always the same, and counts the questions."""

    def __init__(self, answer: tuple[int, str] | None) -> None:
        self.answer = answer
        self.asked: list[Sequence[str]] = []

    def __call__(self, arguments: Sequence[str]) -> tuple[int, str] | None:
        self.asked.append(arguments)
        return self.answer


def ask(pip: Pip, directory: Path, specifier: str = "") -> bool | None:
    return WheelIndex(pip, file=directory / "wheels.json").has_wheel("x", specifier, ARMV7L)


@pytest.mark.parametrize(
    ("answer", "specifier", "expected"),
    [
        (has(v2_0="x.tar.gz y.whl", v1_0="x.tar.gz"), "", True),
        (has(v2_0="y.whl?token=1 x.zip", v1_0="x.tar.gz"), "", True),
        (has(v2_0="x.tar.gz", v1_0="y.whl"), "", False),
        (has(v2_0="x.tar.gz", v1_0="y.whl"), "<2", True),
        (has(v2_0="x.tar.gz", v1_0="y.whl"), ">=2", False),
        (has(v2_0="x.tar.gz", v1_0="y.whl"), ">=3", False),
        (has(v1_0_rc1="y.whl", v0_9="x.tar.gz", vodd="y.whl"), "", False),
        (NONE, "", False),
    ],
)
def test_the_newest_version_that_fits_counts(
    tmp_path: Path, answer: tuple[int, str], specifier: str, *, expected: bool
) -> None:
    assert ask(Pip(answer), tmp_path, specifier) is expected


def test_threads_lose_no_answer(tmp_path: Path) -> None:
    together = threading.Barrier(4, timeout=30)

    def pip(_: Sequence[str]) -> tuple[int, str]:
        together.wait()
        return has(v1_0="y.whl")

    index = WheelIndex(pip, file=tmp_path / "wheels.json")
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda name: index.has_wheel(name, "", ARMV7L), "abcd"))
    never = Pip(None)
    later = WheelIndex(never, file=tmp_path / "wheels.json")
    assert all(later.has_wheel(name, "", ARMV7L) for name in "abcd")
    assert never.asked == []


@pytest.mark.parametrize(
    "answer",
    [
        None,
        (1, "python: No module named pip"),
        (1, NONE[1].replace("1 loc", "0 loc")),
        (1, f"Could not fetch URL http://x/: connection error: refused - skipping\n{NONE[1]}"),
        (1, "1 location(s) to search for versions of x:\nERROR: something else"),
        (0, "1 location(s) to search for versions of x:\nx (1)\nAvailable versions: 1"),
    ],
)
def test_an_index_that_does_not_answer_is_asked_once(tmp_path: Path, answer: tuple[int, str] | None) -> None:
    pip = Pip(answer)
    index = WheelIndex(pip, file=tmp_path / "wheels.json")
    assert index.has_wheel("x", "", ARMV7L) is None
    assert index.has_wheel("y", "", ARMV7L) is None
    assert len(pip.asked) == 1
    assert ask(Pip(NONE), tmp_path) is False


def test_an_index_without_the_distribution_has_answered(tmp_path: Path) -> None:
    answer = f"Could not fetch URL http://x/: 404 Client Error: Not Found for url - skipping\n{NONE[1]}"
    assert ask(Pip((1, answer)), tmp_path) is False


def test_an_answer_counts_for_a_day(tmp_path: Path) -> None:
    pip, times = Pip(NONE), [0.0]
    for at, asked in ((0.0, 1), (86_399.0, 1), (86_401.0, 2)):
        times[0] = at
        index = WheelIndex(pip, file=tmp_path / "wheels.json", now=lambda: times[0])
        assert index.has_wheel("x", "", ARMV7L) is False
        assert len(pip.asked) == asked


def test_another_configuration_is_another_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip = Pip(NONE)
    ask(pip, tmp_path)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    ask(pip, tmp_path)
    assert len(pip.asked) == 2


@pytest.mark.parametrize("content", ["", "[]", '{"x": 1}', '{"x": ["a", []]}'])
def test_a_damaged_file_counts_as_empty(tmp_path: Path, content: str) -> None:
    (tmp_path / "wheels.json").write_text(content)
    assert ask(Pip(NONE), tmp_path) is False


def test_a_place_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    assert WheelIndex(Pip(NONE), file=tmp_path / "none" / "wheels.json").has_wheel("x", "", ARMV7L) is False


def test_pip_is_asked_for_every_tag_that_the_image_takes(tmp_path: Path) -> None:
    pip = Pip(NONE)
    ask(pip, tmp_path)
    (arguments,) = pip.asked
    tags = [word.removeprefix("--platform=") for word in arguments if word.startswith("--platform")]
    assert tags[0] == "manylinux_2_31_armv7l"
    assert tags[-3:] == ["manylinux_2_17_armv7l", "manylinux2014_armv7l", "linux_armv7l"]
    assert {"--python-version=311", "--abi=cp311"} < {*arguments}


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WheelIndex:
    """The real pip, with a directory as its index."""
    for name in list(os.environ):
        if name.startswith("PIP_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", (tmp_path / "simple").as_uri())
    for name, files in {
        "compiled": ["compiled-2.tar.gz", "compiled-1-cp311-cp311-manylinux_2_31_armv7l.whl"],
        "stable": ["stable-1.tar.gz", "stable-1-cp38-abi3-manylinux_2_28_armv7l.manylinux_2_31_armv7l.whl"],
        "newer": ["newer-1.tar.gz", "newer-1-cp311-cp311-manylinux_2_36_armv7l.whl"],
        "pure": ["pure-1-py3-none-any.whl"],
        "source": ["source-1.tar.gz"],
    }.items():
        (page := tmp_path / "simple" / name / "index.html").parent.mkdir(parents=True)
        links = "".join(f'<a href="{file}">{file}</a>' for file in files)
        page.write_text(f"<!DOCTYPE html><html><body>{links}</body></html>")
    return WheelIndex(file=tmp_path / "wheels.json")


def test_the_real_pip(real: WheelIndex) -> None:
    answers = {
        name: real.has_wheel(name, "", ARMV7L) for name in ("compiled", "stable", "newer", "pure", "source")
    }
    assert answers == {"compiled": False, "stable": True, "newer": False, "pure": True, "source": False}
    assert real.has_wheel("compiled", "<2", ARMV7L) is True
    assert real.has_wheel("newer", "", Place("armv7l", "2.36", "cp311")) is True
    assert real.has_wheel("newer", "", Place("armv7l", "2.36", "cp312")) is False
    assert real.has_wheel("stable", "", Place("riscv64", "2.41", "cp311")) is False


def test_the_real_pip_without_an_index(real: WheelIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    monkeypatch.setenv("PIP_QUIET", "1")
    assert real.has_wheel("compiled", "", ARMV7L) is None


def test_without_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "venv" / "bin" / "python"))
    assert WheelIndex(file=tmp_path / "wheels.json").has_wheel("compiled", "", ARMV7L) is None


def test_without_pip_in_the_environment_the_one_on_path_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip = tmp_path / "pip3"
    pip.write_text(f"#!/bin/sh\necho '{has(v1_0='y.whl')[1]}'\n")
    pip.chmod(0o755)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert WheelIndex(file=tmp_path / "wheels.json").has_wheel("x", "", ARMV7L) is True
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert WheelIndex(file=tmp_path / "none.json").has_wheel("x", "", ARMV7L) is None


def test_the_index_of_the_container_comes_before_the_users(real: WheelIndex, tmp_path: Path) -> None:
    other = ("--index-url=" + (tmp_path / "other").as_uri(),)
    (page := tmp_path / "other" / "source" / "index.html").parent.mkdir(parents=True)
    page.write_text("<!DOCTYPE html><html><body><a href='source-1-py3-none-any.whl'>x</a></body></html>")
    assert real.has_wheel("source", "", ARMV7L._replace(options=other)) is True
    assert real.has_wheel("source", "", ARMV7L) is False
