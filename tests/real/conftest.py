"""Real engine, real emulation, real images. `make ready` sets the machine up; nothing is skipped here."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from cibw_debian.engine import Engine

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "example-project"


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


def cibw_debian(*args: str, env: dict[str, str], cwd: Path) -> Ran:
    done = subprocess.run(
        [sys.executable, "-m", "cibw_debian", *args],
        env=env,
        cwd=cwd,
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    # Shown by pytest if the test fails.
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    return Ran(done.returncode, done.stdout, done.stderr)


def docker(*args: str) -> str:
    return subprocess.run(["docker", *args], check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine; fails, and does not skip, where there is none."""
    engine = Engine()
    engine.require()
    return engine
