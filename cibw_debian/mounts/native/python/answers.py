"""Let a native interpreter answer for the emulated one that it replaces.

The standard library is the container's own, so what is left are answers that are compiled in. The names of
extension modules and all of sysconfig come from the file that `_multiarch` names.
"""

from __future__ import annotations

import os
import posix
import sys
from importlib import machinery
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def answer(facts: Mapping[str, Any]) -> None:
    """Give the answers of the emulated interpreter from now on.

    Args:
        facts: `machine` of os.uname, `multiarch` of sys.implementation, `maxsize` and `version` of sys, and
            `suffixes` of extension modules.
    """
    uname = os.uname

    def of_container() -> os.uname_result:
        own = uname()
        return os.uname_result((own.sysname, own.nodename, own.release, own.version, facts["machine"]))

    os.uname = posix.uname = of_container
    sys.implementation._multiarch = facts["multiarch"]  # type: ignore[attr-defined]
    # Sizes of C's types (struct, ctypes) stay the interpreter's own: ctypes compares them.
    sys.maxsize = facts["maxsize"]
    # Has the date of the interpreter's build.
    sys.version = facts["version"]
    _leave_foreign_modules_alone()
    # Programs use this list for names of files and for tags. It no longer decides what is imported.
    machinery.EXTENSION_SUFFIXES[:] = facts["suffixes"]


def _leave_foreign_modules_alone() -> None:
    """Import compiled modules only with a name for this machine: `x.so` and `x.abi3.so` are the container's.

    Where a distribution has a module in Python beside the compiled one, as Cython has, that one is imported.
    """
    loaders = (
        (machinery.ExtensionFileLoader, machinery.EXTENSION_SUFFIXES[:1]),
        (machinery.SourceFileLoader, machinery.SOURCE_SUFFIXES),
        (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES),
    )
    sys.path_hooks[-1] = machinery.FileFinder.path_hook(*loaders)
    sys.path_importer_cache.clear()
