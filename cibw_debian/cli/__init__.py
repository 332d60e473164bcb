"""The command line.

Each command is a module of its own with a function `main`, which takes the command's arguments and returns
the exit code. It is imported only when it is called: cold start is a feature.
"""

from __future__ import annotations

import errno
import importlib
import itertools
import os
import sys
from typing import TYPE_CHECKING, Any, cast

from cibw_debian import __version__
from cibw_debian.errors import BugError, CibwDebianError, ConfigurationError, UsageError
from cibw_debian.terminal import Amount, echo, set_amount, show_error, unstyle, write_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

    from cibw_debian.cli.parser import Parser

#: command, which is also the name of its module -> one-line help
COMMANDS = {
    "run": "Build wheels: exactly like cibuildwheel, on Debian-based images too.",
    "plan": "Show what would be built in which image, with each hook before and after.",
    "translate": "Translate one dnf/yum hook or script to apt-get.",
    "lookup": "Find the Debian packages for rpm names.",
    "explain": "Explain a finding: why it is said, and what to do.",
    "check": "Check the hooks in configuration, workflow files and scripts.",
    "sync": "Write translated hooks and pinned images into pyproject.toml.",
    "matrix": "Print the project's builds as a matrix of CI jobs.",
    "env": "Print variables with which plain cibuildwheel builds for one architecture.",
    "images": "List, build, test, pin and publish the images of the catalogue.",
    "completion": "Print a script by which a shell completes commands and options.",
    "doctor": "Check (and with --fix repair) engine, emulation, images and configuration.",
}

_DEBUG = "--debug-traceback"
#: options of every command that may stand before the command too
_BEFORE_COMMANDS = frozenset({_DEBUG, "-q", "--quiet", "-v", "--verbose"})
_HELP = "help"
# As a shell shows an end by these signals: 128 and the signal's number.
_INTERRUPTED = 130
_BROKEN_PIPE = 141
#: a full disk and the like: no bug, whatever was written
_NO_WRITING = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code.

    Args:
        argv: Arguments without the program's name; those of this process by default.
    """
    args = list(sys.argv[1:] if argv is None else argv)
    set_amount(Amount.NORMAL)
    try:
        code = _dispatch(args)
        sys.stdout.flush()
    except SystemExit as end:  # argparse: after --help, after an error of usage
        return int(end.code or 0)
    except KeyboardInterrupt:
        echo("aborted", err=True)
        return _INTERRUPTED
    except OSError as error:
        return _not_written(args, error)
    except Exception as error:  # noqa: BLE001  (the last resort: no traceback for a user)
        return _fail(args, error)
    return code


def _not_written(args: Sequence[str], error: OSError) -> int:
    """Return the exit code for what the system refuses; other errors than those of writing are bugs."""
    if isinstance(error, BrokenPipeError) or error.errno in _NO_WRITING:
        # The interpreter would write the rest at its end, and fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        return _BROKEN_PIPE  # nobody reads on (`| head`)
    if error.errno in _NO_WRITING:
        return _fail(args, ConfigurationError(f"cannot write: {error.strerror}"))
    return _fail(args, error)


def _fail(args: Sequence[str], error: Exception) -> int:
    """Write the error that is being handled, and return its exit code."""
    if _DEBUG in args:
        import traceback  # noqa: PLC0415  (cold start)

        traceback.print_exc()
    if not isinstance(error, (CibwDebianError, UsageError)):
        kind = f"{type(error).__name__}: {error}".rstrip(": ")
        error = BugError(
            f"this is a bug in cibw-debian {__version__}: {kind}",
            hint=f"Please report it, with what {_DEBUG} shows.",
        )
    if _wants_json(args):
        write_json({"error": {"code": error.code, "message": unstyle(error.message), "hint": error.hint}})
    else:
        if isinstance(error, UsageError):
            echo(error.usage, err=True, end="")
        show_error(error.message, error.hint)
    return error.exit_code


def _wants_json(args: Sequence[str]) -> bool:
    return "--format=json" in args or ("--format", "json") in itertools.pairwise(args)


def _dispatch(args: list[str]) -> int:
    options = list(itertools.takewhile(_BEFORE_COMMANDS.__contains__, args))
    name, *rest = args[len(options) :] or [""]
    if name == _HELP:
        name, rest = (rest[0], [*rest[1:], "--help"]) if rest else ("--help", [])
    if name not in COMMANDS:
        _explain(name)
    code: int = importlib.import_module(f"cibw_debian.cli.{name}").main([*options, *rest])
    return code


def _explain(name: str) -> NoReturn:
    """Answer everything that is not a call of a command, and exit."""
    parser = program_parser()
    if not name:
        parser.print_help(sys.stderr)
        parser.exit(2)
    if not name.startswith("-"):
        from difflib import get_close_matches  # noqa: PLC0415  (cold start)

        close = get_close_matches(name, [*COMMANDS, _HELP], n=1)
        meant = f" Perhaps you meant {close[0]!r}?" if close else ""
        parser.error(f"No such command {name!r}.{meant}")
    parser.parse_args([name])
    parser.error(f"A command comes before {name!r}.")


def program_parser(*, whole: bool = False) -> Parser:
    """Return the parser of the program.

    Args:
        whole: Each command has its own parser; otherwise only its name and what it is for.
    """
    from cibw_debian.cli.parser import PROGRAM, Parser  # noqa: PLC0415

    parser = Parser(
        prog=PROGRAM,
        description="Build armv7l and riscv64 manylinux wheels on Debian-based images,\n"
        "with the dnf hooks you have.",
        epilog="Start with `cibw-debian plan --archs armv7l`, then\n"
        "`cibw-debian run --archs armv7l`.\n"
        "`cibw-debian COMMAND --help` says more.",
    )
    commands = parser.add_subparsers(
        title="commands",
        metavar="COMMAND",
        parser_class=cast("Any", _command_parser) if whole else Parser,
    )
    for name, purpose in COMMANDS.items():
        commands.add_parser(name, help=purpose)
    helped = commands.add_parser(_HELP, help="Explain a command: `help plan` is `plan --help`.")
    if whole:
        helped.add_argument("command", nargs="?", choices=list(COMMANDS))
    return parser


def _command_parser(*, prog: str, **options: Any) -> Parser:
    """Return the parser of a command, by the name of the program and of the command."""
    from cibw_debian.cli.parser import Parser  # noqa: PLC0415

    *_, name = prog.split()
    if name == _HELP:
        return Parser(prog=prog, **options)
    parser: Parser = importlib.import_module(f"cibw_debian.cli.{name}").make_parser()
    return parser
