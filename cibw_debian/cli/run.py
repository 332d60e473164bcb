"""`cibw-debian run`."""

from __future__ import annotations

import os
from pathlib import Path

import click


@click.command(name="run", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.argument("package_dir", type=click.Path(path_type=Path), default=".")
@click.option("--archs", help="Architectures to build for: armv7l,riscv64.")
@click.option("--only", metavar="IDENTIFIER", help="Build this one wheel only: cp311-manylinux_armv7l.")
@click.option("--config-file", default="", help="TOML configuration instead of pyproject.toml.")
@click.option("--output-dir", help="Where wheels go.  [default: wheelhouse]")
@click.option("--platform", help="Platform to build for; other than linux is handed on as it is.")
@click.option("--enable", multiple=True, metavar="GROUP", help="Enable a group of builds; repeatable.")
@click.option("--allow-empty", is_flag=True, help="No error if there is nothing to build.")
@click.option("--print-build-identifiers", is_flag=True, help="Print what would be built and exit.")
@click.option("--debug-traceback", is_flag=True, help="Print a full traceback for every error.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    package_dir: Path,
    archs: str | None,
    only: str | None,
    config_file: str,
    output_dir: str | None,
    platform: str | None,
    enable: tuple[str, ...],
    allow_empty: bool,
    print_build_identifiers: bool,
    debug_traceback: bool,
) -> int:
    """Build wheels exactly like cibuildwheel: same arguments, same configuration, same CIBW_* variables.

    Where an image is Debian-based, its short name becomes an exact image and the dnf and yum commands in your
    hooks become apt-get commands. Everything else is handed on as it is, and so is cibuildwheel's exit code.
    Options that are not listed here are handed on to cibuildwheel.

    \b
    Examples:
      CIBW_ARCHS=armv7l cibw-debian run
      CIBW_MANYLINUX_ARMV7L_IMAGE=debian-11 cibw-debian run --archs armv7l path/to/package
      cibw-debian run --only cp313-manylinux_riscv64
    """  # noqa: D301  (click reads the \b)
    from cibw_debian.adapter import Arguments  # noqa: PLC0415  (cold start)
    from cibw_debian.run import run  # noqa: PLC0415

    arguments = Arguments(
        package_dir=package_dir,
        config_file=config_file,
        archs=archs,
        only=only,
        platform=platform,
        enable=enable,
        allow_empty=allow_empty,
    )
    valued = {"--archs": archs, "--only": only, "--output-dir": output_dir, "--platform": platform}
    flags = {
        "--allow-empty": allow_empty,
        "--print-build-identifiers": print_build_identifiers,
        "--debug-traceback": debug_traceback,
    }
    passed = [
        str(package_dir),
        *(word for option, value in valued.items() if value is not None for word in (option, value)),
        *(word for group in enable for word in ("--enable", group)),
        *(option for option, given in flags.items() if given),
        *ctx.args,
    ]
    return run(arguments, passed, os.environ)
