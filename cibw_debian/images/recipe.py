"""The recipe of an image. Pure: from an entry of the catalogue to commands and an image configuration."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from cibw_debian import __version__
from cibw_debian.cibw.adapter import utility_python
from cibw_debian.engine.engine import DEFAULT_PATH
from cibw_debian.images.bases import load_base
from cibw_debian.platforms import ARCHS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cibw_debian.images.bases import Base, Source
    from cibw_debian.images.catalogue import Image
    from cibw_debian.platforms import Arch

#: label with the fingerprint of the recipe: an image that has the current one is not built again
FINGERPRINT_LABEL = "cibw-debian.recipe"
#: label with the parts of the archive that could not be used: `bookworm-updates bookworm-security`
LEFT_OUT_LABEL = "cibw-debian.left-out"
#: label with the time of the archive's state
CREATED_LABEL = "org.opencontainers.image.created"


def recipe_files() -> dict[str, bytes]:
    """Return the scripts and lists that images are built with: file name -> content."""
    directory = files("cibw_debian.images").joinpath("recipe")
    return {file.name: file.read_bytes() for file in directory.iterdir() if file.is_file()}


def listed(text: str) -> list[str]:
    """Return the entries of a list file: one in a line, ``#`` begins a comment."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """The recipe of one image for one arch."""

    #: the image's name in the catalogue: ``debian-11``
    name: str
    #: ``localhost/cibw-debian/debian-11:armv7l``
    reference: str
    arch: Arch
    base: Base
    #: codename of the archive: ``bullseye``
    suite: str
    #: ``manylinux_2_31``
    policy: str
    #: of the suite's own CPython: ``cp39``
    python: str
    #: path of the interpreter that cibuildwheel starts its helpers with
    utility_python: str
    #: file name -> content, of all files in `recipe/`
    files: Mapping[str, bytes]

    @property
    def fingerprint(self) -> str:
        """Another recipe has another fingerprint."""
        facts = [self.name, self.arch.name, self.suite, self.policy, self.python, self.utility_python]
        facts += [*self.base.components, *self.base.pockets]
        digest = hashlib.sha256(json.dumps(facts).encode())
        for name, content in sorted(self.files.items()):
            digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
        return digest.hexdigest()[:16]

    def has_built(self, labels: Mapping[str, str]) -> bool:
        """Tell whether an image with these labels was built with this recipe."""
        return labels.get(FINGERPRINT_LABEL) == self.fingerprint

    def mmdebstrap_options(self, directory: Path, *, root: bool, source: Source) -> list[str]:
        """Return the options with which mmdebstrap writes the image to standard output, as a tar.

        Args:
            directory: The directory that has `files`.
            root: Whether mmdebstrap runs as root; otherwise it uses user namespaces.
            source: The archive that the user chooses.
        """
        return [
            "--verbose",
            f"--mode={'root' if root else 'unshare'}",
            "--variant=apt",
            "--format=tar",
            f"--architectures={self.arch.deb}",
            *self.archive_options(source),
            f"--include={','.join((*listed(self._text('packages.txt')), *self._python_packages))}",
            '--aptopt=Apt::Install-Recommends "false"',
            '--aptopt=Acquire::Retries "3"',
            *(f"--dpkgopt={option}" for option in listed(self._text("dpkg.cfg"))),
            f"--setup-hook={directory}/setup.sh",
            f"--extract-hook={directory}/extract.sh",
            *(f"--customize-hook={directory}/{name}.sh" for name in ("certificates", "python", "finish")),
            self.suite,
            "-",
            *source.lines(self.base, self.suite),
        ]

    def date_options(self, directory: Path, *, root: bool, source: Source) -> list[str]:
        """Return the options with which mmdebstrap builds nothing and tells the archive's date."""
        return [
            f"--mode={'root' if root else 'unshare'}",
            "--variant=custom",
            "--format=null",
            "--skip=update,cleanup,check/qemu",
            f"--architectures={self.arch.deb}",
            *self.archive_options(source),
            f"--setup-hook={directory}/date.sh",
            self.suite,
            "-",
            *source.lines(self.base, self.suite),
        ]

    def archive_options(self, source: Source) -> list[str]:
        """Return the options that name the archive and its keys."""
        return [
            f"--components={','.join(self.base.components)}",
            *([f"--keyring={source.keyring}"] if source.keyring else []),
            *(['--aptopt=Acquire::Check-Valid-Until "false"'] if source.snapshot else []),
        ]

    def environment(self) -> dict[str, str]:
        """Return variables for mmdebstrap, in addition to those of this process."""
        # /usr/local comes first: extract.sh puts wrappers there, and mmdebstrap passes its PATH on.
        return {
            "PATH": DEFAULT_PATH,
            "LC_ALL": "C.UTF-8",
            "PYTHON_TAG": self.python_tag,
            "UTILITY_PYTHON": self.utility_python,
        }

    @property
    def _python_packages(self) -> tuple[str, ...]:
        # In an older suite, the wanted CPython may be another one than the package `python3` is.
        name = f"python3.{self.python.removeprefix('cp3')}"
        return (name, f"{name}-venv", f"lib{name}-dev")

    @property
    def python_tag(self) -> str:
        return f"{self.python}-{self.python}"

    @property
    def labels(self) -> dict[str, str]:
        return {
            "org.opencontainers.image.title": f"{self.name} for {self.arch.name}",
            "org.opencontainers.image.description": f"{self.policy}_{self.arch.name} on {self.suite}",
            "org.opencontainers.image.vendor": "cibw-debian",
            "org.opencontainers.image.version": __version__,
            "cibw-debian.suite": self.suite,
            "cibw-debian.policy": self.policy,
            # what dpkg says of each package of the image; the tools of pip have their METADATA
            "cibw-debian.packages": "/var/lib/dpkg/status",
            FINGERPRINT_LABEL: self.fingerprint,
        }

    def image_config(
        self, *, layer_digests: Sequence[str], created: str, labels: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Return the OCI image configuration.

        Args:
            layer_digests: ``sha256:...`` of the tar of each layer, the lowest first.
            created: RFC 3339 time.
            labels: Labels in addition to those of the recipe.
        """
        variables = {
            "AUDITWHEEL_ARCH": self.arch.name,
            "AUDITWHEEL_PLAT": f"{self.policy}_{self.arch.name}",
            "AUDITWHEEL_POLICY": self.policy,
            "DEBIAN_FRONTEND": "noninteractive",
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "PATH": DEFAULT_PATH,
            "PIPX_DISABLE_SHARED_LIBS_AUTO_UPGRADE": "1",
            "PKG_CONFIG_PATH": "/usr/local/lib/pkgconfig",
            "SHELL": "/bin/bash",
        }
        config: dict[str, Any] = {
            "created": created,
            "os": "linux",
            "architecture": self.arch.oci_architecture,
            "config": {
                "Cmd": ["/bin/bash"],
                "Env": [f"{name}={value}" for name, value in variables.items()],
                "Labels": {**self.labels, **(labels or {}), CREATED_LABEL: created},
            },
            "rootfs": {"type": "layers", "diff_ids": list(layer_digests)},
            "history": [{"created": created, "created_by": "cibw-debian images build"}] * len(layer_digests),
        }
        if self.arch.oci_variant:
            config["variant"] = self.arch.oci_variant
        return config

    def _text(self, name: str) -> str:
        return self.files[name].decode()


def recipe_for(image: Image, arch: str) -> Recipe:
    """Return the recipe of an image of the catalogue.

    Args:
        image: An entry with `built_here`.
        arch: cibuildwheel's name of the architecture.
    """
    return Recipe(
        name=image.name,
        reference=image.reference(arch),
        arch=ARCHS[arch],
        base=load_base(image.distribution),
        suite=image.suite,
        policy=image.policy,
        python=image.pythons[0],
        utility_python=utility_python(),
        files=recipe_files(),
    )
