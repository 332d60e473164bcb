"""`cibw-debian completion`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from cibw_debian.cli.parser import command_parser
from cibw_debian.terminal import echo

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Sequence

    from cibw_debian.cli.parser import Parser

_DESCRIPTION = """\
Print a script by which a shell completes commands, options, names of images,
architectures and codes of findings. The script starts no program when it
completes. Write it again after an update of cibw-debian.
"""
_EXAMPLES = """\
source <(cibw-debian completion bash)
cibw-debian completion zsh > ~/.zfunc/_cibw-debian
cibw-debian completion fish > ~/.config/fish/completions/cibw-debian.fish
"""
_SHELLS = ("bash", "zsh", "fish")


def make_parser() -> Parser:
    parser = command_parser("completion", _DESCRIPTION, examples=_EXAMPLES)
    parser.add_argument("shell", metavar="SHELL", choices=_SHELLS, help=f"One of {', '.join(_SHELLS)}.")
    return parser


def main(argv: Sequence[str]) -> int:
    args = make_parser().parse_args(argv)
    import shtab  # noqa: PLC0415  (cold start)

    from cibw_debian.cli import program_parser  # noqa: PLC0415

    parser = program_parser(whole=True)
    _add_values(parser)
    echo(shtab.complete(parser, args.shell))
    return 0


def _add_values(parser: argparse.ArgumentParser) -> None:
    """Say of each argument what it may be, for completing only: where it is read, more is allowed."""
    from shtab import DIRECTORY, FILE  # noqa: PLC0415  (cold start)

    values = _values()
    for action in _actions(parser):
        found = values.get(action.dest)
        if action.choices is None and found:
            action.choices = found
        elif action.metavar in {"FILE", "DIR"} or action.dest == "file" or action.type is Path:
            # shtab reads this attribute of an action.
            directory = action.metavar == "DIR" or action.dest in {"package_dir", "directory"}
            vars(action)["complete"] = DIRECTORY if directory else FILE


def _values() -> dict[str, list[str]]:
    """Return what arguments may be, by their names."""
    from cibw_debian.findings import codes  # noqa: PLC0415  (cold start)
    from cibw_debian.images.catalogue import load_catalogue  # noqa: PLC0415
    from cibw_debian.platforms import ARCHS  # noqa: PLC0415
    from cibw_debian.resolver.suites import suites  # noqa: PLC0415

    names = [image.name for image in load_catalogue().images]
    found: dict[str, Iterable[str]] = {
        "arch": ARCHS,
        "archs": ARCHS,
        "codes": codes(),
        "image": names,
        "name": names,
        "suite": suites(),
    }
    return {name: list(words) for name, words in found.items()}


def _actions(parser: argparse.ArgumentParser) -> Iterator[Any]:
    """Yield the arguments of a parser and of the parsers below it."""
    for action in parser._actions:  # noqa: SLF001  (argparse has no public way)
        yield action
        if isinstance(action.choices, dict):
            for below in action.choices.values():
                if hasattr(below, "_actions"):
                    yield from _actions(below)
