"""How many rpm names of a file of evidence resolve, and whether to a name that the evidence has too.

The file has a line for each rpm name: the name, a tab, and candidates ``deb:sources:exists``, with spaces
between them. ``sources`` says how many independent mappings have the pair; ``exists`` has a letter for each
target of COLUMNS: y (a package), v (a virtual one) or n.

    python bench/coverage.py pairs.tsv --show missing
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.resolver.model import NOTHING, PACKAGE, UNAVAILABLE, Answer, Target
from cibw_debian.resolver.resolve import open_resolver

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = ("bullseye/armhf", "bookworm/armhf", "trixie/armhf", "trixie/riscv64")
AGREED = 2


@dataclass(frozen=True, kw_only=True)
class Evidence:
    rpm: str
    #: deb names that exist -> how many sources have the pair
    candidates: dict[str, int]
    answer: Answer

    @property
    def agreed(self) -> bool:
        return max(self.candidates.values()) >= AGREED

    @property
    def resolved(self) -> bool:
        return self.answer.status in (PACKAGE, NOTHING)

    @property
    def decided(self) -> bool:
        """A row of the table: somebody looked."""
        return self.answer.source == "table"

    @property
    def among(self) -> bool:
        return any(deb in self.candidates for deb in self.answer.deb)

    def __str__(self) -> str:
        wanted = " ".join(f"{deb}:{count}" for deb, count in self.candidates.items())
        given = f"{self.answer.source}={','.join(self.answer.deb) or self.answer.status}"
        return f"{self.rpm:32} {given:40} {wanted}"


def read(file: Path, target: Target) -> Iterator[Evidence]:
    """Yield the names that have a candidate on the target."""
    column = COLUMNS.index(str(target))
    resolver = open_resolver(target)
    for line in file.read_text().splitlines():
        if line.startswith("#"):
            continue
        rpm, _, rest = line.partition("\t")
        entries = (entry.rsplit(":", 2) for entry in rest.split())
        candidates = {deb: int(sources) for deb, sources, exists in entries if exists[column] != "n"}
        if candidates:
            yield Evidence(rpm=rpm, candidates=candidates, answer=resolver.resolve(rpm))


def _share(part: int, whole: int) -> str:
    return f"{part:5} of {whole:5} = {100 * part / whole:5.1f} %"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("evidence", type=Path)
    parser.add_argument("--target", default="bookworm/armhf", choices=COLUMNS)
    parser.add_argument("--show", choices=["missing", "other", "decided"], help="List such names.")
    arguments = parser.parse_args()
    suite, _, deb_arch = arguments.target.partition("/")
    names = list(read(arguments.evidence, Target(suite, deb_arch)))
    agreed = [name for name in names if name.agreed]
    resolved = [name for name in agreed if name.resolved]
    print(f"{arguments.target}")
    print(f"two sources agree: resolved      {_share(len(resolved), len(agreed))}")
    print(f"  of these among the candidates  {_share(sum(n.among for n in resolved), len(resolved))}")
    right = sum(n.among or n.decided for n in resolved)
    print(f"  or decided in the table        {_share(right, len(resolved))}")
    print(f"all names: resolved              {_share(sum(n.resolved for n in names), len(names))}")
    others = [n for n in names if n.resolved and not n.among]
    print(f"all names: other than evidence   {_share(len(others), len(names))}")
    shown = {
        "missing": [n for n in names if not n.resolved and n.answer.status != UNAVAILABLE],
        "other": [n for n in others if not n.decided],
        "decided": [n for n in others if n.decided],
    }
    for name in shown.get(arguments.show, []):
        print("*" if name.agreed else " ", name)


if __name__ == "__main__":
    main()
