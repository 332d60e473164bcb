"""Hooks are hostile input: each gets a clear answer soon, and nothing of it runs."""

from __future__ import annotations

import random
import shlex
import subprocess
import sys
import time
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cibw_debian.hooks.runtime_only import why_unseen
from cibw_debian.hooks.show import show
from cibw_debian.hooks.translate import MAX_UNKNOWN, Style, translate
from cibw_debian.hooks.translation import MAX_ALIKE, Translation
from cibw_debian.resolver.model import PACKAGE, Answer, Target
from cibw_debian.resolver.resolve import Resolver, open_resolver
from tests.hooks.test_corpus import HOOKS

if TYPE_CHECKING:
    from pathlib import Path

INSTALL = "dnf install -y zlib-devel"
_BYTES = random.Random(1).randbytes(1_000_000)  # noqa: S311

LARGE = {
    "unknown names": "dnf install -y " + " ".join(f"no-such-{n}-devel" for n in range(80_000)),
    "unknown commands": "\n".join(f"dnf install -y no-such-{n}-devel" for n in range(25_000)),
    "known names": "dnf install -y " + "zlib-devel " * 80_000,
    "addresses": "dnf install -y " + " ".join(f"https://example.org/{n}.rpm" for n in range(30_000)),
    "a long name": "dnf install -y no-such-" + "a" * 1_000_000,
    "a name of many parts": "dnf install -y no-such" + "-thing" * 150_000,
    "capabilities": "dnf install -y " + " ".join(f"'perl(A::B{n})'" for n in range(50_000)),
    "a long word": "ls " + "a" * 1_000_000 + "; [[ x ]]; ls /x/lib64",
    "blanks": "dnf install -y" + " " * 1_000_000 + "no-such",
    "continued lines": "dnf install -y " + "\\\n" * 400_000,
    "commands": "\n".join(
        ["echo 'a line of a long script', and some more of it; make -j4 all"] * 15_000 + [INSTALL]
    ),
    "lib64": "\n".join(f"ls /usr/lib64/{n}" for n in range(40_000)),
    "parentheses": "(" * 10_000 + INSTALL + ")" * 10_000,
    "open parentheses": "(" * 10_000 + INSTALL,
    "braces": "{ " * 10_000 + INSTALL + "; }" * 10_000,
    "substitutions": "$(" * 10_000 + INSTALL + ")" * 10_000,
    "and": " && ".join([INSTALL] * 10_000),
    "or": " || ".join([INSTALL] * 10_000),
    "if": "if true; then " * 2_000 + INSTALL + "; fi" * 2_000,
    "case": "case x in x) " * 5_000 + INSTALL + ";; esac" * 5_000,
    "tests": "[ " + " -o ".join(["$a = x86_64"] * 10_000) + " ] && dnf install -y no-such",
    "negations": "[ " + "! " * 5_000 + "$a = x86_64 ] && dnf install -y no-such",
    "a slow pattern": f"[[ $(uname -m) =~ {'(x+x+)+' * 20}y ]] && dnf install -y no-such",
    "alternatives": "dnf install -y " + "{a,b}" * 50_000,
    "prefixes": "sudo " * 100_000 + INSTALL,
    "pipelines": " | ".join([INSTALL] * 20_000),
    "pipes and errors": "a\n|b" * 15_000 + INSTALL,
    "zeros": "\0" * 500_000 + INSTALL,
    "many ways": "if a; then b; " + "elif c; then apt-get install -y a; " * 12_000 + "fi",
    "many machines": f"case $(uname -m) in {' '.join(f'x{n}) {INSTALL};;' for n in range(20_000))} esac",
    "lib64 of many": "\n".join(f"ls /x{n}/lib64" for n in range(30_000)),
    "one long list": "yum " * 50_000 + "|| apt update && ",
    "here-documents": "cat <<EOF\ndnf\nEOF\n" * 30_000,
    "lib64 in here-documents": "cat <<EOF\nls /x/lib64\nEOF\n" * 20_000,
    "own apt-get": "\n".join(f"apt-get install -y no-such-{n}" for n in range(25_000)),
    "own ways": "yum install -y no-such || apt-get install -y zlib1g-dev\n" * 10_000,
    "one list of ways": " || ".join(["[ -f /etc/redhat-release ]"] * 9_000 + ["yum install -y no-such"]),
    "one list of apt-get": " && ".join(["apt-get install -y zlib1g-dev"] * 9_000),
    "lists removed": "rm -rf /var/lib/apt/lists/*; dnf install -y zlib-devel\n" * 10_000,
    "functions that remove lists": "".join(
        f"f{n}() {{ rm -rf /var/lib/apt/lists/*; }}\nf{n}\n" for n in range(8_000)
    )
    + INSTALL,
    "repositories": "".join(f"sed -i s/a/b/ /etc/yum.repos.d/{n}.repo\n" for n in range(15_000)),
    "values of a loop": f"for x in {'/etc/yum.repos.d/x ' * 40_000}; do echo $x; done",
    "files of RHEL": f"rm -f /tmp/x {'/etc/yum.repos.d/x ' * 40_000}",
    "programs of collections": f"X=({'/opt/rh/x/root/usr/bin/gcc ' * 30_000})",
    "lib64 in one word": f"export X={':/x/lib64' * 60_000}",
    "commands of RHEL": "cmake3 -S .\n" * 15_000,
    "links": "ln -sf /usr/bin/cmake3 /usr/bin/cmake\n" * 10_000,
    "distributions": "case $ID in centos) a;; *) exit 1;; esac\n" * 8_000,
    "stops at a machine": "case $ARCH in x86_64) a;; *) exit 1;; esac\n" * 8_000,
    "files that ask": "[ -f /etc/redhat-release ] && yum install -y zlib-devel\n" * 8_000,
    "machines in one test": f"[[ {' && '.join(['$a == x86_64'] * 40_000)} ]] && dnf install -y no-such",
    "spec files": "cd x; dnf builddep -y x.spec\n" * 10_000,
    "fetched": "".join(f"git clone https://example.org/{n}\n(cd {n} && make)\n" for n in range(8_000)),
    "open quotes": "dnf install -y '" + "a b " * 200_000,
    "bytes": INSTALL + "\n" + _BYTES.decode("utf-8", "surrogateescape"),
    "characters": _BYTES.decode("latin-1") + "\n" + INSTALL,
}
HOSTILE = (
    "x;touch {}",
    "$(touch {})",
    "`touch {}`",
    "x|touch {}",
    "x\ntouch {}",
    "x&touch {}",
    "'; touch {}; '",
    "--option={}",
)


