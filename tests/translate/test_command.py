"""`cibw-debian translate` as a user calls it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from cibw_debian.cli.translate import command
from cibw_debian.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path


def _run(*arguments: str, text: str | bytes | None = None) -> Result:
    return CliRunner().invoke(command, list(arguments), input=text, standalone_mode=False)


def test_the_seed_example_in_a_process_of_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cibw_debian", "translate", "dnf -y install openssl-devel"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "apt-get update && apt-get install -y libssl-dev\n"
    assert done.stderr == ""


def test_words_are_joined_and_options_of_dnf_are_dnfs() -> None:
    result = _run("dnf", "-y", "install", "pkgconfig(zlib)", "--suite", "trixie", "--arch", "riscv64")
    assert result.stdout == "apt-get update && apt-get install -y zlib1g-dev\n"


@pytest.mark.parametrize("arguments", [(), ("-",)])
def test_standard_input(arguments: tuple[str, ...]) -> None:
    assert _run(*arguments, text="yum install -y wget").stdout == "apt-get update && apt-get install -y wget"


def test_file_keeps_every_other_byte(tmp_path: Path) -> None:
    script = tmp_path / "deps.sh"
    script.write_bytes(b"#!/bin/sh\r\n# \xff\r\nyum install -y wget\r\nmake")
    result = _run("--file", str(script))
    assert result.stdout_bytes == b"#!/bin/sh\r\n# \xff\r\napt-get update && apt-get install -y wget\r\nmake"


def test_diff(tmp_path: Path) -> None:
    script = tmp_path / "deps.sh"
    script.write_text("make\nyum install -y wget\n")
    lines = _run("--file", str(script), "--format", "diff").stdout.splitlines()
    assert lines[3:] == [" make", "-yum install -y wget", "+apt-get update && apt-get install -y wget"]


def test_errors_leave_standard_output_empty() -> None:
    result = _run("make\nyum install -y wget no-such-thing-devel")
    assert result.return_value == 43
    assert result.stdout == ""
    place, line, marks = result.stderr.splitlines()
    assert place.startswith("hook:2:21: error: no-such-thing-devel is not")
    assert place.endswith("[unknown-package]")
    assert line[marks.index("^") :] == "no-such-thing-devel"


def test_json_says_so_too() -> None:
    result = _run("--format", "json", "yum install -y no-such-thing-devel")
    data = json.loads(result.stdout)
    assert result.return_value == 43
    assert (data["suite"], data["arch"], data["ok"], data["changed"]) == ("bookworm", "armv7l", False, False)
    assert data["findings"][0]["span"] == [15, 34]


def test_robust() -> None:
    output = _run("--robust", "yum install wget").stdout
    assert "DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends" in output


def test_image() -> None:
    hook = "dnf install -y wget"
    assert json.loads(_run("--image", "debian-11", "--format", "json", hook).stdout)["suite"] == "bullseye"
    assert _run("--image", "debian-13", "--arch", "riscv64", hook).stdout.startswith("apt-get")


def test_an_image_with_dnf_keeps_its_hooks() -> None:
    hook = "dnf install -y wget"
    assert _run("--image", "pypa-manylinux_2_39", "--arch", "riscv64", hook).stdout == hook + "\n"


@pytest.mark.parametrize(
    "arguments", [("--suite", "bokworm", "make"), ("--arch", "armhf", "make"), ("--file", "/no/such/file")]
)
def test_bad_options(arguments: tuple[str, ...]) -> None:
    result = _run(*arguments)
    assert isinstance(result.exception, ConfigurationError)


def test_nothing_heavy_is_imported() -> None:
    code = (
        "import sys; from cibw_debian.cli import main; main(['translate', 'dnf -y install openssl-devel']);"
        "heavy = {'cibuildwheel', 'dataclasses', 'rich', 'subprocess', 'tomllib'} & {*sys.modules};"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""
