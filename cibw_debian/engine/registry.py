"""What a registry says about an image, and why it does not give the image."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from cibw_debian.engine.client import api_errors, connect
from cibw_debian.errors import ImageUnavailableError
from cibw_debian.platforms import oci_platform

if TYPE_CHECKING:
    from docker import DockerClient

    from cibw_debian.engine.engine import Engine


class PullProblem(StrEnum):
    """Why an image cannot be pulled, as a sentence for a person."""

    NETWORK = "its registry cannot be reached"
    NOT_FOUND = "its registry has no such image, tag, digest or platform"
    RATE_LIMIT = "its registry limits the rate of pulls, and the limit is reached"
    DENIED = "its registry denies access"
    OTHER = "the pull failed"


#: first match wins; texts of docker 20.10 to 28 and podman 3 to 5
_PULL_PROBLEMS = (
    (PullProblem.RATE_LIMIT, r"toomanyrequests|too many requests|rate limit"),
    (
        PullProblem.NOT_FOUND,
        (
            r"manifest unknown|not found|no matching manifest|no image found in (image index|manifest list)"
            r"|name unknown|does not match the specified platform|invalid (reference|checksum)"
        ),
    ),
    (
        PullProblem.DENIED,
        r"denied|unauthorized|authentication required|no basic auth credentials|403 forbidden",
    ),
    (
        PullProblem.NETWORK,
        (
            r"no such host|name resolution|network is unreachable|connection (refused|reset)|no route to host"
            r"|timeout|timed out|deadline exceeded|temporary failure|x509|tls:|proxyconnect|\beof\b"
            r"|bad gateway|service unavailable|dial tcp"
        ),
    ),
)


def classify_pull_error(text: str) -> PullProblem:
    """Tell from the engine's own words why a registry does not give an image."""
    lowered = text.lower()
    for problem, pattern in _PULL_PROBLEMS:
        if re.search(pattern, lowered):
            return problem
    return PullProblem.OTHER


@dataclass(frozen=True)
class RegistryImage:
    """What a registry says about a reference."""

    #: `sha256:...` of the image, or of the index if there is one
    digest: str
    #: OCI platforms: `linux/arm/v7`
    platforms: tuple[str, ...]


def look_up(engine: Engine, reference: str) -> RegistryImage | None:
    """Ask the registry of a reference, through the engine, with the user's credentials.

    Args:
        engine: The engine; its `patience` is the time for the registry's answer.
        reference: Name of an image, with tag or digest.

    Returns:
        None if the engine has no such question: podman, or docker over ssh.

    Raises:
        ImageUnavailableError: The registry does not answer, or has no such image; the message is one of the
            reasons of `PullProblem`, with the engine's own words.
        EngineError: The engine does not answer.
    """
    client = connect(engine)
    if not client:
        return None
    with closing(client):
        try:
            return ask_registry(client, reference)
        except api_errors() as error:
            text = words_of(error)
            raise ImageUnavailableError(f"{classify_pull_error(text)}: {text}") from error


def ask_registry(client: DockerClient, reference: str) -> RegistryImage:
    """As `look_up`, with the SDK's own exceptions."""
    found = client.images.get_registry_data(reference).attrs
    platforms = (
        oci_platform(platform["os"], platform["architecture"], platform.get("variant", ""))
        for platform in found["Platforms"] or ()
    )
    return RegistryImage(found["Descriptor"]["digest"], tuple(dict.fromkeys(platforms)))


def words_of(error: Exception) -> str:
    """Return the daemon's own words, without the SDK's frame around them."""
    return getattr(error, "explanation", None) or str(error)
