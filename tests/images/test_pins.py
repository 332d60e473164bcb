"""Pins: which tag is the newest, what changes in the file, and the regex manager of the docs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import tomli

from cibw_debian.cli import main
from cibw_debian.cli.pins import _check_only_pins
from cibw_debian.errors import DataError
from cibw_debian.images import catalogue, pins
from cibw_debian.images.catalogue import load_catalogue, read_images, shipped_catalogue
from cibw_debian.images.pins import Pin, PinStatus, Verdict, newest_tag, next_tag, rewrite
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


def test_the_catalogue_of_an_installed_package_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installed = tmp_path / "data/images.toml"
    installed.parent.mkdir()
    begin = TEXT.index("[images.debian-12]")
    table = TEXT[begin : TEXT.index("\n[images.", begin)]  # an image without a pin
    installed.write_text(re.sub("(?m)^packages = .*", "", table))
    assert main(["images", "update", "--file", str(installed)]) == 0
    monkeypatch.setattr(catalogue, "shipped_catalogue", lambda: installed)
    assert main(["images", "update", "--dry-run"]) == 0
    assert "every pin is the newest" in capsys.readouterr().err
    assert main(["images", "update"]) == 40
    assert "belongs to the installed package" in capsys.readouterr().err


@pytest.fixture
def pinned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue of three pinned images: one's tag moves, one has a newer tag, one is the newest."""
    monkeypatch.setattr(pins, "find_pin", lambda image, *_, **_options: NEWEST[image.name])
    path = tmp_path / "images.toml"
    path.write_text(rewrite(TEXT, {"mayeut-manylinux_2_35": Pin(tag="2026.06.16-1", digest=OTHER)}))
    return path


NEWEST = {
    "mayeut-manylinux_2_31": Pin(tag="2026.10.26-1", digest=DIGEST),
    "mayeut-manylinux_2_35": Pin(tag="2026.06.16-1", digest=DIGEST),
    "mayeut-manylinux_2_39": Pin(tag="2026.06.16-1"),
}


def test_what_is_updated_is_told(pinned: Path, capsys: pytest.CaptureFixture[str]) -> None:
    update = ["images", "update", "--file", str(pinned), *NEWEST]
    before = pinned.read_text()
    told = (
        f"mayeut-manylinux_2_31: 2026.06.16-1 -> 2026.10.26-1 {DIGEST}\n"
        f"mayeut-manylinux_2_35: 2026.06.16-1 -> 2026.06.16-1 {DIGEST}\n"
    )
    moved = f"mayeut-manylinux_2_35: the tag 2026.06.16-1 stood for {OTHER}\n"
    assert main([*update, "--dry-run"]) == 0
    assert capsys.readouterr() == (told, moved)
    assert pinned.read_text() == before
    assert main(update) == 0
    assert capsys.readouterr() == (told, moved)
    assert {image.name: Pin.of(image) for image in read_images(pinned) if image.name in NEWEST} == NEWEST
    assert main([*update, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert not document["changed"]
    rows = {pin["name"]: (pin["before"], pin["after"]) for pin in document["pins"]}
    assert rows == {name: (pin.to_json(), pin.to_json()) for name, pin in NEWEST.items()}
    assert main(update) == 0
    assert capsys.readouterr() == ("", f"{pinned}: every pin is the newest\n")


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ((PinStatus.OK, PinStatus.OK), 0),
        ((PinStatus.OK, PinStatus.UNKNOWN), 44),
        ((PinStatus.MOVED, PinStatus.UNKNOWN), 53),
        ((PinStatus.OK, PinStatus.VANISHED), 53),
    ],
)
def test_what_became_of_pins(
    pinned: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    statuses: tuple[PinStatus, PinStatus],
    code: int,
) -> None:
    names = ("mayeut-manylinux_2_31", "mayeut-manylinux_2_35")
    verdicts = {
        name: Verdict(name=name, status=status, reasons=("why " * 30,) if status is not PinStatus.OK else ())
        for name, status in zip(names, statuses, strict=True)
    }
    monkeypatch.setattr(pins, "verify_pin", lambda image, _: verdicts[image.name])
    monkeypatch.setattr("cibw_debian.cli.pins.width", lambda: 80)
    verify = ["images", "verify", "--file", str(pinned), *names]
    assert main([*verify, "--format", "json"]) == code
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is (code == 0)
    assert [pin["status"] for pin in document["pins"]] == list(statuses)
    assert main(verify) == code
    out, err = capsys.readouterr()
    repository = "ghcr.io/mayeut/manylinux_2"
    first, *_, last = (line for line in out.splitlines() if "why" not in line)
    assert first == f"{statuses[0]:8}  {names[0]}: {repository}_31:2026.06.16-1, without a digest"
    assert last == f"{statuses[1]:8}  {names[1]}: {repository}_35:2026.06.16-1"
    lines = [f"{' ' * 10}{('why ' * number).rstrip()}" for number in (17, 13)]
    reasons = [line for line in out.splitlines() if "why" in line]
    assert reasons == lines * sum(status is not PinStatus.OK for status in statuses)
    bad = [name for name in names if verdicts[name].status in {PinStatus.MOVED, PinStatus.VANISHED}]
    if code == 0:
        assert err == ""
    else:
        assert f"{', '.join(bad or names[1:])}\n" in err


def test_the_regex_manager_of_the_docs_finds_every_pin() -> None:
    """Renovate's regular expressions are those of RE2, where groups have these names too."""
    docs = (Path(__file__).parents[2] / "docs/pins.md").read_text()
    block = docs[docs.index("```json") + 7 :].split("```", maxsplit=1)[0]
    (manager,) = json.loads(block)["customManagers"]
    (pattern,) = manager["matchStrings"]
    python = re.sub(r"\(\?<(\w+)>", r"(?P<\1>", pattern)
    (name,) = manager["managerFilePatterns"]
    assert re.search(name.strip("/"), "images.toml")
    all_pins = {
        image.name: Pin(tag=image.tag, digest=DIGEST) for image in load_catalogue().images if image.tag
    }
    assert all_pins
    for text in (TEXT, rewrite(TEXT, all_pins)):
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
