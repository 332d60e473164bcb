"""The JSON Schemas that ship with the package, and what to say when data does not fit one."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cibw_debian.resolver.files import read_json

if TYPE_CHECKING:
    from collections.abc import Callable

_DOCUMENTS = "documents.schema.json"


@dataclass(frozen=True)
class Violation:
    #: keys and indices from the top of the data down to the place
    path: tuple[str, ...]
    #: the schema's keyword that is violated: ``required``, ``oneOf``
    rule: str
    #: ``must be string``
    reason: str


def load_schema(name: str) -> dict[str, Any]:
    """Return the shipped schema of that name.

    Args:
        name: What is read (``settings``, ``images``), or what is written: one of `documents`.

    Raises:
        DataError: Its file is damaged.
    """
    if name in documents():
        all_of_them = read_json(_DOCUMENTS)
        return {
            "$schema": all_of_them["$schema"],
            "$id": f"urn:cibw-debian:{name}",
            "allOf": [{"$ref": f"#/definitions/{name}"}],
            "definitions": all_of_them["definitions"],
        }
    schema: dict[str, Any] = read_json(f"{name}.schema.json")
    return schema


@functools.cache
def documents() -> tuple[str, ...]:
    """Return the names of the JSON documents that commands write."""
    return tuple(entry["$ref"].rpartition("/")[2] for entry in read_json(_DOCUMENTS)["anyOf"])


def find_violation(name: str, data: object) -> Violation | None:
    """Check data against a shipped schema; the first thing that does not fit, or None."""
    import fastjsonschema  # noqa: PLC0415  (cold start)

    try:
        _validator(name)(data)
    except fastjsonschema.JsonSchemaValueException as error:
        reason = error.message.removeprefix(error.name or "").strip()
        # The path starts with "data", the name fastjsonschema gives to the whole.
        return Violation(tuple(str(step) for step in error.path[1:]), error.rule or "", reason)
    return None


@functools.cache
def _validator(name: str) -> Callable[[object], object]:
    import fastjsonschema  # noqa: PLC0415  (cold start)

    validator: Callable[[object], object] = fastjsonschema.compile(load_schema(name))
    return validator
