"""Pulls: by docker's API, which tells layers and errors apart, or by the command line of other engines."""

from __future__ import annotations

import subprocess
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

from cibw_debian.engine.client import api_errors, connect
from cibw_debian.engine.registry import PullProblem, ask_registry, classify_pull_error, words_of
from cibw_debian.errors import ImageUnavailableError
from cibw_debian.progress import ConsoleProgress

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docker import DockerClient

    from cibw_debian.engine.engine import Engine

#: what docker says of a layer that needs no further download
_DOWNLOADED = ("Already exists", "Download complete", "Verifying Checksum", "Extracting", "Pull complete")


def pull(engine: Engine, reference: str, platform: str) -> None:
    """Pull an image, with progress on standard error.

    Args:
        engine: The engine that gets the image.
        reference: Name of the image, with tag or digest.
        platform: OCI platform: `linux/arm/v7`.

    Raises:
        ImageUnavailableError: The image is not available, with the reason: network, not found, no such
            platform, rate limit, access denied.
        EngineError: The engine does not answer.
    """
    engine.require()
    client = connect(engine)
    if client:
        with closing(client):
            _pull_by_api(client, reference, platform)
    else:
        _pull_by_command(engine, reference, platform)
    # An image that is for one platform only is pulled whatever platform is asked for.
    pulled = engine.image_platform(reference) or platform
    if pulled.split("/")[:2] != platform.split("/")[:2]:
        reason = f"its registry has the image only for {pulled}"
        raise ImageUnavailableError(_sentence(engine.name, reference, platform, reason))


class Layers:
    """How far a pull is, from docker's messages about it."""

    def __init__(self) -> None:
        self._states: dict[str, str] = {}
        self._bytes: dict[str, tuple[int, int]] = {}

    def feed(self, message: Mapping[str, Any]) -> None:
        """Take a message of docker's into account."""
        status, layer = message.get("status", ""), message.get("id")
        if not layer or status.startswith("Pulling from"):
            return
        self._states[layer] = status
        detail = message.get("progressDetail") or {}
        if status == "Downloading" and detail.get("total"):
            self._bytes[layer] = (detail["current"], detail["total"])
        elif status in _DOWNLOADED and layer in self._bytes:
            self._bytes[layer] = (self._bytes[layer][1],) * 2

    @property
    def phase(self) -> str:
        """What docker does: first all layers are downloaded, then the last of them are unpacked."""
        downloaded = all(status in _DOWNLOADED for status in self._states.values())
        return "unpacking" if self._states and downloaded else "downloading"

    def __str__(self) -> str:
        """Return the layers and megabytes that are there, and of how many."""
        if not self._states:
            return "nothing to download"
        done = sum(status in {"Already exists", "Pull complete"} for status in self._states.values())
        current, total = (sum(column) / 1e6 for column in zip((0, 0), *self._bytes.values(), strict=True))
        return f"{done} of {len(self._states)} layers, {current:.0f} of {total:.0f} MB downloaded"


def _pull_by_api(client: DockerClient, reference: str, platform: str) -> None:
    layers = Layers()
    try:
        with ConsoleProgress(reference.partition("@")[0]) as progress:
            for message in _messages(client, reference, platform):
                layers.feed(message)
                progress.phase(layers.phase)
                progress.activity(str(layers))
            progress.phase(f"pulled: {layers}")
    except api_errors() as error:
        text = words_of(error)
        problem: str = classify_pull_error(text)
        if problem == PullProblem.NOT_FOUND:
            problem = _other_platforms(client, reference, platform) or problem
        sentence = _sentence("docker", reference, platform, problem)
        raise ImageUnavailableError(f"{sentence}\n  docker says: {text}") from error


def _messages(client: DockerClient, reference: str, platform: str) -> Iterator[Mapping[str, Any]]:
    from docker.errors import APIError  # noqa: PLC0415  (cold start)

    for message in client.api.pull(reference, platform=platform, stream=True, decode=True):
        # An error after the pull has begun has no HTTP status of its own.
        if "error" in message:
            raise APIError(message["error"], explanation=message["error"])
        yield message


def _other_platforms(client: DockerClient, reference: str, platform: str) -> str:
    """Say for which platforms a registry has an image if the wanted one is not among them; or nothing."""
    with suppress(*api_errors()):
        platforms = ask_registry(client, reference).platforms
        if platform not in platforms:
            return f"its registry has the image only for {', '.join(platforms)}"
    return ""


def _pull_by_command(engine: Engine, reference: str, platform: str) -> None:
    command = [engine.name, "pull", "--platform", platform, reference]
    # The engine's progress goes to our standard error; its own errors are read for the reason.
    done = subprocess.run(command, check=False, stdout=2, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        sentence = _sentence(engine.name, reference, platform, classify_pull_error(done.stderr))
        raise ImageUnavailableError(f"{sentence}\n  {engine.name} says: {last}")


def _sentence(engine: str, reference: str, platform: str, reason: str) -> str:
    return f"{engine} cannot pull {reference} for {platform}: {reason}."
