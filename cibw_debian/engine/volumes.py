"""Named volumes: filled once, kept while a run needs them, removed when nothing has used them for a week."""

from __future__ import annotations

import contextlib
import json
import re
import tarfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cibw_debian.engine.command import CommandFailedError
from cibw_debian.host.cache import lock_file, one_at_a_time
from cibw_debian.terminal import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cibw_debian.engine.engine import Engine

#: where a volume is mounted while it is filled; the path means nothing elsewhere
_MOUNT = "/mnt/volume"
#: the last file written to a volume: where it is, the volume is complete
_COMPLETE = ".complete"
#: how long a volume is kept after its last use
_KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Volumes:
    """The volumes that one run uses in one engine.

    For each volume there is a container that is never started and that carries the run's label. The engine
    removes no volume that a container uses, so the volume stays until the run's containers are removed.
    The time of the last use is that of a lock file on this machine.
    """

    engine: Engine
    #: label of all containers of the run, `name=value`; whoever makes it removes these containers
    run_label: str

    def hold(self, name: str, *, image: str, platform: str, labels: Mapping[str, str]) -> str:
        """Make sure that a volume exists, and stays until the run ends.

        Args:
            name: Name of the volume.
            image: Any image that the engine has; nothing of it is run.
            platform: OCI platform of that image.
            labels: Labels that the volume gets when it is created.

        Returns:
            The container that uses the volume.

        Raises:
            EngineError: The engine refused.
        """
        options = [word for key, value in labels.items() for word in ("--label", f"{key}={value}")]
        # No other run removes the volume before a container uses it.
        with self._alone():
            lock_file(name).touch()
            try:
                self.engine.text("volume", "create", *options, name)
            except CommandFailedError as error:
                # This is an error to podman, and none to docker.
                if "already exists" not in error.output:
                    raise
            return self.engine.create_container(
                image, platform, "--label", self.run_label, "--volume", f"{name}:{_MOUNT}"
            )

    def fill(
        self,
        name: str,
        add: Callable[[tarfile.TarFile], None],
        *,
        image: str,
        platform: str,
        labels: Mapping[str, str],
    ) -> None:
        """Make sure that a volume exists, holds all of its content, and stays until the run ends.

        The name must depend on the content (a hash), because a complete volume is left as it is. A volume
        whose filling was interrupted is filled again; of several runs, one fills and the others wait.

        Args:
            name: Name of the volume.
            add: Adds the content to an archive that is unpacked at the volume's root; called if needed.
            image: Any image that the engine has; nothing of it is run.
            platform: OCI platform of that image.
            labels: Labels that the volume gets when it is created.

        Raises:
            EngineError: The engine refused.
            Others: What `add` raises; the volume counts as not filled.
        """
        container = self.hold(name, image=image, platform=platform, labels=labels)
        with one_at_a_time(name, lambda: say(f"waiting for another run that fills the volume {name}")):
            if self._exists(f"{container}:{_MOUNT}/{_COMPLETE}"):
                return
            with (
                self.engine.writing("cp", "-", f"{container}:{_MOUNT}") as output,
                tarfile.open(fileobj=output, mode="w|", bufsize=1 << 20) as archive,
            ):
                add(archive)
                # The last file of the archive is unpacked last.
                archive.addfile(tarfile.TarInfo(_COMPLETE))

    def prune(self, label: str) -> None:
        """Remove the volumes with a label that no container uses and no run has used for a week."""
        with self._alone():
            for name, created in self._created(label):
                file = lock_file(name)
                used = datetime.fromtimestamp(file.stat().st_mtime if file.exists() else 0.0, UTC)
                if datetime.now(UTC) - max(created, used) > _KEPT:
                    # The engine refuses to remove a volume that a container uses.
                    with contextlib.suppress(CommandFailedError):
                        self.engine.text("volume", "rm", name)
                        file.unlink(missing_ok=True)

    def _created(self, label: str) -> list[tuple[str, datetime]]:
        """Return names and times of volumes with a label; none if the user removes one at the same time."""
        try:
            names = self.engine.text("volume", "ls", "--quiet", "--filter", f"label={label}").split()
            found = json.loads(self.engine.text("volume", "inspect", *names)) if names else []
        except CommandFailedError:
            return []
        return [(volume["Name"], _time(volume["CreatedAt"])) for volume in found]

    def _alone(self) -> contextlib.AbstractContextManager[None]:
        return one_at_a_time("volumes", lambda: None)

    def _exists(self, path: str) -> bool:
        try:
            self.engine.output("cp", path, "-")
        except CommandFailedError:
            return False
        return True


def _time(text: str) -> datetime:
    # docker: 2026-11-22T19:00:00Z; podman adds a fraction and the zone
    found = re.match(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)", text)
    return datetime.fromisoformat(f"{found[1]}T{found[2]}+00:00") if found else datetime.now(UTC)
