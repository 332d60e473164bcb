"""What bash has and dash does not: found in hooks, and really different in the two shells."""

from __future__ import annotations

import subprocess

import pytest

from cibw_debian.hooks.runtime_only import why_unseen
from cibw_debian.hooks.translate import translate
from tests.hooks.names import FewNames

BASH_ONLY = [
    "pushd / && pwd && popd",
    "pushd / >/dev/null; pwd",
    "dirs",
    "declare -x X=1; echo $X",
    "typeset X=1; echo $X",
    "shopt -s nullglob && echo yes",
    "let X=1+1; echo $X",
    "X=abc; echo ${X//b/d}",
    'X=abc; echo "${X/#a/d}"',
    "X=abc; echo ${X:1:1}",
    "X=abc; echo ${X: -1}",
    "X=abc; echo ${X^^}",
    "X=ABC; echo ${X,}",
    "Y=1; X=Y; echo ${!X}",
    "X=a; X+=b; echo $X",
    "X=(a b); echo ${X[1]}",
    r"echo -e 'a\tb'",
    "echo -en a",
    "printf -v X a; echo $X",
    "trap 'echo error' ERR; false; true",
    "printf 'a\\nb\\n' | { mapfile -t X; echo ${X[1]}; }",
    "printf 'a\\0b' | { read -d '' X; echo $X; }",
    "echo abc | { read -n 1 X; echo $X; }",
    "[ a == a ] && echo yes",
    "test a == a && echo yes",
    "[[ a == a* ]] && echo yes",
    "[[ abc =~ b ]] && echo yes",
    "set -o errtrace && echo yes",
    "set -T && echo yes",
    "(exec -a name echo a)",
    "type -P sh >/dev/null && echo yes",
    '[ -n "$RANDOM" ] && echo yes',
    '[ -n "$OSTYPE" ] && echo yes',
    '[ -n "$BASH_VERSION" ] && echo yes',
    "echo {1..3}",
    "echo x{a,b}",
    r"echo $'a\tb'",
    "echo ls | cat |& cat",
    "ls /nonexistent &> /dev/null; echo $?; ls /nonexistent &> /dev/null && echo yes",
    "cat <<< text",
    "cat <(echo text)",
    "for ((i = 0; i < 2; i++)); do echo $i; done",
    "((1 + 1)) && echo yes",
    "X=1; echo $((X++)) $X",
    "function f { echo f; }; f",
    "case a in a) echo a ;& b) echo b ;; esac",
    "f() { echo f; }; export -f f && sh -c true && echo yes",
    "source /dev/null && echo yes",
    "builtin echo a",
]
SHARED = [
    "X=abc; echo ${X:-d} ${X:+e} ${X#a} ${X##a} ${X%c} ${X%%c} ${#X}",
    "echo -n a",
    "echo a -e",
    "trap 'echo bye' EXIT",
    "printf '%s\\n' -v",
    "echo a | { read -r X; echo $X; }",
    "[ a = a ] && test a != b && echo yes",
    "set -eu; echo $HOME",
    "f() { local x=1; echo $x; }; f; unset -f f",
    "type sh >/dev/null && command -v sh >/dev/null && hash -r && echo yes",
    "case a in a|b) echo a ;; *) echo b ;; esac",
    "echo $((1 + 2)) $(echo a) `echo b`",
    "for i in 1 2; do echo $i; done | while read -r x; do echo $x; done",
    "export X=1; . /dev/null; echo $X 2>&1",
    "cat <<EOF\na\nEOF",
    "{ echo a; } && ( echo b )",
    "exec 3>/dev/null; echo a >&3; umask >/dev/null; cd / && cd - >/dev/null",
]


def outcome(shell: str, text: str) -> tuple[int, str]:
    done = subprocess.run(
        [shell, "-c", text], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=20
    )
    return done.returncode, done.stdout


def found(text: str) -> list[str]:
    return [finding.code for finding in translate(text, FewNames()).findings]


@pytest.mark.parametrize("text", BASH_ONLY)
def test_what_dash_lacks_calls_the_companion(text: str) -> None:
    assert outcome("bash", text) != outcome("dash", text)
    assert "bash-only" in found(text)
    assert "is bash only" in why_unseen(text, translate(text, FewNames()).findings)


@pytest.mark.parametrize("text", SHARED)
def test_what_both_have_does_not(text: str) -> None:
    assert outcome("bash", text) == outcome("dash", text)
    assert "bash-only" not in found(text)


def test_a_word_of_bash_for_which_an_image_may_have_a_program() -> None:
    assert "bash-only" in found("time make")
    assert "bash-only" not in found("/usr/bin/time make")


def test_a_script_of_bash_may_have_it() -> None:
    assert found("#!/bin/bash\npushd x; declare -A y") == []
