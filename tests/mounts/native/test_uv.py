"""The native uv: which calls it gets, and where it comes from."""

from __future__ import annotations

import io
import subprocess
import tarfile
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cibw_debian.engine.command import CommandFailedError
from cibw_debian.engine.engine import Engine
from cibw_debian.engine.volumes import Volumes
from cibw_debian.mounts.native import tree
from cibw_debian.mounts.native import uv as module
from cibw_debian.mounts.native.uv import uv_args
from tests.planning.test_plan import build, plan

from .conftest import HOST, libraries_of, needs_debian, program

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

(BUILD,) = plan(build("cp311-manylinux_armv7l", "debian-12")).builds
SCRIPT = Path(tree.__file__).parent / "scripts/uv"


@pytest.fixture(scope="module")
def uv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script that containers have as uv, with two programs that only say which of them runs."""
    directory = tmp_path_factory.mktemp("uv")
    text = SCRIPT.read_text().replace("@DASH@", "/bin/sh").replace("@UV@", str(directory))
    text = text.replace("/usr/local/bin/uv.emulated", str(directory / "emulated"))
    for name, content in {
        "script": text,
        "uv": '#!/bin/sh\necho native "$@"',
        "emulated": '#!/bin/sh\necho emulated "$@"',
    }.items():
        (directory / name).write_text(content)
        (directory / name).chmod(0o755)
    return directory / "script"


@pytest.mark.parametrize(
    ("line", "variables", "runs"),
    [
        ("pip install x", {"VIRTUAL_ENV": "/env"}, "native"),
        ("pip install x", {"UV_PYTHON": "/opt/python/cp311-cp311/bin/python"}, "native"),
        ("pip install --python /opt/python/cp311-cp311/bin/python x", {}, "native"),
        ("pip install -p /env/bin/python x", {}, "native"),
        ("venv /env --python=/usr/bin/python3", {}, "native"),
        ("build --python=/usr/bin/python3 . --wheel", {}, "native"),
        ("--version", {}, "native"),
        ("pip install --python-platform linux x", {"VIRTUAL_ENV": "/env"}, "native"),
        # uv would look for an interpreter, or download one
        ("pip install x", {}, "emulated"),
        ("pip install --system x", {}, "emulated"),
        ("pip install --python 3.12 x", {"VIRTUAL_ENV": "/env"}, "emulated"),
        ("pip install -p3.12 x", {"VIRTUAL_ENV": "/env"}, "emulated"),
        ("pip install -qp 3.12 x", {"VIRTUAL_ENV": "/env"}, "emulated"),
        ("pip install x", {"VIRTUAL_ENV": "/env", "UV_PYTHON": "3.12"}, "emulated"),
        ("pip compile --python-version 3.12 a.in", {"VIRTUAL_ENV": "/env"}, "emulated"),
        ("venv /env", {"VIRTUAL_ENV": "/env"}, "emulated"),
        ("venv --managed-python --python=/usr/bin/python3 /env", {}, "emulated"),
        ("build . --wheel", {}, "emulated"),
        ("python install 3.12", {"UV_PYTHON": "/usr/bin/python3"}, "emulated"),
        ("run --python /usr/bin/python3 x", {}, "emulated"),
        ("tool install --python=/usr/bin/python3 x", {}, "emulated"),
        ("", {}, "emulated"),
        # a library of the container's architecture
        ("pip install x", {"VIRTUAL_ENV": "/env", "LD_PRELOAD": ""}, "native"),
    ],
)
def test_uv_runs_natively_where_a_path_names_the_interpreter(
    uv: Path, line: str, variables: Mapping[str, str], runs: str
) -> None:
    done = subprocess.run([uv, *line.split()], env=variables, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [runs, *line.split()]
    assert done.stderr == ""


def test_a_preloaded_library_is_of_the_containers_architecture(uv: Path) -> None:
    command = ["/bin/sh", "-c", f"LD_PRELOAD=/x.so; export LD_PRELOAD; exec {uv} --version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "emulated --version\n"


@dataclass(frozen=True)
class FakeEngine(Engine):
    """Its image has a uv that says its version, or none."""

    answer: str = "uv 0.13.9 (armv7-unknown-linux-gnueabihf)\n"

    def text(self, *args: str) -> str:
        assert args[:4] == ("run", "--rm", "--platform", "linux/arm/v7")
        assert args[-2:] == (BUILD.container_image, "--version")
        if not self.answer:
            raise CommandFailedError("no such file", output="")
        return self.answer

    def architecture(self) -> str:
        return HOST


class FakeVolumes(Volumes):
    filled: list[tuple[str, bytes]]

    def fill(
        self,
        name: str,
        add: Callable[[tarfile.TarFile], None],
        *,
        image: str,
        platform: str,
        labels: Mapping[str, str],
    ) -> None:
        del image, platform
        assert list(labels) == ["cibw-debian.native"]
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            add(archive)
        buffer.seek(0)
        with tarfile.open(fileobj=buffer) as archive:
            (member,) = archive.getmembers()
            file = archive.extractfile(member)
            assert (member.name, member.mode) == ("uv", 0o755)
            assert file
            FakeVolumes.filled.append((name, file.read()))


@pytest.fixture
def volumes() -> FakeVolumes:
    FakeVolumes.filled = []
    return FakeVolumes(FakeEngine(), "run=1")


def index_with(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pip download a wheel with this as the program."""

    def call_pip(*arguments: str, timeout: float) -> tuple[int, str]:
        del timeout
        assert arguments[:2] == ("download", "uv==0.13.9")
        (destination,) = (a.partition("=")[2] for a in arguments if a.startswith("--dest="))
        with zipfile.ZipFile(f"{destination}/uv-0.13.9-py3-none-x.whl", "w") as archive:
            archive.writestr("uv-0.13.9.data/scripts/uv", content)
        return 0, ""

    monkeypatch.setattr(module, "call_pip", call_pip)


