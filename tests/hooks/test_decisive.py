"""Which commands of a script decide whether it succeeds."""

from __future__ import annotations

import pytest

from cibw_debian.hooks.decisive import decisive


@pytest.mark.parametrize(
    ("script", "commands"),
    [
        ("a\nb", ["b"]),
        ("set -e\na\nb", ["set -e", "a", "b"]),
        ("#!/bin/bash -e\na\nb", ["a", "b"]),
        ("set -e\nset +e\na\nb", ["b"]),
        ("cd x && a", ["cd x", "a"]),
        ("grep -q x y && a", ["grep -q x y"]),
        ("a || b", []),
        ("a && b || c", []),
        ("set -e\nif command -v yum; then a; fi\nb", ["set -e", "a", "b"]),
        ("if command -v yum >/dev/null; then a; b; fi", ["b"]),
        ("if command -v apk; then a; fi", []),
        ("if ! command -v yum; then a; fi", []),
        ("if command -v yum; then a; else b; fi", ["a"]),
        ("set -e\nif [ -f /etc/x ]; then exit 0; fi\na", ["set -e"]),
        ("set -e\nf() { a; }\nfor x in y; do b; done\ncase x in y) c;; esac\nd > e", ["set -e", "d"]),
        ("{ a; }; (b; c)", ["c"]),
        ("yes | a", ["a"]),
        ("! a", []),
        ("", []),
    ],
)
def test_what_surely_runs_and_ends_the_script(script: str, commands: list[str]) -> None:
    assert [script[slice(*span)] for span in decisive(script)] == commands
