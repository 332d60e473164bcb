"""`cibw-debian plan`."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from cibw_debian.errors import TranslationError


@click.command(name="plan")
@click.argument("package_dir", type=click.Path(path_type=Path), default=".")
@click.option("--archs", help="Architectures, as cibuildwheel takes them: armv7l,riscv64.")
@click.option("--only", help="One build identifier: cp311-manylinux_armv7l.")
@click.option(
    "--config-file", default="", help="cibuildwheel's TOML configuration instead of pyproject.toml."
)
@click.option("--enable", multiple=True, metavar="GROUP", help="Enable a group of builds; repeatable.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    *,
    package_dir: Path,
    archs: str | None,
    only: str | None,
    config_file: str,
    enable: tuple[str, ...],
    format_: str,
) -> int:
    """Show what would be built in which image, each hook before and after, and what there is to say about it.

    Nothing is started, pulled or written. Environment variables (CIBW_ARCHS, CIBW_BEFORE_ALL, ...) count as
    they do for cibuildwheel.

    \b
    Examples:
      cibw-debian plan --archs armv7l
      cibw-debian plan path/to/package --archs armv7l,riscv64 --format json
    """  # noqa: D301  (click reads the \b)
    from cibw_debian.adapter import Arguments  # noqa: PLC0415  (cold start)
    from cibw_debian.report import render_plan  # noqa: PLC0415
    from cibw_debian.run import compute_plan  # noqa: PLC0415

    arguments = Arguments(
        package_dir=package_dir,
        archs=archs,
        only=only,
        config_file=config_file,
        enable=enable,
        platform="linux",
    )
    planned = compute_plan(arguments, os.environ)
    if format_ == "json":
        click.echo(json.dumps(planned.plan.to_json(), indent=2))
    else:
        click.echo(render_plan(planned.plan), nl=False)
    return 0 if planned.plan.ok else TranslationError.exit_code
