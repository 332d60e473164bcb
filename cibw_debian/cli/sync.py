"""`cibw-debian sync`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.cli.parser import add_allow_missing, command_parser
from cibw_debian.errors import OutdatedError
from cibw_debian.terminal import echo, note, warn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cibw_debian.cli.parser import Parser
    from cibw_debian.sync.sync import Synced

_DESCRIPTION = """\
Write translated hooks and pinned images into pyproject.toml: a marked block of
[[tool.cibuildwheel.overrides]], by which plain cibuildwheel and its GitHub
action then build without cibw-debian.

All that is not the block stays as it is, byte for byte. What a configuration
cannot carry is said: scripts that call dnf, hooks with variables, the native
compiler. Run the command again when a hook has changed.
"""
_EXAMPLES = """\
cibw-debian sync --archs armv7l
cibw-debian sync --diff
cibw-debian sync --check    (in CI)
cibw-debian sync --remove
"""


def main(argv: Sequence[str]) -> int:
    args = make_parser().parse_args(argv)
    from cibw_debian.cibw.adapter import Arguments  # noqa: PLC0415  (cold start)
    from cibw_debian.sync.sync import sync, unsync, write  # noqa: PLC0415

    arguments = Arguments(package_dir=args.package_dir, config_file=args.config_file, archs=args.archs)
    synced = (
        unsync(arguments)
        if args.remove
        else sync(arguments, os.environ, allow_missing=bool(args.allow_missing))
    )
    for warning in synced.warnings:
        warn(warning)
    if synced.old == synced.new:
        note(f"{synced.path}: up to date")
        return 0
    if args.check or args.diff:
        echo("".join(_diff(synced)), end="")
    if args.check:
        raise OutdatedError(
            f"{synced.path}: the block of `cibw-debian sync` is not up to date",
            hint="Run `cibw-debian sync`, and commit the file.",
        )
    if not args.diff:
        write(synced)
        note(f"{synced.path}: {'block removed' if args.remove else 'block written'}")
    return 0


def make_parser() -> Parser:
    parser = command_parser("sync", _DESCRIPTION, examples=_EXAMPLES)
    parser.add_argument("package_dir", nargs="?", type=Path, default=Path(), help="[default: .]")
    parser.add_argument(
        "--archs", "--arch", help="Architectures. [default: those of the block, or armv7l,riscv64]"
    )
    parser.add_argument(
        "--config-file", default="", metavar="FILE", help="The file to write to. [default: pyproject.toml]"
    )
    add_allow_missing(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="Write nothing; 51 if the block is stale.")
    what.add_argument("--diff", action="store_true", help="Write nothing; show what would change.")
    what.add_argument("--remove", action="store_true", help="Take the block out.")
    return parser


def _diff(synced: Synced) -> list[str]:
    from difflib import unified_diff  # noqa: PLC0415  (cold start)

    lines = unified_diff(
        synced.old.splitlines(keepends=True),
        synced.new.splitlines(keepends=True),
        str(synced.path),
        f"{synced.path} (synchronised)",
    )
    # A terminal needs the end of a line that the file does not have.
    return [line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines]
