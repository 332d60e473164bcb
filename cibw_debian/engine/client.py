"""The API of docker's daemon, for what the command line tells only as text."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docker import DockerClient

    from cibw_debian.engine.engine import Engine

#: seconds that the daemon has for an answer if nothing else is said
_PATIENCE = 60


class Endpoint(NamedTuple):
    """Where a daemon is."""

    #: ``unix:///var/run/docker.sock``
    host: str
    #: directory with `ca.pem`, and `cert.pem` and `key.pem` if there is a certificate; None without TLS
    tls: Path | None = None
    #: the daemon's certificate counts
    verify: bool = True


def connect(engine: Engine) -> DockerClient | None:
    """Return a client of the daemon that the command line talks to. The caller closes the client.

    Returns:
        None if only the command line reaches the daemon: for podman, for docker over ssh (the SDK needs an
        SSH library), and for addresses that the SDK does not understand.

    Raises:
        EngineError: The daemon does not answer the command line either.
    """
    if engine.name != "docker":
        return None
    (context,) = json.loads(engine.text("context", "inspect"))
    endpoint = find_endpoint(context, os.environ)
    if endpoint.host.startswith("ssh://"):
        return None
    import docker  # noqa: PLC0415  (cold start)
    from requests.utils import get_environ_proxies  # noqa: PLC0415

    _, version = engine.version()
    try:
        client = docker.DockerClient(
            base_url=endpoint.host,
            # Otherwise the SDK asks the daemon at once, before the next lines.
            version=".".join(map(str, version)),
            tls=_tls(endpoint) or False,
            timeout=int(engine.patience or _PATIENCE),
        )
        # REQUESTS_CA_BUNDLE would win over the daemon's own CA.
        client.api.trust_env = False
        client.api.proxies = get_environ_proxies(client.api.base_url)
        client.ping()
    except api_errors():
        return None
    return client


def api_errors() -> tuple[type[Exception], ...]:
    """Return the exceptions of the SDK: the daemon refused, or the connection to it failed."""
    from docker.errors import DockerException  # noqa: PLC0415  (cold start)
    from requests import RequestException  # noqa: PLC0415

    return DockerException, RequestException


def find_endpoint(context: Mapping[str, Any], env: Mapping[str, str]) -> Endpoint:
    """Return where the daemon of a context is. Pure.

    Args:
        context: An answer of `docker context inspect`. The context `default` stands for what environment
            variables say.
        env: Environment variables.
    """
    endpoint = context["Endpoints"]["docker"]
    files = context["TLSMaterial"].get("docker", ())
    if not files and not endpoint["SkipTLSVerify"]:
        return Endpoint(endpoint["Host"])
    if context["Name"] == "default":
        home = env.get("DOCKER_CONFIG") or Path(env.get("HOME", "/")) / ".docker"
        directory = Path(env.get("DOCKER_CERT_PATH") or home)
    else:
        directory = Path(context["Storage"]["TLSPath"]) / "docker"
    return Endpoint(endpoint["Host"], directory, verify=not endpoint["SkipTLSVerify"])


def _tls(endpoint: Endpoint) -> Any:
    if not endpoint.tls:
        return None
    from docker.tls import TLSConfig  # noqa: PLC0415  (cold start)

    authority, certificate, key = (endpoint.tls / f"{name}.pem" for name in ("ca", "cert", "key"))
    return TLSConfig(
        client_cert=(str(certificate), str(key)) if certificate.exists() else None,
        ca_cert=str(authority) if authority.exists() else None,
        verify=endpoint.verify,
    )
