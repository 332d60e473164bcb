"""Run mmdebstrap: its files, its messages, and what is left behind when it ends."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.errors import ImageBuildError
from cibw_debian.host.cache import roomy
from cibw_debian.host.network import ca_bundle
from cibw_debian.host.process import sigterm_raises
from cibw_debian.progress import phase_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from cibw_debian.images.bases import Base, Source
    from cibw_debian.progress import Progress

#: how many lines of the log an error shows
_LAST_LINES = 15
#: seconds that mmdebstrap has to unmount and remove its files
_PATIENCE = 60
#: messages of the setup hook about the archive: shown, not only logged
_NOTICE = re.compile(r"cibw-debian: (?:warning|error): ")


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """A directory for one or more runs of mmdebstrap."""

    #: has the files of a recipe; each user can read it
    directory: Path
    #: the user's choice of an archive, with a keyring that each user can read
    source: Source
    #: the host's CA bundle, copied
    ca_bundle: Path | None
    log: Path
    progress: Progress

    def run(self, options: Sequence[str], variables: Mapping[str, str], output: Path, what: str) -> None:
        """Run mmdebstrap to its end; see `started`."""
        with self.started(options, variables, output, what) as finish:
            finish()

    @contextmanager
    def started(
        self, options: Sequence[str], variables: Mapping[str, str], output: Path, what: str
    ) -> Iterator[Callable[[], None]]:
        """Run mmdebstrap beside the block. An error in the block ends mmdebstrap too.

        Args:
            options: Its options.
            variables: Variables for mmdebstrap, in addition to those of this process.
            output: Gets mmdebstrap's standard output.
            what: What is built, for a person; empty if a failure is no error.

        Yields:
            A function that waits for mmdebstrap's end, and raises ImageBuildError if mmdebstrap failed.

        Raises:
            ImageBuildError: mmdebstrap is missing.
        """
        program = shutil.which("mmdebstrap")
        if not program:
            raise ImageBuildError(
                "mmdebstrap builds the image, and is not installed.",
                hint="`cibw-debian doctor --fix` installs it; or `apt-get install mmdebstrap arch-test`.",
            )
        command = [program, *options]
        environment = os.environ | {"TMPDIR": roomy(), "RECIPE": str(self.directory)} | dict(variables)
        optional = {"CA_BUNDLE": str(self.ca_bundle or ""), "KEYRING": self.source.keyring}
        environment |= {name: value for name, value in optional.items() if value}

        def finish() -> None:
            code = ended()
            if code and what:
                raise ImageBuildError(
                    f"{what} could not be built: mmdebstrap exited with {code}.\n"
                    + "".join(f"  {line}\n" for line in _last_lines(self.log))
                    + f"The whole log: {self.log}",
                    hint="`cibw-debian doctor` checks the tools; CIBW_DEBIAN_MIRROR chooses another archive.",
                )

        with _running(command, environment, output, self._follow) as ended:
            yield finish

    def _follow(self, errors: Iterable[str]) -> None:
        """Log what mmdebstrap says, with the seconds since its start, and tell its phases."""
        started = time.monotonic()
        with self.log.open("w") as log:
            for line in errors:
                log.write(f"{time.monotonic() - started:7.1f} {line}")
                log.flush()
                phase = phase_of(line)
                if phase:
                    self.progress.phase(phase)
                elif _NOTICE.match(line):
                    self.progress.phase(_NOTICE.sub("", line).strip())
                self.progress.line(line.strip())


@contextmanager
def workshop(
    files: Mapping[str, bytes], base: Base, source: Source, *, log: Path, progress: Progress
) -> Iterator[Workshop]:
    """Yield a directory with files of a recipe; everything in it is removed at the end.

    Raises:
        ImageBuildError: The keys of the archive are missing.
    """
    with sigterm_raises(), tempfile.TemporaryDirectory(prefix="cibw-debian-", dir=roomy()) as name:
        directory = Path(name)
        directory.chmod(0o755)  # in a user namespace, mmdebstrap reads the recipe as another user
        for file, content in files.items():
            path = directory / file
            path.write_bytes(content)
            path.chmod(0o755 if file.endswith(".sh") else 0o644)
        bundle = ca_bundle(os.environ)
        yield Workshop(
            directory=directory,
            source=replace(source, keyring=_copy_keyring(base, source, directory)),
            ca_bundle=Path(shutil.copy(bundle, directory / "ca.crt")) if bundle else None,
            log=log,
            progress=progress,
        )


def _copy_keyring(base: Base, source: Source, work: Path) -> str:
    """Copy the user's keys of the archive to where each user can read them; return the copy's path.

    Raises:
        ImageBuildError: There are no keys.
    """
    path = Path(source.keyring or base.keyring_path)
    if not path.is_file():
        raise ImageBuildError(
            f"the keys that sign the archive are not on this machine: {path}",
            hint="The setting `keyring` names a file with the keys; docs/images.md names the package.",
        )
    if not source.keyring:
        return ""
    copy = work / f"cibw-debian{'.asc' if path.suffix == '.asc' else '.gpg'}"
    shutil.copyfile(path, copy)
    return str(copy)


@contextmanager
def _running(
    command: Sequence[str],
    environment: Mapping[str, str],
    output: Path,
    follow: Callable[[Iterable[str]], None],
) -> Iterator[Callable[[], int]]:
    """Run mmdebstrap beside the block, and let mmdebstrap clean up after an error in the block.

    Args:
        command: The command.
        environment: The command's environment.
        output: Gets the command's standard output.
        follow: Is called in a thread with the lines of the command's standard error.

    Yields:
        A function that waits for the end and returns the exit code.
    """
    with (
        output.open("wb") as output_file,
        ThreadPoolExecutor(1) as pool,
        subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output_file,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        ) as process,
    ):
        assert process.stderr  # noqa: S101
        try:
            followed = pool.submit(follow, process.stderr)

            def ended() -> int:
                followed.result()
                return process.wait()

            yield ended
        except BaseException:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                try:
                    process.wait(_PATIENCE)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
            raise


def _last_lines(log: Path) -> list[str]:
    lines = log.read_text(errors="replace").splitlines()
    return [line for line in lines if line.strip()][-_LAST_LINES:]
