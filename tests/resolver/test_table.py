"""The table as a whole: form, truth, and that every row is needed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import fastjsonschema
import pytest

from cibw_debian.resolver import rules
from cibw_debian.resolver.files import read_data
from cibw_debian.resolver.model import Target
from cibw_debian.resolver.resolve import Resolver
from cibw_debian.resolver.suites import suites
from cibw_debian.resolver.table import Table

if TYPE_CHECKING:
    from cibw_debian.resolver.index import Index

TEXT = read_data("packages.json").decode()
DATA: dict[str, Any] = json.loads(TEXT)
ROWS = {name: value for name, value in DATA.items() if not name.startswith("$")}


def test_fits_its_schema() -> None:
    fastjsonschema.compile(json.loads(read_data("packages.schema.json")))(DATA)


@pytest.mark.parametrize(
    "bad", [{"a": "b"}, {"a": ["B"]}, {"a": {"deb": []}}, {"a": {"deb": [], "exept": {}}}]
)
def test_schema_refuses(bad: dict[str, Any]) -> None:
    with pytest.raises(fastjsonschema.JsonSchemaException):
        fastjsonschema.compile(json.loads(read_data("packages.schema.json")))(bad)


def test_one_row_a_line_sorted_and_canonical() -> None:
    lines = [f"  {json.dumps(name)}: {json.dumps(DATA[name], ensure_ascii=False)}" for name in sorted(DATA)]
    canonical = "{\n" + ",\n".join(lines) + "\n}\n"
    assert canonical == TEXT


def test_exceptions_name_known_suites() -> None:
    for name, value in ROWS.items():
        for key in value.get("except", {}) if isinstance(value, dict) else ():
            assert key.split("/")[0] in {*suites(), "*"}, name


def test_every_deb_name_exists_where_the_row_claims_it(indices: dict[str, Index]) -> None:
    table = Table(DATA)
    wrong = [
        f"{name}: {deb} is not in {index.target}"
        for name in ROWS
        for index in indices.values()
        for deb in (table.find(name) or pytest.fail(name)).debs(index.target) or ()
        if not rules.real_name(deb, index)
    ]
    assert wrong == []


def test_exceptions_differ_from_what_holds_without_them(indices: dict[str, Index]) -> None:
    table = Table(DATA)
    needless = []
    for name, value in ROWS.items():
        if not isinstance(value, dict) or "except" not in value:
            continue
        row = table.find(name)
        assert row is not None
        for key in row.exceptions:
            less = row._replace(exceptions={k: v for k, v in row.exceptions.items() if k != key})
            targets = [*(index.target for index in indices.values()), Target(key.split("/")[0], "armhf")]
            # a suite without an index would take the exceptions of its nearest
            if key.split("/")[0] in {"focal", "jammy", "noble"}:
                continue
            if all(less.debs(target) == row.debs(target) for target in targets):
                needless.append(f"{name}: {key}")
    assert needless == []


def _resolver(index: Index, data: dict[str, Any], indices: dict[str, Index]) -> Resolver:
    elsewhere = [other for other in indices.values() if other is not index]
    return Resolver(index.target, table=Table(data), indices=[index], packages={}, elsewhere=elsewhere)


def test_no_row_says_what_rules_and_indices_know(indices: dict[str, Index]) -> None:
    """A row is there because the answer without it would be another one, somewhere."""
    complete = {name: _resolver(index, DATA, indices) for name, index in indices.items()}
    needless = []
    for name, value in ROWS.items():
        if re.search(r"[*?\[@]", name):
            continue
        if isinstance(value, dict) and (
            value.keys() & {"note", "commands"}
            or value.get("except", {}).keys() & {"focal", "jammy", "noble"}
        ):
            continue
        less = {key: row for key, row in DATA.items() if key != name}
        for target, index in indices.items():
            given, without = complete[target].resolve(name), _resolver(index, less, indices).resolve(name)
            if (given.status, set(given.deb)) != (without.status, set(without.deb)):
                break
        else:
            needless.append(name)
    assert needless == []
