"""Misspelt names, made by a rule: one slip of a finger, as a seeded generator has it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
#: letter -> the keys beside it in its row of a keyboard
NEIGHBOURS = {
    letter: row[max(0, at - 1) : at] + row[at + 1 : at + 2] for row in ROWS for at, letter in enumerate(row)
}


def _slip(name: str, chance: random.Random) -> str:
    at = chance.randrange(len(name))
    kind = chance.choice(["swap", "drop", "double", "neighbour"])
    if kind == "swap":
        return name[:at] + name[at : at + 2][::-1] + name[at + 2 :]
    if kind == "drop":
        return name[:at] + name[at + 1 :]
    if kind == "double":
        return name[:at] + name[at] * 2 + name[at + 1 :]
    keys = NEIGHBOURS.get(name[at].lower(), "")
    return name[:at] + chance.choice(keys) + name[at + 1 :] if keys else name


def misspell(
    names: Sequence[str], count: int, seed: int, is_known: Callable[[str], bool]
) -> list[tuple[str, str]]:
    """Return misspelt names, each with the name that was meant.

    Args:
        names: The names to choose from.
        count: How many of them.
        seed: Other seeds give other names and slips.
        is_known: Tells whether a name has an answer; what is typed by mistake must have none.
    """
    chance = random.Random(seed)  # noqa: S311  (no secret)
    slips = []
    for name in chance.sample(sorted(names), count):
        typed = name
        while typed == name or is_known(typed):
            typed = _slip(name, chance)
        slips.append((typed, name))
    return slips
