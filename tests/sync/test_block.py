"""The block in a file: all that is not the block stays as it is, byte for byte."""

from __future__ import annotations

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from cibw_debian.errors import ConfigurationError
from cibw_debian.sync.block import find_block, put_block

BODY = '[[tool.cibuildwheel.overrides]]\nselect = "*-manylinux_armv7l"\nbefore-all = "apt-get update"\n'
LINES = st.lists(
    st.sampled_from(
        [
            "",
            "# a comment",
            "  # an indented one  ",
            "[project]",
            'name = "thing"  # behind a value',
            "[tool.cibuildwheel]",
            '"ключ" = "\u2028\x0c"',
        ]
    ),
    max_size=8,
)


@given(LINES, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_taking_the_block_out_restores_the_file(lines: list[str], newline: str, ended: bool) -> None:
    file = newline.join(lines) + (newline if ended else "")
    put = put_block(find_block(file, "f"), BODY, "armv7l")
    found = find_block(put, "f")
    assert put != file
    assert found.archs == "armv7l"
    assert found.without == file
    assert put.startswith(file)
    assert put.endswith("\n") is (file.endswith("\n") or not file)
    # again is once
    assert put_block(found, BODY, "armv7l") == put


@given(LINES, LINES, st.sampled_from(["\n", "\r\n"]))
def test_the_block_stays_in_its_place(before: list[str], after: list[str], newline: str) -> None:
    head, tail = (newline.join((*lines, "")) for lines in (before, after))
    first = put_block(find_block(head, "f"), BODY, "armv7l") + tail
    changed = put_block(find_block(first, "f"), BODY.replace("update", "upgrade"), "armv7l,riscv64")
    assert changed.startswith(head)
    assert changed.endswith(tail)
    assert find_block(changed, "f").without == head + tail
    assert put_block(find_block(changed, "f"), "", "") == head + tail


def test_the_line_ends_are_the_files() -> None:
    put = put_block(find_block("[project]\r\n", "f"), BODY, "armv7l")
    assert put.count("\n") == put.count("\r\n")
    assert tomli.loads(put)["tool"]["cibuildwheel"]["overrides"][0]["before-all"] == "apt-get update"


@pytest.mark.parametrize(
    "damage",
    [
        "# >>> cibw-debian sync --archs armv7l\n",
        "# <<< cibw-debian sync\n",
        "# <<< cibw-debian sync\n# >>> cibw-debian sync --archs armv7l\n",
        2 * "# >>> cibw-debian sync --archs armv7l\n# <<< cibw-debian sync\n",
        "# >>> cibw-debian sync --arch\n# <<< cibw-debian sync\n",
    ],
)
def test_a_damaged_block_is_not_guessed_at(damage: str) -> None:
    with pytest.raises(
        ConfigurationError, match=r"pyproject\.toml: the lines of `cibw-debian sync` .* \(line 2"
    ):
        find_block("[project]\n" + damage, "pyproject.toml")
