"""What specs mean, with the shipped data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cibw_debian.resolver.model import NOTHING, PACKAGE, UNAVAILABLE, UNKNOWN, Target
from cibw_debian.resolver.resolve import MAX_MATCHES, Resolver, open_resolver
from cibw_debian.resolver.suggest import slips

if TYPE_CHECKING:
    from collections.abc import Callable

#: most used in real hooks, and what they mean on bookworm
COMMON = {
    "zlib-devel": "zlib1g-dev",
    "wget": "wget",
    "openssl-devel": "libssl-dev",
    "ninja-build": "ninja-build",
    "cmake": "cmake",
    "gcc": "gcc",
    "zip": "zip",
    "perl-IPC-Cmd": "perl",
    "openblas-devel": "libopenblas-dev",
    "gcc-c++": "g++",
    "git": "git",
    "ccache": "ccache",
    "eigen3-devel": "libeigen3-dev",
    "curl": "curl",
    "boost-devel": "libboost-all-dev",
    "lapack-devel": "liblapack-dev",
    "libxml2-devel": "libxml2-dev",
    "bzip2-devel": "libbz2-dev",
    "flex": "flex",
    "bison": "bison",
    "gsl-devel": "libgsl-dev",
    "clang": "clang",
    "libX11-devel": "libx11-dev",
    "fftw-devel": "libfftw3-dev",
    "libpng-devel": "libpng-dev",
    "gmp-devel": "libgmp-dev",
    "libffi-devel": "libffi-dev",
    "libxslt-devel": "libxslt1-dev",
    "libcurl-devel": "libcurl4-openssl-dev",
    "xz-devel": "liblzma-dev",
}


@pytest.mark.parametrize(("rpm", "deb"), COMMON.items())
def test_common_names(bookworm: Resolver, rpm: str, deb: str) -> None:
    answer = bookworm.resolve(rpm)
    assert (answer.status, answer.deb, answer.verified) == (PACKAGE, (deb,), True)


@pytest.mark.parametrize(
    ("spec", "debs"),
    [
        ("openssl-devel.x86_64", ["libssl-dev"]),
        ("1:openssl-devel-1.1.1k-7.el8_6.x86_64", ["libssl-dev"]),
        ("cmake-3.*", ["cmake"]),
        ("gcc-12", ["gcc-12"]),
        ("pkgconfig(openssl)", ["libssl-dev"]),
        ("pkgconfig(libcurl) >= 7", ["libcurl4-openssl-dev"]),
        ("pkgconfig(krb5)", ["libkrb5-dev"]),
        ("cmake(Qt5Core)", ["qtbase5-dev"]),
        ("perl(IPC::Cmd)", ["perl"]),
        ("perl(XML::Parser)", ["libxml-parser-perl"]),
        ("python3dist(numpy)", ["python3-numpy"]),
        ("python3.9dist(PyYAML)", ["python3-yaml"]),
        ("libssl.so.3()(64bit)", ["libssl3"]),
        ("/usr/bin/cmake", ["cmake"]),
        ("/usr/sbin/ldconfig", ["libc-bin"]),
        ("/usr/lib64/libssl.so.3", ["libssl3"]),
        ("/usr/lib64/pkgconfig/openssl.pc", ["libssl-dev"]),
        ("libxml2*", ["libxml2", "libxml2-dev", "libxml2-utils"]),
        ("libssh2-devel*", ["libssh2-1-dev"]),
    ],
)
def test_forms_of_specs(bookworm: Resolver, spec: str, debs: list[str]) -> None:
    answer = bookworm.resolve(spec)
    assert (answer.rpm, answer.status, list(answer.deb), answer.verified) == (spec, PACKAGE, debs, True)


@pytest.mark.parametrize(
    ("rpm", "deb"),
    [
        ("docker", "docker.io"),
        ("bcc", "bpfcc-tools"),
        ("fftw-devel", "libfftw3-dev"),
        ("uuid-devel", "libossp-uuid-dev"),
        ("libuuid-devel", "uuid-dev"),
        ("postgresql", "postgresql-client"),
        ("ninja", "ninja-build"),
    ],
)
def test_false_friends(bookworm: Resolver, rpm: str, deb: str) -> None:
    assert bookworm.resolve(rpm).deb == (deb,)


@pytest.mark.parametrize(
    "rpm",
    [
        "epel-release",
        "dnf-plugins-core",
        "dnf-command(config-manager)",
        "centos-release-scl",
        "python3-devel",
        "python36-devel",
        "python3.11-pip",
        "python39",
        "gcc-toolset-12-runtime",
        "rpmdevtools",
    ],
)
def test_nothing_to_install(bookworm: Resolver, rpm: str) -> None:
    answer = bookworm.resolve(rpm)
    assert (answer.status, answer.deb) == (NOTHING, ())
    assert answer.note


def test_a_group_by_its_name_and_its_id(bookworm: Resolver) -> None:
    by_id = bookworm.resolve("@development-tools")
    assert "build-essential" in by_id.deb
    assert (
        bookworm.resolve("Development Tools").deb == bookworm.resolve("@Development Tools").deb == by_id.deb
    )
    assert bookworm.resolve("@no-such-group").status == UNKNOWN


def test_a_file_that_no_index_has_is_unknown_with_the_reason(bookworm: Resolver) -> None:
    answer = bookworm.resolve("/usr/include/zlib.h")
    assert answer.status == UNKNOWN
    assert "only commands" in answer.note


def test_the_version_is_told_to_be_lost(bookworm: Resolver) -> None:
    warning = bookworm.resolve("cmake-3.26-1.el8").warning
    assert warning.startswith("version 3.26 was asked for, bookworm has 3.25")
    assert bookworm.resolve("cmake-3.25-1.el8").warning == ""


def test_a_wildcard_that_matches_too_much_is_refused(bookworm: Resolver) -> None:
    answer = bookworm.resolve("python3-*")
    assert answer.status == UNKNOWN
    assert int(answer.note.split()[1]) > MAX_MATCHES
    assert bookworm.resolve("*").status == UNKNOWN


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [
        ("opnssl-devel", "openssl-devel"),
        ("libffi-devl", "libffi-devel"),
        ("zilb-devel", "zlib-devel"),  # swapped letters, and a name that only a rule answers
        ("libjepg-devel", "libjpeg-devel"),
        ("gsll-devel", "gsl-devel"),
        ("cmkae", "cmake"),
    ],
)
def test_suggestions(bookworm: Resolver, mistyped: str, meant: str) -> None:
    assert bookworm.resolve(mistyped).suggestions[0] == meant


def test_what_looks_like_nothing_has_no_suggestions(bookworm: Resolver) -> None:
    assert bookworm.resolve("no-such-thing-devel").suggestions == ()


def test_each_suggestion_is_another_package(bookworm: Resolver) -> None:
    suggestions = bookworm.resolve("libcrul-devel").suggestions
    assert len({bookworm.resolve(name).deb for name in suggestions}) == len(suggestions) > 1


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [("zlib", "zlib", 0), ("zilb", "zlib", 1), ("", "abc", 3), ("zimlib", "zlib", 2), ("ca", "abc", 3)],
)
def test_slips(one: str, other: str, count: int) -> None:
    assert slips(one, other) == slips(other, one) == count


def test_what_else_was_considered(bookworm: Resolver) -> None:
    assert "libcurl4-gnutls-dev" in bookworm.resolve("pkgconfig(libcurl)").considered


@pytest.mark.parametrize(
    ("target", "rpm", "status", "debs"),
    [
        ("trixie/armhf", "pcre-devel", UNAVAILABLE, ()),
        ("bookworm/armhf", "pcre-devel", PACKAGE, ("libpcre3-dev",)),
        ("noble/armhf", "pcre-devel", PACKAGE, ("libpcre3-dev",)),
        ("trixie/armhf", "openmpi-devel", UNAVAILABLE, ()),
        ("trixie/riscv64", "openmpi-devel", PACKAGE, ("libopenmpi-dev", "openmpi-bin")),
        ("trixie/riscv64", "valgrind", UNAVAILABLE, ()),
        ("bullseye/armhf", "openssl-libs", PACKAGE, ("libssl1.1",)),
        ("bookworm/armhf", "openssl-libs", PACKAGE, ("libssl3",)),
        ("trixie/armhf", "openssl-libs", PACKAGE, ("libssl3t64",)),
        ("focal/armhf", "openssl-libs", PACKAGE, ("libssl1.1",)),
        ("jammy/armhf", "openssl-libs", PACKAGE, ("libssl3",)),
        ("noble/riscv64", "openssl-libs", PACKAGE, ("libssl3t64",)),
        ("bullseye/armhf", "vtk-devel", PACKAGE, ("libvtk9-dev",)),
        ("focal/armhf", "vtk-devel", PACKAGE, ("libvtk7-dev",)),
        ("focal/armhf", "gdk-pixbuf2-devel", PACKAGE, ("libgdk-pixbuf2.0-dev",)),
        ("jammy/armhf", "libicu", PACKAGE, ("libicu70",)),
        ("noble/riscv64", "libicu", PACKAGE, ("libicu74",)),
        ("jammy/armhf", "libjpeg-turbo", PACKAGE, ("libjpeg-turbo8",)),
        ("bookworm/armhf", "boost169-devel", PACKAGE, ("libboost-all-dev",)),
        ("bookworm/armhf", "isa-l-devel", PACKAGE, ("libisal-dev",)),
        ("trixie/armhf", "arb-devel", PACKAGE, ("libflint-dev",)),
    ],
)
def test_suites_differ(
    on: Callable[[str], Resolver], target: str, rpm: str, status: str, debs: tuple[str, ...]
) -> None:
    answer = on(target).resolve(rpm)
    assert (answer.status, answer.deb) == (status, debs)


@pytest.mark.parametrize("suite", ["focal", "jammy", "noble"])
@pytest.mark.parametrize("deb_arch", ["armhf", "riscv64", "amd64", "s390x"])
@pytest.mark.parametrize("rpm", COMMON)
def test_a_suite_without_an_index_answers_unverified(
    on: Callable[[str], Resolver], suite: str, deb_arch: str, rpm: str
) -> None:
    answer = on(f"{suite}/{deb_arch}").resolve(rpm)
    assert (answer.status, answer.verified) == (PACKAGE, False)


def test_what_the_nearest_suite_has_not_is_said_to_be_doubtful(on: Callable[[str], Resolver]) -> None:
    answer = on("focal/armhf").resolve("qt6-qtbase-devel")
    assert answer.doubtful
    assert (answer.status, answer.deb) == (PACKAGE, ("qt6-base-dev",))
    assert answer.note.startswith("bookworm/armhf has qt6-base-dev, bullseye/armhf has not")
    assert on("focal/armhf").resolve("openssl-devel").note == ""


def test_missing_is_only_what_is_not_there(on: Callable[[str], Resolver]) -> None:
    """Another suite's rule may lead to a package that this suite has, too: then nothing is missing."""
    answer = on("bullseye/armhf").resolve("sysprof-capture-devel")
    assert (answer.status, answer.note) == (UNKNOWN, "")


