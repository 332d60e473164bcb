"""What a spec file asks for, as an Enterprise Linux of the present would read the file."""

from __future__ import annotations

import time

import pytest

from cibw_debian.findings import Level
from cibw_debian.resolver import actions, dnf
from cibw_debian.resolver.macros import Macros, UnreadableError
from cibw_debian.resolver.model import NOTHING, PACKAGE, UNKNOWN, Answer, Target
from cibw_debian.resolver.specfile import LARGEST, build_requirements, with_requirements

BOOKWORM = Target("bookworm", "armhf")


def resolve(name: str) -> Answer:
    return Answer(name, UNKNOWN if name.startswith("no-") else NOTHING if name == "make" else PACKAGE)


def read(text: str, *options: str, target: Target = BOOKWORM) -> actions.Request:
    request = dnf.parse("dnf", ["builddep", "-y", "x.spec", *options])
    return with_requirements(request, {"x.spec": text}.get, resolve, target)


def names(text: str, *options: str, target: Target = BOOKWORM) -> str:
    return " ".join(spec.text for spec in read(text, *options, target=target).specs)


def condition(line: str, *, otherwise: str = "") -> str:
    return f"{line}\nBuildRequires: yes\n%else\nBuildRequires: other\n%endif\n{otherwise}"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("BuildRequires: a", "a"),
        ("buildrequires:a\nBUILDREQUIRES :\tb\nBuildPreReq: c", "a b c"),
        ("BuildRequires: a b,c ,d", "a b c d"),
        ("BuildRequires: a >= 1.2 b = 1:2-3, c<4 d >=5 e == 6", "a b c d e"),
        ("BuildRequires: a%{?_isa} >= 1.2", "a"),
        ("BuildRequires: pkgconfig(x) >= 3 cmake(Y) perl(A::B) /usr/bin/z",
         "pkgconfig(x) cmake(Y) perl(A::B) /usr/bin/z"),
        ("BuildRequires: libx.so.1()(64bit)", "libx.so.1()(64bit)"),
        ("BuildRequires: a\nBuildRequires: a", "a"),
        ("# BuildRequires: no-a\n  #BuildRequires: no-b\nBuildRequires: c # no-d", "c"),
        ("Requires: a\nBuildConflicts: b\nBuildRequires(x): c", "c"),
        ("%description\nBuildRequires: no-a\n%package devel\nBuildRequires: b\n%prep\nBuildRequires: no-c",
         "b"),
        # boolean dependencies
        ("BuildRequires: (a or no-b)", "a"),
        ("BuildRequires: (no-a or b or c)", "b"),
        ("BuildRequires: (no-a or no-b)", "no-a"),
        ("BuildRequires: (a and b) c", "a b c"),
        ("BuildRequires: ((no-a and b) or (c and d))", "c d"),
        ("BuildRequires: (a if b)", "a"),
        ("BuildRequires: (no-a if b)", ""),
        ("BuildRequires: (no-a if b)\nBuildRequires: b", "no-a b"),
        ("BuildRequires: (a if b else c)", "a c"),
        ("BuildRequires: (a unless b)", "a"),
        ("BuildRequires: (a >= 1 with a < 2)", "a"),
        ("BuildRequires: (cmake(a) with a-static)", "cmake(a)"),
        ("BuildRequires: (a without b)", "a"),
        ("BuildRequires: (pkgconfig(a) >= 1 or pkgconfig(b))", "pkgconfig(a)"),
        # macros
        ("%global v 3\n%define p lib%{v}\nBuildRequires: %{p}-devel %p python%{python3_pkgversion}-x",
         "lib3-devel lib3 python3-x"),
        ("%define p %{v}\n%define v 4\nBuildRequires: x%p", "x4"),
        ("%define v 1\n%global p %{v}\n%define v 2\nBuildRequires: x%p", "x1"),
        ("Name: foo\nVersion: 2\nBuildRequires: %{name}-data = %{version} %{NAME}%{VERSION}",
         "foo-data foo2"),
        ("%{!?v: %global v 5}\n%{!?v: %global v 6}\nBuildRequires: x%{v}", "x5"),
        ("%{?nothing:BuildRequires: no-a}\n%{!?nothing:BuildRequires: b}", "b"),
        ("BuildRequires: a%{?nothing}%{?nothing:-x}%{!?nothing:-y}%%", "a-y%"),
        ("%global v 1\n%undefine v\nBuildRequires: a%{?v}", "a"),
        ("%global x \\\n  a\nBuildRequires: b", "b"),
        ("%global deps %{expand:\nBuildRequires: a\nBuildRequires: b\n}\n%{deps}", "a b"),
        ("BuildRequires: %{py3_dist a b}", "python3dist(a) python3dist(b)"),
        ("BuildRequires: %[1+1]x", "2x"),
        ("BuildRequires: %{_bindir}/x", "/usr/bin/x"),
        ("%{lua: if x then\n y = { 1 }\nBuildRequires: no-a\nend }\nBuildRequires: b", "b"),
        ("BuildRequires: a >= %{nobody_knows}", "a"),
    ],
)  # fmt: skip
def test_names(text: str, wanted: str) -> None:
    assert names(text) == wanted


