"""The directory that containers get, from packages of this machine's own programs."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cibw_debian.errors import NativeError
from cibw_debian.mounts.native.tree import CACHE, MOUNT, assemble

from .conftest import (
    HOST_TRIPLET,
    TARGET,
    lay_out,
    layout_for,
    libraries_of,
    needs_debian,
    packages_for,
    program,
)
from .test_elf import dynamic, interpreter

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = needs_debian


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The directory for a version of GCC."""
    done: dict[str, Path] = {}

    def make(gcc: str) -> Path:
        if gcc not in done:
            root = tmp_path_factory.mktemp(f"gcc-{gcc}")
            for files in packages_for(gcc).values():
                lay_out(files, root / "packages")
            assemble(root / "packages", root / "out", layout_for(gcc))
            done[gcc] = root / "out"
        return done[gcc]

    return make


@pytest.fixture
def out(made: Callable[[str], Path]) -> Path:
    return made("10")


def links(out: Path) -> dict[str, str]:
    return {str(p.relative_to(out)): str(p.readlink()) for p in out.rglob("*") if p.is_symlink()}


def files(out: Path) -> set[str]:
    return {str(p.relative_to(out)) for p in out.rglob("*") if p.is_file() and not p.is_symlink()}


#: what is a script in the place of a program
STAND_INS = {f"{TARGET}-{name}" for name in ("gcc-10", "g++-10", "gfortran-10", "ld.bfd", "ar")}
PROGRAMS = {
    *(f"usr/bin/{TARGET}-{name}" for name in ("gcc-10", "g++-10", "gcov-10", "gfortran-10", "ld.bfd", "ar")),
    *("bin/cat", "bin/dash", "bin/grep", "bin/sed", "usr/bin/apt-get", "usr/bin/nproc"),
}


def test_programs_are_those_that_run_natively(out: Path) -> None:
    """No program of coreutils that tells the architecture, and no library that nobody needs."""
    wanted = {"libnss_files.so.2", *libraries_of(program("dash"), program("grep"))}
    cross = f"usr/lib/gcc-cross/{TARGET}/10"
    assert files(out) == {
        *PROGRAMS,
        *(f"lib/{name}" for name in wanted),
        *(f"{cross}/{name}" for name in ("cc1", "liblto_plugin.so")),
        "usr/lib/apt/methods/http",
        *("enter", "link", "uv", "apt.conf"),
        *(f"replace/usr/bin/{name}" for name in STAND_INS),
    }


def test_links(out: Path) -> None:
    """What is not native is the container's own; what is a link in a package stays the same link."""
    cross, own = f"usr/lib/gcc-cross/{TARGET}/10", f"/usr/lib/gcc/{TARGET}/10"
    assert links(out) == {
        f"usr/bin/{TARGET}-gcc": f"{TARGET}-gcc-10",
        f"usr/bin/{TARGET}-ld": f"{TARGET}-ld.bfd",
        f"usr/{TARGET}/bin/ld": f"../../bin/{TARGET}-ld",
        "usr/lib/apt/methods/https": "http",
        f"{cross}/crtbegin.o": f"{own}/crtbegin.o",
        f"{cross}/include": f"{own}/include",
        f"usr/{TARGET}/include": "/usr/local/include",
        "include/c++/10/algorithm": "/usr/include/c++/10/algorithm",
        "include/c++/10/vector": "/usr/include/c++/10/vector",
        f"include/c++/10/{TARGET}": f"/usr/include/{TARGET}/c++/10",
        "usr/lib/bfd-plugins/liblto_plugin.so": f"../gcc-cross/{TARGET}/10/liblto_plugin.so",
        **{
            f"replace/{name}": f"{'../' * (name.count('/') + 1)}{name}"
            for name in PROGRAMS
            if Path(name).name not in STAND_INS
        },
    }


def test_links_within_lead_to_programs(out: Path) -> None:
    for name, target in links(out).items():
        assert target.startswith("/") or (out / name).is_file(), name


def test_later_compilers_have_programs_in_a_directory_of_their_own(made: Callable[[str], Path]) -> None:
    out = made("13")
    libexec, lib = f"usr/libexec/gcc-cross/{TARGET}/13", f"usr/lib/gcc-cross/{TARGET}/13"
    assert {f"{libexec}/cc1", f"{libexec}/liblto_plugin.so"} <= files(out)
    assert links(out)[f"{lib}/crtbegin.o"] == f"/usr/lib/gcc/{TARGET}/13/crtbegin.o"
    plugin = "usr/lib/bfd-plugins/liblto_plugin.so"
    assert links(out)[plugin] == f"../../libexec/gcc-cross/{TARGET}/13/liblto_plugin.so"


