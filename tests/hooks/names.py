"""A resolver that knows a few names, so that these tests are about shell and dnf and not about the table."""

from __future__ import annotations

from types import MappingProxyType

from cibw_debian.resolver.model import NOTHING, PACKAGE, UNAVAILABLE, UNKNOWN, Answer, Target

_PACKAGES = {
    "openssl-devel": "libssl-dev",
    "zlib-devel": "zlib1g-dev",
    "libffi-devel": "libffi-dev",
    "bzip2-devel": "libbz2-dev",
    "xz-devel": "liblzma-dev",
    "libxml2-devel": "libxml2-dev",
    "libxslt-devel": "libxslt1-dev",
    "libjpeg-turbo-devel": "libjpeg-dev",
    "libjpeg-devel": "libjpeg-dev",
    "libpng": "libpng16-16",
    "libpng-devel": "libpng-dev",
    "fftw-devel": "libfftw3-dev",
    "eigen3-devel": "libeigen3-dev",
    "boost-devel": "libboost-all-dev",
    "lapack-devel": "liblapack-dev",
    "blas-devel": "libblas-dev",
    "openblas-devel": "libopenblas-dev",
    "cairo-devel": "libcairo2-dev",
    "dbus-devel": "libdbus-1-dev",
    "krb5-devel": "libkrb5-dev",
    "gcc-c++": "g++",
    "gcc-gfortran": "gfortran",
    "perl-IPC-Cmd": "perl",
    "ninja-build": "ninja-build",
    "libX11-devel": "libx11-dev",
    "@Development Tools": "build-essential",
    "@development-tools": "build-essential",
    "development-tools": "build-essential",
    "pkgconfig(zlib)": "zlib1g-dev",
    "perl(IPC::Cmd)": "perl",
    "/usr/bin/cmake": "cmake",
    "boost-*": "libboost-dev libboost-python-dev",
    "libXt-devel.x86_64": "libxt-dev",
    "nodejs": "nodejs",
    "libssl-dev": "libssl-dev",
}
_SAME = frozenset(
    """
    wget curl git cmake make gcc flex bison ccache zip unzip tar nasm autoconf automake libtool binutils perl
    lzip swig patch
    """.split()  # noqa: SIM905  (short to read)
)
_NOTHING = {
    "epel-release": "Debian's archive has what EPEL adds",
    "python3-devel": "the interpreters are in /opt/python",
    "python3-pip": "the interpreters are in /opt/python",
    "dnf-plugins-core": "",
    "gcc-toolset-12": "the image's compiler",
    "gcc-toolset-12-gcc-c++": "the image's compiler",
    "curl-minimal": "",
}


class FewNames:
    """Implements `cibw_debian.hooks.translate.Names`."""

    target = Target("bookworm", "armhf")
    commands = MappingProxyType({"cmake3": "cmake", "ctest3": "ctest", "ninja-build": "ninja"})

    def resolve(self, spec: str) -> Answer:
        if spec in _PACKAGES:
            return Answer(spec, PACKAGE, tuple(_PACKAGES[spec].split()), "table", verified=True)
        if spec in _SAME:
            return Answer(spec, PACKAGE, (spec,), "rule:same", verified=True)
        if spec in _NOTHING:
            return Answer(spec, NOTHING, (), "table", verified=True, note=_NOTHING[spec])
        if spec == "valgrind-devel":
            return Answer(spec, UNAVAILABLE, (), "table")
        return Answer(spec, UNKNOWN, suggestions=("openssl-devel",) if "ssl" in spec else ())


class AnyNames:
    """Knows every name but `unknown*`: `x` is `deb-x`, and for `nothing*` there is nothing to install."""

    target = Target("bookworm", "armhf")

    def resolve(self, spec: str) -> Answer:
        if spec.startswith("nothing"):
            return Answer(spec, NOTHING)
        if spec.startswith("unknown"):
            return Answer(spec, UNKNOWN)
        return Answer(spec, PACKAGE, (f"deb-{spec}",), "table", verified=True)
