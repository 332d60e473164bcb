"""Which packages a run installed, read from what dpkg says in cibuildwheel's log."""

from __future__ import annotations

import re
from typing import Any

#: cibuildwheel, before it starts a container
_CONTAINER = re.compile(rb"This container will host the build for (\S+?)(?:,|\.\.\.)")
#: dpkg, when a package is there
_SETTING_UP = re.compile(rb"Setting up ([a-z0-9][a-z0-9+.-]+)(?::\S+)? \(([^)]+)\)")


class InstalledPackages:
    """Collects names and versions by platform tag."""

    def __init__(self) -> None:
        #: platform tag -> deb name -> version
        self.packages: dict[str, dict[str, str]] = {}
        self._tag = ""
        self._rest = b""

    def feed(self, piece: bytes) -> None:
        """Read the next piece of the log, which may end within a line."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            if found := _CONTAINER.search(line):
                self._tag = found[1].decode().partition("-")[2]
            elif found := _SETTING_UP.match(line):
                self.packages.setdefault(self._tag, {})[found[1].decode()] = found[2].decode()

    def to_json(self) -> dict[str, Any]:
        return {
            tag: [{"name": name, "version": version} for name, version in sorted(packages.items())]
            for tag, packages in self.packages.items()
        }

    def describe(self) -> list[str]:
        """One line for each platform tag."""
        return [
            f"{tag}: installed {', '.join(f'{name} {version}' for name, version in sorted(packages.items()))}"
            for tag, packages in self.packages.items()
        ]
