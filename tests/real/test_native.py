"""The native compiler: what a script sees of it is what it sees of the emulated one.

Each script of tests/real/compiler runs in a container with the native compiler and in one without anything
of ours, and has to write the same, byte for byte. Both compile the sources of tests/real/objects to the same.
"""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.mounts.native.toolchain import LABEL, Toolchain, make_ready
from tests.same_result import compare_objects

from .conftest import docker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cibw_debian.engine.engine import Engine, LocalImage
    from cibw_debian.engine.volumes import Volumes
    from cibw_debian.mounts.native.toolchain import Ready

pytestmark = pytest.mark.engine

IMAGE = "localhost/cibw-debian/debian-11:armv7l"
PLATFORM = "linux/arm/v7"
SCRIPTS = sorted((Path(__file__).parent / "compiler").glob("*.sh"))
OBJECTS = Path(__file__).parent / "objects"
COMPILATIONS = (
    "gcc -O1 -g3 -c c.c",
    "gcc -O3 -ffast-math -marm -mfpu=neon -c c.c",
    "gcc -O2 -g -fPIC -fstack-protector-strong -D_FORTIFY_SOURCE=2 -c c.c",
    "gcc -O2 --coverage -frandom-seed=1 -c c.c",
    "g++ -O2 -g -std=c++20 -c cxx.cc",
    # Without -g: debug information of Fortran notes the path of the compiler's own modules.
    "gfortran -O2 -fopenmp -fPIC -c fortran.f90",
    # With -s: the symbol table has the paths of crti.o and its like as they were found. Of link-time
    # optimisation only the result can be the same: bullseye's cross compiler compresses what it leaves for
    # the linker with zlib, and the other one with zstd.
    "gcc -O2 -flto -shared -fPIC -s c.c -lm",
    "gcc -O2 -fuse-ld=gold -shared -fPIC -s c.c -lm",
    "g++ -O2 -static-libstdc++ -static-libgcc -shared -fPIC -s cxx.cc",
    "gfortran -O2 -shared -fPIC -s fortran.f90",
)


class Ran(NamedTuple):
    code: int
    out: str
    err: str


class Container:
    """A container that scripts run in, one after the other, each in a directory of its own."""

    def __init__(self, create_args: tuple[str, ...] = ()) -> None:
        run = ("run", "--detach", "--platform", PLATFORM, *create_args, IMAGE)
        self.name = docker(*run, "sh", "-c", ": > /started; exec sleep infinity").strip()
        # Until the entrypoint is done.
        docker("exec", self.name, "bash", "-c", "until [ -e /started ]; do sleep 0.1; done")

    def compile(self, command: str) -> bytes:
        """What a command makes of the sources, in the same place in every container."""
        docker("cp", f"{OBJECTS}/.", f"{self.name}:/objects")
        ran = self.run(f"cd /objects; {command} -o result 2>&1; base64 result; rm result")
        assert ran.code == 0, ran.out
        return base64.b64decode(ran.out)

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
def local(engine: Engine) -> LocalImage:
    local = engine.image(IMAGE)
    assert local
    return local


@pytest.fixture(scope="module")
def ready(run_volumes: Volumes) -> Ready:
    image = load_catalogue().get("debian-11")
    toolchain = Toolchain(
        suite=image.suite, gcc=image.gcc, arch="armv7l", host=run_volumes.engine.architecture()
    )
    return make_ready(toolchain, volumes=run_volumes, reference=IMAGE, image=image)


@pytest.fixture(scope="module")
def create_args(ready: Ready, local: LocalImage) -> tuple[str, ...]:
    return ready.create_args(local)


@pytest.fixture(scope="module")
def plain(engine: Engine) -> Iterator[Container]:
    del engine
    container = Container()
    yield container
    docker("rm", "--force", container.name)


@pytest.fixture(scope="module")
def native(create_args: tuple[str, ...]) -> Iterator[Container]:
    container = Container(create_args)
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


@pytest.mark.parametrize("command", COMPILATIONS)
def test_object_code_is_the_same(plain: Container, native: Container, command: str) -> None:
    assert compare_objects(plain.compile(command), native.compile(command)) == []


def test_what_was_compiled_is_remembered_across_containers(
    ready: Ready, local: LocalImage, plain: Container, tmp_path: Path
) -> None:
    cache = ready.cache(tmp_path)
    docker("volume", "create", "--label", f"{LABEL}=test", cache)
    script = (Path(__file__).parent / "cache.sh").read_text()
    expected = plain.run(script)
    ask = "CCACHE_DIR=/opt/cibw-debian-cache /opt/cibw-debian-native/usr/bin/ccache --print-stats"
    counted = []
    try:
        for _ in range(2):
            container = Container(ready.create_args(local, cache=cache))
            try:
                for command in ("gcc -O2 -g -c c.c", "g++ -O2 -g -std=c++20 -c cxx.cc"):
                    assert compare_objects(plain.compile(command), container.compile(command)) == []
                counters = dict(line.split() for line in container.run(ask).out.splitlines())
                counted.append([int(counters[name]) for name in ("preprocessed_cache_hit", "cache_miss")])
                for _ in range(2):
                    assert container.run(script) == expected
            finally:
                docker("rm", "--force", container.name)
    finally:
        docker("volume", "rm", "--force", cache)
    # What the script did counts in between.
    (first, second) = counted
    assert first == [0, 2]
    assert second[0] > 2


