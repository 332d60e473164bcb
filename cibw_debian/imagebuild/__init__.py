"""Images that are built on this machine, from Debian's archive: no registry, nothing pulled."""

from __future__ import annotations

from cibw_debian.imagebuild.builder import build_image, is_current

__all__ = ["build_image", "is_current"]
