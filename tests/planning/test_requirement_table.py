"""The table of requirements as a whole: its form, and that its names mean something on every target."""

from __future__ import annotations

import json
import re
from typing import Any

import fastjsonschema
import pytest

from cibw_debian.errors import DataError
from cibw_debian.planning.requirement_table import FILE, load_requirements, read_rows
from cibw_debian.resolver.files import read_data
from cibw_debian.resolver.model import PACKAGE, UNAVAILABLE, Target
from cibw_debian.resolver.resolve import open_resolver

TEXT = read_data(FILE).decode()
DATA: dict[str, Any] = json.loads(TEXT)
SCHEMA = json.loads(read_data("requirements.schema.json"))
#: rpm names that a target has no package for
WITHOUT = {
    "bullseye/armhf": set[str](),
    "bookworm/armhf": {"PDAL-devel"},
    "trixie/armhf": {"PDAL-devel", "eccodes-devel", "openmpi-devel"},
    "trixie/riscv64": {"PDAL-devel"},
}


def test_fits_its_schema() -> None:
    fastjsonschema.compile(SCHEMA)(DATA)


@pytest.mark.parametrize(
    "bad",
    [
        {"A": ["b"]},
        {"a_b": ["b"]},
        {"a": []},
        {"a": "b"},
        {"a": ["libfoo dev"]},
        {"a": {"needs": ["b"]}},
        {"a": {"requires": ["b"], "need": ["c"]}},
    ],
)
def test_schema_refuses(bad: dict[str, Any]) -> None:
    with pytest.raises(fastjsonschema.JsonSchemaException):
        fastjsonschema.compile(SCHEMA)(bad)


def test_one_row_a_line_sorted() -> None:
    lines = [f"  {json.dumps(name)}: {json.dumps(DATA[name])}" for name in sorted(DATA)]
    assert "{\n" + ",\n".join(lines) + "\n}\n" == TEXT
    for row in load_requirements().values():
        assert list(row.needs) == sorted(row.needs)
        assert list(row.requires) == sorted(row.requires)


def test_names_are_normalised() -> None:
    assert [name for name in DATA if re.sub(r"[-_.]+", "-", name).lower() != name] == []


def test_there_are_many_rows() -> None:
    assert sum(bool(row.needs) for row in load_requirements().values()) >= 80


@pytest.mark.parametrize("target", WITHOUT)
def test_every_name_resolves(target: str) -> None:
    resolver = open_resolver(Target(*target.split("/")))
    names = {name for row in load_requirements().values() for name in (*row.needs, *row.loads)}
    answers = {name: resolver.resolve(name) for name in names}
    assert {name for name, answer in answers.items() if answer.status == UNAVAILABLE} == WITHOUT[target]
    rest = [answer for name, answer in answers.items() if name not in WITHOUT[target]]
    assert [answer.rpm for answer in rest if answer.status != PACKAGE or not answer.verified] == []


def test_what_is_required_has_a_row() -> None:
    with pytest.raises(DataError, match="a requires b, which has no row"):
        read_rows({"a": {"requires": ["b"]}})


@pytest.mark.parametrize("bad", [{"a": 1}, {"a": {"needs": 1}}, ["a"]])
def test_a_damaged_file_is_named(bad: Any) -> None:
    with pytest.raises(DataError, match=r"requirements\.json is damaged"):
        read_rows(bad)
