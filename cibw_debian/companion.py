"""The companion: one volume, mounted read-only into containers of Debian-based images.

It holds the host's CA bundle, so that pip and git in the container work behind a TLS-inspecting proxy. A
named volume and not a bind mount: it works with remote engines, SELinux and docker-in-docker too.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: where the volume is mounted
MOUNT = "/opt/cibw-debian"

_BUNDLE = "ca-certificates.crt"
#: by any of these the host says that it has a CA bundle of its own
_HOST_VARIABLES = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
#: pip, everything that uses OpenSSL (uv too), requests, curl, git
_CONTAINER_VARIABLES = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO")
_PROXY_VARIABLES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


@dataclass(frozen=True)
class Companion:
    #: file name in the volume -> content
    files: Mapping[str, bytes]
    #: variables of the host to hand on as they are
    passed: tuple[str, ...] = ()

    @property
    def volume(self) -> str:
        """The volume's name; equal contents have equal names."""
        digest = hashlib.sha256(self.archive()).hexdigest()
        return f"cibw-debian-{digest[:16]}"

    def archive(self) -> bytes:
        """The volume's content as a tar, the same bytes for the same files."""
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as tar:
            for name, content in sorted(self.files.items()):
                member = tarfile.TarInfo(name)
                member.size = len(content)
                member.mode = 0o644
                tar.addfile(member, io.BytesIO(content))
        return buffer.getvalue()

    def create_args(self) -> tuple[str, ...]:
        """Arguments for creating a container with the companion in it."""
        args = [f"--env={name}" for name in self.passed]
        if self.files:
            args.append(f"--volume={self.volume}:{MOUNT}:ro")
        if _BUNDLE in self.files:
            args += [f"--env={name}={MOUNT}/{_BUNDLE}" for name in _CONTAINER_VARIABLES]
        return tuple(args)


def make_companion(env: Mapping[str, str]) -> Companion:
    """What containers need of this host: its CA bundle, if it says that it has one, and its proxies.

    Args:
        env: The host's environment variables.
    """
    bundle = ca_bundle(env)
    return Companion(
        files={_BUNDLE: bundle.read_bytes()} if bundle else {},
        passed=tuple(name for name in _PROXY_VARIABLES if env.get(name)),
    )


def ca_bundle(env: Mapping[str, str]) -> Path | None:
    """The CA bundle of the host's own, if its environment names one."""
    paths = (Path(env[name]) for name in _HOST_VARIABLES if env.get(name))
    return next((path for path in paths if path.is_file()), None)
