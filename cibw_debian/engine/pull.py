"""Pulls, and why a pull failed."""

from __future__ import annotations

import re
import subprocess
from enum import StrEnum
from typing import TYPE_CHECKING

from cibw_debian.errors import ImageUnavailableError

if TYPE_CHECKING:
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
    (PullProblem.DENIED, r"denied|unauthorized|authentication required|403 forbidden"),
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
    """Tell from the engine's own words why a pull failed."""
    lowered = text.lower()
    for problem, pattern in _PULL_PROBLEMS:
        if re.search(pattern, lowered):
            return problem
    return PullProblem.OTHER


def pull(engine: Engine, reference: str, platform: str) -> None:
    """Pull an image, with the engine's own progress on standard error.

    Raises:
        ImageUnavailableError: with the reason: network, not found, rate limit, access denied.
        EngineError: the engine does not answer.
    """
    engine.require()
    command = [engine.name, "pull", "--platform", platform, reference]
    # The engine's progress goes to our standard error; its own errors are read for the reason.
    done = subprocess.run(command, check=False, stdout=2, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise ImageUnavailableError(
            f"{engine.name} cannot pull {reference} for {platform}: {classify_pull_error(done.stderr)}.\n"
            f"  {engine.name} says: {last}"
        )
