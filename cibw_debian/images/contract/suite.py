"""Run the checks of the contract in one container."""

from __future__ import annotations

import io
import os
import tarfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from cibw_debian import __version__
from cibw_debian.cibw.adapter import utility_python
from cibw_debian.engine.volumes import Volumes
from cibw_debian.host.process import reaper, sigterm_raises
from cibw_debian.images.contract.judge import JUDGES
from cibw_debian.images.contract.model import Check, Result, Status, Subject, read_output, status_of
from cibw_debian.mounts.companion import LABEL, make_companion
from cibw_debian.platforms import ARCHS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cibw_debian.engine.engine import Engine

#: seconds that a check has, also on an emulated machine
_PATIENCE = 600


def run_checks(
    subject: Subject,
    checks: Sequence[Check],
    *,
    engine: Engine,
    offline: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Result]:
    """Run checks on an image that the engine has.

    Args:
        subject: The image.
        checks: The checks.
        engine: The engine.
        offline: Leave out checks that need a network, and give the container none.
        progress: Gets what is being checked.

    Returns:
        The results, in the order of the checks.

    Raises:
        EngineError: The engine does not answer, or does not run the image.
    """
    results = []
    commands = []
    for check in checks:
        if check.judge:
            faults = JUDGES[check.judge](subject)
            results.append(_result(check, subject, tuple(faults)))
        elif check.network and offline:
            results.append(Result(check=check, status=Status.SKIP, reasons=("there is no network",)))
        else:
            commands.append(check)
    if commands:
        label = f"cibw-debian.contract={uuid.uuid4().hex}"
        with sigterm_raises(), reaper(engine.name, label):
            container = _Container(subject, engine, label, offline=offline)
            results += container.run(commands, progress)
    order = [check.id for check in checks]
    return sorted(results, key=lambda result: order.index(result.check.id))


class _Container:
    def __init__(self, subject: Subject, engine: Engine, label: str, *, offline: bool) -> None:
        self._subject = subject
        self._engine = engine
        platform = ARCHS[subject.arch].oci
        companion = make_companion(os.environ)
        if companion.files:
            Volumes(engine, label).fill(
                companion.volume,
                companion.add_to,
                image=subject.reference,
                platform=platform,
                labels={LABEL: __version__},
            )
        args = companion.create_args(subject.local.path)
        #: how the host's network is reached: only for checks of the network
        self._variables = [arg for arg in args if arg.startswith("--env")]
        self._id = engine.text(
            *("run", "--detach", "--label", label, "--platform", platform),
            *(arg for arg in args if not arg.startswith("--env")),
            *(["--network=none"] if offline else []),
            *("--entrypoint", "sleep", subject.reference, "infinity"),
        ).strip()
        with engine.writing("cp", "-", f"{self._id}:/") as output:
            output.write(_probes())

    def run(self, checks: Sequence[Check], progress: Callable[[str], None]) -> Iterator[Result]:
        # Checks of the whole image change the container, and look for what others left.
        for check in checks:
            if not check.each:
                progress(check.id)
                yield self._check(check)
        each = [(check, tag) for tag in self._interpreters() for check in checks if check.each]

        def run(pair: tuple[Check, str]) -> Result:
            progress(f"{pair[0].id} {pair[1]}")
            return self._check(*pair)

        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            yield from pool.map(run, each)

    def _check(self, check: Check, tag: str = "") -> Result:
        started = time.monotonic()
        code, output, errors = self._exec(check.run, tag, network=check.network)
        checked, lines = read_output(code, output, errors, seconds=_PATIENCE)
        seconds = time.monotonic() - started
        if not checked:
            return Result(check=check, interpreter=tag, status=Status.SKIP, reasons=lines, seconds=seconds)
        return _result(check, self._subject, lines, tag, seconds)

    def _interpreters(self) -> list[str]:
        """Return the CPythons in /opt/python under their own names."""
        command = 'for d in /opt/python/cp*; do [ ! -e "$d/bin/python" ] || "$d/bin/python" identity.py; done'
        _, output, _ = self._exec(command, "")
        return list(dict.fromkeys(output.split()))

    def _exec(self, command: str, tag: str, *, network: bool = False) -> tuple[int, str, str]:
        variables = self._subject.variables(utility_python())
        done = self._engine.attempt(
            "exec",
            *(f"--env={name}={value}" for name, value in variables.items()),
            *(self._variables if network else ()),
            self._id,
            # cibuildwheel's commands run below the entrypoint, which `exec` leaves out
            *self._subject.local.entrypoint,
            *("sh", "/probe/run.sh", str(_PATIENCE), tag, command),
        )
        return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def _result(
    check: Check, subject: Subject, faults: tuple[str, ...], tag: str = "", seconds: float = 0
) -> Result:
    status = status_of(check, faults, ours=subject.is_ours)
    return Result(check=check, interpreter=tag, status=status, reasons=faults, seconds=seconds)


def _probes() -> bytes:
    buffer = io.BytesIO()
    with (
        as_file(files("cibw_debian.images.contract").joinpath("probe")) as directory,
        tarfile.open(fileobj=buffer, mode="w") as archive,
    ):
        archive.add(directory, "probe", filter=_as_root)
    return buffer.getvalue()


def _as_root(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    if "__pycache__" in member.name:
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member
