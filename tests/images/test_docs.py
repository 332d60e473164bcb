"""What docs/images.md says and what the code and its data say."""

from __future__ import annotations

import json
import re
import shlex
from importlib.resources import files
from pathlib import Path

from cibw_debian.cli import images as command
from cibw_debian.doctor.facts import TOOLS
from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.images.recipe import FINGERPRINT_LABEL, listed, recipe_files
from cibw_debian.resolver.apt import _ROBUST_INSTALL

from .test_recipe import RECIPE

DOCS = (Path(__file__).parent.parent.parent / "docs/images.md").read_text()


def table(header: str) -> list[list[str]]:
    """Return the rows below the line that begins with a header."""
    lines = DOCS[DOCS.index(f"\n{header}") + 1 :].split("\n\n", maxsplit=1)[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_table_of_images() -> None:
    documented = [[cell.strip("`") for cell in row] for row in table("| image |")]
    images = [image for image in load_catalogue().images if image.built_here]
    assert documented == [
        [
            image.name,
            image.suite,
            image.policy,
            ", ".join(f"{tag[2]}.{tag[3:]}" for tag in image.pythons),
            image.gcc,
            ", ".join(image.archs),
        ]
        for image in images
    ]


def test_fields_of_the_catalogue() -> None:
    schema = json.loads(files("cibw_debian.data").joinpath("images.schema.json").read_text())
    image = schema["definitions"]["image"]
    documented = {name.strip("`"): needed for name, needed, _ in table("| field |")}
    one_of = {name for choice in image["oneOf"] for name in choice["required"]}
    assert len(one_of) == 3
    assert documented == {
        name: "yes" if name in image["required"] else "one of three" if name in one_of else "no"
        for name in image["properties"]
    }


def test_commands_and_options_exist() -> None:
    lines = re.findall(r"cibw-debian images ((?:build|list)\b[^`\n]*)", DOCS)
    options = re.findall(r"`(--\w+)`", DOCS)
    assert len(lines) == 4
    assert len(options) == 3
    for words in [*map(shlex.split, lines), *(["build", "x", "--arch", "x", option] for option in options)]:
        values = ["x"] if words[-1] == "--mirror" else []
        command.make_parser().parse_args([*words, *values])


def test_names_that_the_docs_use_are_those_of_the_code() -> None:
    variables = set(re.findall(r"`(AUDITWHEEL_\w+)`", DOCS))
    config = RECIPE.image_config(layer_digests=[""], created="")["config"]["Env"]
    assert variables == {entry.partition("=")[0] for entry in config if entry.startswith("AUDITWHEEL")}
    assert f"`{FINGERPRINT_LABEL}`" in DOCS
    assert {"mmdebstrap", "arch-test", "newuidmap"} <= set(TOOLS) & set(re.findall(r"`([\w-]+)`", DOCS))


def test_directories_of_manual_pages() -> None:
    (option,) = re.findall(r"`Dpkg::Options::=--(path-include=\S+)`", DOCS)
    assert f"Dpkg::Options::=--{option}" in _ROBUST_INSTALL
    assert option in listed(recipe_files()["dpkg.cfg"].decode())
    assert "for section in 1 2 3 4 5 6 7 8;" in recipe_files()["finish.sh"].decode()
