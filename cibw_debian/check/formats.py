"""Reports for other programs: JSON, GitHub's annotations, SARIF, JUnit. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cibw_debian import __version__
from cibw_debian.findings import Level, codes
from cibw_debian.hooks.show import message

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from cibw_debian.check.check import Report
    from cibw_debian.findings import Finding


def to_json(reports: Iterable[Report]) -> dict[str, Any]:
    """Return the document of `--format json`, without its version."""
    findings = [
        {
            "file": report.path,
            **dict(zip(("line", "column"), report.position(finding.span[0]), strict=True)),
            **dict(zip(("end_line", "end_column"), report.position(finding.span[1]), strict=True)),
            "level": finding.level.value,
            "code": finding.code,
            "message": finding.message,
            "suggestions": list(finding.suggestions),
        }
        for report in reports
        for finding in report.findings
    ]
    return {"ok": all(finding["level"] != Level.ERROR for finding in findings), "findings": findings}


def to_github(reports: Iterable[Report]) -> Iterator[str]:
    """Yield workflow commands, which GitHub shows at the lines; its documentation has the escapes."""
    words = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}
    for report in reports:
        for finding in report.findings:
            line, column = report.position(finding.span[0])
            end_line, end_column = report.position(finding.span[1])
            place = {
                "file": report.path,
                "line": line,
                "endLine": end_line,
                "col": column,
                "endColumn": end_column,
                "title": finding.code,
            }
            if line != end_line:
                del place["col"], place["endColumn"]
            properties = ",".join(f"{name}={_escape(str(value), ',:')}" for name, value in place.items())
            yield f"::{words[finding.level]} {properties}::{_escape(message(finding))}"


def _escape(text: str, more: str = "") -> str:
    return "".join(f"%{ord(char):02X}" if char in f"%\r\n{more}" else char for char in text)


def to_sarif(reports: Sequence[Report]) -> str:
    """Return a log in the Static Analysis Results Interchange Format 2.1.0 (OASIS)."""
    used = sorted({finding.code for report in reports for finding in report.findings})
    driver = {
        "name": "cibw-debian",
        "version": __version__,
        "rules": [
            {
                "id": code,
                "shortDescription": {"text": codes()[code].summary},
                "fullDescription": {"text": codes()[code].meaning},
                "help": {"text": codes()[code].action},
                "defaultConfiguration": {"level": codes()[code].level.value},
            }
            for code in used
        ],
    }
    results = [_sarif_result(report, finding, used) for report in reports for finding in report.findings]
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }
    return json.dumps(log, indent=2)


def _sarif_result(report: Report, finding: Finding, rules: list[str]) -> dict[str, Any]:
    line, column = report.position(finding.span[0])
    end_line, end_column = report.position(finding.span[1])
    region = {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
    return {
        "ruleId": finding.code,
        "ruleIndex": rules.index(finding.code),
        "level": finding.level.value,
        "message": {"text": message(finding)},
        "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": _uri(report.path)}, "region": region}}
        ],
    }


def _uri(path: str) -> str:
    from urllib.parse import quote  # noqa: PLC0415  (cold start)

    return quote(path.removeprefix("./"))


def to_junit(reports: Sequence[Report], bad: Collection[str] = (Level.ERROR,)) -> str:
    """Return JUnit's XML: a test case for each file.

    Args:
        reports: One for each file.
        bad: The levels of findings that are failures; the others are output of the test case.
    """
    from xml.etree import ElementTree as ET  # noqa: PLC0415  (cold start)

    failed = [report for report in reports if any(finding.level in bad for finding in report.findings)]
    suite = ET.Element(
        "testsuite", name="cibw-debian check", tests=str(len(reports)), failures=str(len(failed)), errors="0"
    )
    for report in reports:
        case = ET.SubElement(suite, "testcase", classname="cibw-debian.check", name=report.path)
        output = []
        for finding in report.findings:
            line, column = report.position(finding.span[0])
            text = _printable(f"{report.path}:{line}:{column}: {message(finding)}")
            if finding.level in bad:
                told = _printable(finding.message)
                ET.SubElement(case, "failure", type=finding.code, message=told).text = text
            else:
                output.append(f"{finding.level}: {text}")
        if output:
            ET.SubElement(case, "system-out").text = "\n".join(output)
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True)


def _printable(text: str) -> str:
    """Return text without the characters that XML cannot have."""
    return "".join(char if char.isprintable() or char in "\t\n" else "\ufffd" for char in text)