@pytest.mark.parametrize(
    "line",
    [
        "%if 0%{?rhel}",
        "%if 0%{?rhel} && 0%{?rhel} >= 8",
        "%if 0%{?fedora} >= 30 || 0%{?rhel} > 7",
        "%if ! 0%{?fedora}",
        "%if !0%{?suse_version} # a comment",
        "%if (0%{?rhel} == 9)",
        '%if "%{?dist}" == ".el9"',
        '%if "x%{?fedora}" == "x"',
        "%if 0%{?el9:1}",
        "%if %{defined rhel} && %{undefined fedora}",
        "%if 0%{!?fedora:1}",
        '%if v"1.10" > v"1.9"',
        "%if 1 ? 2 : 0",
        "%if 2*3-1 == 10/2",
        "%if 1 || %(date)",
        "%ifarch %{arm} x86_64",
        "%ifarch armv7hl",
        "%ifnarch %{ix86} s390x",
        "%ifos linux",
        "%ifnos windows",
        "%if %{?nothing}0 == 0",
        "%bcond_without x\n%if %{with x}",
        "%bcond_with x\n%if %{without x}",
        "%bcond x 1\n%if %{with x}",
        "%bcond x 0%{?rhel}\n%if %{with x}",
        "%bcond_without x\n%if 0%{?with_x}",
        "%bcond_without x\n%if %{with x} && ! 0%{?_without_x:1}",
        "%if 0\n%if 1\n%endif\n%else\n%global v 1\n%endif\n%if 0%{?v}",
        "%if 0\n%elif 0%{?rhel}\n%global v 1\n%elif 1\n%global v 0\n%endif\n%if %{v}",
        "%if 0\n%elifarch armv7l\n%global v 1\n%endif\n%if %{v}",
        "%prep\n%global v 1\n%package x\n%if 0%{?v}",
    ],
)
def test_conditions_that_hold(line: str) -> None:
    assert names(condition(line)) == "yes"
    assert read(condition(line)).findings == ()


@pytest.mark.parametrize(
    "line",
    ["%if 0%{?fedora}", "%if 0%{?rhel} < 8", "%ifarch x86_64 %{ix86}", "%if 0 && %(date)",
     "%bcond_with x\n%if %{with x}"],
)  # fmt: skip
def test_conditions_that_do_not_hold(line: str) -> None:
    assert names(condition(line)) == "other"


def test_the_release_and_the_machine_are_those_of_the_image() -> None:
    text = "%if 0%{?rhel} >= 10\nBuildRequires: new\n%endif\n%ifarch riscv64\nBuildRequires: risc\n%endif"
    assert names(text) == ""
    assert names(text, target=Target("trixie", "riscv64")) == "new risc"
    assert names(text, target=Target("no-such-suite", "amd64")) == ""


def test_options_of_builddep_define_macros() -> None:
    text = (
        "%bcond_with x\n%if %{with x}\nBuildRequires: x\n%endif\n%if 0%{?v} == 3\nBuildRequires: v%v\n%endif"
    )
    assert names(text) == ""
    assert names(text, "--with", "x", "-D", "v 3") == "x v3"
    assert names(text, "--define=v 3", "--with=x", "--without", "y") == "x v3"


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("%if %(test -e /x && echo 1 || echo 0)", "yes other"),
        ("%if %{nobody_knows} > 3", "yes other"),
        ("%if 3.9 > 3", "yes other"),
        ("%if", "yes other"),
        ("%if %{lua: print(1)}", "yes other"),
        ("%ifarch %{nobody_knows}", "yes other"),
        ("%if %(date)\n%global v 1\n%endif\n%if 0%{?v}", "yes other"),
        ("%bcond x %(date)\n%if %{with x}", "yes other"),
    ],
)
def test_what_is_not_known_is_said(line: str, wanted: str) -> None:
    request = read(condition(line, otherwise="BuildRequires: certain"))
    assert " ".join(spec.text for spec in request.specs) == f"{wanted} certain"
    assert {(found.level, found.code) for found in request.findings} == {(Level.WARNING, "spec-condition")}
    assert "x.spec:" in request.findings[0].message


