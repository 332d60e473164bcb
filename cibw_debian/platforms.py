"""Architectures: cibuildwheel's name, Debian's name, and the container engine's name of the same thing."""

from __future__ import annotations

from typing import NamedTuple


class Arch(NamedTuple):
    #: cibuildwheel's word, also the end of a wheel's platform tag
    name: str
    #: dpkg's word
    deb: str
    #: GNU triplet in Debian's spelling (`dpkg-architecture -qDEB_HOST_MULTIARCH`)
    triplet: str
    #: OCI platform, as `docker --platform` takes it
    oci: str
    #: name of QEMU's binfmt handler
    binfmt: str
    #: machines that can run its programs without emulation, in the words of OCI platforms
    native_on: tuple[str, ...]

    @property
    def oci_architecture(self) -> str:
        return self.oci.split("/")[1]

    @property
    def oci_variant(self) -> str:
        return "/".join(self.oci.split("/")[2:])


def _arch(name: str, deb: str, triplet: str, oci: str, qemu: str, *also_on: str) -> Arch:
    own = oci.split("/")[1]
    return Arch(
        name=name, deb=deb, triplet=triplet, oci=oci, binfmt=f"qemu-{qemu}", native_on=(own, *also_on)
    )


_ARCHS = (
    _arch("x86_64", "amd64", "x86_64-linux-gnu", "linux/amd64", "x86_64"),
    _arch("i686", "i386", "i386-linux-gnu", "linux/386", "i386", "amd64"),
    _arch("aarch64", "arm64", "aarch64-linux-gnu", "linux/arm64", "aarch64"),
    _arch("armv7l", "armhf", "arm-linux-gnueabihf", "linux/arm/v7", "arm", "arm64"),
    _arch("ppc64le", "ppc64el", "powerpc64le-linux-gnu", "linux/ppc64le", "ppc64le"),
    _arch("s390x", "s390x", "s390x-linux-gnu", "linux/s390x", "s390x"),
    _arch("riscv64", "riscv64", "riscv64-linux-gnu", "linux/riscv64", "riscv64"),
)

#: by cibuildwheel's name
ARCHS = {arch.name: arch for arch in _ARCHS}

#: the kernel's word for a machine (`uname -m`) -> the word of OCI platforms, where they differ
_OCI_ARCHITECTURES = {
    "x86_64": "amd64",
    "i386": "386",
    "i586": "386",
    "i686": "386",
    "aarch64": "arm64",
    "armv7l": "arm",
    "armv8l": "arm",
}


def oci_architecture(machine: str) -> str:
    """Return the word of OCI platforms for a machine that the kernel names."""
    return _OCI_ARCHITECTURES.get(machine, machine)


def resembling_arch(word: str) -> str:
    """Return the arch that a word which is none may mean, or nothing: ``aarch64`` for ``arm64``."""
    word = word.lower()
    for arch in _ARCHS:
        if word in {arch.deb, arch.oci, arch.oci_architecture, arch.oci_architecture + arch.oci_variant}:
            return arch.name
    from difflib import get_close_matches  # noqa: PLC0415  (cold start)

    return next(iter(get_close_matches(word, ARCHS, n=1)), "")


def oci_platform(system: str, architecture: str, variant: str) -> str:
    """Return an OCI platform, `linux/arm/v7`, of its parts; the variant may be empty."""
    platform = "/".join(part for part in (system, architecture, variant) if part)
    # The only variant of arm64 is written by some tools and not by others.
    return platform.removesuffix("/v8") if platform == "linux/arm64/v8" else platform


def arch_of_deb(deb: str) -> Arch | None:
    """Return the architecture of dpkg's name, None for one that cibuildwheel does not build for."""
    return next((arch for arch in _ARCHS if arch.deb == deb), None)