@pytest.mark.parametrize("name", ["", "x", "zz", "=1"])
def test_nothing_is_suggested_for_next_to_nothing(bookworm: Resolver, name: str) -> None:
    assert bookworm.resolve(name).suggestions == ()


def test_the_projects_own_packages_win() -> None:
    packages = {"openssl-devel": ["my-ssl-dev"], "flex": [], "@mine": ["bison"], "foo(bar)": ["zip"]}
    resolver = open_resolver(Target("bookworm", "armhf"), packages=packages)
    mine = resolver.resolve("openssl-devel")
    assert (mine.deb, mine.source, mine.verified) == (("my-ssl-dev",), "project", False)
    assert resolver.resolve("openssl-devel.x86_64").deb == ("my-ssl-dev",)
    assert resolver.resolve("openssl-devel-3.0-1.el9").deb == ("my-ssl-dev",)
    assert resolver.resolve("flex").status == NOTHING
    assert resolver.resolve("@mine").verified
    assert resolver.resolve("foo(bar)").deb == ("zip",)


def test_an_unknown_suite_has_the_table_only() -> None:
    resolver = open_resolver(Target("sid", "armhf"))
    answer = resolver.resolve("xz-devel")
    assert (answer.deb, answer.verified) == (("liblzma-dev",), False)
    assert resolver.resolve("openssl-devel").status == UNKNOWN
