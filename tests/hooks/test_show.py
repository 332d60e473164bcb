"""How findings look."""

from __future__ import annotations

from cibw_debian.findings import Finding
from cibw_debian.hooks.show import show
from cibw_debian.terminal import unstyle


def shown(text: str, span: tuple[int, int], suggestions: tuple[str, ...] = ()) -> list[str]:
    finding = Finding.of("unknown-package", "not known", span=span, suggestions=suggestions)
    return [unstyle(line) for line in show(finding, text, "before-all")]


def test_place_message_line_and_carets() -> None:
    text = "make deps\nyum install -y opensssl-devel\n"
    start = text.index("opensssl")
    assert shown(text, (start, start + 14), ("openssl-devel", "openssl")) == [
        "before-all:2:16: error: not known; perhaps openssl-devel or openssl? [unknown-package]",
        "    yum install -y opensssl-devel",
        "                   ^^^^^^^^^^^^^^",
    ]


def test_tabs_stay_tabs_under_the_line() -> None:
    assert shown("\tdnf x", (1, 4))[1:] == ["    \tdnf x", "    \t^^^"]


def test_an_empty_place_at_the_end_has_one_caret() -> None:
    assert shown("ab", (2, 2))[1:] == ["    ab", "      ^"]


def test_a_place_of_several_lines_ends_with_the_first() -> None:
    assert shown("dnf \\\n x", (0, 8))[1:] == ["    dnf \\", "    ^^^^^"]


def test_of_a_long_line_an_excerpt_is_shown() -> None:
    names = [f"name{number}-devel" for number in range(1500)]
    text = "yum install -y " + " ".join(names)
    assert len(text) > 20_000
    start = text.index("name700-devel")
    _, line, carets = shown(text, (start, start + 13))
    assert len(line) < 120
    assert line[carets.index("^") : carets.rindex("^") + 1] == "name700-devel"
    _, line, carets = shown(text, (0, len(text)))
    assert len(line) < 120
    assert line.startswith("    yum install -y name0-devel")
    assert line.endswith("...")
    assert set(carets.strip()) == {"^"}
