"""A project to configure, and cibuildwheel's own view of it. Runs with every supported cibuildwheel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from cibw_debian.cibw.adapter import Arguments
from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.planning.compute import read_config
from cibw_debian.planning.overrides import Generated, generate
from cibw_debian.planning.plan import Plan, make_plan
from cibw_debian.resolver.resolve import open_resolver
from cibw_debian.run.run import dump_config

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cibw_debian.cibw.adapter import Project

PYPROJECT = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "thing"
version = "1"
requires-python = ">=3.11,<3.14"
"""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One way to configure a project."""

    config: str
    env: dict[str, str]
    archs: str = "armv7l,x86_64"
    own_images: Mapping[str, str] = field(default_factory=dict)

    def write(self, directory: Path) -> Arguments:
        (directory / "pyproject.toml").write_text(PYPROJECT + self.config)
        return Arguments(package_dir=directory, archs=self.archs)


def plan_for(project: Project) -> Plan:
    return make_plan(project, load_catalogue(), open_resolver)


def generate_for(project: Project, plan: Plan, env: dict[str, str]) -> Generated:
    mount = "--volume=companion:/opt/cibw-debian:ro"
    create_args = [(mount,) if build.translated else () for build in plan.builds]
    return generate(read_config(project.config_file), plan, env, create_args=create_args)


def effective(arguments: Arguments, env: dict[str, str], config_file: Path | None = None) -> dict[str, Any]:
    """All of cibuildwheel's options by build identifier, straight from cibuildwheel."""
    import dataclasses  # noqa: PLC0415

    from cibuildwheel.options import CommandLineArguments, compute_options  # noqa: PLC0415
    from cibuildwheel.platforms.linux import get_python_configurations  # noqa: PLC0415

    command_line = dataclasses.replace(
        CommandLineArguments.defaults(),
        platform="linux",
        archs=arguments.archs,
        config_file=str(config_file or ""),
        package_dir=arguments.package_dir,
    )
    options = compute_options("linux", command_line, env)
    configurations = get_python_configurations(options.globals.build_selector, options.globals.architectures)
    return {c.identifier: _comparable(options.build_options(c.identifier)) for c in configurations}


def _comparable(build_options: Any) -> dict[str, Any]:
    fields = {name: getattr(build_options, name) for name in build_options.__dataclass_fields__}
    # Printed, because some of the values compare by identity.
    return {name: repr(value) for name, value in fields.items() if name != "globals"}


@pytest.fixture
def write_generated(tmp_path: Path) -> Any:
    def write(generated: Generated) -> Path:
        path = tmp_path / "generated.toml"
        path.write_text(dump_config(generated.config))
        return path

    return write
