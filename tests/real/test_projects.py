"""Public projects as the package index has them become wheels: two here, the quick ones in the proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.projects import WHEEL, Build, read_builds, run_build

if TYPE_CHECKING:
    from pathlib import Path

    from cibw_debian.engine.engine import Engine

pytestmark = pytest.mark.engine

#: a chain of fallbacks in a workflow; a before-build
TWO = ("hidapi-armv7l", "galpy-armv7l")
#: minutes on two cores, as projects.toml has them
QUICK = 5
#: seconds after which a build is ended: a busy machine is several times slower
LIMIT = 40 * 60
BUILDS = read_builds()


def params(builds: list[Build]) -> list[object]:
    return [pytest.param(build, id=build.key) for build in builds]


def ends_as_expected(build: Build, directory: Path) -> None:
    result = run_build(build, directory, LIMIT)
    log = (directory / build.key / "log.txt").read_text(encoding="utf-8", errors="replace")
    assert result.end == ("expected" if build.reason else WHEEL), log[-4000:]


@pytest.mark.parametrize("build", params([build for build in BUILDS if build.key in TWO]))
def test_a_public_project_becomes_a_wheel(engine: Engine, tmp_path: Path, build: Build) -> None:
    del engine
    ends_as_expected(build, tmp_path)


@pytest.mark.proof
@pytest.mark.parametrize(
    "build", params([build for build in BUILDS if 0 < build.minutes < QUICK and build.key not in TWO])
)
def test_the_quick_projects_of_the_table_end_as_it_says(engine: Engine, tmp_path: Path, build: Build) -> None:
    del engine
    ends_as_expected(build, tmp_path)
