"""The summary of a job on GitHub, as Markdown: what was planned, built and installed.

    python tools/summary.py PLAN REPORT DIRECTORY

PLAN is what `plan --format json` wrote, REPORT what `run --report` wrote; each may be missing, and then there
is nothing about it. DIRECTORY has the wheels. Standard library only, because any Python of the runner's may
run it.
"""

from __future__ import annotations

import html
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def summarize(
    plan: Mapping[str, Any], report: Mapping[str, Any], wheels: Sequence[tuple[str, int]]
) -> Iterator[str]:
    """Yield the lines of the summary.

    Args:
        plan: The document `plan` or `error`; empty if there is none.
        report: The document `report`; empty if there is none.
        wheels: Names and bytes.
    """
    yield "## cibw-debian"
    yield ""
    if error := plan.get("error"):
        yield from _block(f"{error['message']}\n{error['hint']}".rstrip())
    builds = plan.get("builds", ())
    if builds:
        yield "| builds | interpreters | image | policy |"
        yield "|---|---|---|---|"
        for build in builds:
            pythons = " ".join(name.partition("-")[0] for name in build["identifiers"])
            image = build["image"]
            cells = (
                build["platform_tag"],
                pythons,
                image["name"] or image["reference"],
                image["policy"] or "",
            )
            yield f"| {' | '.join(map(_text, cells))} |"
        yield ""
    for build in builds:
        yield from _hooks(build)
    for failure in report.get("failure", ()):
        name, message, advice = (_text(failure[key]) for key in ("identifier", "message", "next"))
        yield f"**{name} failed:** {message}. {advice}"
        yield ""
    if wheels:
        yield "### Wheels"
        yield ""
        yield from (f"- `{name}` ({size / 1024:.0f} KiB)" for name, size in wheels)
        yield ""
    for tag, packages in report.get("installed", {}).items():
        installed = "\n".join(f"{package['name']} {package['version']}" for package in packages)
        count = "1 package was" if len(packages) == 1 else f"{len(packages)} packages were"
        yield from _folded(f"{tag}: {count} installed", installed)


def _hooks(build: Mapping[str, Any]) -> Iterator[str]:
    changes = []
    for hook in build["hooks"]:
        if hook["changed"]:
            changes.append(f"# {hook['option']}")
            changes += [f"- {line}" for line in hook["before"].splitlines()]
            changes += [f"+ {line}" for line in hook["after"].splitlines()]
        for finding in hook["findings"]:
            if finding["level"] != "note":
                yield (
                    f"- **{finding['level']}** {build['platform_tag']}, `{hook['option']}`:"
                    f" {_text(finding['message'])} [{finding['code']}]"
                )
    if changes:
        yield ""
        yield from _folded(f"{build['platform_tag']}: hooks", "\n".join(changes), "diff")


def _folded(title: str, text: str, language: str = "text") -> Iterator[str]:
    yield f"<details><summary>{_text(title)}</summary>"
    yield ""
    yield from _block(text, language)
    yield "</details>"
    yield ""


def _block(text: str, language: str = "text") -> Iterator[str]:
    # The fence is longer than any that a hook may have in it.
    fence = "`" * (max(map(len, re.findall("`+", text)), default=2) + 1)
    fence = fence.ljust(3, "`")
    yield from (fence + language, text, fence, "")


def _text(text: str) -> str:
    """Return plain text as it stands in a cell or a line, whatever a hook or a name has in it."""
    return html.escape(" ".join(text.split()), quote=False).replace("|", "\\|").replace("`", "\\`")


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def main() -> None:
    """Write the summary to standard output."""
    plan, report, directory = map(Path, sys.argv[1:])
    wheels = [(path.name, path.stat().st_size) for path in sorted(directory.glob("*.whl"))]
    sys.stdout.writelines(f"{line}\n" for line in summarize(_read(plan), _read(report), wheels))


if __name__ == "__main__":
    main()
