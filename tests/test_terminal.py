"""Who gets colour."""

from __future__ import annotations

import io

import pytest

from cibw_debian.terminal import shows_colour, style, unstyle


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "terminal", "file"),
    [
        ({"TERM": "xterm"}, True, False),
        ({"TERM": "dumb"}, False, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
    ],
)
def test_terminals_get_colour_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], terminal: bool, file: bool
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.setenv(name, environment.get(name, ""))
    assert shows_colour(_Terminal()) is terminal
    assert shows_colour(io.StringIO()) is file


def test_styles_come_off() -> None:
    text = style("error: ", "red", bold=True) + "x" + style("plain")
    assert text == "\x1b[31m\x1b[1merror: \x1b[0mxplain"
    assert unstyle(text) == "error: xplain"
