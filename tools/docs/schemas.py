"""The schema of our settings as a store of schemas wants it: a part of the one of pyproject.toml."""

from __future__ import annotations

from typing import Any

from cibw_debian.schemas import load_schema

#: the file's name in the store, which is also the last part of its `$id`
STORED = "partial-cibw-debian.json"


def stored_schema() -> dict[str, Any]:
    """Return the schema of `[tool.cibw-debian]` for SchemaStore, whose tools want an `$id` of their own."""
    schema = load_schema("settings")
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": f"https://json.schemastore.org/{STORED}",
        "title": "cibw-debian",
        "description": "Debian-based images, and names of packages, for cibuildwheel",
        **{key: value for key, value in schema.items() if key not in {"$schema", "$id", "title"}},
    }
