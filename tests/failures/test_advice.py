"""Ends of logs, and what is said of them; package names from the shipped indices."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cibw_debian.cibw.log import Log
from cibw_debian.failures.advice import advise
from cibw_debian.failures.causes import load_table
from cibw_debian.failures.finders import headers
from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.resolver.model import PACKAGE, Target
from cibw_debian.resolver.resolve import open_resolver
from tests.planning.test_plan import build, plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cibw_debian.failures.advice import Advice


@dataclass(frozen=True)
class Case:
    """One block of the corpus: fields above, the log below."""

    name: str
    fields: dict[str, list[str]]
    log: str

    def field(self, name: str) -> str:
        return " ".join(self.fields.get(name, ()))

    def advise(self) -> tuple[Advice, ...]:
        identifier, image = self.field("build").split()
        hooks = {key[5:]: self.field(key) for key in self.fields if key.startswith("hook ")}
        log = Log()
        log.feed(self.log.encode())
        return advise(
            log.tail(),
            identifier,
            plan(build(identifier, image, **hooks)),
            images=load_catalogue().images,
            names=open_resolver,
            installed=frozenset(self.field("installed").split()),
            project=self.field("project"),
        )


def _cases() -> Iterator[Case]:
    for file in ("corpus.txt", "corpus_more.txt"):
        for block in (Path(__file__).parent / file).read_text().split("=== ")[1:]:
            name, *lines = block.split("\n")
            fields: dict[str, list[str]] = {}
            while found := re.match(r"(build|project|installed|advice|hook \w+): ?(.*)", lines[0]):
                fields.setdefault(found[1], []).append(found[2])
                lines.pop(0)
            yield Case(name, fields, "\n".join(lines))


@pytest.mark.parametrize("case", list(_cases()), ids=lambda case: case.name)
def test_the_advice(case: Case) -> None:
    found = case.advise()
    wanted = [[part.strip() for part in line.split("|")] for line in case.fields.get("advice", [])]
    assert [[one.cause, one.requirement, one.package] for one in found] == [one[:3] for one in wanted]
    for one, (*_, text) in zip(found, wanted, strict=True):
        assert text in f"{one.message} {one.next}"
        assert one.line in case.log


@pytest.mark.parametrize("suite", ["bullseye", "bookworm"])
def test_every_name_of_the_table_of_headers_is_a_package(suite: str) -> None:
    resolver = open_resolver(Target(suite, "armhf"))
    answers = [resolver.resolve(rpm) for rpm in sorted(set(headers().values()))]
    assert len(answers) > 150
    assert [a.rpm for a in answers if a.status != PACKAGE or not a.verified] == []
    assert [a.rpm for a in answers if not any(deb.endswith("-dev") for deb in a.deb)] == []


def test_every_cause_is_documented_and_has_a_log() -> None:
    codes = {cause.code for cause in load_table().causes}
    text = (Path(__file__).parents[2] / "docs/failures.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`([a-z0-9-]+)`", " ".join(row.split("|")[1] for row in rows))) == codes
    assert {
        line.split("|")[0].strip() for case in _cases() for line in case.fields.get("advice", ())
    } == codes


def test_a_long_end_of_a_log_is_read_in_seconds() -> None:
    line = "gcc -pthread -Wall -fPIC -I/usr/include/ffi -c src/c/" + "error: not found " * 20
    start = time.process_time()
    log = Log()
    log.feed(f"{line}\n".encode() * 50_000)
    advise(
        log.tail(),
        "cp311-manylinux_armv7l",
        plan(build("cp311-manylinux_armv7l", "debian-12")),
        images=load_catalogue().images,
        names=open_resolver,
    )
    assert time.process_time() - start < 20
