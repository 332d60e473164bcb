"""Names that may have been meant by a name that nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cibw_debian.resolver.model import PACKAGE, UNKNOWN
from cibw_debian.resolver.suggest import is_slip_of_a_finger, slips
from cibw_debian.resolver.table import load_table
from tests.resolver.misspelt import misspell

if TYPE_CHECKING:
    from cibw_debian.resolver.resolve import Resolver

#: what is typed -> what must be the first suggestion
MEANT = {
    **{name: f"{name}-devel" for name in ("zlib", "pybind11", "asio", "glm", "libffi", "bzip2-libs")},
    "bzip2-libs": "bzip2-devel",
    **dict.fromkeys(
        ("opnssl-devel", "opensll-devel", "openssl-dvel", "opennssl-devel", "oepnssl-devel"), "openssl-devel"
    ),
    **dict.fromkeys(("zilb-devel", "zlb-devel", "zlib-dev", "zlibb-devel", "zlib-devl"), "zlib-devel"),
    **dict.fromkeys(("libcffi-dev", "libffi-devl", "libfffi-devel", "libbffi-devel"), "libffi-devel"),
    **dict.fromkeys(("cmkae", "cmaek", "camke", "cmkake"), "cmake"),
    **dict.fromkeys(("boost-dev", "bost-devel", "boots-devel", "booost-devel"), "boost-devel"),
    **dict.fromkeys(("libxlm2-devel", "libmxl2-devel", "libxmll2-devel"), "libxml2-devel"),
    **dict.fromkeys(("libcrul-devel", "libcurll-devel", "libcurl-dev"), "libcurl-devel"),
    **dict.fromkeys(("opnblas-devel", "openblass-devel", "openbals-devel"), "openblas-devel"),
    **dict.fromkeys(("ncurse-devel", "ncruses-devel", "ncursess-devel"), "ncurses-devel"),
    **dict.fromkeys(("readlin-devel", "raedline-devel", "readlinee-devel"), "readline-devel"),
    **dict.fromkeys(("protbuf-devel", "protobuff-devel", "prtobuf-devel"), "protobuf-devel"),
    **dict.fromkeys(("freetyp-devel", "fretype-devel", "freetpye-devel"), "freetype-devel"),
    **dict.fromkeys(("lapak-devel", "lapackk-devel"), "lapack-devel"),
    **dict.fromkeys(("eigne3-devel",), "eigen3-devel"),
    **dict.fromkeys(("sqllite-devel", "sqlit-devel", "slqite-devel"), "sqlite-devel"),
    **dict.fromkeys(("gsll-devel",), "gsl-devel"),
    "libjepg-devel": "libjpeg-devel",
    "ninja-buidl": "ninja-build",
    "bisson": "bison",
    "libtol": "libtool",
    "epel-releas": "epel-release",
    "lbiraw-devel": "libraw-devel",
    "ccahce": "ccache",
    "autocnof": "autoconf",
    "pathc": "patch",
}


@pytest.mark.parametrize("typed", sorted(MEANT))
def test_what_was_meant(bookworm: Resolver, typed: str) -> None:
    assert bookworm.resolve(typed).suggestions[:1] == (MEANT[typed],)


def test_a_doubled_digit_is_left_out(bookworm: Resolver) -> None:
    answer = bookworm.resolve("eigen33-devel")
    assert (answer.status, answer.deb) == (PACKAGE, ("libeigen3-dev",))
    assert answer.warning


#: of 100 misspelt names, so many have the name that was meant as the first suggestion: what is reached
REACHED = 97


def test_a_slip_in_the_most_used_names(bookworm: Resolver) -> None:
    """The seeds were fixed before the code saw any of the names."""
    common = sorted(load_table().common)
    cases = [
        case
        for seed in (2026, 1, 2)
        for case in misspell(common, 60, seed, lambda name: bookworm.resolve(name).status != UNKNOWN)
    ]
    wrong = [
        (typed, meant, suggestions)
        for typed, meant in cases
        if (suggestions := bookworm.resolve(typed).suggestions)[:1] != (meant,)
    ]
    assert len(wrong) * 100 <= (100 - REACHED) * len(cases), wrong


#: chosen before the code saw them: names of projects' own things, and words
NOTHING_NEAR = [
    "acme-devel",
    "blurgh",
    "company-tools",
    "customlib-devel",
    "dataservice",
    "example-devel",
    "foo",
    "frobnicate",
    "gizmo-tools",
    "helloworld",
    "internal-sdk",
    "jabberwock-devel",
    "kumquat",
    "lorem-ipsum-devel",
    "my-package",
    "no-such-thing-devel",
    "nonsense",
    "our-own-thing-devel",
    "proprietary-driver",
    "quux-devel",
    "spam-eggs",
    "thingamajig-devel",
    "undefined-name",
    "vendor-blob",
    "vendor-headers",
    "widgetlib-devel",
    "xyz-devel",
    "xyzzy",
    "yadda-yadda",
    "zork-devel",
]


@pytest.mark.parametrize("typed", NOTHING_NEAR)
def test_nothing_is_near(bookworm: Resolver, typed: str) -> None:
    answer = bookworm.resolve(typed)
    assert (answer.status, answer.suggestions) == (UNKNOWN, ())


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("abc", "abc", 0),
        ("abc", "acb", 1),
        ("abc", "ac", 1),
        ("abc", "xbcd", 2),
        ("", "ab", 2),
        ("aab", "aba", 1),
    ],
)
def test_slips(one: str, other: str, count: int) -> None:
    assert slips(one, other) == slips(other, one) == count


@pytest.mark.parametrize(
    ("typed", "meant", "slip"),
    [
        ("zlb", "zlib", True),
        ("gti", "git", True),
        ("gitt", "git", True),
        ("giy", "git", True),
        ("xyz", "xz", False),
        ("foo", "fmt", False),
        ("gat", "git", False),
        ("tgi", "git", False),
    ],
)
def test_slips_of_a_finger(typed: str, meant: str, slip: bool) -> None:
    assert is_slip_of_a_finger(typed, meant) is slip


@pytest.mark.parametrize("name", ["x-devel", "a-devel", "z", "lib-devel", "-devel", "x-dev"])
def test_short_names_have_an_answer(bookworm: Resolver, name: str) -> None:
    assert bookworm.resolve(name).rpm == name
