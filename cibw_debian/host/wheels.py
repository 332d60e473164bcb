"""Whether the package index has a wheel: asked of pip as the user configured it, remembered for a day."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING, NamedTuple

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from cibw_debian.host.cache import cache_directory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

#: seconds for which an answer counts
_FRESH = 24 * 3600
#: seconds that one question may take
_LONGEST = 60
#: the oldest glibc 2.x that a manylinux tag has for any arch of Debian's images (PEP 599)
_OLDEST = 17
#: would hide what pip says about the index
_SILENCING = frozenset({"PIP_QUIET", "PIP_VERBOSE", "PIP_LOG"})


class Place(NamedTuple):
    """Where a wheel is to be installed."""

    #: cibuildwheel's word: ``armv7l``
    arch: str
    #: ``2.31``
    glibc: str
    #: tag of the interpreter and its ABI: ``cp311``, ``cp313t``
    python: str


class WheelIndex:
    """The package index that pip on this machine uses.

    Args:
        ask: Calls pip with arguments; returns exit code and output, or None if that is not possible.
        file: Where answers are kept; None: in the cache directory.
        now: Gives the time, in seconds.
    """

    def __init__(
        self,
        ask: Callable[[Sequence[str]], tuple[int, str] | None] | None = None,
        *,
        file: Path | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._ask = ask or _pip
        self._file = file or cache_directory() / "wheels.json"
        self._now = now
        #: an index that does not answer is not asked again
        self._silent = False

    def has_wheel(self, name: str, specifier: str, place: Place) -> bool | None:
        """Tell whether pip takes a wheel for a requirement; None if that is not known.

        pip takes the newest version that fits, so that an older version's wheel does not count.

        Args:
            name: Normalised name of the distribution.
            specifier: Versions that fit: ``>=1.14``; empty for any.
            place: Where the wheel is to be installed.
        """
        wheels = self._newest(name, specifier, [*_target(place), "--only-binary=:all:"])
        if not wheels:
            return None if wheels is None else False
        versions = self._newest(name, specifier, _target(place))
        return None if versions is None else versions == wheels

    def _newest(self, name: str, specifier: str, arguments: Sequence[str]) -> list[Version] | None:
        """Return the newest version that fits; none if there is none, None if that is not known."""
        versions = self._versions([name, *arguments])
        if versions is None:
            return None
        return sorted(SpecifierSet(specifier).filter(_parsed(versions)))[-1:]

    def _versions(self, arguments: Sequence[str]) -> tuple[str, ...] | None:
        settings = sorted(item for item in os.environ.items() if item[0].startswith("PIP_"))
        key = hashlib.sha256(json.dumps([sys.executable, arguments, settings]).encode()).hexdigest()
        answers = self._read()
        if key in answers:
            return tuple(answers[key][1])
        if self._silent:
            return None
        found = _versions(self._ask(arguments))
        if found is None:
            self._silent = True
        else:
            self._write({**answers, key: (self._now(), found)})
        return found

    def _read(self) -> dict[str, tuple[float, Sequence[str]]]:
        """Return the answers that still count."""
        try:
            answers = json.loads(self._file.read_text())
            return {key: (at, list(found)) for key, (at, found) in answers.items() if self._counts(at)}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def _counts(self, at: float) -> bool:
        return 0 <= self._now() - at < _FRESH

    def _write(self, answers: dict[str, tuple[float, Sequence[str]]]) -> None:
        """Keep the answers, if that is possible; a reader sees the old file or the new one."""
        with (
            contextlib.suppress(OSError),
            tempfile.TemporaryDirectory(dir=self._file.parent, prefix=".wheels-") as directory,
        ):
            new = os.path.join(directory, "new")  # noqa: PTH118  (a str, like the directory)
            with open(new, "w", encoding="utf-8") as file:  # noqa: PTH123
                json.dump(answers, file)
            os.replace(new, self._file)  # noqa: PTH105


def _target(place: Place) -> list[str]:
    """Return pip's options for a place: all platform tags that its glibc allows, newest first."""
    minor = int(place.glibc.partition(".")[2])
    platforms = [f"manylinux_2_{n}" for n in range(minor, _OLDEST - 1, -1)]
    options = [f"--platform={name}_{place.arch}" for name in (*platforms, "manylinux2014", "linux")]
    version = place.python.removeprefix("cp").removesuffix("t")
    return [*options, f"--python-version={version}", "--implementation=cp", f"--abi={place.python}"]


def _parsed(versions: Iterable[str]) -> list[Version]:
    found = []
    for text in versions:
        with contextlib.suppress(InvalidVersion):
            found.append(Version(text))
    return found


def _pip(arguments: Sequence[str]) -> tuple[int, str] | None:
    """Ask pip for versions. Where and how it asks is the user's configuration of pip."""
    command = [sys.executable, "-P", "-m", "pip", "index", "versions", *arguments, "-vv"]
    command += ["--disable-pip-version-check", "--no-input", "--timeout=10", "--retries=1"]
    environment = {name: value for name, value in os.environ.items() if name not in _SILENCING}
    try:
        done = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_LONGEST,
            env=environment,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.returncode, done.stdout.decode(errors="replace")


def _versions(answer: tuple[int, str] | None) -> tuple[str, ...] | None:
    """Read what pip says; None if it could not ask every index that it is configured for."""
    if answer is None:
        return None
    code, output = answer
    if not re.search(r"^[1-9]\d* location\(s\) to search", output, re.MULTILINE):
        return None
    failures = re.findall(r"^Could not fetch URL .*", output, re.MULTILINE)
    # An index that answers "not found" has answered.
    if not all("404 Client Error" in line for line in failures):
        return None
    if found := re.search(r"^Available versions: (.*)", output, re.MULTILINE):
        return tuple(found[1].replace(" ", "").split(","))
    return () if code and "No matching distribution found" in output else None
