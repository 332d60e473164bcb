"""From an archive's index files to the shipped file and back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cibw_debian.errors import DataError
from cibw_debian.resolver import index as kinds
from cibw_debian.resolver.files import read_data
from cibw_debian.resolver.index import Blocks, Index
from cibw_debian.resolver.model import Target
from tools.indexer.extract import Collection, from_contents, from_packages
from tools.indexer.pack import pack

PACKAGES = """\
Package: libfoo2
Source: foo (1.2-3)
Version: 1:1.2.3+dfsg-4
Section: libs
Provides: libfoo-abi (= 2), foo-runtime

Package: libfoo-dev
Source: foo
Version: 1:1.2.3.4+dfsg-4
Section: libdevel
Description: not looked at
Depends: libfoo2 (= 1:1.2.3+dfsg-4), libbar1 | foo-bin, libfoo-plugins
Provides: libfoo2-dev

Package: libfoo-plugins
Source: foo
Section: libs

Package: libbar1
Source: bar
Section: oldlibs

Package: foo-bin
Source: foo
Version: 2.0~rc1-1
Section: utils

Package: foo
Section: utils
Version: 2.0-1

Package: foo-data
Source: foo
Version: 3-1
Section: misc

Package: librust-foo-dev
Section: rust
"""

CONTENTS = """\
bin/foo                                     utils/foo-bin
usr/sbin/food                               utils/foo-bin,net/food
usr/bin/sub/foo                             utils/foo-bin
usr/lib/arm-linux-gnueabihf/libfoo.so.2     libs/libfoo2
usr/lib/arm-linux-gnueabihf/libfoo.so.2.0.1 libs/libfoo2
usr/lib/arm-linux-gnueabihf/pkgconfig/foo-2.0.pc libdevel/libfoo-dev
usr/lib/arm-linux-gnueabihf/cmake/Foo/FooConfig.cmake libdevel/libfoo-dev
usr/share/cmake/bar/bar-config.cmake        libdevel/libbar-dev
usr/share/perl5/Foo/Bar.pm                  perl/libfoo-bar-perl
usr/share/perl/5.36.0/IPC/Cmd.pm            perl/perl-modules-5.36
usr/lib/python3/dist-packages/Foo_Bar-1.0.egg-info/PKG-INFO python/python3-foobar
usr/lib/python3/dist-packages/baz-1.0.dist-info/METADATA python/python3-baz
usr/share/doc/foo/pkgconfig/no.pc           doc/foo-doc
usr/i686-w64-mingw32/lib/pkgconfig/foo-2.0.pc cross/mingw-foo
"""


@pytest.fixture
def foo() -> Index:
    collection = Collection(["one/armhf", "two/armhf"])
    collection.add("one/armhf", from_packages(PACKAGES.splitlines(keepends=True), {"foo", "foo-bin"}))
    collection.add("one/armhf", from_contents(CONTENTS.splitlines(keepends=True)))
    return Index(Blocks(pack(collection)), Target("one", "armhf"))


def test_names_sources_and_provides(foo: Index) -> None:
    assert list(foo.names("libfoo")) == ["libfoo-dev", "libfoo-plugins", "libfoo2"]
    assert foo.has("foo-data")
    assert foo.find(kinds.SOURCE_DEV, "foo") == ("libfoo-dev",)
    assert foo.find(kinds.SOURCE_LIB, "foo") == ("libfoo2",)
    assert foo.find(kinds.VIRTUAL, "libfoo-abi") == foo.find(kinds.VIRTUAL, "foo-runtime") == ("libfoo2",)


@pytest.mark.parametrize(
    ("kind", "key", "values"),
    [
        (kinds.RUNTIME, "libfoo-dev", ("libfoo2",)),  # neither another source's nor the plugins
        (kinds.SOURCE_BIN, "foo", ("foo-bin",)),  # neither the like-named nor what has no command
        (kinds.SOURCE_BIN, "bar", ()),
        (kinds.VERSION, "libfoo-dev", ("1.2.3",)),  # no epoch, three numbers at most
        (kinds.VERSION, "foo-bin", ("2.0",)),
        (kinds.VERSION, "libfoo2", ()),  # of a library nobody asks for the version
        (kinds.VERSION, "foo-data", ()),
    ],
)
def test_what_belongs_to_a_source(foo: Index, kind: str, key: str, values: tuple[str, ...]) -> None:
    assert foo.find(kind, key) == values


@pytest.mark.parametrize(
    ("kind", "key", "debs"),
    [
        (kinds.COMMAND, "foo", ("foo-bin",)),
        (kinds.COMMAND, "food", ("foo-bin", "food")),
        (kinds.SONAME, "libfoo.so.2", ("libfoo2",)),
        (kinds.SONAME, "libfoo.so.2.0.1", ()),
        (kinds.PKGCONFIG, "foo-2.0", ("libfoo-dev",)),
        (kinds.PKGCONFIG, "no", ()),
        (kinds.CMAKE, "foo", ("libfoo-dev",)),
        (kinds.CMAKE, "bar", ("libbar-dev",)),
        (kinds.PERL, "Foo::Bar", ("libfoo-bar-perl",)),
        (kinds.PERL, "IPC::Cmd", ("perl-modules-5.36",)),
        (kinds.PYTHON, "foo-bar", ("python3-foobar",)),
        (kinds.PYTHON, "baz", ("python3-baz",)),
    ],
)
def test_contents(foo: Index, kind: str, key: str, debs: tuple[str, ...]) -> None:
    assert foo.find(kind, key) == debs


def test_the_other_target_has_nothing(foo: Index) -> None:
    other = Index(foo._blocks, Target("two", "armhf"))
    assert not other.has("libfoo2")
    assert list(other.names("lib")) == []
    assert other.find(kinds.PKGCONFIG, "foo-2.0") == ()


def test_damage_and_strangers_are_told() -> None:
    with pytest.raises(DataError, match="not an index"):
        Blocks(b"something else")
    with pytest.raises(DataError, match="damaged"):
        Blocks(kinds.MAGIC + b"\0\0\0\4abcd")


NAMES = st.text("ab-+.0", min_size=1, max_size=8)


@settings(deadline=None)
@given(
    st.dictionaries(NAMES, st.dictionaries(NAMES, st.integers(1, 7), min_size=1, max_size=3), min_size=1),
    st.integers(1, 60),
)
def test_what_goes_in_comes_out(records: dict[str, dict[str, int]], block: int) -> None:
    targets = ["a/x", "b/x", "c/x"]
    collection = Collection(targets)
    for key, debs in records.items():
        for place, target in enumerate(targets):
            found = [(kinds.PKGCONFIG, key, deb) for deb, mask in debs.items() if mask >> place & 1]
            collection.add(target, found)
    content = pack(collection, block=block)
    assert pack(collection, block=block) == content
    blocks = Blocks(content)
    for place, target in enumerate(targets):
        index = Index(blocks, Target(*target.split("/")))
        for key, debs in records.items():
            assert index.find(kinds.PKGCONFIG, key) == tuple(
                sorted(deb for deb, mask in debs.items() if mask >> place & 1)
            )
        for prefix in ("", "a", "b-"):
            keys = list(index.keys(kinds.PKGCONFIG, prefix))
            assert keys == sorted(key for key in records if key.startswith(prefix))
        assert index.find(kinds.PKGCONFIG, "nobody") == ()


def test_the_shipped_index_is_small() -> None:
    """The wheel is to have 3 MB at most."""
    assert len(read_data("index.bin")) < 2_500_000


def test_suites_without_an_index_have_versions_of_the_same_packages() -> None:
    suites = json.loads(read_data("suites.json"))
    versions = [set(entry["versions"]) for entry in suites.values() if not entry["index"]]
    assert len(versions) == 3
    assert all(packages == versions[0] for packages in versions)
