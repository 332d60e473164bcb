"""The comparison of wheels sees what it is there to see."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_bash

from tests.same_result import compare, read_interface

NAME = "thing-1.0-cp311-cp311-manylinux_2_31_armv7l.whl"


def library(module: object) -> bytes:
    """Any shared library will do: the one of an extension that is installed anyway."""
    return next(Path(str(vars(module)["__file__"])).parent.glob("*.so")).read_bytes()


def wheel(directory: Path, content: bytes, *, name: str = NAME, file: str = "thing/_core.so") -> Path:
    directory.mkdir(exist_ok=True)
    with zipfile.ZipFile(directory / name, "w") as archive:
        archive.writestr("thing/__init__.py", "")
        archive.writestr(file, content)
    return directory / name


def test_a_wheel_is_the_same_as_itself(tmp_path: Path) -> None:
    content = library(tree_sitter)
    assert read_interface(content).exported
    assert read_interface(content).versions
    assert compare(wheel(tmp_path / "a", content), wheel(tmp_path / "b", content)) == []


def test_another_tag_another_file_and_a_file_that_is_no_library_are_told(tmp_path: Path) -> None:
    content = library(tree_sitter)
    plain = wheel(tmp_path / "a", content)
    renamed = NAME.replace("2_31", "2_35")
    assert compare(plain, wheel(tmp_path / "b", content, name=renamed)) == [f"file name: -{NAME} +{renamed}"]
    assert compare(plain, wheel(tmp_path / "c", content, file="thing/core.so")) == [
        "files: -thing/_core.so +thing/core.so"
    ]
    assert compare(plain, wheel(tmp_path / "d", b"text")) == [
        "thing/_core.so: an ELF file in only one of the wheels"
    ]


def test_another_interface_is_told(tmp_path: Path) -> None:
    differences = compare(
        wheel(tmp_path / "a", library(tree_sitter)), wheel(tmp_path / "b", library(tree_sitter_bash))
    )
    assert [line.partition(" -")[0] for line in differences] == ["thing/_core.so: imported:"]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"dynamic": ("NEEDED libm.so.6",)}, "dynamic: -() +('NEEDED libm.so.6',)"),
        ({"versions": frozenset({"libc.so.6 GLIBC_2.34"})}, "versions: +libc.so.6 GLIBC_2.34"),
        ({"exported": frozenset({"GLOBAL FUNC mine"})}, "exported: +GLOBAL FUNC mine"),
        ({"imported": frozenset({"GLOBAL sqrt"})}, "imported: +GLOBAL sqrt"),
    ],
)
def test_what_a_library_asks_of_others_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, object], line: str
) -> None:
    bare = replace(
        read_interface(library(tree_sitter)),
        dynamic=(),
        versions=frozenset(),
        exported=frozenset(),
        imported=frozenset(),
    )
    read = iter([bare, replace(bare, **change)])  # type: ignore[arg-type]  # one field of several types
    monkeypatch.setattr("tests.same_result.read_interface", lambda _: next(read))
    content = library(tree_sitter)
    assert compare(wheel(tmp_path / "a", content), wheel(tmp_path / "b", content)) == [
        f"thing/_core.so: {line}"
    ]
