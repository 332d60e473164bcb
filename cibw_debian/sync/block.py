"""The marked block of a TOML file that `sync` owns: find it, put it in, take it out. Pure.

All that is not the block stays as it is, byte for byte. The file ends as it did before, with or without a
line end, so that taking the block out restores the file.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from cibw_debian.errors import ConfigurationError

_BEGIN = "# >>> cibw-debian sync"
_END = "# <<< cibw-debian sync"
_NOTE = "# Written by the command in the line above; run it again instead of editing these lines."
_BEGINS = re.compile(rf"{re.escape(_BEGIN)}(?: --archs (?P<archs>\S+))?(?P<missing> --allow-missing)?[ \t]*$")


class Block(NamedTuple):
    """A file around the block."""

    #: what comes before the block; the whole file if there is none
    before: str
    #: the block with its markers; empty if there is none
    text: str
    #: what comes after the block
    after: str
    #: the value of `--archs` that the block was written with
    archs: str = ""
    #: whether it was written with `--allow-missing`
    allow_missing: bool = False

    @property
    def without(self) -> str:
        """The file as it is without the block."""
        return self.before + self.after


def find_block(file: str, path: str) -> Block:
    """Find the block in a file.

    Args:
        file: The text of the file, with its line ends.
        path: Its name, for messages.

    Raises:
        ConfigurationError: The file has parts of a block, or more than one.
    """
    lines = re.findall(r"[^\n]*\n|[^\n]+\Z", file)
    begins = [n for n, line in enumerate(lines) if line.startswith(_BEGIN)]
    ends = [n for n, line in enumerate(lines) if line.startswith(_END)]
    if not begins and not ends:
        return Block(file, "", "")
    match = _BEGINS.match(lines[begins[0]].rstrip("\r\n")) if begins else None
    if len(begins) != 1 or len(ends) != 1 or begins[0] > ends[0] or match is None:
        numbers = ", ".join(str(n + 1) for n in sorted((*begins, *ends)))
        raise ConfigurationError(
            f"{path}: the lines of `cibw-debian sync` are damaged (line {numbers})",
            hint=f"One line begins with {_BEGIN!r} and a later one with {_END!r}."
            " Remove these lines with all that is between them, and run the command again.",
        )
    begin, end = begins[0], ends[0] + 1
    before, text, after = ("".join(part) for part in (lines[:begin], lines[begin:end], lines[end:]))
    # The blank line before the block is the block's; and if the file ends without a line end, so did the
    # text before it.
    before = re.sub(r"(\A|\n)\r?\n\Z", r"\1", before)
    if not text.endswith("\n"):
        before = re.sub(r"\r?\n\Z", "", before)
    return Block(before, text, after, archs=match["archs"] or "", allow_missing=bool(match["missing"]))


def put_block(block: Block, body: str, archs: str, *, allow_missing: bool = False) -> str:
    """Return the file with the block in it: in its old place, or at the end.

    Args:
        block: The file, from `find_block`.
        body: TOML, each line ended by a newline; empty to leave the block out.
        archs: The value of `--archs` that the body is for.
        allow_missing: Whether the body was made with `--allow-missing`.
    """
    if not body:
        return block.without
    newline = "\r\n" if "\r\n" in block.without else "\n"
    option = " --allow-missing" if allow_missing else ""
    lines = [f"{_BEGIN} --archs {archs}{option}", _NOTE, *body.removesuffix("\n").split("\n"), _END]
    text = newline.join(lines)
    open_end = not block.after and block.before != "" and not block.before.endswith("\n")
    gap = newline * 2 if open_end else newline
    return block.before + gap + text + ("" if open_end else newline) + block.after
