import ctypes
import json
import os
import platform
import struct
import sys
import sysconfig
from pathlib import Path

from Cython.Build import Dependencies, cythonize
from Cython.Compiler import Options
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

# A function of Cython's own, or what stands for it.
print("trace: cythonize_one of", Dependencies.cythonize_one.__module__)

# Global options, and one of each call.
Options.docstrings = False
setup(
    ext_modules=cythonize(
        [Extension(f"cythonic.{name}", [f"src/cythonic/{name}.pyx"]) for name in ("_facts", "_sum")],
        compiler_directives={"language_level": 3, "boundscheck": False},
        annotate=False,
    ),
)
