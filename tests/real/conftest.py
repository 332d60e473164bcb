"""Real engine, real emulation, real images. `make ready` sets the machine up; nothing is skipped here."""

from __future__ import annotations

import subprocess
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cibw_debian.engine.engine import Engine
from cibw_debian.engine.volumes import Volumes
from cibw_debian.host.process import reaper

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "example-project"


def docker(*args: str) -> str:
    return subprocess.run(["docker", *args], check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine; fails, and does not skip, where there is none."""
    engine = Engine()
    engine.require()
    return engine


@pytest.fixture(scope="module")
def run_volumes(engine: Engine) -> Iterator[Volumes]:
    """The volumes of a run that lasts as long as the tests."""
    label = f"cibw-debian-test.run={uuid.uuid4().hex}"
    with reaper(engine.name, label):
        yield Volumes(engine, label)
