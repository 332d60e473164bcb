"""The picture of a plan in the README: `python -m tools.screenshot docs/plan.svg`.

The text is what `cibw-debian plan` prints, without what depends on the machine.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from cibw_debian.api import plan
from cibw_debian.planning.report import render_plan

COMMAND = "cibw-debian plan --archs armv7l,riscv64"
PROJECT = """\
[project]
name = "thing"
version = "1"

[tool.cibuildwheel]
build = "cp311-manylinux* cp313-manylinux*"
before-all = "yum install -y epel-release openssl-devel libcurl-devel"
manylinux-armv7l-image = "mayeut-manylinux_2_35"
manylinux-riscv64-image = "manylinux_2_35"
"""
COLUMNS = 92
# Rich's own frame loads a font from elsewhere; a viewer's own monospaced font does.
_FRAME = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
    <style>
    .{unique_id}-matrix {{ font: {char_height}px/{line_height}px monospace; }}
    .{unique_id}-title {{ font-family: sans-serif; font-size: 18px; }}
    {styles}
    </style>
    <defs>
    <clipPath id="{unique_id}-clip-terminal">
      <rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
    </clipPath>
    {lines}
    </defs>
    {chrome}
    <g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
    {backgrounds}
    <g class="{unique_id}-matrix">{matrix}</g>
    </g>
</svg>
"""


def text() -> str:
    """Return what a terminal shows, with colours."""
    with tempfile.TemporaryDirectory() as directory:
        Path(directory, "pyproject.toml").write_text(PROJECT, encoding="utf-8")
        found = plan(directory, archs="armv7l,riscv64", env={})
    return f"$ {COMMAND}\n{render_plan(found, width=COLUMNS)}"


def picture(shown: str) -> str:
    """Return text with colours as an SVG."""
    from rich.console import Console  # noqa: PLC0415  (only this needs it)
    from rich.text import Text  # noqa: PLC0415

    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(shown), soft_wrap=False)
    return console.export_svg(title="cibw-debian", code_format=_FRAME, unique_id="plan")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(picture(text()), encoding="utf-8")
