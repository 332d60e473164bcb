"""The site of the documentation, as far as it can be looked at without the program that makes HTML of it."""

from __future__ import annotations

import html
import json
import posixpath
import re
from pathlib import Path

import fastjsonschema
import pytest

from cibw_debian.cli import COMMANDS, program_parser
from cibw_debian.errors import CibwDebianError
from cibw_debian.findings import codes
from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.settings import KEYS, load_settings
from cibw_debian.terminal import unstyle
from tools import screenshot
from tools.docs.commands import _below, _options
from tools.docs.markdown import code, escape, links, relocate
from tools.docs.schemas import stored_schema
from tools.docs.site import REPOSITORY, ROOT, site

PAGES = site()


def without_blocks(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(page: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    heads = re.findall(
        r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", PAGES[page], flags=re.MULTILINE | re.DOTALL), re.MULTILINE
    )
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_every_command_and_option_is_documented() -> None:
    page = PAGES["reference/commands.md"]
    seen = 0

    def look(parser: object, title: str) -> None:
        nonlocal seen
        section = page[page.index(f"# `{title}`") :]
        common = page[: page.index("## `")]
        for action in _options(parser):  # type: ignore[arg-type]
            for name in action.option_strings:
                assert re.search(rf"`{name}[ `]", section + common), (title, name)
                seen += 1
        for name, below in _below(parser).items():  # type: ignore[arg-type]
            look(below, f"{title} {name}")

    commands = _below(program_parser(whole=True))
    for name in COMMANDS:
        look(commands[name], f"cibw-debian {name}")
    assert seen > 200


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("settings", [f"`{key}`" for key in KEYS]),
        ("exit-codes", [f"| {error.exit_code} |" for error in CibwDebianError.__subclasses__()]),
        ("exit-codes", ["| 0 |", "| 1 to 39 |", "| 130, 141, 143 |"]),
        ("findings", [f"### `{name}`\n" for name in codes()]),
        ("images", [f"## {image.name}\n" for image in load_catalogue().images]),
    ],
)
def test_all_of_it_is_documented(page: str, words: list[str]) -> None:
    assert [word for word in words if word not in PAGES[f"reference/{page}.md"]] == []


def test_the_table_has_every_row() -> None:
    data = json.loads((ROOT / "cibw_debian" / "data" / "packages.json").read_text())
    rows = set(re.findall(r"^\| `([^`]+)` \|", PAGES["reference/table.md"], re.MULTILINE))
    assert rows == {name for name in data if not name.startswith("$")}


def test_every_page_is_in_the_navigation() -> None:
    navigation = re.findall(
        r"^```\{toctree\}\n(?::[^\n]*\n)*\n(.*?)^```", PAGES["index.md"], re.MULTILINE | re.DOTALL
    )
    listed = [f"{name}.md" for part in navigation for name in part.split()]
    assert sorted(listed) == sorted(PAGES.keys() - {"index.md"})


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = without_blocks(PAGES[page])
    for path, anchor in links(text):
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path))
        assert target in PAGES, path
        assert not anchor or anchor[1:] in anchors(target), (path, anchor)
    for path in re.findall(rf"\]\({re.escape(REPOSITORY)}/([^)#]+)", text):
        assert (ROOT / path).exists(), path
    for anchor in re.findall(r"\]\(#([^)]+)\)", text):
        assert anchor in anchors(page)


def test_the_schema_for_the_store_takes_what_ours_takes() -> None:
    schema = stored_schema()
    # What the store asks of a part: draft 7, an address of the store's, nothing unknown, a word on each key.
    assert schema["$id"] == "https://json.schemastore.org/partial-cibw-debian.json"
    assert schema["$schema"].startswith("http://json-schema.org/draft-07/")
    assert schema["additionalProperties"] is False
    assert all(property_["description"] for property_ in schema["properties"].values())
    validate = fastjsonschema.compile(schema)
    validate({"strict": True, "manylinux-armv7l-image": "debian-11", "packages": {"a": ["liba-dev"]}})
    with pytest.raises(fastjsonschema.JsonSchemaValueException):
        validate({"stric": True})


