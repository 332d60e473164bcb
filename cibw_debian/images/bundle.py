"""Images and volumes as a directory of compressed files, for a CI cache: what is in it, whether it is whole.

The directory has a file for each image and volume, named by the SHA-256 of its content, and `index.json`.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import tarfile
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import IO, TYPE_CHECKING, Any, cast

from cibw_debian.errors import ConfigurationError, DataError
from cibw_debian.images.recipe import FINGERPRINT_LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

INDEX = "index.json"
_FORMAT = "cibw-debian bundle 1"
#: kind -> names that are ours: nothing else of the engine is saved, or replaced by what is loaded
NAMES = {
    "image": re.compile(r"localhost/cibw-debian/[a-z0-9._-]+:[a-z0-9_]+"),
    "toolchain": re.compile(r"cibw-debian-native-[0-9a-f]{16}"),
    "cache": re.compile(r"cibw-debian-cache-[0-9a-f]{16}"),
}
_FILE = re.compile(r"[0-9a-f]{64}\.tar\.(zst|gz)")
#: files of this module's, whole or not
OWN_FILES = re.compile(r"index\.json|(new-)?[0-9a-f]{32,64}\.tar\.(zst|gz)")
#: files of an engine's archive that tell what is in it
_TOLD = re.compile(r"[^/]+\.json|repositories|blobs/sha256/[0-9a-f]{64}")
#: what reading a document that is not as it should be raises
_WRONG = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
#: bytes; the index of very many entries is smaller
_LARGEST_INDEX = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An image or a volume."""

    #: one of `NAMES`
    kind: str
    #: reference of an image, or name of a volume
    name: str
    #: name of the file, which is the SHA-256 of its content and how it is compressed
    file: str
    #: bytes of the file
    size: int
    #: OCI platform of an image
    platform: str = ""
    #: of a volume
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def sha256(self) -> str:
        return self.file[:64]


@dataclass(frozen=True, kw_only=True)
class Bundle:
    #: architecture of the machine, in the words of OCI platforms: a toolchain runs only there
    architecture: str
    entries: tuple[Entry, ...]

    @property
    def key(self) -> str:
        """A word for the content: another content has another one."""
        words = [self.architecture, *sorted(repr(sorted(asdict(entry).items())) for entry in self.entries)]
        return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:32]

    def encode(self) -> bytes:
        document = {
            "format": _FORMAT,
            "key": self.key,
            "architecture": self.architecture,
            "entries": [asdict(entry) for entry in self.entries],
        }
        return json.dumps(document, indent=2).encode() + b"\n"


def decode(content: bytes, place: str) -> Bundle:
    """Return what an index says. Pure.

    Args:
        content: The bytes of `index.json`.
        place: The directory, for messages.

    Raises:
        DataError: The index is damaged, or is no index of ours.
    """
    try:
        document = json.loads(content)
        if not isinstance(document, dict) or document.get("format") != _FORMAT:
            raise foreign(place, "its index is not that of a bundle of this version")
        entries = tuple(Entry(**entry) for entry in document["entries"])
        bundle = Bundle(architecture=document["architecture"], entries=entries)
        for entry in entries:
            _check_entry(entry, place)
        if document.get("key") != bundle.key:
            raise damaged(place, "its key is not that of its content")
    except _WRONG as error:
        raise damaged(place, f"its index cannot be read: {type(error).__name__}") from error
    return bundle


def _check_entry(entry: Entry, place: str) -> None:
    words = (entry.kind, entry.name, entry.file, entry.platform, *entry.labels, *entry.labels.values())
    if not all(isinstance(word, str) for word in words) or not isinstance(entry.size, int):
        raise damaged(place, "its index has fields of other types")
    if entry.kind not in NAMES or not NAMES[entry.kind].fullmatch(entry.name):
        raise foreign(place, f"{entry.kind} {entry.name} is none of ours")
    if not _FILE.fullmatch(entry.file):
        raise damaged(place, f"{entry.file} is no name of a file")
    if any(not label.startswith("cibw-debian") for label in entry.labels):
        raise foreign(place, f"{entry.name} has labels that are not ours")


