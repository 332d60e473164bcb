"""What is asked of apt, dpkg and the image itself."""

from __future__ import annotations

import glob
import os
import subprocess
import sys
import time
from collections.abc import Sequence

from ..resolver.model import Target

#: lists of packages that are older than this many seconds are fetched again
MAX_AGE = 24 * 3600

_LISTS = "/var/lib/apt/lists"


def say(level: str, message: str) -> None:
    """Write one line of our own to standard error."""
    print(f"cibw-debian: {level}: {message}", file=sys.stderr, flush=True)


def target() -> Target:
    """Return this image's suite and deb arch."""
    release: dict[str, str] = {}
    with open("/etc/os-release", encoding="utf-8") as file:
        for line in file:
            key, _, value = line.strip().partition("=")
            release[key] = value.strip("\"'")
    suite = release.get("VERSION_CODENAME", "") or release.get("UBUNTU_CODENAME", "")
    return Target(suite, output("dpkg", "--print-architecture").strip())


def read(path: str, most: int) -> str | None:
    """Return so many characters of a file, None if it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(most)
    except OSError:
        return None


def run(command: Sequence[str], environment: dict[str, str] | None = None) -> int:
    """Run a command that streams its output and reads no input; return its exit code."""
    sys.stdout.flush()
    return subprocess.run(
        list(command), check=False, stdin=subprocess.DEVNULL, env={**os.environ, **(environment or {})}
    ).returncode


def replace_by(command: Sequence[str]) -> int:
    """Become another program; return its exit code if that is not possible."""
    sys.stdout.flush()
    try:
        os.execvp(command[0], list(command))  # noqa: S606  (this is scl's work)
    except OSError as error:
        say("error", f"{command[0]}: {error.strerror}")
        return 127


def has_own_input() -> bool:
    """Tell whether standard input is another one than that of the shell that called."""
    try:
        return not os.path.sameopenfile(0, os.open(f"/proc/{os.getppid()}/fd/0", os.O_RDONLY | os.O_NONBLOCK))
    except OSError:
        return False


def output(*command: str) -> str:
    """Run a command and return what it prints, nothing if it fails."""
    done = subprocess.run(
        command, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    return done.stdout.decode(errors="replace") if done.returncode == 0 else ""


def lists_are_fresh() -> bool:
    """Tell whether the lists of packages are there, and young enough to be used."""
    partial = f"{_LISTS}/partial"
    if not glob.glob(f"{_LISTS}/*_Packages*") or not os.path.isdir(partial):
        return False
    # apt sets a list's own time to the archive's; the directory's is that of the last update.
    return time.time() - os.stat(partial).st_mtime < MAX_AGE


def available() -> frozenset[str]:
    """Return the names of all packages that this image's archive has."""
    return frozenset(output("apt-cache", "pkgnames").split())


def candidate(deb: str) -> str:
    """Return the version of a package that would be installed, empty if there is none."""
    lines = output("apt-cache", "policy", deb).splitlines()
    return next((line.split()[-1] for line in lines if line.strip().startswith("Candidate:")), "")


def installed() -> list[tuple[str, str]]:
    """Return names and versions of the installed packages, sorted."""
    form = "${db:Status-Status} ${Package} ${Version}\n"
    lines = output("dpkg-query", "--show", "--showformat", form).splitlines()
    found = [line.split(" ") for line in lines if line.startswith("installed ")]
    return sorted((name, version) for _, name, version in found)
