"""Use both libraries of the built wheel; runs inside the container, on the target's architecture."""

import hashlib
import platform
import zlib

import zipdigest

data = b"one wheel, two libraries " * 1000

assert zlib.decompress(zipdigest.compress(data)) == data
assert zipdigest.sha256(data) == hashlib.sha256(data).digest()
print("zipdigest works on", platform.machine(), "with", *zipdigest.versions())
