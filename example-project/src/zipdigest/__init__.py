"""Compress with zlib and digest with OpenSSL, in C."""

from ._native import compress, sha256, versions

__all__ = ["compress", "sha256", "versions"]
