"""QEMU's model of the processor: when it is set."""

from __future__ import annotations

import re
import subprocess

import pytest

from cibw_debian.engine.command import CommandFailedError
from cibw_debian.engine.engine import Engine
from cibw_debian.run.processor import model_for, version_in_container


@pytest.mark.parametrize(
    ("arch", "version", "create_args", "model"),
    [
        ("riscv64", (10, 0, 13), (), "rv64"),
        ("riscv64", (8, 0), ("--env=OTHER=1",), "rv64"),
        ("riscv64", (7, 2, 22), (), ""),
        ("riscv64", (), (), ""),
        ("riscv64", (11, 1), ("--env", "QEMU_CPU=max"), ""),
        ("riscv64", (11, 1), ("--env=QEMU_CPU=max",), ""),
        ("armv7l", (11, 1), (), ""),
    ],
)
def test_model(arch: str, version: tuple[int, ...], create_args: tuple[str, ...], model: str) -> None:
    assert model_for(arch, version, create_args) == model


@pytest.mark.parametrize(
    ("answer", "version"),
    [
        ("qemu-riscv64 version 7.2.22 (Debian 1:7.2+dfsg-7)\nCopyright (c) 2003-2022 F. Bellard", (7, 2, 22)),
        ("qemu-riscv64 version 11.0.2\n", (11, 0, 2)),
        ("", ()),
        (None, ()),
    ],
    ids=["of a distribution", "upstream", "no emulator", "no answer"],
)
def test_the_emulator_is_asked(
    answer: str | None, version: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []

    def text(_: Engine, *args: str) -> str:
        asked.append(args)
        if answer is None:
            raise CommandFailedError("no", "output")
        return answer

    monkeypatch.setattr(Engine, "text", text)
    assert version_in_container(Engine(), "an/image", "linux/riscv64") == version
    assert asked[0][-1] == "an/image"


@pytest.mark.engine
def test_a_real_emulator_answers() -> None:
    image = "localhost/cibw-debian/debian-13:riscv64"
    said = subprocess.check_output(["qemu-riscv64-static", "--version"], text=True)
    found = re.search(r"version ([\d.]+)", said)
    assert found
    version = version_in_container(Engine(), image, "linux/riscv64")
    assert ".".join(map(str, version)) == found[1]
