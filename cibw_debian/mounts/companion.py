"""The companion: one volume, mounted read-only into containers of Debian-based images.

It holds the host's CA bundle, so that pip and git in the container work behind a TLS-inspecting proxy, and,
where hooks do more than their text shows, `dnf`, `yum` and `rpm` that are answered by apt and dpkg. A named
volume and not a bind mount: it works with remote engines, SELinux and docker-in-docker too.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.cibw.adapter import utility_python
from cibw_debian.hooks.collections import NAMES as COLLECTIONS
from cibw_debian.host.network import PROXY_VARIABLES, ca_bundle
from cibw_debian.resolver.dnf import PROGRAMS
from cibw_debian.resolver.table import load_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

#: where the volume is mounted
MOUNT = "/opt/cibw-debian"
#: where the same volume is mounted a second time, for its `gcc-toolset-12/enable` and the like
_COLLECTIONS_MOUNT = "/opt/rh"
_NOTHING_TO_ENABLE = b"# cibw-debian: the image's own compiler needs no enabling\n"
#: on every volume of ours
LABEL = "cibw-debian"

_BUNDLE = "ca-certificates.crt"
#: pip, everything that uses OpenSSL (uv too), requests, curl, git
_CONTAINER_VARIABLES = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO")
_PACKAGE = "lib/cibw_debian"
_MAIN = f"{_PACKAGE}/container/__main__.py"
#: file in the volume -> the shell script that it is, of those beside the programs
_SHELL = {"start.sh": "start.sh", "bin/ln": "ln.sh", "bin/alternatives": "alternatives.sh"}
#: what of this package runs in the container
_RUNTIME = (
    "__init__.py",
    "errors.py",
    "findings.py",
    "container/*.py",
    "resolver/*.py",
    "data/findings.json",
    "data/packages.json",
    "data/suites.json",
    "data/index.bin",
)


@dataclass(frozen=True, kw_only=True)
class Companion:
    #: file name in the volume -> content
    files: Mapping[str, bytes] = field(default_factory=dict)
    #: name of a symbolic link in the volume -> where it points
    links: Mapping[str, str] = field(default_factory=dict)
    #: variables of the host to hand on as they are
    passed: tuple[str, ...] = ()

    @property
    def volume(self) -> str:
        """The volume's name; equal contents have equal names."""
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            self.add_to(archive)
        return f"cibw-debian-{hashlib.sha256(buffer.getvalue()).hexdigest()[:16]}"

    @property
    def answers(self) -> bool:
        """Whether `dnf` and its kin are in it."""
        return bool(self.links)

    def add_to(self, archive: tarfile.TarFile) -> None:
        """Add the volume's content to an archive, the same bytes for the same content."""
        for name, content in sorted(self.files.items()):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            member.mode = 0o755 if content.startswith(b"#!") else 0o644
            archive.addfile(member, io.BytesIO(content))
        for name, target in sorted(self.links.items()):
            member = tarfile.TarInfo(name)
            member.type = tarfile.SYMTYPE
            member.linkname = target
            archive.addfile(member)

    def create_args(self, path: str) -> tuple[str, ...]:
        """Arguments for creating a container with the companion in it.

        Args:
            path: The image's own PATH.
        """
        args = [f"--env={name}" for name in self.passed]
        if self.files:
            args.append(f"--volume={self.volume}:{MOUNT}:ro")
        if _BUNDLE in self.files:
            args += [f"--env={name}={MOUNT}/{_BUNDLE}" for name in _CONTAINER_VARIABLES]
        if self.answers:
            args.append(f"--env=PATH={MOUNT}/bin:{path}")
            args.append(f"--env=BASH_ENV={MOUNT}/start.sh")
            args.append(f"--volume={self.volume}:{_COLLECTIONS_MOUNT}:ro")
        return tuple(args)


def make_companion(
    env: Mapping[str, str],
    *,
    answers: bool = False,
    releases: bool = False,
    packages: Mapping[str, Sequence[str]] | None = None,
    strict: bool = True,
) -> Companion:
    """Return what containers need of this host.

    Args:
        env: The host's environment variables; they name its CA bundle and its proxies.
        answers: With `dnf` and its kin, and `sh` that is bash.
        releases: With files such as /etc/redhat-release.
        packages: The project's own names.
        strict: A name without a Debian package is an error; otherwise it is left out with a warning.
    """
    bundle = ca_bundle(env)
    files = {_BUNDLE: bundle.read_bytes()} if bundle else {}
    links = {}
    if answers:
        files |= dict(_runtime())
        # No site packages: a package of the image's interpreter must not come before the companion's modules.
        files[_MAIN] = f"#!{utility_python()} -IS\n".encode() + files[_MAIN]
        settings = {"packages": packages or {}, "strict": strict}
        files["settings.json"] = json.dumps(settings, sort_keys=True).encode()
        links = {f"bin/{program}": f"../{_MAIN}" for program in (*PROGRAMS, "rpm", "scl")}
        commands = load_table().commands()
        files["commands"] = "".join(f"{rhel} {debian}\n" for rhel, debian in commands.items()).encode()
        if releases:
            files["releases"] = b""
        # `sh -c` means what it means on RHEL.
        links["bin/sh"] = "/bin/bash"
        # Shell text that changes nothing, for `. scl_source enable X` and `. /opt/rh/X/enable`.
        files["bin/scl_source"] = _NOTHING_TO_ENABLE
        for name in COLLECTIONS:
            files[f"{name}/enable"] = _NOTHING_TO_ENABLE
            links[f"{name}/root"] = "/"
    return Companion(
        files=files, links=links, passed=tuple(name for name in PROXY_VARIABLES if env.get(name))
    )


def _runtime() -> Iterator[tuple[str, bytes]]:
    package = Path(__file__).parents[1]
    for name, script in _SHELL.items():
        yield name, (package / "container" / script).read_bytes()
    for pattern in _RUNTIME:
        for path in package.glob(pattern):
            yield f"{_PACKAGE}/{path.relative_to(package)}", path.read_bytes()
