"""The container engine, through its command line.

cibuildwheel uses it too, so both use the same contexts, credentials and ``DOCKER_HOST``, and podman
works like docker. Only pulls and questions to registries (`pull`, `registry`) use docker's API.
"""

from __future__ import annotations

import io
import json
import re
import tarfile
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from cibw_debian.engine.command import CommandFailedError, EngineCommand
from cibw_debian.errors import EngineError
from cibw_debian.platforms import oci_architecture, oci_platform

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: the oldest API of docker that is known to work: docker 20.10, in Debian 12
MINIMUM_DOCKER_API = (1, 41)
#: as cibuildwheel asks for
MINIMUM_PODMAN = (3,)

#: messages of engines that lack an image; "not found" alone may also mean a context
_NO_IMAGE = r"no such (image|object)|image not known|image\b[^\n]*not found"
#: the value of PATH if an image sets none
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, kw_only=True)
class LocalImage:
    """What the engine says about an image that it has."""

    #: `sha256:...`
    id: str
    #: `linux/arm/v7`
    platform: str
    labels: Mapping[str, str] = field(default_factory=dict)
    #: environment variables of its containers
    variables: Mapping[str, str] = field(default_factory=dict)
    #: bytes on disk
    size: int = 0
    #: program and arguments that come before the command of a container
    entrypoint: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The value of PATH in its containers."""
        return self.variables.get("PATH") or DEFAULT_PATH


class Engine(EngineCommand):
    """A container engine by the name of its command: ``docker`` or ``podman``."""

    def version(self) -> tuple[str, tuple[int, ...]]:
        """Ask the engine, not only its client, for its version.

        Returns:
            The version for a person, and the version that is compared with the minimum: of docker's API, or
            of podman.

        Raises:
            EngineError: The engine is missing, does not run, or the user may not use it.
        """
        data = json.loads(self.text("version", "--format", "{{json .}}"))
        server = data.get("Server") or data.get("Client") or {}
        version = str(server.get("Version", ""))
        comparable = version if self.name == "podman" else str(server.get("ApiVersion", ""))
        return version, tuple(int(number) for number in re.findall(r"\d+", comparable)[:2])

    def require(self) -> None:
        """Make sure that the engine answers and is new enough.

        Raises:
            EngineError: It does not; the hint says how to fix that.
        """
        version, comparable = self.version()
        if comparable < self.minimum:
            raise EngineError(
                f"{self.name} {version} is too old: {self.minimum_text} is needed.", hint=self.hint
            )

    @property
    def minimum(self) -> tuple[int, ...]:
        return MINIMUM_PODMAN if self.name == "podman" else MINIMUM_DOCKER_API

    @property
    def minimum_text(self) -> str:
        number = ".".join(map(str, self.minimum))
        return f"podman {number}" if self.name == "podman" else f"API {number} (docker 20.10)"

    def architecture(self) -> str:
        """Return the architecture of the engine's machine, in the words of OCI platforms: `amd64`."""
        form = "{{.Host.Arch}}" if self.name == "podman" else "{{.Architecture}}"
        answer = self.text("info", "--format", form).strip()
        if not answer:
            # docker 20.10 ends without an error if its daemon does not answer.
            raise EngineError(
                f"The container engine {self.name} is installed but does not answer.", hint=self.hint
            )
        # docker answers with the kernel's word
        return oci_architecture(answer)

    def storage(self) -> str:
        """Return the directory on the engine's machine that has images and volumes."""
        if self.name == "podman":
            return self.text("info", "--format", "{{.Store.GraphRoot}}").strip()
        return self.text("info", "--format", "{{.DockerRootDir}}").strip()

    def image(self, reference: str) -> LocalImage | None:
        """Return what the engine says about an image, None if the engine lacks the image."""
        try:
            # Without a format: podman's `{{json .}}` is a list, and docker's is not.
            (data,) = json.loads(self.text("image", "inspect", reference))
        except CommandFailedError as error:
            if re.search(_NO_IMAGE, error.output, re.IGNORECASE):
                return None
            raise
        config = data.get("Config") or {}
        return LocalImage(
            id=data.get("Id", ""),
            platform=oci_platform(
                data.get("Os", ""), data.get("Architecture", ""), data.get("Variant") or ""
            ),
            labels=config.get("Labels") or data.get("Labels") or {},
            variables={name: value for name, _, value in (e.partition("=") for e in config.get("Env") or ())},
            size=data.get("Size") or 0,
            entrypoint=tuple(config.get("Entrypoint") or ()),
        )

    def image_platform(self, reference: str) -> str | None:
        """Return the OCI platform of an image, `linux/arm/v7`, None if the engine lacks the image."""
        image = self.image(reference)
        return image.platform if image else None

    def load(self, write: Callable[[IO[bytes]], None]) -> None:
        """Load an image archive.

        Args:
            write: Writes the archive to the file that it gets.

        Raises:
            EngineError: The engine refused the archive.
        """
        with self.writing("load") as output:
            write(output)

    def remove_image(self, reference: str) -> None:
        """Remove a reference, or the image of an id.

        Raises:
            EngineError: There is no such image, or a container uses the image.
        """
        self.text("image", "rm", reference)

    def read_files(self, image: str, platform: str, path: str) -> dict[str, bytes]:
        """Read the files of a directory of an image, or one file, without running the image.

        Args:
            image: An image that the engine has.
            platform: OCI platform of that image.
            path: Absolute path of the directory or file.

        Returns:
            Path relative to the directory -> content; the one file has an empty path.

        Raises:
            EngineError: The engine refused, or there is no such path.
        """
        container = self.create_container(image, platform)
        try:
            content = self.output("cp", f"{container}:{path}", "-")
        finally:
            self.text("rm", "--force", container)
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            files = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
            return {name.partition("/")[2]: file.read() for name, file in files.items() if file}

    def create_container(self, image: str, platform: str, *options: str) -> str:
        """Create a container that is never started, and return its name for the engine.

        Args:
            image: An image that the engine has.
            platform: OCI platform of that image.
            options: Further options of the engine's command `create`.

        Raises:
            EngineError: The engine refused.
        """
        # An image without a command of its own needs one.
        return self.text("create", "--platform", platform, *options, image, "true").strip()
