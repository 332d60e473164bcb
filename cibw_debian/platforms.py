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

    @property
    def oci_architecture(self) -> str:
        return self.oci.split("/")[1]

    @property
    def oci_variant(self) -> str:
        return "/".join(self.oci.split("/")[2:])


_ARCHS = (
    Arch(name="x86_64", deb="amd64", triplet="x86_64-linux-gnu", oci="linux/amd64", binfmt="qemu-x86_64"),
    Arch(name="i686", deb="i386", triplet="i386-linux-gnu", oci="linux/386", binfmt="qemu-i386"),
    Arch(name="aarch64", deb="arm64", triplet="aarch64-linux-gnu", oci="linux/arm64", binfmt="qemu-aarch64"),
    Arch(name="armv7l", deb="armhf", triplet="arm-linux-gnueabihf", oci="linux/arm/v7", binfmt="qemu-arm"),
    Arch(
        name="ppc64le",
        deb="ppc64el",
        triplet="powerpc64le-linux-gnu",
        oci="linux/ppc64le",
        binfmt="qemu-ppc64le",
    ),
    Arch(name="s390x", deb="s390x", triplet="s390x-linux-gnu", oci="linux/s390x", binfmt="qemu-s390x"),
    Arch(
        name="riscv64", deb="riscv64", triplet="riscv64-linux-gnu", oci="linux/riscv64", binfmt="qemu-riscv64"
    ),
)

#: by cibuildwheel's name
ARCHS = {arch.name: arch for arch in _ARCHS}
