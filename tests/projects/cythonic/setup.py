import ctypes
import json
import os
import platform
import struct
import sys
import sysconfig
from pathlib import Path

from Cython.Build import Dependencies, cythonize
from Cython.Compiler import Main, Options
from setuptools import Extension, setup

FACTS = {
    "uname": os.uname().machine,
    "machine": platform.machine(),
    "platform": sysconfig.get_platform(),
    "suffix": sysconfig.get_config_var("EXT_SUFFIX"),
    "multiarch": sysconfig.get_config_var("MULTIARCH"),
    "pointer of sysconfig": sysconfig.get_config_var("SIZEOF_VOID_P"),
    "maxsize": sys.maxsize,
    "pointer": struct.calcsize("P"),
    "long": struct.calcsize("l"),
    "pointer of ctypes": ctypes.sizeof(ctypes.c_void_p),
    "bits": platform.architecture()[0],
    "byteorder": sys.byteorder,
    "hash": sys.hash_info.width,
    "hash of a text": len(bin(hash(2**61 - 2))),
    "libc": platform.libc_ver(),
    "prefix": sys.base_prefix,
    "version": sys.version,
    "threads": sys.thread_info,
    "ints": sys.int_info,
    "floats": sys.float_info,
    "page": os.sysconf("SC_PAGE_SIZE"),
}
Path("src/cythonic/facts.json").write_text(json.dumps(FACTS, indent=1, default=str))

# Functions of Cython's own, or what stands for them.
print("trace: cythonize of", Dependencies.cythonize.__module__)
print("trace: cythonize_one of", Dependencies.cythonize_one.__module__)
print("trace: compile of", Main.compile.__module__)

# Global options, and one of each call.
Options.docstrings = False
# As Cython's build_ext did before Cython 3, and PyYAML still does.
result = Main.compile(
    "src/cythonic/_old.pyx",
    options=Main.CompilationOptions(Main.default_options, language_level=3),
    full_module_name="cythonic._old",
)
if result.num_errors or not result.c_file.endswith("src/cythonic/_old.c"):
    sys.exit(f"_old.pyx: {vars(result)}")
old = Extension("cythonic._old", ["src/cythonic/_old.c"])
extensions = cythonize(
    ["src/cythonic/_facts.pyx", old],
    compiler_directives={"language_level": 3, "boundscheck": False},
    annotate=False,
)
if old not in extensions:
    sys.exit(f"not the caller's own: {extensions}")


class Extensions(list):
    """Another process does not know this class. So `cythonize` runs here, and hands each file over."""


extensions += cythonize(
    Extensions([Extension("cythonic._sum", ["src/cythonic/_sum.pyx"])]),
    compiler_directives={"language_level": 3},
)
setup(ext_modules=extensions)
