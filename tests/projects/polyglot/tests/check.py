"""Use every extension of the built wheel; runs in containers, on the target's architecture."""

import platform
import sys
import zlib

import polyglot

data = bytes(range(256)) * 1001
assert polyglot.checksum(data) == zlib.crc32(data)
assert polyglot.handle("not today") == "not today"
assert polyglot.look(True) == 42
assert polyglot.look(False) == "std::bad_cast"
assert polyglot.collatz(27) == 111
assert polyglot.mean(1.0, 2.0, 4.0) == "   2.333"
sys.stdout.write(f"polyglot works on {platform.machine()}\n")
