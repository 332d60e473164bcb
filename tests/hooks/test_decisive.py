"""Which commands of a script decide whether it succeeds."""

from __future__ import annotations

import pytest

from cibw_debian.hooks.decisive import decisive


@pytest.mark.parametrize(
    ("script", "commands"),
    [
        ("a\nb", ["b"]),
        ("set -e\na\nb", ["a", "b"]),
        # `bash script` does not look at the first line.
        ("#!/bin/bash -e\na\nb", ["b"]),
        ("# set -e\na\nb", ["b"]),
        ("echo 'set -e'\na\nb", ["b"]),
        ("(set -e; a)\nb\nc", ["c"]),
        ("a\nset -euo pipefail\nb\nc", ["b", "c"]),
        ("set -o errexit\na\nb", ["a", "b"]),
        ("set -e\nset +e\na\nb", ["set +e", "b"]),
        ("set -e\na && b\nc", ["b", "c"]),
        ("a &", []),
        ("set -e\na &\nb", ["b"]),
        ("set -e\nexec bash x\na", ["exec bash x"]),
        ("yum() { true; }\nyum install x", []),
        ("cd x && a", ["cd x", "a"]),
        ("grep -q x y && a", ["grep -q x y"]),
        ("a || b", []),
        ("a && b || c", []),
        ("set -e\nif command -v yum; then a; fi\nb", ["a", "b"]),
        ('if [ "$X" = 1 ] && command -v yum; then a; fi', []),
        ("if rpm -q epel-release; then a; fi", []),
        ("if yum list installed x; then a; fi", []),
        ("if command -v apk && command -v yum; then a; fi", []),
        ("if [ -x /usr/bin/yum ]; then a; fi", ["a"]),
        ("if which dnf >/dev/null 2>&1\nthen a; fi", ["a"]),
        ("if command -v yum >/dev/null; then a; b; fi", ["b"]),
        ("if command -v apk; then a; fi", []),
        ("if ! command -v yum; then a; fi", []),
        ("if command -v yum; then a; else b; fi", ["a"]),
        ("set -e\nif [ -f /etc/x ]; then exit 0; fi\na", []),
        ("set -e\nf() { a; }\nfor x in y; do b; done\ncase x in y) c;; esac\nd > e", ["d"]),
        ("{ a; }; (b; c)", ["c"]),
        ("yes | a", ["a"]),
        ("! a", []),
        ("", []),
    ],
)
def test_what_surely_runs_and_ends_the_script(script: str, commands: list[str]) -> None:
    assert [script[slice(*span)] for span in decisive(script)] == commands
