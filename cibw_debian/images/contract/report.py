"""The results of the contract's checks: for a person, as a JSON document, and as JUnit."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from cibw_debian.images.contract.model import Result, Status, Subject
from cibw_debian.terminal import style

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cibw_debian.terminal import Colour

_COLOURS: dict[Status, Colour] = {
    Status.OK: "green",
    Status.FAIL: "red",
    Status.NOTE: "yellow",
    Status.SKIP: "cyan",
}
#: of several results of one check, the first of these that is among them counts
_WORST = (Status.FAIL, Status.NOTE, Status.OK, Status.SKIP)


def failed(results: Sequence[Result]) -> list[Result]:
    return [result for result in results if result.status is Status.FAIL]


def lines(results: Sequence[Result]) -> Iterator[tuple[str, int]]:
    """Yield lines for a person, each with the columns that its continuation is indented by."""
    for check, group in groupby(results, key=lambda result: result.check):
        found = list(group)
        status = next(status for status in _WORST if any(result.status is status for result in found))
        tags = ", ".join(result.interpreter.partition("-")[2] for result in found if result.interpreter)
        head = f"{style(f'{status.value:4}', _COLOURS[status])}  {style(check.id, bold=True)}"
        yield f"{head}{f' ({tags})' if tags else ''}: {check.meaning}", 6
        for result in found:
            where = f"{result.interpreter.partition('-')[2]}: " if result.interpreter else ""
            for reason in result.reasons:
                yield f"      {where}{reason}", 8


def to_json(subject: Subject, results: Sequence[Result]) -> dict[str, Any]:
    return {
        "reference": subject.reference,
        "arch": subject.arch,
        "id": subject.local.id,
        "ok": not failed(results),
        "results": [result.to_json() for result in results],
    }


def to_junit(subject: Subject, results: Sequence[Result]) -> str:
    from xml.etree import ElementTree as ET  # noqa: PLC0415  (rarely needed)

    suite = ET.Element(
        "testsuite",
        name=f"{subject.reference} {subject.arch}",
        tests=str(len(results)),
        failures=str(len(failed(results))),
        errors="0",
        skipped=str(sum(result.status is Status.SKIP for result in results)),
        time=f"{sum(result.seconds for result in results):.1f}",
    )
    for result in results:
        case = ET.SubElement(
            suite,
            "testcase",
            classname=result.check.id,
            name=result.interpreter or result.check.id,
            time=f"{result.seconds:.1f}",
        )
        text = "\n".join(result.reasons)
        if result.status is Status.FAIL:
            ET.SubElement(case, "failure", message=result.check.meaning).text = text
        elif result.status is Status.SKIP:
            ET.SubElement(case, "skipped", message=text)
        elif text:
            ET.SubElement(case, "system-out").text = text
    top = ET.Element("testsuites")
    top.append(suite)
    ET.indent(top)
    return ET.tostring(top, encoding="unicode", xml_declaration=True)