@needs_debian
def test_the_images_version_comes_from_the_index(
    volumes: FakeVolumes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # The machine's loader is an executable file that names no loader.
    static = next(path for name, path in libraries_of(program("dash")).items() if name.startswith("ld-"))
    index_with(static.read_bytes(), monkeypatch)
    name = f"cibw-debian-uv-0.13.9-{HOST}"
    assert uv_args(BUILD, volumes) == (f"--volume={name}:/opt/cibw-debian-uv:ro",)
    assert FakeVolumes.filled == [(name, static.read_bytes())]
    assert "manylinux_armv7l: uv 0.13.9 runs natively" in capsys.readouterr().err


@needs_debian
def test_a_program_that_needs_libraries_is_not_taken(
    volumes: FakeVolumes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    index_with(program("dash").read_bytes(), monkeypatch)
    assert uv_args(BUILD, volumes) == ()
    assert "uv 0.13.9 runs under emulation: the index has no static program" in capsys.readouterr().err


def test_a_damaged_wheel_is_the_reason(
    volumes: FakeVolumes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def call_pip(*arguments: str, timeout: float) -> tuple[int, str]:
        del timeout
        (destination,) = (a.partition("=")[2] for a in arguments if a.startswith("--dest="))
        Path(destination, "uv-0.13.9-py3-none-x.whl").write_bytes(b"no archive")
        return 0, ""

    monkeypatch.setattr(module, "call_pip", call_pip)
    assert uv_args(BUILD, volumes) == ()
    assert "uv 0.13.9 runs under emulation: its wheel cannot be read: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "pip on this machine did not answer"),
        ((1, "Looking\nERROR: No matching distribution\nHint"), "pip cannot download it: No matching"),
    ],
)
def test_without_an_index_uv_stays_emulated(
    volumes: FakeVolumes,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: tuple[int, str] | None,
    reason: str,
) -> None:
    monkeypatch.setattr(module, "call_pip", lambda *_, **__: answer)
    assert uv_args(BUILD, volumes) == ()
    assert f"manylinux_armv7l: uv 0.13.9 runs under emulation: {reason}" in capsys.readouterr().err


@pytest.mark.parametrize("answer", ["", "something else"])
def test_an_image_without_uv_gets_none(
    volumes: FakeVolumes, capsys: pytest.CaptureFixture[str], answer: str
) -> None:
    without = replace(volumes, engine=replace(FakeEngine(), answer=answer))
    assert uv_args(BUILD, without) == ()
    assert capsys.readouterr().err == ""