def test_cmake_is_as_parallel_as_the_container(create_args: tuple[str, ...]) -> None:
    ask = ("--platform", PLATFORM, IMAGE, "sh", "-c", "echo $(nproc) $CMAKE_BUILD_PARALLEL_LEVEL")
    assert docker("run", "--rm", "--cpuset-cpus=0", *create_args, *ask) == "1 1\n"
    own = ("--cpuset-cpus=0", "--env=CMAKE_BUILD_PARALLEL_LEVEL=7")
    assert docker("run", "--rm", *own, *create_args, *ask) == "1 7\n"


@pytest.mark.parametrize("option", ["-march=native", "-mtune=native"])
def test_what_asks_for_the_processor_is_left_to_the_emulated_compiler(
    plain: Container, native: Container, option: str
) -> None:
    for arguments in (option, "@options", "@nested"):
        ask = (
            f"echo '-O2 \"{option}\"' > options; echo '-g @options -g' > nested;"
            f" gcc {arguments} -dM -E -x c /dev/null | sort"
        )
        ran = native.run(ask)
        assert ran.out == plain.run(ask).out
        assert ran.err == f"cibw-debian: note: {option}: left to the emulated compiler\n"


@pytest.mark.parametrize(
    "option",
    ["-Wl,-plugin -Wl,./x.so", "-Xlinker -plugin -Xlinker ./x.so", "-fplugin=./x.so", "--sysroot=/none"],
)
def test_plugins_and_other_roots_are_left_to_the_emulated_compiler(
    plain: Container, native: Container, option: str
) -> None:
    ask = f"gcc -shared -x c /dev/null -o x.so; gcc {option} -x c /dev/null -o y.so -shared"
    expected, ran = plain.run(ask), native.run(ask)
    assert ran.code == expected.code
    assert "left to the emulated compiler" in ran.err
    assert expected.err.splitlines()[-1] == ran.err.splitlines()[-1]


def test_a_container_starts_as_its_image_says(create_args: tuple[str, ...]) -> None:
    options = (
        "--workdir=/usr/share",
        "--env=CIBW_DEBIAN_ENTRYPOINT=env\n-u\nPIP_COMPILE\nGREETING=hello  world",
    )
    out = docker(
        *("run", "--rm", "--platform", PLATFORM, *create_args, *options, IMAGE),
        *("sh", "-c", "pwd; env | sort | grep -E 'CIBW|GREETING|OLDPWD|PIP_'"),
    )
    assert out == "/usr/share\nGREETING=hello  world\n"


def test_a_compiler_that_comes_later_is_replaced_if_it_is_the_same(native: Container) -> None:
    """apt installs an emulated one; the native one is there when apt is done."""
    script = """
    apt-get update >/dev/null
    apt-get install -y --no-install-recommends --reinstall gcc-10 gcc-9 >log 2>&1 || { cat log >&2; exit 1; }
    bits() { od --skip-bytes=4 --read-bytes=1 --address-radix=n --format=d1 "$($1 -print-prog-name=cc1)"; }
    bits gcc-10
    bits gcc-9
    apt-get purge -y gcc-9 >/dev/null 2>&1
    # So is the user's own ccache.
    apt-get install -y --no-install-recommends ccache >/dev/null 2>&1
    echo 'int main(void) { return 0; }' > x.c
    for _ in 1 2; do /usr/lib/ccache/gcc -c x.c -o x.o; done
    ccache=$(readlink --canonicalize /usr/bin/ccache)
    od --skip-bytes=4 --read-bytes=1 --address-radix=n --format=d1 "$ccache"
    ccache --print-stats | sed -n 's/^direct_cache_hit.//p'
    apt-get purge -y ccache >/dev/null 2>&1
    """
    ran = native.run(script)
    assert ran.out.split() == ["2", "1", "2", "1"], ran.err


def test_what_the_user_puts_there_stays(create_args: tuple[str, ...]) -> None:
    """A program that is not as its package brought it is the user's own, now and after apt was at work."""
    script = """
    printf '#!/bin/sh\\necho mine\\n' > /tmp/make && install /tmp/make /usr/bin/make
    /opt/cibw-debian-native/link
    make
    ls /usr/bin/make /usr/bin/make.emulated | wc -l
    """
    out = docker("run", "--rm", "--platform", PLATFORM, *create_args, IMAGE, "bash", "-euc", script)
    # The emulated one that was there is still beside it.
    assert out.split() == ["mine", "2"]


def test_apt_checks_signatures(native: Container) -> None:
    script = """
    mv /etc/apt/trusted.gpg.d /usr/share/keyrings /tmp
    apt-get update 2>&1 || true
    mv /tmp/trusted.gpg.d /etc/apt; mv /tmp/keyrings /usr/share
    """
    assert "NO_PUBKEY" in native.run(script).out


def test_apt_itself_is_native(native: Container) -> None:
    assert native.run("apt-config dump APT::Architecture").out == 'APT::Architecture "armhf";\n'
    program = "$(readlink --canonicalize /usr/bin/apt-get)"
    ask = f"od --skip-bytes=4 --read-bytes=1 --address-radix=n --format=d1 {program}"
    assert int(native.run(ask).out) == 2
