"""The command line.

Each command is a module of its own, imported only when it is called: cold start is a feature.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

import click

from cibw_debian import __version__
from cibw_debian.errors import CibwDebianError

if TYPE_CHECKING:
    from collections.abc import Sequence

#: command -> one-line help; the module of the same name holds the command as `command`
COMMANDS = {
    "run": "Build wheels: exactly like cibuildwheel, on Debian-based images too.",
    "plan": "Show what would be built in which image, with each hook before and after.",
    "translate": "Translate one dnf/yum hook or script to apt-get.",
    "lookup": "Find the Debian packages for rpm names.",
    "images": "List, show, resolve and build the images of the catalogue.",
    "doctor": "Check (and with --fix mend) engine, emulation, images and configuration.",
}


class _LazyGroup(click.Group):
    """Knows its commands' names and one-line helps without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"cibw_debian.cli.{cmd_name}").command
        assert isinstance(command, click.Command)  # noqa: S101
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches  # noqa: PLC0415  (cold start)

            close = get_close_matches(args[0], COMMANDS, n=1)
            meant = f" Perhaps you meant {close[0]!r}?" if close else ""
            ctx.fail(f"No such command {args[0]!r}.{meant}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with `cibw-debian plan`, then `CIBW_ARCHS=armv7l cibw-debian run`.",
)
@click.version_option(__version__, message="cibw-debian %(version)s")
@click.option("--debug-traceback", is_flag=True, help="Print a full traceback for every error.")
def cli(*, debug_traceback: bool) -> None:
    """Build armv7l and riscv64 manylinux wheels on Debian-based images, with the dnf hooks you have."""
    del debug_traceback  # read in main()


def show_error(error: CibwDebianError) -> None:
    """Write an error the way all commands do: what is wrong, then what to do next."""
    click.echo(click.style("error: ", fg="red", bold=True) + error.message, err=True)
    if error.hint:
        click.echo(error.hint, err=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code.

    Args:
        argv: Arguments without the program's name; those of this process by default.
    """
    args = list(sys.argv[1:] if argv is None else argv)
    try:
        result = cli.main(args=args, prog_name="cibw-debian", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("aborted", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except CibwDebianError as error:
        if "--debug-traceback" in args:
            raise
        show_error(error)
        return error.exit_code
    return result if isinstance(result, int) else 0
