"""Pins: which tag is the newest, what changes in the file, and the regex manager of the docs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import tomli

from cibw_debian.cli.pins import _check_only_pins
from cibw_debian.errors import DataError
from cibw_debian.images.catalogue import load_catalogue, read_images, shipped_catalogue
from cibw_debian.images.pins import Pin, newest_tag, next_tag, rewrite
from tests.command import cibw_debian

DIGEST = f"sha256:{'1' * 64}"
OTHER = f"sha256:{'2' * 64}"
TEXT = shipped_catalogue().read_text()


@pytest.mark.parametrize(
    ("tags", "current", "newest"),
    [
        (["2026.06.16-1", "2026.10.26-1", "2026.07.14-9"], "2026.06.16-1", "2026.10.26-1"),
        (["2026.06.16-2", "2026.06.16-10"], "2026.06.16-1", "2026.06.16-10"),
        (["2026.01.01-1"], "2026.06.16-1", "2026.06.16-1"),
        (
            ["main", "2027.01.01", "2027.01.01-x", "v2027.01.01-1", "٢٠٢٧.01.01-1"],
            "2026.06.16-1",
            "2026.06.16-1",
        ),
        (["2026.10.26-1"], "latest", "latest"),
        ([], "2026.06.16-1", "2026.06.16-1"),
    ],
)
def test_the_newest_tag(tags: list[str], current: str, newest: str) -> None:
    assert newest_tag(tags, current) == newest


@pytest.mark.parametrize(
    ("tags", "number"),
    [([], 1), (["2026.11.25-7", "latest"], 1), (["2026.11.26-1", "2026.11.26-10", "2026.11.26-9"], 11)],
)
def test_the_next_tag_of_a_day(tags: list[str], number: int) -> None:
    assert next_tag(tags, "2026.11.26") == f"2026.11.26-{number}"


def test_only_the_pins_of_the_file_change() -> None:
    name = "mayeut-manylinux_2_35"
    changed = rewrite(TEXT, {name: Pin(tag="2026.10.26-1", digest=DIGEST)})
    pairs = zip(TEXT.splitlines(), changed.splitlines(), strict=True)
    assert [(old, new) for old, new in pairs if old != new] == [
        (
            'registry = { tag = "2026.06.16-1" }',
            f'registry = {{ tag = "2026.10.26-1", digest = "{DIGEST}" }}',
        )
    ]
    assert rewrite(changed, {name: Pin(tag="2026.10.26-1", digest=DIGEST)}) == changed
    assert rewrite(TEXT, {}) == TEXT


@pytest.mark.parametrize(
    "registry",
    [
        'registry = { tag = "1" }',
        'registry = { tag = "1", digest = "OTHER", digests = { armv7l = "OTHER", s390x = "OTHER" } }',
        'registry.tag = "1"\nregistry.digests.armv7l = "OTHER" # mine',
        '[images.NAME.registry] # here\ntag = "1"\n[images.NAME.registry.digests]\nriscv64 = "OTHER"',
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_digest_per_arch(registry: str, newline: str, tmp_path: Path) -> None:
    begin = TEXT.index("[images.mayeut-manylinux_2_31]")
    table = TEXT[begin : TEXT.index("[images.", begin + 9)]
    text = re.sub("(registry|packages) = .*\n", "", table).rstrip()
    text += f"\n{registry}\n".replace("NAME", "mayeut-manylinux_2_31").replace("OTHER", OTHER)
    text = text.replace("\n", newline)
    pin = Pin(tag="2026.10.26-1", digests={"armv7l": DIGEST, "riscv64": OTHER})
    changed = rewrite(text, {"mayeut-manylinux_2_31": pin})
    (tmp_path / "images.toml").write_bytes(changed.encode())
    _check_only_pins(tmp_path / "images.toml", text, changed)
    (image,) = read_images(tmp_path / "images.toml")
    assert dict(image.digests) == pin.digests
    assert image.reference("armv7l") == f"ghcr.io/mayeut/manylinux_2_31:2026.10.26-1@{DIGEST}"
    assert image.reference("riscv64").endswith(OTHER)
    for comment in re.findall("#.*", registry):
        assert comment in changed
    assert changed.count(newline) == changed.count("\n")


def test_another_change_is_refused(tmp_path: Path) -> None:
    for after in (TEXT.replace('gcc = "9"', 'gcc = "8"', 1), TEXT.replace('"2026.06.16-1"', '"../x"', 1)):
        with pytest.raises(DataError):
            _check_only_pins(tmp_path / "images.toml", TEXT, after)


def test_which_images_have_pins() -> None:
    assert cibw_debian("images", "verify", "nope").code == 42
    assert cibw_debian("images", "update", "debian-12").code == 42
    assert "cibuildwheel" in cibw_debian("images", "update", "pypa-manylinux_2_31").err


def test_the_regex_manager_of_the_docs_finds_every_pin() -> None:
    """Renovate's regular expressions are those of RE2, where groups have these names too."""
    docs = (Path(__file__).parents[2] / "docs/pins.md").read_text()
    block = docs[docs.index("```json") + 7 :].split("```", maxsplit=1)[0]
    (manager,) = json.loads(block)["customManagers"]
    (pattern,) = manager["matchStrings"]
    python = re.sub(r"\(\?<(\w+)>", r"(?P<\1>", pattern)
    (name,) = manager["managerFilePatterns"]
    assert re.search(name.strip("/"), "images.toml")
    pins = {image.name: Pin(tag=image.tag, digest=DIGEST) for image in load_catalogue().images if image.tag}
    assert pins
    for text in (TEXT, rewrite(TEXT, pins)):
        found = [match.groupdict() for match in re.finditer(python, text)]
        tables = [table for table in tomli.loads(text)["images"].values() if "registry" in table]
        assert [(pin["depName"], pin["currentValue"], pin["currentDigest"]) for pin in found] == [
            (table["repository"], table["registry"]["tag"], table["registry"].get("digest"))
            for table in tables
        ]
    version = re.sub(r"\(\?<(\w+)>", r"(?P<\1>", manager["versioningTemplate"].removeprefix("regex:"))
    match = re.fullmatch(version, "2026.06.16-1")
    assert match
    assert match.groupdict() == {"major": "2026", "minor": "06", "patch": "16", "build": "1"}
