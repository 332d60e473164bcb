"""The native compiler: what a script sees of it is what it sees of the emulated one.

Each script of tests/real/compiler runs in a container with the native compiler and in one without anything
of ours, and has to write the same, byte for byte.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from cibw_debian.catalogue import load_catalogue
from cibw_debian.native.toolchain import Toolchain, make_ready

from .conftest import docker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cibw_debian.engine import Engine

pytestmark = pytest.mark.engine

IMAGE = "localhost/cibw-debian/debian-11:armv7l"
PLATFORM = "linux/arm/v7"
SCRIPTS = sorted((Path(__file__).parent / "compiler").glob("*.sh"))


class Ran(NamedTuple):
    code: int
    out: str
    err: str


class Container:
    """A container that scripts run in, one after the other, each in a directory of its own."""

    def __init__(self, *create_args: str) -> None:
        self.name = docker(
            "run", "--detach", "--platform", PLATFORM, *create_args, IMAGE, "sleep", "infinity"
        ).strip()

    def run(self, script: str) -> Ran:
        enter = 'cd "$(mktemp --directory)" && exec bash -eu -o pipefail /dev/stdin'
        done = subprocess.run(
            ["docker", "exec", "--interactive", self.name, "bash", "-c", enter],
            input=script,
            check=False,
            capture_output=True,
            text=True,
        )
        return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def create_args(engine: Engine) -> tuple[str, ...]:
    image = load_catalogue().get("debian-11")
    toolchain = Toolchain(suite=image.suite, gcc=image.gcc, arch="armv7l", host=engine.architecture())
    local = engine.image(IMAGE)
    assert local
    return make_ready(toolchain, engine=engine, reference=IMAGE, image=image).create_args(local)


@pytest.fixture(scope="module")
def plain(engine: Engine) -> Iterator[Container]:
    del engine
    container = Container()
    yield container
    docker("rm", "--force", container.name)


@pytest.fixture(scope="module")
def native(create_args: tuple[str, ...]) -> Iterator[Container]:
    container = Container(*create_args)
    yield container
    docker("rm", "--force", container.name)


def test_only_one_of_the_containers_has_the_native_compiler(plain: Container, native: Container) -> None:
    # How many bits the program that compiles has.
    ask = "od --skip-bytes=4 --read-bytes=1 --address-radix=n --format=d1 $(gcc -print-prog-name=cc1)"
    assert int(plain.run(ask).out) == 1
    assert int(native.run(ask).out) == 2


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_cannot_tell(plain: Container, native: Container, script: Path) -> None:
    expected = plain.run(script.read_text())
    assert expected.code == 0, expected.err
    assert expected.out
    assert native.run(script.read_text()) == expected


@pytest.mark.parametrize("option", ["-march=native", "-mtune=native"])
def test_what_asks_for_the_processor_is_left_to_the_emulated_compiler(
    plain: Container, native: Container, option: str
) -> None:
    for arguments in (option, "@options"):
        ask = f"echo '-O2 {option}' > options; gcc {arguments} -dM -E -x c /dev/null | sort"
        ran = native.run(ask)
        assert ran.out == plain.run(ask).out
        assert ran.err == f"cibw-debian: note: {option}: left to the emulated compiler\n"
