"""Pages of the reference, from data and from `errors.py`."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from cibw_debian.errors import CibwDebianError
from cibw_debian.findings import Level, codes
from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.schemas import load_schema
from cibw_debian.settings import KEYS
from tools.docs.commands import commands_page
from tools.docs.markdown import block, code, escape, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cibw_debian.images.catalogue import Image


def reference_pages(readme: str) -> dict[str, str]:
    """Return the pages: path on the site -> Markdown.

    Args:
        readme: The README; its table of exit codes has those that no class of errors has.
    """
    return {
        "reference/commands.md": commands_page(),
        "reference/settings.md": settings_page(),
        "reference/exit-codes.md": exit_codes_page(readme),
        "reference/findings.md": findings_page(),
        "reference/images.md": images_page(),
        "reference/table.md": table_page(),
    }


def settings_page() -> str:
    rows = [
        (
            code(key),
            code(f"CIBW_DEBIAN_{key.upper().replace('-', '_')}"),
            _type(property_),
            code(json.dumps(property_["default"])) if "default" in property_ else "",
            escape(property_["description"]),
        )
        for key, property_ in ((key, load_schema("settings")["properties"][key]) for key in KEYS)
    ]
    return (
        "# Settings\n\nKeys of the table `[tool.cibw-debian]` in pyproject.toml, from its JSON Schema"
        " [settings.schema.json](../schemas.md). A variable wins over the table; the options of `run` and"
        " `plan` win over both. [Configuration](../configuration.md) says more about each.\n\n"
        + table(("key", "variable", "value", "default", "means"), rows)
    )


def _type(property_: Mapping[str, Any]) -> str:
    if "enum" in property_:
        return ", ".join(code(json.dumps(value)) for value in property_["enum"])
    kind: str = property_["type"]
    return {"object": "table", "boolean": "true or false"}.get(kind, kind)


def exit_codes_page(readme: str) -> str:
    errors = {error.exit_code: error for error in CibwDebianError.__subclasses__()}
    rows = [
        (str(number), code(error("").code), escape((error.__doc__ or "").strip()))
        for number, error in errors.items()
    ]
    told = re.findall(r"^\| (\d[\d, to]*) \| (.*) \|$", readme, re.MULTILINE)
    rows += [
        (numbers, "", text) for numbers, text in told if int(numbers.split()[0].rstrip(",")) not in errors
    ]
    rows.sort(key=lambda row: int(row[0].split()[0].rstrip(",")))
    return (
        "# Exit codes\n\nEach class of errors has its own code, and the word that stands in `error.code` of a"
        " [JSON document](../json.md).\n\n" + table(("code", "word", "means"), rows)
    )


def findings_page() -> str:
    parts = ["# Findings\n\nWhat `plan`, `run`, `translate` and `check` say about a place in a hook.\n"]
    for level in Level:
        rows = {name: row for name, row in codes().items() if row.level is level}
        parts.append(f"## {level.value.capitalize()}s\n")
        for name, row in rows.items():
            parts.append(f"### `{name}`\n\n{escape(row.summary)}\n")
            parts.append(f"{escape(row.meaning)}\n\n**What to do:** {escape(row.action)}\n")
            if row.settled:
                parts.append("The [companion](../companion.md) settles this at run time.\n")
            parts.append(block(row.before, "sh"))
            if row.after:
                parts.append(f"Better:\n\n{block(row.after, 'sh')}")
    return "\n".join(parts)


_IMAGES = """\
# Images of the catalogue

From `images.toml`. A [short name](../configuration.md#short-names-of-images) is the image's own name, its
policy, its suite or its distribution; where several images answer to a name, the first one of this page wins.
"""


def images_page() -> str:
    parts = [_IMAGES]
    for image in load_catalogue().images:
        parts.append(f"## {image.name}\n\n{escape(image.description[0].upper() + image.description[1:])}.\n")
        parts.append(table(("", ""), _image(image)))
    return "\n".join(parts)


def _image(image: Image) -> list[tuple[str, str]]:
    names = dict.fromkeys((*image.names, image.policy, image.distribution, image.suite))
    return [
        ("names", ", ".join(map(code, names))),
        ("architectures", ", ".join(map(code, image.archs))),
        ("glibc, gcc", f"{image.glibc}, {image.gcc}"),
        ("package manager", image.package_manager),
        ("home", image.home),
        ("repository", code(f"{image.repository}{f':{image.tag}' if image.tag else ''}")),
        (
            "interpreters",
            "every one that cibuildwheel has" if "*" in image.pythons else ", ".join(image.pythons),
        ),
        *([("no security updates since or from", image.end_of_life)] if image.end_of_life else []),
    ]


_TABLE = """\
# The table of names

What [rules and indices](../names.md) cannot know about an rpm name. A name that is not here may still be
known: `cibw-debian lookup NAME` answers for every name. `*` and `[...]` are wildcards, names with `@` are
groups.
"""


def table_page() -> str:
    data = json.loads(files("cibw_debian").joinpath("data", "packages.json").read_text(encoding="utf-8"))
    rows = []
    for name, value in data.items():
        if not name.startswith("$"):
            row = value if isinstance(value, dict) else {"deb": value}
            rows.append((code(name), _debs(row["deb"]), _exceptions(row), escape(row.get("note", ""))))
    return f"{_TABLE}\n{table(('rpm name', 'Debian packages', 'elsewhere', 'note'), rows)}"


def _debs(names: list[str] | None) -> str:
    if names is None:
        return "not available"
    return ", ".join(map(code, names)) or "nothing to install"


def _exceptions(row: Mapping[str, Any]) -> str:
    return "; ".join(f"{where}: {_debs(names)}" for where, names in row.get("except", {}).items())
