"""From unpacked packages to the directory that containers get.

The directory has only programs of the packages (the compiler's own, binutils, apt, perhaps Python) and the
libraries that these programs need. Files that the compiler reads or that end up in a wheel (headers, crt
files, libgcc, libstdc++) are the container's own, through symbolic links, so the result is the same.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.errors import NativeError
from cibw_debian.mounts.native import elf

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: path of the directory in containers
MOUNT = "/opt/cibw-debian-native"
#: path of a project's compiler cache in containers that have one
CACHE = "/opt/cibw-debian-cache"
#: path of the native uv in containers that have it
UV = "/opt/cibw-debian-uv"

#: libraries that the C library opens by name, to look up hosts and users, and to end threads
_OPENED = ("libnss_files.so.2", "libnss_dns.so.2", "libgcc_s.so.1")
_APT = "usr/lib/apt/methods"
#: script that replaces a program if a plain link is not enough -> names of the programs
_STAND_INS = {
    "compiler": ("gcc", "g++", "cpp", "gfortran"),
    "linker": ("ld", "ld.bfd", "ld.gold"),
    # These programs load plugins, which are libraries of the container's architecture.
    "binutils": ("ar", "nm", "ranlib"),
}

_SCRIPTS = Path(__file__).parent / "scripts"


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Names in the paths of one toolchain's packages."""

    #: GCC's major version
    gcc: str
    #: GNU triplet of the container, in Debian's spelling
    triplet: str
    #: deb arch of the container
    deb_arch: str
    #: deb arch of the engine's machine
    host: str
    #: GNU triplet of the engine's machine
    host_triplet: str
    #: version of the interpreter for programs written in Python: ``3.11``; empty for none
    python: str = ""


def assemble(packages: Path, out: Path, layout: Layout) -> None:
    """Make the directory.

    Args:
        packages: Directory with the unpacked packages; files are moved out of it.
        out: The directory to make.
        layout: Names in it.

    Raises:
        NativeError: A package lacks an expected file.
    """
    libraries = _libraries(packages, layout.host_triplet)
    strip = _strip_command(packages, libraries, layout.host_triplet)
    wanted = {path: out / path.relative_to(packages) for path in _programs(packages, layout)}
    wanted |= {path: out / place for path, place in _python(packages, layout)}
    taken: list[Path] = []
    for path, target in wanted.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink():
            target.symlink_to(path.readlink())
        else:
            taken.append(path.rename(target))
    (dash,) = (path for path in taken if path.name == "dash")
    loader = Path(elf.interpreter(dash)).name
    for library in _closure(taken, libraries, loader):
        target = out / "lib" / library.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(library, target)
        taken.append(target)
    for path in taken:
        if not elf.is_elf_for(path, layout.host):
            continue  # a script
        elf.strip(path, strip)
        if path.name == loader:
            continue
        own = f"{MOUNT}/lib/{loader}" if elf.interpreter(path) else ""
        elf.relocate(path, f"{MOUNT}/lib", own)
    _link_target_files(packages, out, layout)
    _write_scripts(out, layout)


def _libraries(packages: Path, host_triplet: str) -> dict[str, Path]:
    directories = (packages / "lib" / host_triplet, packages / "usr/lib" / host_triplet)
    return {path.name: path for d in directories if d.is_dir() for path in sorted(d.glob("*.so*"))}


def _strip_command(packages: Path, libraries: Mapping[str, Path], host_triplet: str) -> list[str]:
    program = packages / f"usr/bin/{host_triplet}-strip"
    loader = libraries[Path(elf.interpreter(program)).name]
    paths = ":".join(sorted({str(path.parent) for path in libraries.values()}))
    return [str(loader), "--library-path", paths, str(program)]


def _programs(packages: Path, layout: Layout) -> Iterator[Path]:
    yield from sorted((packages / "usr/bin").glob(f"{layout.triplet}-*"))
    yield from sorted((packages / f"usr/{layout.triplet}/bin").iterdir())
    tools = _tools()
    for place in ("bin", "usr/bin"):
        yield from sorted(path for path in (packages / place).glob("*") if path.name in tools)
    yield from sorted(p for p in (packages / _APT).iterdir())
    for directory in _gcc_directories(packages, layout):
        for path in sorted(directory.iterdir()):
            if path.is_file() and elf.is_elf_for(path, layout.host):
                yield path


def _python(packages: Path, layout: Layout) -> Iterator[tuple[Path, str]]:
    """Return the interpreter and its own modules, each with its place in the directory.

    All else of the standard library is the container's own.
    """
    if layout.python:
        yield packages / f"usr/bin/python{layout.python}", f"python/bin/python{layout.python}"
        modules = packages / f"usr/lib/python{layout.python}/lib-dynload"
        for path in sorted(modules.glob("*.so")):
            yield path, f"python/lib-dynload/{path.name}"