@cache
def names() -> Resolver:
    return open_resolver(Target("bookworm", "armhf"))


#: processor time; a quiet machine takes less than two seconds, and a method that is not linear takes minutes
SECONDS = 10


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE)
def test_answer_comes_soon(text: str) -> None:
    names().resolve("zlib-devel")
    start = time.process_time()
    result = translate(text, names(), style=Style.ROBUST)
    why_unseen(text, result.findings)
    shown = [line for found in result.findings for line in show(found, text, "hook")]
    assert time.process_time() - start < SECONDS
    assert sum(map(len, shown)) < 200_000
    assert result.ok or result.translated == text


def test_of_many_unknown_names_the_first_are_shown() -> None:
    result = translate(LARGE["unknown names"], names())
    assert [found.code for found in result.findings] == ["unknown-package"] * (MAX_UNKNOWN + 1)
    assert result.findings[-1].message == "20 names are unknown: the rest of the hook was not looked at"
    assert not result.ok


def test_too_many_unknown_names_are_an_error_where_unknown_names_are_not() -> None:
    many = " ".join(f"no-such-{n}" for n in range(MAX_UNKNOWN))
    assert not translate(f"dnf install -y {many}", names(), strict=False).ok
    assert not translate(f"bash -c 'dnf install -y {many}' || true", names()).ok
    few = many.rpartition(" ")[0]
    assert translate(f"dnf install -y {few}", names(), strict=False).ok


def test_of_many_findings_alike_the_first_are_shown() -> None:
    found = translate(LARGE["lib64"], names()).findings
    assert len(found) == MAX_ALIKE
    assert found[-1].message.endswith("(and 39900 more findings like this)")


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    text = INSTALL + "\n" + data.decode("utf-8", "surrogateescape")
    result = translate(text, names())
    assert result.ok or result.translated == text


def test_truncated_hooks() -> None:
    for hook in HOOKS[::3]:
        for end in range(0, len(hook["text"]), 7):
            result = translate(hook["text"][:end], names())
            assert isinstance(result, Translation)


class Obliging:
    """Knows every name, as the package of the same name: what a name may do is up to the quotes."""

    target = Target("bookworm", "armhf")

    def resolve(self, spec: str) -> Answer:
        return Answer(spec, PACKAGE, (spec,), "table")


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_a_name(tmp_path: Path, name: str, style: Style) -> None:
    touched = tmp_path / "touched"
    name = name.format(touched)
    text = f"dnf install -y -- {shlex.quote(name)}"
    assert not translate(text, names()).ok
    if name.startswith("-"):
        return
    fake = tmp_path / "apt-get"
    fake.write_text(f'#!/bin/sh\nfor word; do printf "%s\\0" "$word"; done >> {tmp_path}/words\n')
    fake.chmod(0o755)
    result = translate(text, Obliging(), style=style)
    done = subprocess.run(
        ["sh", "-c", result.translated], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, cwd=tmp_path, check=False
    )
    assert done.returncode == 0
    assert not touched.exists()
    assert name in (tmp_path / "words").read_text().split("\0")


def test_nothing_runs_while_translating(tmp_path: Path) -> None:
    hooks = [f"dnf install -y {name}" for name in HOSTILE] + [
        f"bash -c '{name}'; yum install x" for name in HOSTILE
    ]
    program = f"""
import sys
from cibw_debian.hooks.runtime_only import why_unseen
from cibw_debian.hooks.translate import translate
from cibw_debian.resolver.model import Target
from cibw_debian.resolver.resolve import open_resolver
def refuse(event, arguments):
    if event.startswith(("subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "socket.")):
        started.append(event)
started = []
names = open_resolver(Target("bookworm", "armhf"))
for text in {hooks!r}:
    translate(text, names)
sys.addaudithook(refuse)
for text in {hooks!r}:
    text = text.format("{tmp_path}/touched")
    why_unseen(text, translate(text, names).findings)
sys.exit(len(started))
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path)
    assert [*tmp_path.iterdir()] == []