def read(directory: Path) -> Bundle:
    """Read the index of a bundle, and check that each file is there and whole.

    Raises:
        ConfigurationError: There is no such directory.
        DataError: The bundle is damaged or none of ours.
    """
    place = str(directory)
    if not directory.is_dir():
        raise ConfigurationError(
            f"there is no directory {place}", hint="Name one that `cibw-debian images save` wrote."
        )
    try:
        with (directory / INDEX).open("rb") as file:
            content = file.read(_LARGEST_INDEX + 1)
    except OSError as error:
        raise damaged(place, f"{INDEX} cannot be read: {error.strerror}") from error
    if len(content) > _LARGEST_INDEX:
        raise damaged(place, f"{INDEX} is too large")
    bundle = decode(content, place)
    for entry in bundle.entries:
        path = directory / entry.file
        try:
            with path.open("rb") as file:
                whole = hashlib.file_digest(file, "sha256").hexdigest() == entry.sha256
        except OSError as error:
            raise damaged(place, f"{entry.file} cannot be read: {error.strerror}") from error
        if path.is_symlink() or not whole or path.stat().st_size != entry.size:
            raise damaged(place, f"the file of {entry.name} is not whole")
        if entry.kind == "image":
            _check_image(path, entry, place)
    return bundle


def _check_image(path: Path, entry: Entry, place: str) -> None:
    """Make sure that an archive has this one image under this one name: loading it replaces names."""
    found: dict[str, bytes] = {}
    try:
        with unpacking(path) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
            for member in archive:
                if member.isfile() and member.size < _LARGEST_INDEX and _TOLD.fullmatch(member.name):
                    file = archive.extractfile(member)
                    found[member.name] = file.read() if file else b""
        (manifest,) = json.loads(found["manifest.json"])
        config = json.loads(found[manifest["Config"]])
        tags = set(manifest["RepoTags"])
        older = json.loads(found.get("repositories", b"{}"))
        tags |= {f"{name}:{tag}" for name, ids in older.items() for tag in ids}
        label = (config["config"].get("Labels") or {}).get(FINGERPRINT_LABEL)
    except (tarfile.TarError, EOFError, OSError, *_WRONG) as error:
        raise damaged(place, f"the archive of {entry.name} cannot be read: {type(error).__name__}") from error
    if tags != {entry.name} or not label:
        raise foreign(
            place, f"the archive of {entry.name} has {', '.join(sorted(tags)) or 'no image of ours'}"
        )


def damaged(place: str, reason: str) -> DataError:
    return DataError(f"{place} is damaged, and nothing of it was loaded: {reason}", hint=_AGAIN)


def foreign(place: str, reason: str) -> DataError:
    return DataError(f"{place} is no bundle for this machine, and nothing was loaded: {reason}", hint=_AGAIN)


_AGAIN = "`cibw-debian images save` writes a new one where the images are; without it they are built."


def suffix() -> str:
    """Return how files are compressed on this machine: zstd is several times faster than gzip."""
    return "zst" if shutil.which("zstd") else "gz"


@contextmanager
def packing(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file whose content is compressed into another one."""
    if path.suffix == ".gz":
        import gzip  # noqa: PLC0415  (rarely needed)

        with gzip.open(path, "wb", compresslevel=1) as file:
            yield cast("IO[bytes]", file)
        return
    with path.open("wb") as output:
        command = ["zstd", "--quiet", "--threads=0", "-3", "--stdout", "-"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output) as process:
            assert process.stdin  # noqa: S101
            yield process.stdin
            process.stdin.close()
    if process.returncode:
        raise ConfigurationError(f"zstd ended with {process.returncode}", hint="Is the disk full?")


@contextmanager
def unpacking(path: Path) -> Iterator[IO[bytes]]:
    """Yield the content of a compressed file."""
    if path.suffix == ".gz":
        import gzip  # noqa: PLC0415  (rarely needed)

        with gzip.open(path, "rb") as file:
            yield cast("IO[bytes]", file)
        return
    if not shutil.which("zstd"):
        raise ConfigurationError(
            f"{path} is compressed with zstd, which is not installed", hint="`apt-get install zstd`"
        )
    command = ["zstd", "--quiet", "--decompress", "--stdout", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout  # noqa: S101
        try:
            yield process.stdout
            # tar ends before its padding does
            while process.stdout.read(1 << 20):
                pass
        finally:
            process.stdout.close()
    if process.returncode:
        raise EOFError(f"zstd ended with {process.returncode}")


def describe(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return what a program wants to know of entries."""
    return [{"kind": entry.kind, "name": entry.name, "size": entry.size} for entry in entries]
