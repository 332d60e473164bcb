"""Look at the texts of files, and say what there is to say about each place."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from cibw_debian.check.names import findings_of_name
from cibw_debian.check.texts import texts_in
from cibw_debian.cibw.adapter import HOOKS, TEXTS
from cibw_debian.findings import Level
from cibw_debian.hooks.runtime_only import why_unseen
from cibw_debian.hooks.translate import Style, translate
from cibw_debian.planning.hook import findings_of_unchanged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from cibw_debian.check.texts import Text
    from cibw_debian.findings import Finding
    from cibw_debian.hooks.translation import Names, Translation
    from cibw_debian.images.catalogue import Catalogue

#: `# cibw-debian: ignore` for all codes, `# cibw-debian: ignore CODE, CODE` for some
_IGNORE = re.compile(r"#\s*cibw-debian:\s*ignore\b:?\s*([\w-]+(?:[\s,]+[\w-]+)*)?")


class Report(NamedTuple):
    """What was found in one file."""

    path: str
    #: the file's content
    file: str
    #: what was looked at
    texts: tuple[Text, ...] = ()
    #: their places are in the file
    findings: tuple[Finding, ...] = ()

    def position(self, offset: int) -> tuple[int, int]:
        """Return line and column of a place, both counted from 1."""
        line_start = self.file.rfind("\n", 0, offset) + 1
        return self.file.count("\n", 0, offset) + 1, offset - line_start + 1


def check_file(
    path: str,
    file: str,
    names: Names,
    *,
    strict: bool = True,
    companion: bool = True,
    read: Callable[[str], str | None] = lambda _: None,
    catalogue: Catalogue | None = None,
    arch: str = "",
) -> Report:
    """Check one file.

    Args:
        path: Its name.
        file: Its content.
        names: The resolver for the target.
        strict: As the project's setting.
        companion: `run` may use the companion: what it answers is no error.
        read: Gives the text of a file that a hook names, None where there is none.
        catalogue: The images that exist; None: names of images are not checked.
        arch: Hooks of other archs are passed over; empty for none.

    Raises:
        ConfigurationError: The file is not what its name says.
    """
    texts = texts_in(file, path)
    lines = file.split("\n")
    findings: dict[Finding, None] = {}
    for text in texts:
        if arch and text.archs and arch not in text.archs:
            continue
        if text.runs:
            translation = _translated(text, names, strict=strict, companion=companion, read=read)
            found = translation.findings
            if not text.option and not file.startswith("#!"):
                # What starts the script names its shell.
                found = tuple(finding for finding in found if finding.code != "bash-only")
            if text.option in TEXTS:
                found = tuple(findings_of_unchanged(text.option, translation))
        else:
            found = tuple(findings_of_name(text, catalogue))
        for finding in found:
            placed = finding._replace(span=_place(file, text, finding.span))
            if companion and finding.settled and finding.level is Level.ERROR:
                placed = placed._replace(level=Level.WARNING)
            # A comment at the start of a script is about its first line alone.
            offsets = {placed.span[0], text.place[0]} if text.option else {placed.span[0]}
            numbers = {file.count("\n", 0, offset) for offset in offsets}
            if not _is_ignored(placed.code, lines, numbers):
                findings[placed] = None
    ordered = sorted(findings, key=lambda finding: finding.span)
    return Report(path, file, tuple(text for text in texts if text.runs), tuple(ordered))


def merge(reports: Mapping[str, Report]) -> Report:
    """Make one report of those about one file for several targets.

    Args:
        reports: The target in words -> the report.
    """
    first, *others = reports.values()
    if not others:
        return first
    places: dict[Finding, list[str]] = {}
    for on, report in reports.items():
        for finding in report.findings:
            places.setdefault(finding, []).append(on)
    findings = [
        finding
        if len(on) == len(reports)
        else finding._replace(message=f"{finding.message} ({', '.join(on)})")
        for finding, on in places.items()
    ]
    return first._replace(findings=tuple(sorted(findings, key=lambda finding: finding.span)))


def _translated(
    text: Text, names: Names, *, strict: bool, companion: bool, read: Callable[[str], str | None]
) -> Translation:
    """Translate a text as it runs: in a script, and where a hook needs the companion, that one answers."""
    translated = partial(translate, text.text, names, style=Style.ROBUST, strict=strict, read=read)
    translation = translated(answered=companion and not text.option)
    if companion and text.option in HOOKS and why_unseen(text.text, translation.findings):
        return translated(answered=True)
    return translation


def _place(file: str, text: Text, span: tuple[int, int]) -> tuple[int, int]:
    """Return where a part of a text stands in the file; the text's own place if escapes hide the part."""
    start, end = text.place
    if file[start:end] == text.text:
        return start + span[0], start + span[1]
    part = text.text[slice(*span)].partition("\n")[0].strip()
    at = start - 1
    for _ in range(text.text.count(part, 0, span[0]) + 1):
        at = file.find(part, at + 1, end)
        if at < 0:
            return start, start + len(file[start:end].partition("\n")[0])
    return at, at + len(part)


def _is_ignored(code: str, lines: list[str], numbers: Iterable[int]) -> bool:
    """Tell whether a comment in one of the lines, or alone in the line above, ignores a code."""
    ignored = [codes for number in numbers for codes in _ignored(lines, number)]
    return any(code in codes or not codes for codes in ignored)


def _ignored(lines: list[str], number: int) -> Iterator[list[str]]:
    """Yield the codes of comments for a line; no code means all."""
    above = lines[number - 1] if number else ""
    for line in (lines[number], above if above.lstrip().startswith("#") else ""):
        if match := _IGNORE.search(line):
            yield re.findall(r"[\w-]+", match[1] or "")
