"""The command line of `run`, which `plan` takes too."""

from __future__ import annotations

import shlex
from argparse import ArgumentParser, BooleanOptionalAction
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.cli.parser import PROGRAM, QUIET, VERBOSE

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from cibw_debian.cli.parser import Parser
    from cibw_debian.run.invocation import Invocation

#: options of ours that decide a setting
_SETTINGS = (
    *("companion", "native_compiler", "native_python", "compiler_cache", "wheel_cache"),
    *("allow_missing", "requirements"),
)


def add_arguments(parser: Parser) -> None:
    """Add every argument of `run`, apart from those that only its report needs."""
    group = parser.add_argument_group("what is built, as cibuildwheel has it")
    group.add_argument("package_dir", nargs="?", type=Path, default=Path(), help="[default: .]")
    group.add_argument("--archs", "--arch", help="Architectures: armv7l,riscv64.")
    group.add_argument("--only", metavar="IDENTIFIER", help="One build: cp311-manylinux_armv7l.")
    group.add_argument(
        "--enable", action="append", default=[], metavar="GROUP", help="Enable a group of builds; repeatable."
    )
    group.add_argument("--platform", help="Platform to build for; only Linux is changed.")
    group.add_argument("--output-dir", metavar="DIR", help="Where wheels go. [default: wheelhouse]")
    group.add_argument("--allow-empty", action="store_true", help="No error if there is nothing to build.")
    group.add_argument(
        "--print-build-identifiers", action="store_true", help="Print what would be built and exit."
    )
    group.add_argument("--clean-cache", action="store_true", help="Empty cibuildwheel's cache and exit.")


def add_own_arguments(parser: ArgumentParser) -> None:
    """Add the arguments that cibuildwheel does not get as they were written."""
    parser.add_argument(
        "--config-file",
        default="",
        metavar="FILE",
        help="cibuildwheel's TOML configuration. [default: pyproject.toml]",
    )
    parser.add_argument(
        "--companion",
        action=BooleanOptionalAction,
        help="Answer dnf and yum at run time, in scripts too. [default: where a hook needs it]",
    )
    parser.add_argument(
        "--native-compiler",
        action=BooleanOptionalAction,
        help="Compile with the suite's own cross compiler, several times faster than emulated."
        " [default: where containers are emulated and a compiler is available]",
    )
    parser.add_argument(
        "--native-python",
        action=BooleanOptionalAction,
        help="With the native compiler, run Python's own tools natively, too. [default: where possible]",
    )
    parser.add_argument(
        "--compiler-cache",
        action=BooleanOptionalAction,
        help="Keep what the native compiler compiled, for the project's next builds. [default: no]",
    )
    parser.add_argument(
        "--wheel-cache",
        action=BooleanOptionalAction,
        help="Keep what pip and uv compile for build environments, for the project's next builds."
        " [default: no]",
    )
    parser.add_argument(
        "--allow-missing",
        action=BooleanOptionalAction,
        help="Leave out interpreters that the image lacks, instead of an error. [default: no]",
    )
    parser.add_argument(
        "--requirements",
        action=BooleanOptionalAction,
        help="Install what compiling build and test requirements needs that have no wheel. [default: yes]",
    )
    parser.add_argument(
        "--report", type=Path, metavar="FILE", help="Write there, as JSON, which packages were installed."
    )


def read_invocation(parser: Parser, argv: Sequence[str]) -> tuple[Invocation, Namespace]:
    """Read the arguments of `run` or `plan`.

    Args:
        parser: Has both kinds of arguments, and perhaps more.
        argv: The command's arguments.
    """
    args, unknown = parser.parse_known_args(argv)
    _check_unknown(parser, unknown)
    own = ArgumentParser(add_help=False, allow_abbrev=False)
    add_own_arguments(own)
    own.add_argument(*QUIET, *VERBOSE, action="store_true")
    _, passed = own.parse_known_args(argv)

    from cibw_debian.cibw.adapter import Arguments  # noqa: PLC0415  (cold start)
    from cibw_debian.run.invocation import Invocation  # noqa: PLC0415

    arguments = Arguments(
        package_dir=args.package_dir,
        archs=args.archs,
        only=args.only,
        config_file=args.config_file,
        enable=tuple(args.enable),
        platform=args.platform,
        allow_empty=args.allow_empty,
    )
    values = {name: getattr(args, name) for name in _SETTINGS}
    invocation = Invocation(
        arguments=arguments,
        passed=tuple("--archs" + word[6:] if _is_arch(word) else word for word in passed),
        switches={name: value for name, value in values.items() if value is not None},
        line=shlex.join([PROGRAM, "run", *argv]),
    )
    return invocation, args


def _is_arch(word: str) -> bool:
    return word == "--arch" or word.startswith("--arch=")


def _check_unknown(parser: Parser, words: Sequence[str]) -> None:
    """Refuse options that the installed cibuildwheel does not know either."""
    options = [word.partition("=")[0] for word in words if word.startswith("-") and len(word) > 1]
    if not options:
        return
    from cibw_debian.cibw.adapter import command_line_options  # noqa: PLC0415  (cold start)

    known = command_line_options()
    for option in options:
        if option not in known and option != "--":
            from difflib import get_close_matches  # noqa: PLC0415  (cold start)

            ours = {name for action in parser._actions for name in action.option_strings}  # noqa: SLF001
            close = get_close_matches(option, ours | known, n=1)
            meant = f" Perhaps you meant {close[0]}?" if close else ""
            parser.error(f"neither cibw-debian nor cibuildwheel has an option {option}.{meant}")
