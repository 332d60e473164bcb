"""What a hook downloads, unpacks or clones, so that it is no part of the project."""

from __future__ import annotations

import re
from collections import deque
from fnmatch import fnmatchcase
from itertools import pairwise
from posixpath import basename
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

    from cibw_debian.hooks.command import SimpleCommand

_ARCHIVE = r"(.+?)\.(?:tar(?:\.\w+)?|t[gbx]z2?|zip|7z)"
#: directories of the image, which hold nothing of the project
_IMAGE = r"/(?!project\b)[a-z]+"
#: options behind which a directory or a file stands that is filled
_INTO = {"tar": {"-C", "--directory"}, "unzip": {"-d"}, "curl": {"-o", "--output"}, "wget": {"-O", "-P"}}
_SHORTEST = 3
#: so many fetched things are remembered
_MOST = 100
_SCOPES = frozenset({"subshell", "command_substitution", "program"})


class Fetched:
    """Follows the commands of one script, in their order."""

    def __init__(self) -> None:
        self._names: deque[str] = deque(maxlen=_MOST)
        #: how deep the working directory is inside of something fetched; 0: it is the project's
        self._depth = 0
        #: where subshells end, and how deep the working directory was before them
        self._outer: list[tuple[int, int]] = []

    def leave(self, node: Node) -> None:
        """Go back where subshells began that end before a command."""
        while self._outer and node.start_byte >= self._outer[-1][0]:
            self._depth = self._outer.pop()[1]

    def follow(self, command: SimpleCommand, node: Node) -> None:
        """Note what a command fetches, and where it goes."""
        words = [word.raw.strip("\"'") for word in command.arguments]
        if command.program in {"cd", "pushd"} and words:
            scope: Node | None = node
            while scope is not None and scope.type not in _SCOPES:
                scope = scope.parent
            if scope is not None and scope.type != "program":
                self._outer.append((scope.end_byte, self._depth))
            self._go(words[-1])
        elif command.program == "popd":
            self._depth = 0
        elif command.program in {"git", "curl", "wget", "tar", "unzip", "bsdtar"}:
            self._fetch(command.program, words)

    def has(self, path: str) -> bool:
        """Say whether a path, as it is written at this point, leads to something fetched."""
        if self._depth and not path.startswith("/"):
            return True
        parts = [part for part in path.split("/") if part not in {"", "."}]
        return any(self._is_fetched(part) for part in parts)

    def here(self) -> bool:
        """Say whether the working directory is something fetched."""
        return self._depth > 0

    def _go(self, directory: str) -> None:
        parts = [part for part in directory.split("/") if part not in {"", "."}]
        if directory.startswith(("/", "$", "{", "~", "-")):
            outside = re.match(_IMAGE, directory) is not None
            self._depth = len(parts) if outside or self.has(directory) else 0
        elif self._depth or self.has(directory):
            for part in parts:
                self._depth += -1 if part == ".." else 1
            self._depth = max(self._depth, 0)

    def _fetch(self, program: str, words: list[str]) -> None:
        if program == "git" and "clone" in words:
            target = next((word for word in reversed(words) if not word.startswith("-")), "")
            self._names.append(basename(target.rstrip("/")).removesuffix(".git"))
        elif program != "git":
            names = [basename(word) for word in words if re.search(r"://|\.\w", word)]
            into = (two for one, two in pairwise(words) if one in _INTO.get(program, ()))
            names += [basename(two.rstrip("/")) for two in into if "." in two or re.match(_IMAGE, two)]
            for name in names:
                archive = re.fullmatch(_ARCHIVE, name)
                self._names.append(archive[1].lstrip("v") if archive else name)

    def _is_fetched(self, part: str) -> bool:
        return any(
            part == name
            or (len(name) >= _SHORTEST and part.endswith(f"-{name}"))
            or ("*" in part and fnmatchcase(name, part))
            for name in self._names
            if name
        )
