"""Every JSON document fits its published schema, and the schema describes all that is in it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest

from cibw_debian.schemas import documents, find_violation, load_schema
from tests.command import cibw_debian

EXAMPLE = str(Path(__file__).parents[1] / "example-project")
SCRIPT = """
set -e
dnf install -y openssl-devel 'pkgconfig(libcurl)' /usr/bin/cmake postgresql-devel epel-release
[[ -d /usr/lib64 ]] && yum install -y libpcre3-dev ninja-build $MORE
dnf -y install java-11-openjdk-devel libcffi-devel
"""


def closed(schema: Any) -> Any:
    """Return a schema that allows no property that it does not describe."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(part) for key, part in schema.items()}
    if "properties" in found and isinstance(found.get("required"), list):
        found.setdefault("additionalProperties", False)
    return found


def check(name: str, document: dict[str, Any]) -> None:
    assert find_violation(name, document) is None
    if name == "images-show":
        image = {key: value for key, value in document.items() if key != "version"}
        name, document = "images-list", {"version": 1, "images": [image]}
    fastjsonschema.validate(closed(load_schema(name)), document)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("translate", ["translate", "dnf install -y openssl-devel"]),
        ("translate", ["translate", SCRIPT]),
        (
            "translate",
            ["translate", "--suite", "jammy", "--arch", "riscv64", "rpm -q x; dnf install no-such-thing"],
        ),
        (
            "lookup",
            ["lookup", "zlib-devel", "epel-release", "no-such-thing-devel", "zilb-devel", "java-11-openjdk"],
        ),
        (
            "lookup",
            ["lookup", "--suite", "trixie", "pcre-devel", "@Development Tools", "python*-devel", "foo"],
        ),
        ("explain", ["explain", "lib64", "spec-file"]),
        ("explain", ["explain"]),
        ("error", ["explain", "no-such-code"]),
        ("plan", ["plan", EXAMPLE, "--archs", "armv7l,x86_64"]),
        ("plan", ["plan", EXAMPLE, "--archs", "riscv64"]),
        ("check", ["check", "-v", f"{EXAMPLE}/pyproject.toml"]),
        ("env", ["env", EXAMPLE, "--arch", "armv7l"]),
        ("images-list", ["images", "list"]),
        ("images-show", ["images", "show", "debian-12"]),
        ("images-resolve", ["images", "resolve", "manylinux_2_35", "--arch", "armv7l"]),
        ("images-resolve", ["images", "resolve", "example.org/x:1", "--arch", "armv7l"]),
        ("doctor", ["doctor"]),
        ("error", ["lookup"]),
        ("error", ["lookup", "--suite", "nope", "x"]),
    ],
)
def test_what_commands_write(name: str, args: list[str]) -> None:
    # variables cannot carry what only the companion answers
    env = {**os.environ, "CIBW_BEFORE_ALL": "yum install -y wget" if name == "env" else SCRIPT}
    check(name, json.loads(cibw_debian(*args, "--format", "json", env=env).out))


def test_every_document_has_its_schema() -> None:
    for name in documents():
        fastjsonschema.compile(load_schema(name))
        assert find_violation(name, {}) is not None


def test_a_document_of_another_version_does_not_fit() -> None:
    document = json.loads(cibw_debian("lookup", "zlib-devel", "--format", "json").out)
    violation = find_violation("lookup", {**document, "version": 2})
    assert violation is not None
    assert violation.path == ("version",)


def test_the_whole_file_is_a_schema_of_every_document() -> None:
    document = json.loads(cibw_debian("images", "list", "--format", "json").out)
    validate = fastjsonschema.compile(load_schema("documents"))
    validate(document)
    with pytest.raises(fastjsonschema.JsonSchemaValueException):
        validate({"version": 1})


def test_the_docs_list_every_document() -> None:
    text = (Path(__file__).parents[1] / "docs" / "json.md").read_text()
    assert set(re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE)) == set(documents())
