"""List and add the interpreters of an image: the program `manylinux-interpreters`, as pypa's images have it.

cibuildwheel asks for each interpreter with `manylinux-interpreters ensure cp313-cp313`. One that is missing
is compiled from upstream's tarball, with the compiler of the image. Runs on Python 3.9, without packages.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    #: a release of CPython: version, format and SHA-256 of its tarball
    Release = Mapping[str, str]

HERE = Path(__file__).resolve().parent
PYTHONS = Path("/opt/python")
#: seconds without an answer from upstream
TIMEOUT = 60
EPILOG = """\
The tarballs come from upstream. MANYLINUX_INTERPRETERS_FROM names another place:
a directory with tarballs, or an address with {version} and {format} in it.
The SHA-256 of each tarball is checked.
"""


class FailureError(Exception):
    """An interpreter cannot be added; the text says why."""


def main() -> int:
    arguments = parse_arguments()
    releases = json.loads((HERE / "releases.json").read_text(encoding="utf-8"))
    known = releases["interpreters"]
    if arguments.command == "list":
        show(known, only_installed=arguments.installed, as_json=arguments.format == "json")
        return 0
    wanted = list(known) if arguments.command == "ensure-all" else arguments.tags
    there = {tag for tag in wanted if is_installed(tag)}
    unknown = [tag for tag in wanted if tag not in known and tag not in there]
    if unknown:
        sys.stderr.write(f"manylinux-interpreters: unknown: {' '.join(unknown)}\nknown: {' '.join(known)}\n")
        return 2
    missing = [tag for tag in wanted if tag not in there]
    try:
        if missing:
            add(missing, known, os.environ.get("MANYLINUX_INTERPRETERS_FROM") or releases["url"])
    except (FailureError, OSError, ValueError) as error:
        sys.stderr.write(f"manylinux-interpreters: error: {error}\n")
        return 1
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="manylinux-interpreters",
        description="List and add interpreters.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("list", help="list the interpreters that this image has or can get")
    listing.add_argument("-i", "--installed", action="store_true", help="only those that are in the image")
    listing.add_argument("--format", choices=("text", "json"), default="text")
    ensure = commands.add_parser("ensure", help="add interpreters that are missing")
    ensure.add_argument("tags", nargs="+", metavar="TAG", help="a name in /opt/python: cp313-cp313")
    commands.add_parser("ensure-all", help="add every interpreter that is missing")
    return parser.parse_args()


def is_installed(tag: str) -> bool:
    return (PYTHONS / tag / "bin/python").exists()


def show(known: Mapping[str, Sequence[Release]], *, only_installed: bool, as_json: bool) -> None:
    there = {path.name for path in PYTHONS.glob("cp*") if is_installed(path.name)}
    rows = []
    for tag in sorted(there | set(known), key=order):
        if only_installed and tag not in there:
            continue
        row = {
            "identifier": tag,
            "installed": tag in there,
            "python_version": tag_version(tag),
            "implementation": "cpython",
            "implementation_version": version_of(tag) if tag in there else known[tag][0]["version"],
        }
        rows.append({**row, "install_path": f"{PYTHONS}/{tag}"} if tag in there else row)
    if as_json:
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
        return
    for row in rows:
        note = "" if row["installed"] else " (not installed)"
        sys.stdout.write(f"{row['identifier']}{note}\n")


def order(tag: str) -> tuple[int, str]:
    return (int(tag_version(tag).partition(".")[2]), tag)


def tag_version(tag: str) -> str:
    """Return 3.13 for cp313-cp313t."""
    digits = tag.partition("-")[0][2:]
    return f"{digits[0]}.{digits[1:]}"


def version_of(tag: str) -> str:
    program = "import platform; print(platform.python_version())"
    return subprocess.check_output([str(PYTHONS / tag / "bin/python"), "-c", program], text=True).strip()


def add(tags: Sequence[str], known: Mapping[str, Sequence[Release]], place: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        for file in ("compile.sh", "python.txt"):
            shutil.copy(HERE / file, work)
        # Without a tarball, no package is installed.
        found = [(tag, *fetch(known[tag], place, work)) for tag in tags]
        with headers():
            for tag, version, tarball in found:
                say(f"compiling CPython {version} for {tag}")
                compile_one(tag, version, tarball, work)


def fetch(releases: Sequence[Release], place: str, work: Path) -> tuple[str, Path]:
    """Return the version and the path of a tarball of one of the releases, the preferred one first."""
    if "://" not in place:
        there = {sha256(path): path for path in sorted(Path(place).glob("*.t*z"))}
        for release in releases:
            if release["sha256"] in there:
                return release["version"], there[release["sha256"]]
        versions = ", ".join(release["version"] for release in releases)
        raise FailureError(f"no file in {place} is the tarball of one of {versions}")
    release = releases[0]
    url = place.format(version=release["version"], format=release["format"])
    path = work / url.rpartition("/")[2]
    say(f"fetching {url}")
    bundle = os.environ.get("SSL_CERT_FILE") or os.environ.get("PIP_CERT")
    context = ssl.create_default_context(cafile=bundle)
    with (
        urllib.request.urlopen(url, timeout=TIMEOUT, context=context) as answer,  # noqa: S310  (the user's)
        path.open("wb") as file,
    ):
        shutil.copyfileobj(answer, file)
    if sha256(path) != release["sha256"]:
        raise FailureError(f"{url} has the SHA-256 {sha256(path)}, not {release['sha256']}")
    return release["version"], path


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


@contextlib.contextmanager
def headers() -> Iterator[None]:
    """Install the headers that CPython is compiled with; at the end, remove those that were not there."""
    before = installed_packages()
    apt("update")
    arch = subprocess.check_output(["dpkg", "--print-architecture"], text=True).strip()
    lines = (line.partition("#")[0].strip() for line in (HERE / "packages.txt").read_text().splitlines())
    apt("install", "--no-install-recommends", *(line.format(arch=arch) for line in lines if line))
    new = sorted(installed_packages() - before)
    try:
        yield
    finally:
        if new:
            apt("purge", *new)


def apt(*arguments: str) -> None:
    run("apt-get", "-qq", "-y", *arguments, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


def installed_packages() -> set[str]:
    command = ["dpkg-query", "--show", "--showformat", "${db:Status-Abbrev} ${binary:Package}\n"]
    lines = subprocess.check_output(command, text=True).splitlines()
    return {line.split()[1] for line in lines if line.startswith("ii")}


def compile_one(tag: str, version: str, tarball: Path, work: Path) -> None:
    triplet = subprocess.check_output(["gcc", "-dumpmachine"], text=True).strip()
    layer = work / "layer"
    facts = {"TAG": tag, "VERSION": version, "TARBALL": str(tarball), "TRIPLET": triplet}
    run("sh", str(work / "compile.sh"), env={**os.environ, **facts, "WORK": str(work), "LAYER": str(layer)})
    run("cp", "--archive", f"{layer}/.", "/", env=os.environ)
    shutil.rmtree(layer)


def run(*command: str, env: Mapping[str, str]) -> None:
    # What cibuildwheel reads is standard output.
    ended = subprocess.run(command, check=False, env=env, stdin=subprocess.DEVNULL, stdout=sys.stderr)
    if ended.returncode:
        raise FailureError(f"{' '.join(command[:4])} ended with {ended.returncode}")


def say(text: str) -> None:
    sys.stderr.write(f"manylinux-interpreters: {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