def test_every_schema_has_a_name_of_its_own() -> None:
    schemas = [json.loads(path.read_text()) for path in (ROOT / "cibw_debian" / "data").glob("*.schema.json")]
    names = [schema["$id"] for schema in schemas]
    assert len(names) == len(set(names))
    assert all(name.startswith("urn:cibw-debian:") for name in names)


def test_the_picture_of_the_readme_shows_what_plan_prints() -> None:
    svg = (ROOT / "docs" / "plan.svg").read_text()
    shown = "".join(
        html.unescape(line) for line in re.findall(r"<text [^>]*clip-path[^>]*>(.*?)</text>", svg)
    )
    printed = unstyle(screenshot.text())
    assert "".join(shown.split()) == "".join(printed.split())
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")


def test_every_schema_is_listed() -> None:
    schemas = {path.name for path in (ROOT / "cibw_debian" / "data").glob("*.schema.json")}
    assert set(re.findall(r"^\| `(.*?)` \|", PAGES["schemas.md"], re.MULTILINE)) == schemas


def test_what_runs_which_wheels_is_what_the_catalogue_says() -> None:
    table = dict(re.findall(r"^\| (.*?) \| (2\.\d+) \|", PAGES["policies.md"], re.MULTILINE))
    known = {
        name.lower().replace(" ", "-"): glibc for names, glibc in table.items() for name in names.split(", ")
    }
    images = [image for image in load_catalogue().images if image.package_manager == "apt"]
    assert {image.distribution: image.glibc for image in images}.items() <= known.items()


def test_links_are_right_on_the_site() -> None:
    text = "[a](../images.toml) [b](x.md#y) [c](../setup.py) [d](https://e.org/f) `[x](y)`\n"
    text += "```\n[e](x.md)\n```\n"
    pages = {"images.toml": "reference/images.md", "docs/x.md": "x.md", "docs/x.md#z": "z.md"}
    assert relocate(text, "docs/a.md", "how/a.md", pages, "https://h") == (
        "[a](../reference/images.md) [b](../x.md#y) [c](https://h/setup.py) [d](https://e.org/f) `[x](y)`\n"
        "```\n[e](x.md)\n```\n"
    )
    assert relocate("[b](x.md#z)", "docs/a.md", "a.md", pages, "") == "[b](z.md)"


def test_plain_text_stays_plain() -> None:
    assert escape("CIBW_* `a_b` [x] <y>") == r"CIBW\_\* `a_b` \[x\] \<y>"
    assert code("a|b") == r"`a\|b`"


def test_the_tutorial_shows_what_a_hook_becomes() -> None:
    from cibw_debian.api import translate  # noqa: PLC0415

    before, after = re.findall(r"^    [-+] (.*)$", PAGES["tutorial.md"], re.MULTILINE)
    assert translate(before).translated == after


def test_the_catalogue_of_the_guide_is_one(tmp_path: Path) -> None:
    text = PAGES["howto/own-image.md"]
    block = text[text.index("    # ci/images.toml") : text.index("[All fields]")]
    catalogue, settings = re.sub("^    ", "", block, flags=re.MULTILINE).split("# pyproject.toml\n")
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci" / "images.toml").write_text(catalogue)
    (tmp_path / "pyproject.toml").write_text(settings)
    read = load_settings(tmp_path, {})
    assert read.images is not None
    resolved = load_catalogue(read.images).resolve(read.manylinux_images["armv7l"], "armv7l")
    assert resolved.reference == "registry.example/our/manylinux:1"


def test_the_page_of_settings_is_as_wide_as_the_schema() -> None:
    assert len(re.findall(r"^\| `", PAGES["reference/settings.md"], re.MULTILINE)) == len(KEYS)
    assert Path(ROOT / "docs" / "index.md").read_text().startswith("# cibw-debian\n")
