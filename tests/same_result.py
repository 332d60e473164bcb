"""Whether two wheels of one project are the same to those who load them.

Their bytes differ, as those of two builds with one compiler do. What a dynamic linker, auditwheel and an
importing program can see must not: file names and tags, and of each ELF file the ABI, the libraries it
needs, the symbols it exports and imports, and the symbol versions it requires. The object code of one
compilation, though, is the same to the byte.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from elftools.elf.elffile import ELFFile

if TYPE_CHECKING:
    from pathlib import Path

_MAGIC = b"\x7fELF"
#: ELF for the ARM architecture: relocations to an address, and to one "as the platform has it" in tables of
#: constructors. On Linux that is an address, too, and linkers take one for the other.
_R_ARM_ABS32, _R_ARM_TARGET1 = 2, 38


@dataclass(frozen=True, kw_only=True)
class Interface:
    """What one ELF file shows to the outside; sorted, without addresses and sizes."""

    #: class in bits, machine and flags of the ELF header (hard float is a flag of ARM)
    abi: tuple[int, str, int]
    #: DT_NEEDED, DT_SONAME, DT_RPATH and DT_RUNPATH as "TAG value", in the order of the file
    dynamic: tuple[str, ...]
    #: dynamic symbols with a definition, as "binding type name"
    exported: frozenset[str]
    #: dynamic symbols without one, as "binding name"
    imported: frozenset[str]
    #: symbol versions asked of other libraries, as "libc.so.6 GLIBC_2.4"
    versions: frozenset[str]


def read_interface(content: bytes) -> Interface:
    """Read an ELF file.

    Raises:
        elftools.common.exceptions.ELFError: It is none, or damaged.
    """
    # The library's sections and tags are picked by name and have attributes of their own: Any.
    elf: Any = ELFFile(io.BytesIO(content))
    dynamic: Any = elf.get_section_by_name(".dynamic")
    symbols: Any = elf.get_section_by_name(".dynsym")
    requirements: Any = elf.get_section_by_name(".gnu.version_r")
    exported, imported = set(), set()
    for symbol in symbols.iter_symbols() if symbols else ():
        binding = symbol["st_info"]["bind"].removeprefix("STB_")
        if not symbol.name or binding == "LOCAL":
            continue
        if symbol["st_shndx"] == "SHN_UNDEF":
            imported.add(f"{binding} {symbol.name}")
        else:
            exported.add(f"{binding} {symbol['st_info']['type'].removeprefix('STT_')} {symbol.name}")
    texts = {"DT_NEEDED": "needed", "DT_SONAME": "soname", "DT_RPATH": "rpath", "DT_RUNPATH": "runpath"}
    return Interface(
        abi=(elf.elfclass, elf["e_machine"], elf["e_flags"]),
        dynamic=tuple(
            f"{tag.entry.d_tag.removeprefix('DT_')} {getattr(tag, texts[tag.entry.d_tag])}"
            for tag in (dynamic.iter_tags() if dynamic else ())
            if tag.entry.d_tag in texts
        ),
        exported=frozenset(exported),
        imported=frozenset(imported),
        versions=frozenset(
            f"{library.name} {version.name}"
            for library, needed in (requirements.iter_versions() if requirements else ())
            for version in needed
        ),
    )


def read_wheel(wheel: Path) -> dict[str, Interface | None]:
    """File name -> what it shows, or None if it is no ELF file."""
    with zipfile.ZipFile(wheel) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    return {
        name: read_interface(content) if content.startswith(_MAGIC) else None
        for name, content in contents.items()
    }


def compare(plain: Path, native: Path) -> list[str]:
    """Say how the second wheel differs from the first; nothing means they are the same to their users.

    Args:
        plain: A wheel.
        native: Another wheel of the same project and version.

    Returns:
        One line for each difference: the file, what it is about, and what was left out (-) or came in (+).
    """
    differences = []
    if plain.name != native.name:
        differences.append(f"file name: -{plain.name} +{native.name}")
    before, after = read_wheel(plain), read_wheel(native)
    if before.keys() != after.keys():
        differences.append(f"files:{_change(before.keys() - after.keys(), after.keys() - before.keys())}")
    for name in sorted(before.keys() & after.keys()):
        old, new = before[name], after[name]
        if old is None or new is None:
            if old is not new:
                differences.append(f"{name}: an ELF file in only one of the wheels")
            continue
        for field in fields(Interface):
            left, right = getattr(old, field.name), getattr(new, field.name)
            if left == right:
                continue
            if isinstance(left, frozenset):
                differences.append(f"{name}: {field.name}:{_change(left - right, right - left)}")
            else:
                differences.append(f"{name}: {field.name}: -{left} +{right}")
    return differences


def compare_objects(plain: bytes, native: bytes) -> list[str]:
    """Name the sections in which two object files or libraries differ; nothing means that no byte does.

    One difference is none: an assembler that was configured for Linux on ARM writes R_ARM_ABS32 in tables of
    constructors, and one that was configured as a cross assembler R_ARM_TARGET1, which means the same.
    """
    before, after = _without_target1(plain), _without_target1(native)
    if before == after:
        return []
    old, new = _sections(before), _sections(after)
    names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    return names or ["headers"]


def _without_target1(content: bytes) -> bytes:
    patched = bytearray(content)
    elf: Any = ELFFile(io.BytesIO(content))
    tables = (".rel.init_array", ".rel.fini_array")
    for section in elf.iter_sections("SHT_REL") if elf["e_machine"] == "EM_ARM" else ():
        if not section.name.startswith(tables):
            continue
        for number in range(section.num_relocations()):
            # r_offset, and r_info with the type in its lowest byte
            place = section["sh_offset"] + number * section["sh_entsize"] + 4
            if patched[place] == _R_ARM_TARGET1:
                patched[place] = _R_ARM_ABS32
    return bytes(patched)


def _sections(content: bytes) -> dict[str, bytes]:
    elf: Any = ELFFile(io.BytesIO(content))
    return {section.name: section.data() for section in elf.iter_sections()}


def _change(gone: frozenset[str] | set[str], come: frozenset[str] | set[str]) -> str:
    return "".join([f" -{item}" for item in sorted(gone)] + [f" +{item}" for item in sorted(come)])
