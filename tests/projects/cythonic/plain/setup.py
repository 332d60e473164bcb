"""Setup that may run natively: it asks of the machine only what has the same answer there."""

import json
import os
import platform
import sys
import sysconfig
from pathlib import Path

from binding import build_all
from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import get_abi3_suffix

version = {}
with open("plainly/version.py") as file:
    exec(file.read(), version)

SEEN = {
    "uname": os.uname().machine,
    "machine": platform.machine(),
    "libc": platform.libc_ver(),
    "platform": sysconfig.get_platform(),
    # The environment has another name each time.
    "variables": {name: str(value).replace(sys.prefix, "") for name, value in sysconfig.get_config_vars().items()},
    "abi3": get_abi3_suffix(),
    "maxsize": sys.maxsize,
    "prefixes": [sys.base_prefix, sys.base_exec_prefix],
    "processors": os.cpu_count(),
    "version": sys.version,
    "settings": version["SETTINGS"],
}
Path("plainly/seen.json").write_text(json.dumps(SEEN, indent=1))
# A text with /proc/ would keep this emulated.
print("trace: setup.py by", os.path.realpath(os.sep.join(["", "proc", "self", "exe"])))


setup(
    cmdclass={"build_ext": build_all()},
    ext_modules=[
        *cythonize("plainly/*.pyx", language_level=3, compiler_directives={"embedsignature": True}),
        Extension(
            "plainly.stable",
            ["plainly/stable.c"],
            py_limited_api=True,
            define_macros=[("Py_LIMITED_API", "0x03090000")],
        ),
    ],
)
