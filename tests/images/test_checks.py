"""The contract without an engine: what the ends of commands mean, the checks of metadata, and the reports."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from cibw_debian.cli.contract import _find
from cibw_debian.engine import pull
from cibw_debian.engine.engine import Engine, LocalImage
from cibw_debian.errors import ConfigurationError
from cibw_debian.images import builder
from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.images.contract import report
from cibw_debian.images.contract.judge import JUDGES
from cibw_debian.images.contract.model import (
    Check,
    Result,
    Status,
    Subject,
    load_checks,
    read_output,
    status_of,
)
from cibw_debian.images.recipe import recipe_for
from cibw_debian.schemas import find_violation
from cibw_debian.terminal import JSON_VERSION, unstyle
from tests.command import cibw_debian

if TYPE_CHECKING:
    from cibw_debian.images.catalogue import Image

IMAGE = load_catalogue().get("debian-12")
CONFIG = recipe_for(IMAGE, "armv7l").image_config(layer_digests=[""], created="")["config"]
GOOD = Subject(
    reference="x",
    arch="armv7l",
    local=LocalImage(
        id="sha256:1",
        platform="linux/arm/v7",
        labels=CONFIG["Labels"],
        variables=dict(entry.split("=", 1) for entry in CONFIG["Env"]),
        size=700_000_000,
    ),
    image=IMAGE,
)
CHECK = Check(id="a", meaning="A holds", run="a")
PROBE = files("cibw_debian.images.contract") / "probe"


def test_an_image_of_ours_has_no_fault() -> None:
    assert {name: judge(GOOD) for name, judge in JUDGES.items()} == {name: [] for name in JUDGES}


@pytest.mark.parametrize(
    ("judge", "changes", "fault"),
    [
        ("platform", {"platform": "linux/arm64"}, "the platform is linux/arm64, not linux/arm/v7"),
        ("size", {"size": 3_200_000_000}, "the image has 3.2 GB, more than 3"),
        ("labels", {"labels": {}}, "the label org.opencontainers.image.title is missing"),
        ("auditwheel_variables", {"variables": {}}, "AUDITWHEEL_POLICY is '', not 'manylinux_2_36'"),
        ("host_variables", {"variables": {"https_proxy": "x"}}, "https_proxy is set"),
        ("host_variables", {"variables": {"PIP_INDEX_URL": "x"}}, "PIP_INDEX_URL is set"),
        ("host_variables", {"variables": {"REQUESTS_CA_BUNDLE": "x"}}, "REQUESTS_CA_BUNDLE is set"),
    ],
)
def test_a_planted_defect_of_the_metadata_is_found(
    judge: str, changes: dict[str, object], fault: str
) -> None:
    faulty = replace(GOOD, local=replace(GOOD.local, **changes))  # type: ignore[arg-type]
    assert fault in JUDGES[judge](faulty)


def test_a_variable_of_another_arch_is_a_fault() -> None:
    assert JUDGES["auditwheel_variables"](replace(GOOD, arch="riscv64")) == [
        "AUDITWHEEL_ARCH is 'armv7l', not 'riscv64'",
        "AUDITWHEEL_PLAT is 'manylinux_2_36_armv7l', not 'manylinux_2_36_riscv64'",
    ]


@pytest.mark.parametrize(
    ("code", "output", "errors", "expected"),
    [
        (0, "", "noise", (True, ())),
        (0, "x is missing\n\n", "", (True, ("x is missing",))),
        (0, "\x1b[31mred\x1b[0m\x07\n", "", (True, ("red",))),
        (77, "no such thing\n", "", (False, ("no such thing",))),
        (124, "", "", (True, ("the command did not end within 9 seconds",))),
        (3, "", "first\nlast\n", (True, ("the command ended with 3: last",))),
        (3, "a fault\n", "last\n", (True, ("a fault",))),
        (127, "", "", (True, ("the command ended with 127: no message",))),
    ],
)
def test_the_end_of_a_command(code: int, output: str, errors: str, expected: object) -> None:
    assert read_output(code, output, errors, seconds=9) == expected


def test_what_only_our_images_promise_is_a_note_for_others() -> None:
    ours = replace(CHECK, ours=True)
    assert status_of(CHECK, [], ours=False) is Status.OK
    assert status_of(CHECK, ["x"], ours=False) is Status.FAIL
    assert status_of(ours, ["x"], ours=True) is Status.FAIL
    assert status_of(ours, ["x"], ours=False) is Status.NOTE
    assert GOOD.is_ours
    assert not replace(GOOD, image=None, local=replace(GOOD.local, labels={})).is_ours


def test_every_check_can_be_run() -> None:
    checks = load_checks()
    assert len({check.id for check in checks}) == len(checks)
    for check in checks:
        assert bool(check.run) != bool(check.judge)
        assert check.judge in {"", *JUDGES}
        for name in re.findall(r"[\w-]+\.(?:sh|py)\b", check.run):
            assert (PROBE / name).is_file()
    with pytest.raises(ConfigurationError, match="no check 'nope'"):
        load_checks(["nope"])


RESULTS = [
    Result(check=CHECK, interpreter="cp311-cp311", status=Status.OK, seconds=1),
    Result(check=CHECK, interpreter="cp313-cp313", status=Status.FAIL, reasons=("bad & <worse>",)),
    Result(check=replace(CHECK, id="b", ours=True), status=Status.NOTE, reasons=("not ours",)),
    Result(check=replace(CHECK, id="c"), status=Status.SKIP, reasons=("no network",)),
]


def test_reports() -> None:
    assert [unstyle(line) for line, _ in report.lines(RESULTS)] == [
        "fail  a (cp311, cp313): A holds",
        "      cp313: bad & <worse>",
        "note  b: A holds",
        "      not ours",
        "skip  c: A holds",
        "      no network",
    ]
    document = {"version": JSON_VERSION, **report.to_json(GOOD, RESULTS)}
    assert find_violation("images-test", document) is None
    assert document["ok"] is False
    (suite,) = ET.fromstring(report.to_junit(GOOD, RESULTS))  # noqa: S314  (our own)
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("4", "1", "1")
    found = [(case.get("classname"), case.get("name"), [part.tag for part in case]) for case in suite]
    assert found == [
        ("a", "cp311-cp311", []),
        ("a", "cp313-cp313", ["failure"]),
        ("b", "b", ["system-out"]),
        ("c", "c", ["skipped"]),
    ]
    assert suite[1][0].text == "bad & <worse>"


def test_the_docs_name_every_check() -> None:
    docs = (Path(__file__).parents[2] / "docs/contract.md").read_text()
    table = docs[docs.index("| check |") :].split("\n\n", maxsplit=1)[0]
    documented = dict(re.findall(r"^\| `([\w-]+)` \| (.*?) \|", table, re.MULTILINE))
    assert documented == {check.id: check.meaning for check in load_checks()}


def test_refused_before_an_engine_is_asked() -> None:
    assert cibw_debian("images", "test", "x", "--arch", "armv7l", "--only", "nope").code == 40
    assert cibw_debian("images", "test", "x", "--arch", "z80").code == 40


@pytest.mark.parametrize(("name", "how"), [("debian-12", "built"), ("mayeut-manylinux_2_31", "pulled")])
def test_an_image_that_is_not_here_is_built_or_pulled_once(
    monkeypatch: pytest.MonkeyPatch, name: str, how: str
) -> None:
    made: list[tuple[str, str]] = []

    def image(_: Engine, reference: str) -> LocalImage | None:
        return replace(GOOD.local, id=reference) if made else None

    def build_image(image: Image, arch: str, **_: object) -> None:
        made.append((image.reference(arch), "built"))

    monkeypatch.setattr(Engine, "image", image)
    monkeypatch.setattr(builder, "build_image", build_image)
    monkeypatch.setattr(pull, "pull", lambda _, reference, __: made.append((reference, "pulled")))
    reference = load_catalogue().get(name).reference("armv7l")
    for _ in range(2):
        found = _find(name, "armv7l", Engine())
        assert (found.reference, found.arch, found.local.id) == (reference, "armv7l", reference)
    assert made == [(reference, how)]
