"""Kinds of rpm names that rules answer, and versions that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cibw_debian.resolver import related
from cibw_debian.resolver.model import NOTHING, PACKAGE, UNAVAILABLE, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from cibw_debian.resolver.resolve import Resolver


@pytest.mark.parametrize(
    ("rpm", "deb"),
    [
        ("rapidjson", "rapidjson-dev"),
        ("boost169-static", "libboost-all-dev"),
        ("fltk-static", "libfltk1.3-dev"),
        ("rh-nodejs12", "nodejs"),
        ("rh-maven33", "maven"),
        ("rh-maven35-maven", "maven"),
        ("sclo-git25-git", "git"),
        ("rh-postgresql12-postgresql-devel", "libpq-dev"),
        ("json-c12-devel", "libjson-c-dev"),
        ("libsodium13", "libsodium23"),
        ("mysql-community-devel", "default-libmysqlclient-dev"),
        ("libdnet-devel", "libdumbnet-dev"),
        ("netcdf-openmpi-devel", "libnetcdf-mpi-dev"),
        ("ptscotch-mpich-devel", "libptscotch-dev"),
        ("scalapack-mpich-devel", "libscalapack-mpich-dev"),
        ("boost-openmpi-devel", "libboost-mpi-dev"),
        ("httpd24-libcurl-devel", "libcurl4-openssl-dev"),
        ("rh-java-common-ant", "ant"),
        ("glib2-doc", "libglib2.0-doc"),
        ("gtk2-devel-docs", "libgtk2.0-doc"),
        ("sil-padauk-fonts", "fonts-sil-padauk"),
        ("tclap", "libtclap-dev"),
        ("ocaml-labltk-devel", "liblabltk-ocaml-dev"),
        ("xorg-x11-drv-evdev-devel", "xserver-xorg-input-evdev-dev"),
        ("xorg-x11-drv-dummy", "xserver-xorg-video-dummy"),
        ("python3-greenlet-devel", "python-greenlet-dev"),
        ("perl-Tk-devel", "perl-tk"),
        ("pacemaker-libs-devel", "pacemaker-dev"),
        ("hdf5-openmpi-devel", "libhdf5-openmpi-dev"),
        ("qwt", "libqwt-qt5-6"),
        ("libunwind", "libunwind8"),
        ("gdb-gdbserver", "gdbserver"),
        ("ctags", "universal-ctags"),
        ("htslib-tools", "tabix"),
        ("fsverity-utils", "fsverity"),
        ("llvm16-devel", "llvm-16-dev"),
        ("perl-Tk", "perl-tk"),
        ("java-11-openjdk-devel", "default-jdk-headless"),
        ("java-1.8.0-openjdk-devel", "default-jdk-headless"),
    ],
)
def test_kinds_of_names(bookworm: Resolver, rpm: str, deb: str) -> None:
    answer = bookworm.resolve(rpm)
    assert (answer.status, answer.deb, answer.verified) == (PACKAGE, (deb,), True)


@pytest.mark.parametrize(
    "rpm",
    [
        "glibc-devel.i686",
        "kernel-devel",
        "libgcc.i686",
        "libnsl",
        "libquadmath-static",
        "python*-devel",
        "python-libs",
        "scl-utils",
        "zlib-doc",
    ],
)
def test_nothing_with_the_reason(bookworm: Resolver, rpm: str) -> None:
    answer = bookworm.resolve(rpm)
    assert (answer.status, answer.deb) == (NOTHING, ())
    assert answer.note


@pytest.mark.parametrize(
    ("target", "rpm", "warning"),
    [
        ("bookworm/armhf", "boost1.78-devel", "1.78 was asked for, bookworm has 1.74"),
        ("bookworm/armhf", "boost169-devel", "1.69 was asked for, bookworm has 1.74"),
        ("trixie/riscv64", "java-11-openjdk-devel", "11 was asked for, trixie has 21"),
        ("focal/armhf", "gcc-toolset-13", "13 was asked for, focal has 9"),
        ("bookworm/armhf", "gcc-toolset-10", ""),
        ("bookworm/armhf", "java-17-openjdk-devel", ""),
        ("bookworm/armhf", "openssl3-devel", ""),
        ("bullseye/armhf", "openssl3-devel", "3 was asked for, bullseye has 1.1"),
        ("bookworm/armhf", "libsodium13", "libsodium is taken"),
        ("bookworm/armhf", "openblas-devel-0.3.15-4.el8", "0.3.15 was asked for, bookworm has 0.3.21"),
        ("bookworm/armhf", "cmake-3.25", ""),
        ("bookworm/armhf", "cmake-3.*", ""),
        ("bookworm/armhf", "libpng-1.6", ""),
        ("bookworm/armhf", "libpng-1.2.50", "1.2.50 was asked for, bookworm has 1.6.39"),
        ("bookworm/armhf", "wget-1.19", "1.19 was asked for; which version of wget"),
    ],
)
def test_another_version_is_a_warning(
    on: Callable[[str], Resolver], target: str, rpm: str, warning: str
) -> None:
    given = on(target).resolve(rpm).warning
    assert warning in given
    assert bool(given) == bool(warning)


@pytest.mark.parametrize(
    ("rpm", "debs"),
    [
        ("gcc-toolset-12", "gcc g++ gfortran"),
        ("devtoolset-9-toolchain", "gcc g++ gfortran"),
        ("devtoolset-9-gcc-c++", "g++"),
        ("gcc-toolset-13-gcc", "gcc"),
        ("gcc-toolset-13-gcc-gfortran", "gfortran"),
        ("gcc-toolset-11-gdb", "gdb"),
        ("gcc-toolset-13-libatomic-devel", ""),
    ],
)
def test_a_collection_of_compilers_is_the_images_own(bookworm: Resolver, rpm: str, debs: str) -> None:
    answer = bookworm.resolve(rpm)
    assert (" ".join(answer.deb), answer.verified) == (debs, True)


def test_a_number_left_out_is_said_once(bookworm: Resolver) -> None:
    answer = bookworm.resolve("json-c12-devel")
    assert (answer.note, bool(answer.warning)) == ("", True)


@pytest.mark.parametrize(
    ("rpm", "deb"),
    [
        ("zlib-devel(x86-64)", "zlib1g-dev"),
        ("config(sqlite)", "sqlite3"),
        ("rubygem(nokogiri)", "ruby-nokogiri"),
        ("perl(:VERSION) >= 5.8", "perl"),
        ("tex(latex)", "texlive-latex-base"),
    ],
)
def test_a_capability_of_a_package_itself(bookworm: Resolver, rpm: str, deb: str) -> None:
    assert bookworm.resolve(rpm).deb == (deb,)


@pytest.mark.parametrize("rpm", ["npm(uglify)", "golang(x)", "user(root)", "crate(libc)", "bundled(zlib)"])
def test_the_word_before_a_parenthesis_is_no_package(bookworm: Resolver, rpm: str) -> None:
    assert bookworm.resolve(rpm).status == UNKNOWN


@pytest.mark.parametrize("rpm", ["llvm12-devel", "clang9"])
def test_another_version_of_an_interface_is_unavailable(bookworm: Resolver, rpm: str) -> None:
    answer = bookworm.resolve(rpm)
    assert answer.status == UNAVAILABLE
    assert "bookworm has another version" in answer.note
    assert answer.suggestions


@pytest.mark.parametrize(
    "rpm",
    [
        "mariadb-pam",  # only a row with a wildcard has mariadb-pam-devel
        "selinux-policy",  # selinux-policy-dev belongs to another source
        "libbase",  # not libbase16384
        "metis64-devel",  # 64 is the size of integers
        "perl-Digest-SHA1",
        "nosuch-doc",
    ],
)
def test_what_only_looks_alike_is_no_answer(bookworm: Resolver, rpm: str) -> None:
    assert bookworm.resolve(rpm).status == UNKNOWN


def test_a_library_is_no_other_program(bookworm: Resolver) -> None:
    assert "flit" not in bookworm.resolve("fltk").suggestions
    assert "libfltk1.3" in bookworm.resolve("fltk").deb


def test_what_only_ends_like_a_program_is_a_library(bookworm: Resolver) -> None:
    assert bookworm.resolve("libwayland-client").deb == ("libwayland-client0",)
    assert bookworm.resolve("exim").source != "rule:headers"


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("rh-mariadb105", "10.5"),
        ("rh-mariadb103-mariadb-devel", "10.3"),
        ("rh-postgresql96", "9.6"),
        ("rh-postgresql13", "13"),
        ("rh-mysql80", "8.0"),
        ("rh-nodejs12", "12"),
        ("rh-php73", "7.3"),
        ("rh-ruby27", "2.7"),
        ("rh-python38", "3.8"),
        ("rh-maven36", "3.6"),
        ("rh-varnish6", "6"),
        ("rh-redis5", "5"),
        ("rh-nginx118", "1.18"),
        ("rh-git29", "2.9"),
        ("sclo-git212", "2.12"),
        ("rh-perl530", "5.30"),
        ("java-11-openjdk-devel", "11"),
        ("llvm13-devel", "13"),
        ("cmake28", "2.8"),
        ("openssl11-devel", "1.1"),
        ("postgresql13-devel", "13"),
    ],
)
def test_the_version_in_a_name_has_its_point(name: str, version: str) -> None:
    assert related.asked_version(name)[1] == version
