"""Build an image on this machine from its distribution's archive, and load it into the container engine."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.errors import EngineError, ImageBuildError
from cibw_debian.host.cache import cache_directory, one_at_a_time, roomy
from cibw_debian.host.network import ca_bundle
from cibw_debian.host.process import sigterm_raises
from cibw_debian.images.archive import write_archive
from cibw_debian.images.bases import Source
from cibw_debian.images.recipe import FINGERPRINT_LABEL, Recipe, recipe_for
from cibw_debian.progress import ConsoleProgress, Progress, phase_of

if TYPE_CHECKING:
    from cibw_debian.engine.engine import Engine
    from cibw_debian.images.catalogue import Image

#: how many lines of the log an error shows
_LAST_LINES = 15
#: seconds that mmdebstrap has to unmount and remove its files
_PATIENCE = 60
#: messages of the setup hook about the archive: shown, not only logged
_NOTICE = re.compile(r"cibw-debian: (?:warning|error): ")
#: message of the hook that asks the archive for its date
_DATE = re.compile(r"cibw-debian: date: (\d+)$", re.MULTILINE)


def build_image(
    image: Image, arch: str, *, engine: Engine, source: Source | None = None, rebuild: bool = False
) -> str:
    """Make sure that the engine has an image of the catalogue that is built here.

    Args:
        image: An entry of the catalogue with `built_here`.
        arch: cibuildwheel's name of the architecture.
        engine: The engine that the image is loaded into.
        source: The archive that the user chooses; mmdebstrap's own default if None.
        rebuild: Build also if the engine has the image of the same recipe.

    Returns:
        The image's reference.

    Raises:
        ImageBuildError: The image cannot be built; all files of the build are removed.
        EngineError: The engine does not answer, or refused the image.
    """
    engine.require()
    recipe = recipe_for(image, arch)
    title = f"{image.name} {arch}"
    name = f"build-{image.name}-{arch}"
    log = cache_directory() / f"{name}.log"

    with (
        ConsoleProgress(title) as progress,
        # After the wait, the other build has made the image.
        one_at_a_time(name, lambda: progress.phase("waiting for another build of the same image")),
    ):
        if rebuild or not _is_current(recipe, engine):
            _build(recipe, engine=engine, source=source or Source(), log=log, progress=progress)
            progress.phase("done")
    return recipe.reference


def is_current(image: Image, arch: str, engine: Engine) -> bool:
    """Tell whether the engine has the image for the arch, built with this version's recipe."""
    return _is_current(recipe_for(image, arch), engine)


def _is_current(recipe: Recipe, engine: Engine) -> bool:
    there = engine.image(recipe.reference)
    return (
        there is not None
        and there.platform == recipe.arch.oci
        and there.labels.get(FINGERPRINT_LABEL) == recipe.fingerprint
    )


def _build(recipe: Recipe, *, engine: Engine, source: Source, log: Path, progress: Progress) -> None:
    program = shutil.which("mmdebstrap")
    if not program:
        raise ImageBuildError(
            "mmdebstrap builds the image, and is not installed.",
            hint="`cibw-debian doctor --fix` installs it; or `apt-get install mmdebstrap arch-test`.",
        )
    with sigterm_raises(), tempfile.TemporaryDirectory(prefix="cibw-debian-", dir=roomy()) as name:
        work = Path(name)
        work.chmod(0o755)  # in a user namespace, mmdebstrap reads the recipe as another user
        bundle = _write_recipe(recipe, work)
        source = replace(source, keyring=_copy_keyring(recipe, source, work))
        root = os.geteuid() == 0
        environment = os.environ | {"TMPDIR": roomy()}
        environment |= recipe.environment(work, ca_bundle=bundle, keyring=source.keyring)
        layer = work / "layer.tar"
        if not environment.get("SOURCE_DATE_EPOCH", "").isdecimal():
            command = [program, *recipe.date_options(work, root=root, source=source)]
            _run(command, environment, output=layer, log=log, progress=progress)
            environment["SOURCE_DATE_EPOCH"] = str(_archive_date(log.read_text(errors="replace")))
        command = [program, *recipe.mmdebstrap_options(work, root=root, source=source)]
        code = _run(command, environment, output=layer, log=log, progress=progress)
        if code:
            raise ImageBuildError(
                f"{recipe.name} for {recipe.arch.name} could not be built: mmdebstrap exited with {code}.\n"
                + "".join(f"  {line}\n" for line in _last_lines(log))
                + f"The whole log: {log}",
                hint="`cibw-debian doctor` checks the tools; CIBW_DEBIAN_MIRROR chooses another archive.",
            )
        progress.phase(f"loading into {engine.name}")
        before = engine.image(recipe.reference)
        created = datetime.fromtimestamp(int(environment["SOURCE_DATE_EPOCH"]), UTC)
        engine.load(
            lambda output: write_archive(
                output,
                layer=layer,
                reference=recipe.reference,
                configure=lambda digest: recipe.image_config(
                    layer_digest=digest, created=created.strftime("%Y-%m-%dT%H:%M:%SZ")
                ),
            )
        )
    if before:
        with suppress(EngineError):  # a container may still use the old image
            engine.remove_image(before.id)


def _archive_date(log: str) -> int:
    """Return when the archive was last changed: two builds from the same state make the same image.

    Without an answer, the time is now. The build then fails with the archive's reason.
    """
    return max(map(int, _DATE.findall(log)), default=int(time.time()))


def _write_recipe(recipe: Recipe, work: Path) -> Path | None:
    """Write the files of the recipe, and the host's CA bundle if there is one, readable for each user."""
    for name, content in recipe.files.items():
        path = work / name
        path.write_bytes(content)
        path.chmod(0o755 if name.endswith(".sh") else 0o644)
    bundle = ca_bundle(os.environ)
    return Path(shutil.copy(bundle, work / "ca.crt")) if bundle else None


def _copy_keyring(recipe: Recipe, source: Source, work: Path) -> str:
    """Copy the user's keys of the archive to where each user can read them; return the copy's path.

    Raises:
        ImageBuildError: There are no keys.
    """
    path = Path(source.keyring or recipe.base.keyring_path)
    if not path.is_file():
        raise ImageBuildError(
            f"the keys that sign the archive of {recipe.suite} are not on this machine: {path}",
            hint="The setting `keyring` names a file with the keys; docs/images.md names the package.",
        )
    if not source.keyring:
        return ""
    copy = work / f"cibw-debian{'.asc' if path.suffix == '.asc' else '.gpg'}"
    shutil.copyfile(path, copy)
    return str(copy)


def _run(
    command: list[str], environment: dict[str, str], *, output: Path, log: Path, progress: Progress
) -> int:
    """Run mmdebstrap and return its exit code; after an interruption, let mmdebstrap clean up."""
    with (
        output.open("wb") as output_file,
        log.open("w") as log_file,
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
        started = time.monotonic()
        try:
            for line in process.stderr:
                log_file.write(f"{time.monotonic() - started:7.1f} {line}")
                log_file.flush()
                phase = phase_of(line)
                if phase:
                    progress.phase(phase)
                elif _NOTICE.match(line):
                    progress.phase(_NOTICE.sub("", line).strip())
                progress.line(line.strip())
        except BaseException:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.communicate(timeout=_PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
            raise
    return process.returncode


def _last_lines(log: Path) -> list[str]:
    lines = log.read_text(errors="replace").splitlines()
    return [line for line in lines if line.strip()][-_LAST_LINES:]