def test_programs_and_libraries_find_each_other(out: Path) -> None:
    loader = Path(interpreter(program("dash"))).name
    natives = [out / name for name in files(out) if (out / name).read_bytes()[:4] == b"\x7fELF"]
    assert len(natives) > len(PROGRAMS)
    for path in natives:
        if path.name != loader:
            assert dynamic(path)["rpath"] == [f"{MOUNT}/lib"]
            assert set(dynamic(path).get("needed", [])) <= {
                library.name for library in (out / "lib").iterdir()
            }
            is_library = ".so" in path.name and path.name != "libc.so.6"  # which tells its version
            assert interpreter(path) == ("" if is_library else f"{MOUNT}/lib/{loader}")
    # patchelf would break the loader.
    assert "rpath" not in dynamic(out / "lib" / loader)
    assert "rpath" in dynamic(out / "lib/libc.so.6")


def test_programs_run_with_nothing_but_the_directory(out: Path) -> None:
    loader = out / "lib" / Path(interpreter(program("dash"))).name
    command: list[str | Path] = [
        loader,
        "--library-path",
        out / "lib",
        out / "bin/dash",
        "-c",
        "echo $((6 * 7))",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={})
    assert done.stdout == "42\n"


def test_a_script_of_a_package_stays_as_it_is(out: Path) -> None:
    assert (out / "bin/sed").read_bytes() == b"#!/bin/dash\n"


def test_each_program_is_stripped(tmp_path: Path) -> None:
    for package in packages_for("10").values():
        lay_out(package, tmp_path / "packages")
    dash = tmp_path / "packages/bin/dash"
    subprocess.run(["objcopy", "--add-symbol", "marked=.text:0,local", dash], check=True)
    assemble(tmp_path / "packages", tmp_path / "out", layout_for("10"))
    assert b"marked" not in (tmp_path / "out/bin/dash").read_bytes()


@pytest.mark.parametrize(
    "name", ["enter", "link", "uv", "apt.conf", *(f"replace/usr/bin/{n}" for n in sorted(STAND_INS))]
)
def test_scripts_name_this_directory_and_this_compiler(out: Path, name: str) -> None:
    path = out / name
    text = path.read_text()
    assert path.stat().st_mode & 0o777 == 0o755
    assert MOUNT in text
    assert not [
        word for word in ("@MOUNT@", "@CACHE@", "@DASH@", "@GCC@", "@TRIPLET@", "@PROGRAM@") if word in text
    ]
    if name == "apt.conf":
        assert 'APT::Architecture "armhf";' in text
        return
    assert text.startswith(f"#!{MOUNT}/bin/dash\n")
    assert subprocess.run(["dash", "-n", path], check=False).returncode == 0
    program = Path(name).name
    if program in STAND_INS:
        assert f'exec "{MOUNT}/usr/bin/{program}" "$@"\n' in text
        assert f"/usr/bin/{program}.emulated" in text or "ld" in program
        assert (f'CCACHE_DIR="{CACHE}"' in text) == program.endswith("-10")
        assert ("-rpath-link" in text) == (program.endswith(("-10", "ld.bfd")))


def test_a_library_that_no_package_has_is_named(tmp_path: Path) -> None:
    for package in packages_for("10").values():
        lay_out(package, tmp_path)
    (gone,) = {*libraries_of(program("grep"))} - {*libraries_of(program("strip"))}
    for directory in ("lib", "usr/lib"):
        (tmp_path / directory / HOST_TRIPLET / gone).unlink(missing_ok=True)
    with pytest.raises(NativeError, match=f"^library {re.escape(gone)} is not in the packages$"):
        assemble(tmp_path, tmp_path / "out", layout_for("10"))


def test_packages_without_the_compiler(tmp_path: Path) -> None:
    for name, package in packages_for("10").items():
        if not name.startswith("g++"):
            lay_out(package, tmp_path)
    with pytest.raises(NativeError, match=f"^no compiler for {TARGET} in the packages$"):
        assemble(tmp_path, tmp_path / "out", layout_for("10"))


def test_only_programs_of_the_machine_are_taken_from_the_compiler(tmp_path: Path) -> None:
    """A file of the container's architecture has the same header, but for the machine."""
    for package in packages_for("10").values():
        lay_out(package, tmp_path)
    foreign = bytearray(program("dash").read_bytes())
    foreign[18:20] = (40).to_bytes(2, "little")
    name = f"usr/lib/gcc-cross/{TARGET}/10/libgcc_s.so"
    lay_out({name: bytes(foreign)}, tmp_path)
    assemble(tmp_path, tmp_path / "out", layout_for("10"))
    assert links(tmp_path / "out")[name] == f"/usr/lib/gcc/{TARGET}/10/libgcc_s.so"
