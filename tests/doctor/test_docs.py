"""What docs/doctor.md says and what the code says."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.cli import doctor as command
from cibw_debian.doctor import project
from cibw_debian.doctor.checks import _DISK_NEEDED, _DISK_WANTED, _GIB, _LOG, judge
from cibw_debian.doctor.facts import DEFAULT_ARCHS, TOOLS, Facts, WantedImage, Wants
from cibw_debian.engine.engine import Engine
from cibw_debian.errors import NotReadyError

from .test_checks import EMULATION, GOOD_HANDLER, READY

if TYPE_CHECKING:
    import pytest

DOCS = (Path(__file__).parent.parent.parent / "docs/doctor.md").read_text()
#: the machine of the example
EXAMPLE = replace(
    READY,
    emulation=replace(EMULATION, handlers={"armv7l": GOOD_HANDLER}),
    engine_version="20.10.24+dfsg1",
    free=75 * _GIB,
    wants=Wants(
        images=(WantedImage(name="debian-11", arch="armv7l", reference="x", built_here=True, present=False),)
    ),
)


def rows() -> dict[str, list[str]]:
    lines = re.findall(r"^\| (?!check |---)(.*) \|$", DOCS, re.MULTILINE)
    return {name: cells for name, *cells in (line.split(" | ") for line in lines)}


def test_the_example_is_what_doctor_prints(capsys: pytest.CaptureFixture[str]) -> None:
    command._print(judge(EXAMPLE))
    printed = capsys.readouterr().out.splitlines()
    example = DOCS.split("$ cibw-debian doctor\n", 1)[1].split("\n\n", 1)[0]
    assert [line.removeprefix("    ") for line in example.splitlines()] == printed


def test_every_check_has_its_row() -> None:
    names = [check.name for check in judge(EXAMPLE)]
    patterns = {re.sub("[A-Z]{3,}", r"\\S+", row): row for row in rows()}
    found = [row for name in names for pattern, row in patterns.items() if re.fullmatch(pattern, name)]
    assert len(found) == len(names)
    assert set(found) == set(rows())


def test_what_fix_does_not_run_is_advice() -> None:
    silent = WantedImage(
        name="x", arch="armv7l", reference="x", built_here=False, present=False, registry_error="no"
    )
    wants = replace(EXAMPLE.wants, images=(*EXAMPLE.wants.images, replace(silent, alternatives=("y",))))
    bad: Facts = replace(EXAMPLE, free=0, missing_tools=frozenset(TOOLS), wants=wants)
    checks = [check for check in judge(bad) if check.fix]
    assert len(checks) == 5
    for check in checks:
        (fixed_by,) = [
            cells[-1]
            for row, cells in rows().items()
            if re.fullmatch(re.sub("[A-Z]{3,}", r"\\S+", row), check.name)
        ]
        assert (fixed_by == "advice") is not check.automatic, check.name


def test_numbers_and_names() -> None:
    table = rows()
    assert f"less than {_DISK_NEEDED // _GIB} GiB" in table["disk"][0]
    assert f"less than {_DISK_WANTED // _GIB} GiB" in table["disk"][0]
    assert "older than docker 20.10 (API 1.41) or podman 3" in table["engine NAME"][0]
    minimums = (Engine("docker").minimum_text, Engine("podman").minimum_text)
    assert minimums == ("API 1.41 (docker 20.10)", "podman 3")
    assert set(re.findall(r"`(\S+)`", table["image tools"][0])) == set(TOOLS)
    assert f"`{_LOG}`" in table["engine NAME"][1]
    assert project._PATIENCE == 3
    assert "within three seconds" in table["image NAME ARCH"][0]
    assert f"and {NotReadyError.exit_code} otherwise" in DOCS
    assert f"looks at {' and '.join(DEFAULT_ARCHS)}" in " ".join(DOCS.split())
    (keys,) = re.findall(r"each check has (.*)\.", DOCS)
    assert re.findall(r"`(\w+)`", keys) == list(judge(EXAMPLE)[0].to_json())


def test_options_exist() -> None:
    lines = re.findall(r"cibw-debian doctor([^`\n]*)", DOCS)
    options = re.findall(r"`(--[^`]+)`", DOCS)
    assert {"--fix", "--engine", "--format json"} <= set(options)
    for text in {*lines, *options}:
        values = ["docker"] if text == "--engine" else []
        command.make_parser().parse_args([*shlex.split(text), *values])
