"""What conditions say of the machine, and what they leave open."""

from __future__ import annotations

import pytest

from cibw_debian.hooks.machines import chosen, holds


@pytest.mark.parametrize(
    ("condition", "armv7l", "x86_64"),
    [
        ('[ "$(uname -m)" = x86_64 ]', False, True),
        ('[ "$(uname -m)" == "x86_64" ]', False, True),
        ("[ `uname -m` != 'x86_64' ]", True, False),
        ('[ ! "$arch" = armv7l ]', False, True),
        ('[ "$arch" != armv7l ]', False, True),
        ("[[ ! $machine =~ ^arm ]]", False, True),
        ("[[ $(uname -m) =~ (x86_64|amd64) ]]", False, True),
        ("[[ $(uname -m) =~ ^(arm|aarch64) ]]", True, False),
        ("[[ $(uname -m) =~ 64$ ]]", False, True),
        ("[[ $AUDITWHEEL_PLAT == *x86_64* ]]", False, True),
        ("[[ $AUDITWHEEL_PLAT == *_armv7l ]]", None, False),
        ("[ $PLAT = manylinux_2_28_x86_64 ]", False, None),
        ("[[ $(uname -m) == arm* ]]", True, False),
        ("[[ x86_64 == $(uname -m) ]]", False, True),
        ("test x86_64 = `arch`", False, True),
        ('test "$(dpkg --print-architecture)" = amd64', False, None),
        ('[ "$(uname -m)" = armv8l ]', None, False),
        ('[ "$(getconf LONG_BIT)" = 64 ]', False, True),
        ('[ "$(getconf LONG_BIT)" -eq 32 ]', True, False),
        ('[ "$arch" = x86_64 -o "$arch" = aarch64 ]', False, True),
        ('[ "$arch" = x86_64 -a -n "$CUDA" ]', False, None),
        ("[[ $arch == x86_64 || $arch == armv7l ]]", True, True),
        ("[[ -f x && $arch != x86_64 ]]", None, False),
        ("uname -m | grep -q x86_64", False, True),
        ("uname -m | grep -qE 'arm|aarch64'", True, False),
        ('[ "$TASK" = swig ]', None, None),
        ('[ "$CIBW_ARCHS" = auto ]', None, None),
        ('[ "$arch" = "$other" ]', None, None),
        ('[ "$search" = "*64*" ]', None, None),
        ("[[ $arch =~ (broken ]]", None, None),
        ("[ -f /etc/redhat-release ]", None, None),
        ("[", None, None),
        ("echo x86_64", None, None),
    ],
)
def test_condition(condition: str, armv7l: bool | None, x86_64: bool | None) -> None:
    assert holds(condition, "armv7l") is armv7l
    assert holds(condition, "x86_64") is x86_64


def test_a_machine_that_cibuildwheel_has_no_word_for() -> None:
    assert holds("[ $(uname -m) = x86_64 ]", "sparc64") is None


@pytest.mark.parametrize(
    ("pattern", "armv7l"),
    [("x86_64", False), ("armv7l", True), ("arm*", True), ('"aarch64"', False), ("armhf", None), ("*", None)],
)
def test_pattern_of_case(pattern: str, armv7l: bool | None) -> None:
    assert chosen(pattern, "armv7l") is armv7l
