"""Real engine, real emulation, real images. `make ready` sets the machine up; nothing is skipped here."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from cibw_debian.engine.engine import Engine

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
