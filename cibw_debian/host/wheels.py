"""Whether the package index has a wheel: asked of pip as the user configured it, remembered for a day."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sys
import tempfile
import threading
import time
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from cibw_debian.errors import ConfigurationError
from cibw_debian.host.cache import cache_directory
from cibw_debian.host.pip import call_pip
from cibw_debian.terminal import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

#: seconds for which an answer counts
_FRESH = 24 * 3600
#: seconds that one question may take
_LONGEST = 60
#: the oldest glibc 2.x that a manylinux tag has for any arch of Debian's images (PEP 599)
_OLDEST = 17


class Place(NamedTuple):
    """Where a wheel is to be installed."""

    #: cibuildwheel's word: ``armv7l``
    arch: str
    #: ``2.31``
    glibc: str
    #: tag of the interpreter and its ABI: ``cp311``, ``cp313t``
    python: str
    #: options of pip for another index than that of the user's configuration
    options: tuple[str, ...] = ()


class WheelIndex:
    """The package index that pip on this machine uses. Several threads may ask at the same time.

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
        self._file = file or _cache_file()
        self._now = now
        #: an index that does not answer is not asked again
        self._silent = False
        #: for the file of answers
        self._lock = threading.Lock()

    def has_wheel(self, name: str, specifier: str, place: Place) -> bool | None:
        """Tell whether pip takes a wheel for a requirement; None if that is not known.

        pip takes the newest version that fits, so that an older version's wheel does not count.

        Args:
            name: Normalised name of the distribution.
            specifier: Versions that fit: ``>=1.14``; empty for any.
            place: Where the wheel is to be installed.
        """
        found = self._versions([name, *_target(place)])
        if found is None:
            return None
        versions = sorted(SpecifierSet(specifier).filter(_parsed(found)))
        return bool(versions) and found[str(versions[-1])]

    def _versions(self, arguments: Sequence[str]) -> Mapping[str, bool] | None:
        """Return the versions that can be installed, and which have a wheel; None if that is not known."""
        settings = sorted(item for item in os.environ.items() if item[0].startswith("PIP_"))
        key = hashlib.sha256(json.dumps([sys.executable, arguments, settings]).encode()).hexdigest()
        answers = self._read()
        if key in answers:
            return answers[key][1]
        if self._silent:
            return None
        say(f"asking the package index for wheels of {arguments[0]}")
        found = read_versions(self._ask(arguments))
        if found is None:
            self._silent = True
        else:
            with self._lock:
                self._write({**self._read(), key: (self._now(), found)})
        return found

    def _read(self) -> dict[str, tuple[float, Mapping[str, bool]]]:
        """Return the answers that still count."""
        try:
            answers = json.loads(self._file.read_text()) if self._file else {}
            return {key: (at, dict(found)) for key, (at, found) in answers.items() if self._counts(at)}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def _counts(self, at: float) -> bool:
        return 0 <= self._now() - at < _FRESH

    def _write(self, answers: Mapping[str, tuple[float, Mapping[str, bool]]]) -> None:
        """Keep the answers, if that is possible; a reader sees the old file or the new one."""
        if self._file is None:
            return
        with (
            contextlib.suppress(OSError),
            tempfile.TemporaryDirectory(dir=self._file.parent, prefix=".wheels-") as directory,
        ):
            new = os.path.join(directory, "new")  # noqa: PTH118  (a str, like the directory)
            with open(new, "w", encoding="utf-8") as file:  # noqa: PTH123
                json.dump(answers, file)
            os.replace(new, self._file)  # noqa: PTH105


def _cache_file() -> Path | None:
    """Return where answers are kept; None without a cache directory: the next process asks again."""
    try:
        return cache_directory() / "wheels.json"
    except ConfigurationError:
        return None


def _target(place: Place) -> list[str]:
    """Return pip's options for a place: all platform tags that its glibc allows, newest first."""
    minor = int(place.glibc.partition(".")[2])
    platforms = [f"manylinux_2_{n}" for n in range(minor, _OLDEST - 1, -1)]
    options = [f"--platform={name}_{place.arch}" for name in (*platforms, "manylinux2014", "linux")]
    version = place.python.removeprefix("cp").removesuffix("t")
    options += [f"--python-version={version}", "--implementation=cp", f"--abi={place.python}"]
    return [*options, *place.options]


def _parsed(versions: Iterable[str]) -> list[Version]:
    found = []
    for text in versions:
        with contextlib.suppress(InvalidVersion):
            found.append(Version(text))
    return found


def _pip(arguments: Sequence[str]) -> tuple[int, str] | None:
    """Ask pip for versions."""
    return call_pip("index", "versions", *arguments, "-vv", timeout=_LONGEST)


def read_versions(answer: tuple[int, str] | None) -> dict[str, bool] | None:
    """Read what pip says: the versions that can be installed, and which of them have a wheel.

    Args:
        answer: Exit code and output of pip, told to be verbose; None if pip did not run.

    Returns:
        None if pip could not ask every index that it is configured for.
    """
    if answer is None:
        return None
    code, output = answer
    if not re.search(r"^[1-9]\d* location\(s\) to search", output, re.MULTILINE):
        return None
    failures = re.findall(r"^Could not fetch URL .*", output, re.MULTILINE)
    # An index that answers "not found" has answered.
    if not all("404 Client Error" in line for line in failures):
        return None
    found: dict[str, bool] = {}
    for url, text in re.findall(r"^ *Found link (\S+) .*version: (\S+)\s*$", output, re.MULTILINE):
        for version in map(str, _parsed([text])):
            found[version] = found.get(version, False) or urlsplit(url).path.endswith(".whl")
    if code == 0 and found:
        return found
    return {} if code and "No matching distribution found" in output else None
