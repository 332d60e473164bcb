"""Command line of the maintainer's tool that compiles the indices."""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import click

from cibw_debian.errors import CibwDebianError
from cibw_debian.indexer.archive import DEBIAN_KEYRING, AptRoot, Archive, default_mirror
from cibw_debian.indexer.extract import Collection, from_contents, from_packages
from cibw_debian.indexer.pack import pack
from cibw_debian.resolver.suites import indexed_targets


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
        root = AptRoot(roots / suite, archive, suite, deb_archs, contents=True)
        click.echo(f"{suite}: {', '.join(deb_archs)}", err=True)
        root.update()
        shared = list(from_contents(root.lines("Contents-deb", "all")))
        for deb_arch in deb_archs:
            target = f"{suite}/{deb_arch}"
            collection.add(target, from_packages(root.lines("Packages", deb_arch)))
            collection.add(target, from_contents(root.lines("Contents-deb", deb_arch)))
            collection.add(target, shared)
    return collection


@click.command()
@click.option(
    "--target", "targets", multiple=True, metavar="SUITE/ARCH", help="Default: all that suites.json names."
)
@click.option("--mirror", help="Default: the Debian archive that this machine's apt uses.")
@click.option(
    "--keyring", default=DEBIAN_KEYRING, show_default=True, help="File with the keys that sign the archive."
)
@click.option("--component", "components", multiple=True, default=["main"], show_default=True)
@click.option(
    "--roots", type=click.Path(path_type=Path), help="Directory that keeps apt's lists for the next time."
)
@click.argument("output", type=click.Path(path_type=Path))
def command(
    *,
    targets: tuple[str, ...],
    mirror: str | None,
    keyring: str,
    components: tuple[str, ...],
    roots: Path | None,
    output: Path,
) -> None:
    """Compile the indices of names from an archive's Packages and Contents files into OUTPUT."""
    archive = Archive(mirror=mirror or default_mirror(), keyring=keyring, components=components)
    with tempfile.TemporaryDirectory() as temporary:
        collection = collect((roots or Path(temporary)).resolve(), archive, targets or indexed_targets())
    output.write_bytes(pack(collection))
    click.echo(f"{output}: {len(collection.records)} keys, {output.stat().st_size} bytes", err=True)


if __name__ == "__main__":
    try:
        command()
    except CibwDebianError as error:
        sys.exit(f"error: {error.message}\n{error.hint}")
