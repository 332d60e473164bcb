"""`cibw-debian translate` as a user calls it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from cibw_debian.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class _Result(NamedTuple):
    code: int
    stdout: bytes
    stderr: str

    @property
    def text(self) -> str:
        return self.stdout.decode()


@pytest.fixture
def run(
    capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., _Result]:
    def run(*arguments: str, stdin: str = "") -> _Result:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        code = main(["translate", *arguments])
        captured = capsysbinary.readouterr()
        return _Result(code, captured.out, captured.err.decode())

    return run


def test_the_seed_example_in_a_process_of_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cibw_debian", "translate", "dnf -y install openssl-devel"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "apt-get update && apt-get install -y libssl-dev\n"
    assert done.stderr == ""


def test_words_are_joined_and_options_of_dnf_are_dnfs(run: Callable[..., _Result]) -> None:
    result = run("dnf", "-y", "install", "pkgconfig(zlib)", "--suite", "trixie", "--arch", "riscv64")
    assert result.text == "apt-get update && apt-get install -y zlib1g-dev\n"


def test_a_word_with_blanks_among_others_is_one_word_of_the_command(run: Callable[..., _Result]) -> None:
    assert run("my tool", "b", "-q").text == "'my tool' b -q\n"
    assert run("my tool", "-q").text == "my tool\n"


@pytest.mark.parametrize("arguments", [(), ("-",)])
def test_standard_input(arguments: tuple[str, ...], run: Callable[..., _Result]) -> None:
    assert run(*arguments, stdin="yum install -y wget").text == "apt-get update && apt-get install -y wget"


def test_file_keeps_every_other_byte(tmp_path: Path, run: Callable[..., _Result]) -> None:
    script = tmp_path / "deps.sh"
    script.write_bytes(b"#!/bin/sh\r\n# \xff\r\nyum install -y wget\r\nmake")
    result = run("--file", str(script))
    assert result.stdout == b"#!/bin/sh\r\n# \xff\r\napt-get update && apt-get install -y wget\r\nmake"


def test_diff(tmp_path: Path, run: Callable[..., _Result]) -> None:
    script = tmp_path / "deps.sh"
    script.write_text("make\nyum install -y wget\n")
    lines = run("--file", str(script), "--format", "diff").text.splitlines()
    assert lines[3:] == [" make", "-yum install -y wget", "+apt-get update && apt-get install -y wget"]


def test_errors_leave_standard_output_empty(run: Callable[..., _Result]) -> None:
    result = run("--suite", "bookworm", "make\nyum install -y wget no-such-thing-devel")
    assert result.code == 43
    assert result.text == ""
    place, line, marks = result.stderr.splitlines()
    assert place.startswith("hook:2:21: error: no-such-thing-devel is not")
    assert place.endswith("[unknown-package]")
    assert line[marks.index("^") :] == "no-such-thing-devel"


def test_each_command_is_explained_with_its_line(run: Callable[..., _Result]) -> None:
    explained = run("--explain", stdin="dnf clean all\n\nyum clean all\nyum clean all").stderr
    assert [line for line in explained.splitlines() if "->" in line] == [
        f"hook:{number}: {program} clean all -> apt-get clean"
        for number, program in ((1, "dnf"), (3, "yum"), (4, "yum"))
    ]


def test_json_says_so_too(run: Callable[..., _Result]) -> None:
    result = run("--format", "json", "yum install -y no-such-thing-devel")
    data = json.loads(result.text)
    assert result.code == 43
    assert (data["suite"], data["arch"], data["ok"], data["changed"]) == ("bookworm", "armv7l", False, False)
    assert data["findings"][0]["span"] == [15, 34]


def test_robust(run: Callable[..., _Result]) -> None:
    output = run("--robust", "yum install wget").text
    assert "DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends" in output


def test_image(run: Callable[..., _Result]) -> None:
    hook = "dnf install -y wget"
    assert json.loads(run("--image", "debian-11", "--format", "json", hook).text)["suite"] == "bullseye"
    assert run("--image", "debian-13", "--arch", "riscv64", hook).text.startswith("apt-get")


def test_an_image_with_dnf_keeps_its_hooks(run: Callable[..., _Result]) -> None:
    hook = "dnf install -y wget"
    assert run("--image", "pypa-manylinux_2_39", "--arch", "riscv64", hook).text == hook + "\n"


@pytest.mark.parametrize(
    "arguments", [("--suite", "bokworm", "make"), ("--arch", "armhf", "make"), ("--file", "/no/such/file")]
)
def test_bad_options(arguments: tuple[str, ...], run: Callable[..., _Result]) -> None:
    result = run(*arguments)
    assert result.code == 40
    assert result.stdout == b""


def test_nothing_heavy_is_imported_where_no_project_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A variable of the product's costs an import.
    monkeypatch.delenv("CIBW_DEBIAN_INTERPRETERS")
    monkeypatch.delenv("CIBW_DEBIAN_REQUIREMENTS")
    code = (
        # From Python 3.12 on, importlib.resources, which the parser of bash asks for itself, imports inspect.
        "import sys, tree_sitter, tree_sitter_bash; before = {*sys.modules};"
        "from cibw_debian.cli import main; main(['-q', 'translate', 'dnf -y install openssl-devel']);"
        "heavy = {'cibuildwheel', 'dataclasses', 'inspect', 'rich', 'tomli'} & {*sys.modules} - before;"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.stderr == ""
