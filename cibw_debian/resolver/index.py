"""What a suite has: package names and who provides what, from the indices that come with the package.

``index.bin`` holds all suites and deb archs. It is written by `tools.indexer`, and laid out so that a
look-up reads the directory and one block:

    magic, length of the directory, directory (zlib, JSON), blocks (zlib, text)

Lines are sorted over the whole file: ``kind/key<TAB>package package:mask ...``. A mask is a place in the
directory's list of bit masks over the targets, and is left out where the line holds for all of them.
"""

from __future__ import annotations

import json
import zlib
from bisect import bisect_right
from mmap import ACCESS_READ, mmap
from typing import Dict, Iterator, List, Optional, Tuple, Union

from .files import data_path, read_data, reading
from .model import Target

FILE = "index.bin"
MAGIC = b"cibwidx1"

#: kinds of keys
NAME = "n"  #: a package's name (no value)
VIRTUAL = "v"  #: virtual package -> packages that provide it
SOURCE_DEV = "d"  #: source package -> its -dev packages
SOURCE_LIB = "l"  #: source package -> its shared libraries' packages
SOURCE_BIN = "b"  #: source package -> its packages with commands, but for the like-named
RUNTIME = "r"  #: -dev package -> shared libraries' packages of its source that it depends on
VERSION = "ver"  #: package with headers or a program for building -> its upstream version
PKGCONFIG = "pc"  #: pkg-config module -> packages with its .pc file
COMMAND = "bin"  #: command -> packages with it in /bin, /sbin, /usr/bin or /usr/sbin
PERL = "pl"  #: Perl module
CMAKE = "cm"  #: CMake package in lower case
SONAME = "so"  #: shared library
PYTHON = "py"  #: Python distribution, normalised


class Blocks:
    """The file: directory, and blocks that are unpacked when they are needed and kept."""

    def __init__(self, data: Union[bytes, mmap]) -> None:
        """Read the directory.

        Raises:
            DataError: It is damaged, or no index of this version.
        """
        with reading(FILE):
            self._read_directory(data)
        self._data = data
        self._blocks: Dict[int, str] = {}

    def _read_directory(self, data: Union[bytes, mmap]) -> None:
        head = len(MAGIC) + 4
        if data[: len(MAGIC)] != MAGIC:
            raise ValueError("not an index of this version")
        self._start = head + int.from_bytes(data[len(MAGIC) : head], "big")
        directory = json.loads(zlib.decompress(data[head : self._start]))
        self.targets: List[str] = directory["targets"]
        self.masks: List[int] = directory["masks"]
        self._keys: List[str] = directory["keys"]
        self._ends: List[int] = directory["ends"]

    def _block(self, number: int) -> str:
        """Return a block's text with a line end before its first line too, for `str.find`."""
        block = self._blocks.get(number)
        if block is None:
            begin = self._ends[number - 1] if number else 0
            packed = self._data[self._start + begin : self._start + self._ends[number]]
            with reading(FILE):
                block = "\n" + zlib.decompress(packed).decode()
            self._blocks[number] = block
        return block

    def get(self, key: str) -> Optional[str]:
        """Return the value of a key, None if it is not there."""
        number = bisect_right(self._keys, key) - 1
        if number < 0:
            return None
        block = self._block(number)
        found = block.find(f"\n{key}\t")
        if found < 0:
            return None
        start = found + len(key) + 2
        return block[start : block.index("\n", start)]

    def items(self, prefix: str) -> Iterator[Tuple[str, str]]:
        """Yield the keys that begin with a prefix, sorted, with their values."""
        for number in range(max(0, bisect_right(self._keys, prefix) - 1), len(self._keys)):
            if self._keys[number] > prefix and not self._keys[number].startswith(prefix):
                return
            block = self._block(number)
            found = block.find(f"\n{prefix}")
            while found >= 0:
                end = block.index("\n", found + 1)
                key, _, value = block[found + 1 : end].partition("\t")
                yield key, value
                found = end if block.startswith(prefix, end + 1) else -1


class Index:
    """What one suite has for one deb arch."""

    def __init__(self, blocks: Blocks, target: Target) -> None:
        """Choose a target.

        Raises:
            ValueError: The file has no such target.
        """
        self.target = target
        self._blocks = blocks
        self._bit = 1 << blocks.targets.index(str(target))

    def _holds(self, mask: str) -> bool:
        return not mask or bool(self._blocks.masks[int(mask)] & self._bit)

    def has(self, deb: str) -> bool:
        """Tell whether a real package of this name exists."""
        value = self._blocks.get(f"{NAME}/{deb}")
        return value is not None and self._holds(value[1:])

    def find(self, kind: str, key: str) -> Tuple[str, ...]:
        """Return the packages that stand under a key, sorted by name."""
        value = self._blocks.get(f"{kind}/{key}")
        if not value:
            return ()
        entries = (entry.partition(":") for entry in value.split(" "))
        return tuple(package for package, _, mask in entries if self._holds(mask))

    def keys(self, kind: str, prefix: str) -> Iterator[str]:
        """Yield the keys of a kind that begin with a prefix, of any target, sorted."""
        for key, _ in self._blocks.items(f"{kind}/{prefix}"):
            yield key[len(kind) + 1 :]

    def names(self, prefix: str) -> Iterator[str]:
        """Yield the names of real packages that begin with a prefix, sorted."""
        start = len(NAME) + 1
        for key, value in self._blocks.items(f"{NAME}/{prefix}"):
            if self._holds(value[1:]):
                yield key[start:]


def open_blocks() -> Blocks:
    """Open the index that comes with the package.

    Raises:
        DataError: It is damaged.
    """
    try:
        with open(data_path(FILE), "rb") as file:
            return Blocks(mmap(file.fileno(), 0, access=ACCESS_READ))
    except (OSError, ValueError):  # inside a zip file; an empty file
        return Blocks(read_data(FILE))
