"""Command line of the maintainer's tool that compiles the indices."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from cibw_debian.errors import CibwDebianError
from cibw_debian.host.aptroot import DEBIAN_KEYRING, Archive, default_mirror, open_suite
from cibw_debian.resolver.index import COMMAND
from cibw_debian.resolver.suites import indexed_targets
from cibw_debian.terminal import echo, show_error
from tools.indexer.extract import Collection, from_contents, from_packages
from tools.indexer.pack import pack


def collect(roots: Path, archive: Archive, targets: tuple[str, ...]) -> Collection:
    """Fetch and read the index files of all targets.

    Args:
        roots: Directory for apt's lists; what is there is brought up to date.
        archive: Where the packages are.
        targets: ``suite/deb-arch``.

    Raises:
        DataError: apt could not fetch or verify something.
    """
    suites = defaultdict(list)
    for target in targets:
        suite, _, deb_arch = target.partition("/")
        suites[suite].append(deb_arch)
    collection = Collection(list(targets))
    for suite, deb_archs in suites.items():
        echo(f"{suite}: {', '.join(deb_archs)}", err=True)
        root = open_suite(roots / suite, archive, suite, deb_archs, contents=True)
        shared = list(from_contents(root.lines("Contents-deb", "all")))
        for deb_arch in deb_archs:
            target = f"{suite}/{deb_arch}"
            files = [*shared, *from_contents(root.lines("Contents-deb", deb_arch))]
            programs = {package for kind, _, package in files if kind == COMMAND}
            collection.add(target, from_packages(root.lines("Packages", deb_arch), programs))
            collection.add(target, files)
    return collection


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.indexer",
        description="Compile the indices of names from an archive's Packages and Contents files.",
    )
    parser.add_argument("output", metavar="OUTPUT", type=Path, help="The index file to write.")
    parser.add_argument(
        "--target",
        action="append",
        metavar="SUITE/ARCH",
        help="Repeatable. [default: all that suites.json names]",
    )
    parser.add_argument("--mirror", help="[default: the Debian archive that this machine's apt uses]")
    parser.add_argument(
        "--keyring",
        default=DEBIAN_KEYRING,
        help="File with the keys that sign the archive. [default: %(default)s]",
    )
    parser.add_argument("--component", action="append", help="Repeatable. [default: main]")
    parser.add_argument("--roots", type=Path, help="Directory that keeps apt's lists for the next time.")
    return parser


def main() -> None:
    args = _parser().parse_args()
    output: Path = args.output
    archive = Archive(
        mirror=args.mirror or default_mirror(),
        keyring=args.keyring,
        components=tuple(args.component or ["main"]),
    )
    with tempfile.TemporaryDirectory() as temporary:
        roots: Path = args.roots or Path(temporary)
        collection = collect(roots.resolve(), archive, tuple(args.target or indexed_targets()))
    output.write_bytes(pack(collection))
    echo(f"{output}: {len(collection.records)} keys, {output.stat().st_size} bytes", err=True)


if __name__ == "__main__":
    try:
        main()
    except CibwDebianError as error:
        show_error(error.message, error.hint)
        sys.exit(error.exit_code)
