"""The container engine, through its command line.

The command line, not an API client, for the reason cibuildwheel has: the user's contexts, credentials and
``DOCKER_HOST`` count, and podman is driven alike.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import subprocess
import tarfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import IO, TYPE_CHECKING, Any

from cibw_debian.errors import EngineError, ImageUnavailableError
from cibw_debian.platforms import oci_architecture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

#: the oldest API of docker that is known to work: docker 20.10, in Debian 12
MINIMUM_DOCKER_API = (1, 41)
#: as cibuildwheel asks for
MINIMUM_PODMAN = (3,)

#: what an engine says about an image that it has not; a context may be "not found" too
_NO_IMAGE = r"no such (image|object)|image not known|image\b[^\n]*not found"
#: where a volume is mounted while it is filled; the path means nothing elsewhere
_MOUNT = "/mnt/volume"
#: the last file written to a volume: where it is, the volume is complete
_COMPLETE = ".complete"
#: how long a volume is kept that nothing uses
_KEPT = timedelta(days=7)


#: what the engine sets where an image says nothing
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


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


@dataclass(frozen=True, kw_only=True)
class LocalImage:
    """What the engine says about an image it has."""

    #: `sha256:...`
    id: str
    #: `linux/arm/v7`
    platform: str
    labels: Mapping[str, str] = field(default_factory=dict)
    #: the value of PATH in its containers
    path: str = DEFAULT_PATH
    #: what is run before the command of a container
    entrypoint: tuple[str, ...] = ()


@dataclass(frozen=True)
class Engine:
    """A container engine by the name of its command: ``docker`` or ``podman``."""

    name: str = "docker"
    #: seconds that a command of the engine may take; None for no limit
    patience: float | None = None

    def version(self) -> tuple[str, tuple[int, ...]]:
        """Ask the engine, not only its client, for its version.

        Returns:
            The version for a person, and what the minimum is compared with: docker's API version, podman's
            version.

        Raises:
            EngineError: missing, not running, or no permission to use it.
        """
        data = json.loads(self._run("version", "--format", "{{json .}}"))
        server = data.get("Server") or data.get("Client") or {}
        version = str(server.get("Version", ""))
        comparable = version if self.name == "podman" else str(server.get("ApiVersion", ""))
        return version, tuple(int(number) for number in re.findall(r"\d+", comparable)[:2])

    def require(self) -> None:
        """Make sure that the engine answers and is new enough.

        Raises:
            EngineError: it is not; the hint says how to get there.
        """
        version, comparable = self.version()
        if comparable < self.minimum:
            raise EngineError(
                f"{self.name} {version} is too old: {self.minimum_text} is needed.", hint=_hint(self.name)
            )

    @property
    def option(self) -> str:
        """The option, with a space before it, that makes commands use this engine; empty for docker."""
        return "" if self.name == "docker" else f" --engine {self.name}"

    @property
    def minimum(self) -> tuple[int, ...]:
        return MINIMUM_PODMAN if self.name == "podman" else MINIMUM_DOCKER_API

    @property
    def minimum_text(self) -> str:
        number = ".".join(map(str, self.minimum))
        return f"podman {number}" if self.name == "podman" else f"API {number} (docker 20.10)"

    def architecture(self) -> str:
        """The architecture of the engine's machine, in the words of OCI platforms: `amd64`."""
        form = "{{.Host.Arch}}" if self.name == "podman" else "{{.Architecture}}"
        answer = self._run("info", "--format", form).strip()
        if not answer:
            # docker 20.10 ends without an error if its daemon does not answer.
            raise EngineError(
                f"The container engine {self.name} is installed but does not answer.", hint=_hint(self.name)
            )
        # docker answers with the kernel's word
        return oci_architecture(answer)

    def storage(self) -> str:
        """The directory on the engine's machine where images and volumes are."""
        if self.name == "podman":
            return self._run("info", "--format", "{{.Store.GraphRoot}}").strip()
        return self._run("info", "--format", "{{.DockerRootDir}}").strip()

    def image(self, reference: str) -> LocalImage | None:
        """Look at an image that the engine has; None if it has no such image."""
        try:
            data = json.loads(self._run("image", "inspect", "--format", "{{json .}}", reference))
        except _CommandFailedError as error:
            if re.search(_NO_IMAGE, error.output, re.IGNORECASE):
                return None
            raise
        return LocalImage(
            id=data.get("Id", ""),
            platform=_platform(data),
            labels=(data.get("Config") or {}).get("Labels") or data.get("Labels") or {},
            path=_variable(data, "PATH") or DEFAULT_PATH,
            entrypoint=tuple((data.get("Config") or {}).get("Entrypoint") or ()),
        )

    def image_platform(self, reference: str) -> str | None:
        """`linux/arm/v7` of an image that the engine has, None if it has no such image."""
        image = self.image(reference)
        return image.platform if image else None

    def pull(self, reference: str, platform: str) -> None:
        """Pull an image, with the engine's own progress on standard error.

        Raises:
            ImageUnavailableError: with the reason: network, not found, rate limit, access denied.
            EngineError: the engine does not answer.
        """
        self.require()
        command = [self.name, "pull", "--platform", platform, reference]
        # The engine's progress goes to our standard error; its own errors are read for the reason.
        done = subprocess.run(command, check=False, stdout=2, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise ImageUnavailableError(
                f"{self.name} cannot pull {reference} for {platform}: {classify_pull_error(done.stderr)}.\n"
                f"  {self.name} says: {last}"
            )

    def load(self, write: Callable[[IO[bytes]], None]) -> None:
        """Load an image archive.

        Args:
            write: Is given the file to write the archive to.

        Raises:
            EngineError: the engine refused it.
        """
        with self._writing("load") as output:
            write(output)

    def remove_image(self, reference: str) -> None:
        """Forget a reference, or by its id an image that nothing refers to.

        Raises:
            EngineError: there is no such image, or a container uses it.
        """
        self._run("image", "rm", reference)

    def create_volume(self, name: str, *, labels: Mapping[str, str]) -> None:
        """Make sure that a named volume exists.

        Args:
            name: Of the volume.
            labels: Put on it when it is created.

        Raises:
            EngineError: the engine refused.
        """
        options = [word for key, value in labels.items() for word in ("--label", f"{key}={value}")]
        try:
            self._run("volume", "create", *options, name)
        except _CommandFailedError as error:
            # podman says so; to docker it is no error
            if "already exists" not in error.output:
                raise

    def fill_volume(
        self,
        name: str,
        add: Callable[[tarfile.TarFile], None],
        *,
        image: str,
        platform: str,
        labels: Mapping[str, str],
    ) -> None:
        """Make sure that a named volume exists and holds all of the content.

        The name must depend on the content (a hash), for a complete volume is left as it is. A volume whose
        filling was interrupted is filled again.

        Args:
            name: Of the volume.
            add: Adds the content to an archive that is unpacked at the volume's root; called if needed.
            image: Any image that the engine has; nothing of it is run.
            platform: Of that image.
            labels: Put on the volume when it is created.

        Raises:
            EngineError: the engine refused.
            Others: What `add` raises; the volume counts as not filled.
        """
        self.create_volume(name, labels=labels)
        with self._container(image, platform, "--volume", f"{name}:{_MOUNT}") as container:
            if not self._exists(f"{container}:{_MOUNT}/{_COMPLETE}"):
                with (
                    self._writing("cp", "-", f"{container}:{_MOUNT}") as output,
                    tarfile.open(fileobj=output, mode="w|", bufsize=1 << 20) as archive,
                ):
                    add(archive)
                    # The last file of the archive is unpacked last.
                    archive.addfile(tarfile.TarInfo(_COMPLETE))

    def read_files(self, image: str, platform: str, path: str) -> dict[str, bytes]:
        """Read the files of a directory of an image, or one file, without running anything of it.

        Args:
            image: That the engine has.
            platform: Of that image.
            path: Of the directory or file, absolute.

        Returns:
            Path relative to the directory -> content; the one file has an empty path.

        Raises:
            EngineError: the engine refused, or there is no such path.
        """
        with self._container(image, platform) as container:
            content = self._output("cp", f"{container}:{path}", "-")
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            files = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
            return {name.partition("/")[2]: file.read() for name, file in files.items() if file}

    def remove_volume(self, name: str) -> None:
        """Remove a volume, if it exists."""
        self._run("volume", "rm", "--force", name)

    def prune_volumes(self, label: str) -> None:
        """Remove volumes with a label that are a week old and that no container uses.

        Not younger ones: another run may have filled one and be about to use it.
        """
        names = self._run("volume", "ls", "--quiet", "--filter", f"label={label}").split()
        for name in names:
            # Another run may have removed it by now, and the engine refuses to remove what is in use.
            with contextlib.suppress(_CommandFailedError):
                created = self._run("volume", "inspect", "--format", "{{.CreatedAt}}", name).strip()
                if datetime.now(UTC) - _time(created) > _KEPT:
                    self._run("volume", "rm", name)

    @contextlib.contextmanager
    def _container(self, image: str, platform: str, *options: str) -> Iterator[str]:
        """A container that is never started."""
        container = self._run("create", "--platform", platform, *options, image, "true").strip()
        try:
            yield container
        finally:
            self._run("rm", "--force", container)

    def _exists(self, path: str) -> bool:
        try:
            self._output("cp", path, "-")
        except _CommandFailedError:
            return False
        return True

    def _run(self, *arguments: str) -> str:
        return self._output(*arguments).decode(errors="replace")

    def _output(self, *arguments: str) -> bytes:
        with self._start(*arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
            try:
                output, errors = process.communicate(timeout=self.patience)
            except subprocess.TimeoutExpired:
                process.kill()
                raise EngineError(
                    f"The container engine {self.name} did not answer within {self.patience:g} seconds.",
                    hint=_hint(self.name),
                ) from None
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            raise _explain(self.name, arguments, errors.decode(errors="replace"))
        return output

    @contextlib.contextmanager
    def _writing(self, *arguments: str) -> Iterator[IO[bytes]]:
        """The standard input of a command of the engine."""
        with self._start(*arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
            assert process.stdin  # noqa: S101
            assert process.stderr  # noqa: S101
            try:
                yield process.stdin
                process.stdin.close()
            except BrokenPipeError as error:
                # Ctrl-C ends the engine's command too. Otherwise it gave up, and its message follows.
                if isinstance(error.__context__, KeyboardInterrupt):
                    raise error.__context__ from None
            except BaseException:
                process.kill()
                raise
            errors = process.stderr.read()
        if process.returncode:
            raise _explain(self.name, arguments, errors.decode(errors="replace"))

    def _start(self, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen([self.name, *arguments], stderr=subprocess.PIPE, **options)
        except FileNotFoundError:
            raise EngineError(
                f"The container engine {self.name} is not installed.", hint=_hint(self.name)
            ) from None


def _hint(name: str) -> str:
    doctor, option = "cibw-debian doctor", Engine(name).option
    return f"`{doctor}{option}` says what is missing, `{doctor} --fix{option}` installs and starts it."


def _time(text: str) -> datetime:
    # docker: 2026-11-22T19:00:00Z; podman adds a fraction and the zone's name
    found = re.match(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)", text)
    return datetime.fromisoformat(f"{found[1]}T{found[2]}+00:00") if found else datetime.now(UTC)


class _CommandFailedError(EngineError):
    """The engine answered, and said no."""

    def __init__(self, message: str, output: str) -> None:
        super().__init__(message)
        self.output = output


def _explain(name: str, arguments: tuple[str, ...], output: str) -> EngineError:
    if re.search(r"permission denied.*(docker\.sock|daemon)", output, re.IGNORECASE | re.DOTALL):
        return EngineError(
            f"You are not allowed to use {name}.",
            hint="`sudo usermod --append --groups docker $USER`, then log in again.",
        )
    if re.search(r"cannot connect to|is the docker daemon running|connection refused", output, re.IGNORECASE):
        return EngineError(f"The container engine {name} is installed but does not answer.", hint=_hint(name))
    return _CommandFailedError(f"{name} {arguments[0]} failed: {output.strip()}", output)


def _variable(inspected: Mapping[str, Any], name: str) -> str:
    variables = (inspected.get("Config") or {}).get("Env") or []
    return next((v.partition("=")[2] for v in variables if v.startswith(f"{name}=")), "")


def _platform(inspected: Mapping[str, Any]) -> str:
    parts = [inspected.get("Os", ""), inspected.get("Architecture", ""), inspected.get("Variant") or ""]
    platform = "/".join(part for part in parts if part)
    # The only variant of arm64 is written by some tools and not by others.
    return platform.removesuffix("/v8") if platform == "linux/arm64/v8" else platform