def _tools() -> set[str]:
    lines = (Path(__file__).parent / "tools.txt").read_text(encoding="utf-8").splitlines()
    return {name for line in lines if not line.startswith("#") for name in line.split()}


def _gcc_directories(packages: Path, layout: Layout) -> list[Path]:
    """Return GCC's own directories: one until GCC 12, since then one in libexec too."""
    own = f"gcc-cross/{layout.triplet}/{layout.gcc}"
    found = [path for parent in ("lib", "libexec") if (path := packages / "usr" / parent / own).is_dir()]
    if not found:
        raise NativeError(f"no compiler for {layout.triplet} in the packages")
    return found


def _closure(programs: list[Path], libraries: Mapping[str, Path], loader: str) -> list[Path]:
    """Return all libraries that programs need, each once."""
    found: dict[str, Path] = {}
    waiting = [loader, *(name for name in _OPENED if name in libraries)]
    for program in programs:
        waiting += elf.needed(program)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        if name not in libraries:
            raise NativeError(f"library {name} is not in the packages")
        found[name] = libraries[name]
        waiting += elf.needed(libraries[name])
    return list(found.values())


def _link_target_files(packages: Path, out: Path, layout: Layout) -> None:
    """Make the files that the compiler reads or links symbolic links to the container's own files."""
    for directory in _gcc_directories(packages, layout):
        here = out / directory.relative_to(packages)
        here.mkdir(parents=True, exist_ok=True)
        for path in directory.iterdir():
            if not (here / path.name).is_symlink() and not (here / path.name).exists():
                (here / path.name).symlink_to(f"/usr/lib/gcc/{layout.triplet}/{layout.gcc}/{path.name}")
    # The compiler looks for C++'s headers in a subdirectory of where it looks for /usr/local/include.
    (out / f"usr/{layout.triplet}/include").symlink_to("/usr/local/include")
    headers = out / "include/c++" / layout.gcc
    headers.mkdir(parents=True)
    for path in (packages / f"usr/{layout.triplet}/include/c++" / layout.gcc).iterdir():
        theirs = f"/usr/include/c++/{layout.gcc}/{path.name}"
        if path.name == layout.triplet:
            theirs = f"/usr/include/{layout.triplet}/c++/{layout.gcc}"
        (headers / path.name).symlink_to(theirs)


def _write_scripts(out: Path, layout: Layout) -> None:
    """Write the scripts that put the programs in place, and the scripts that replace emulated programs."""
    (dash,) = out.glob("**/bin/dash")
    words = {
        "@MOUNT@": MOUNT,
        "@CACHE@": CACHE,
        "@UV@": UV,
        "@DASH@": f"{MOUNT}/{dash.relative_to(out)}",
        "@GCC@": layout.gcc,
        "@TRIPLET@": layout.triplet,
        "@DEB_ARCH@": layout.deb_arch,
        "@PYTHON@": layout.python,
    }
    for name in ("enter", "link", "uv", "apt.conf"):
        _write(out / name, name, words)
    if layout.python:
        for path in sorted((_SCRIPTS.parent / "python").glob("*.*")):
            _write(out / "python" / path.name, f"../python/{path.name}", words)
    # So that plain ar, nm and ranlib understand LTO's objects.
    plugins = out / "usr/lib/bfd-plugins"
    plugins.mkdir()
    plugin = next(
        path for path in (out / "usr").glob("lib*/gcc-cross/*/*/liblto_plugin.so") if path.is_file()
    )
    (plugins / plugin.name).symlink_to(os.path.relpath(plugin, plugins))
    programs = [path for directory in ("bin", "usr/bin") for path in sorted((out / directory).glob("*"))]
    for path in programs:
        if path.is_symlink():
            continue
        place = out / "replace" / path.relative_to(out)
        place.parent.mkdir(parents=True, exist_ok=True)
        tool = path.name.removeprefix(f"{layout.triplet}-").removesuffix(f"-{layout.gcc}")
        script = next((script for script, tools in _STAND_INS.items() if tool in tools), None)
        if script:
            _write(place, script, words | {"@PROGRAM@": path.name})
        else:
            place.symlink_to(os.path.relpath(path, place.parent))


def _write(path: Path, script: str, words: Mapping[str, str]) -> None:
    text = (_SCRIPTS / script).read_text(encoding="utf-8")
    for word, value in words.items():
        text = text.replace(word, value)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
