from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cibw_debian.resolver import spec as specs
from cibw_debian.resolver.spec import parse


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("zlib-devel", specs.NAME, "zlib-devel"),
        ("gcc-c++", specs.NAME, "gcc-c++"),
        ("zlib-devel.x86_64", specs.NAME, "zlib-devel"),
        ("zlib-devel.armv7hl", specs.NAME, "zlib-devel"),
        ("python3.11", specs.NAME, "python3.11"),
        ("java-1.8.0-openjdk-devel", specs.NAME, "java-1.8.0-openjdk-devel"),
        ("1:openssl-1.1.1k-7.el8.x86_64", specs.NAME, "openssl-1.1.1k-7.el8"),
        ("openssl-1:1.1.1k-7.el8", specs.NAME, "openssl-1.1.1k-7.el8"),
        ("openssl >= 1.1", specs.NAME, "openssl"),
        ("cmake-3.*", specs.NAME, "cmake-3.*"),
        ("boost-*", specs.GLOB, "boost-*"),
        ("libX11*", specs.GLOB, "libX11*"),
        ("python3[0-9]-devel", specs.GLOB, "python3[0-9]-devel"),
        ("pkgconfig(libcurl)", specs.CAPABILITY, "libcurl"),
        ("pkgconfig(libcurl) >= 7.20", specs.CAPABILITY, "libcurl"),
        ("perl(IPC::Cmd)", specs.CAPABILITY, "IPC::Cmd"),
        ("python3.9dist(numpy)", specs.CAPABILITY, "numpy"),
        ("libssl.so.3()(64bit)", specs.SONAME, "libssl.so.3"),
        ("libc.so.6(GLIBC_2.34)(64bit)", specs.SONAME, "libc.so.6"),
        ("/usr/bin/cmake", specs.PATH, "/usr/bin/cmake"),
        ("@development-tools", specs.GROUP, "@development-tools"),
        ("@Development Tools", specs.GROUP, "@development-tools"),
        ('@"Development Tools"', specs.GROUP, "@development-tools"),
        ("Development Tools", specs.GROUP, "@development-tools"),
        ("@^minimal-install", specs.GROUP, "@minimal-install"),
    ],
)
def test_kind_and_name(text: str, kind: str, name: str) -> None:
    parsed = parse(text)
    assert (parsed.text, parsed.kind, parsed.name) == (text, kind, name)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("openssl", [("openssl", "")]),
        (
            "openssl-1.1.1k-7.el8",
            [("openssl-1.1.1k-7.el8", ""), ("openssl-1.1.1k", "7.el8"), ("openssl", "1.1.1k-7.el8")],
        ),
        ("cmake-3.*", [("cmake-3.*", ""), ("cmake", "3.*")]),
        # what looks like a version inside a name is none
        ("libusb-1_0-devel", [("libusb-1_0-devel", "")]),
        ("java-11-openjdk-devel", [("java-11-openjdk-devel", "")]),
    ],
)
def test_where_the_version_may_begin(text: str, names: list[tuple[str, str]]) -> None:
    assert sorted(parse(text).names()) == sorted(names)
    assert next(parse(text).names()) == names[0]


@given(st.text(min_size=1))
def test_every_text_is_some_spec(text: str) -> None:
    parsed = parse(text)
    assert parsed.text == text
    assert next(parsed.names()) == (parsed.name, "")