def test_what_nobody_may_need_is_left_out_where_debian_has_no_name() -> None:
    request = read("%if %(date)\nBuildRequires: no-a b\n%endif")
    assert [spec.text for spec in request.specs] == ["b"]
    assert [found.level for found in request.findings] == [Level.WARNING, Level.NOTE]


def test_a_condition_without_requirements_is_not_worth_a_word() -> None:
    request = read("%if %(date)\n%define x 1\n%endif\nBuildRequires: a")
    assert request.findings == ()


def test_a_name_that_only_rpm_knows_is_an_error() -> None:
    request = read("BuildRequires: %(date)-devel a")
    assert request.action == actions.REFUSE
    assert [(found.level, found.code) for found in request.findings] == [(Level.ERROR, "spec-condition")]


def test_each_name_tells_where_it_stands() -> None:
    (spec,) = read("\n\nBuildRequires: a").specs
    assert (spec.origin, spec.word) == ("x.spec:3", 2)


def test_a_file_without_requirements_is_nothing_to_do() -> None:
    request = read("Name: x")
    assert (request.action, [found.code for found in request.findings]) == (
        actions.DROP,
        ["nothing-to-install"],
    )


@pytest.mark.parametrize(
    "text", [None, "#" * (LARGEST + 1), "%define a %b%b\n%define b %a%a\nBuildRequires: %a"]
)
def test_a_file_that_cannot_be_read_is_refused(text: str | None) -> None:
    request = dnf.parse("dnf", ["builddep", "x.spec"])
    request = with_requirements(request, lambda _: text, resolve, BOOKWORM)
    assert (request.action, [found.code for found in request.findings]) == (actions.REFUSE, ["spec-file"])


@pytest.mark.parametrize(
    "args", [["python3-lxml"], ["x.spec", "y"], ["x.src.rpm"], ["https://example.org/x.spec"], []]
)
def test_other_arguments_of_builddep_are_refused(args: list[str]) -> None:
    request = dnf.parse("dnf", ["builddep", *args])
    assert (request.action, [found.code for found in request.findings]) == (actions.REFUSE, ["builddep"])


def test_an_option_says_that_the_argument_is_a_spec_file() -> None:
    assert dnf.parse("dnf", ["builddep", "--spec", "x.in"]).action == actions.BUILD_REQUIREMENTS


HOSTILE = {
    "nested conditions": "%if 1\n" * 56_000,
    "nested conditions that are not known": "%if %(x)\n" * 40_000 + "BuildRequires: a",
    "elifs": "%if 0\n" + "%elif %(x)\nBuildRequires: a\n" * 12_000,
    "else": "%else\n" * 56_000,
    "many names": "BuildRequires: " + " ".join(f"n{n}" for n in range(50_000)),
    "many lines": "".join(f"BuildRequires: n{n}\n" for n in range(18_000)),
    "parentheses": "BuildRequires: " + "(" * 190_000 + "a" + ")" * 190_000,
    "open parentheses": "BuildRequires: " + "(a " * 120_000,
    "nested macros": "BuildRequires: " + "%{?rhel:" * 43_000 + "a" + "}" * 43_000,
    "open macros": "BuildRequires: " + "%{?rhel:" * 45_000,
    "commands": "BuildRequires: " + "%(" * 190_000,
    "macros that double": "".join(f"%define a{n} %a{n + 1}%a{n + 1}\n" for n in range(30))
    + "%define a30 x\nBuildRequires: %a0",
    "macros that grow": "%define a0 " + "x" * 40_000
    + "".join(f"\n%define a{n + 1} {f'%a{n}' * 50}" for n in range(9))
    + "\nBuildRequires: %a9",
    "a macro of its own": "%define a %a\nBuildRequires: %a",
    "long conditions": "%if " + "(" * 390_000,
    "large numbers": "%if " + "9" * 390_000 + " * 2",
    "products": "%if " + "*".join(["999999999"] * 90) + " > 1\nBuildRequires: a\n%endif",
    "braces": "%{" * 190_000,
    "continued lines": "%define a \\\n" * 32_000,
    "zero": "%if 1/0\nBuildRequires: a\n%endif",
    "bytes": "\x00\udcff%{\x00}BuildRequires: \x00\n" * 9_000,
    "percent": "%" * 390_000,
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_are_answered_soon(text: str) -> None:
    assert len(text) < LARGEST
    begin = time.process_time()
    read(text)
    assert time.process_time() - begin < 2


@pytest.mark.parametrize("text", ["many names", "many lines", "macros that double", "macros that grow"])
def test_what_is_not_read_to_its_end_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        build_requirements(HOSTILE[text], Macros("9", "armhf"))
