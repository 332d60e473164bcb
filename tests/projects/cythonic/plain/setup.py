"""Setup that may run natively: it asks of the machine only what has the same answer there."""

import json
import os
import platform
import sys
import sysconfig
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext, get_abi3_suffix

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
}
Path("plainly/seen.json").write_text(json.dumps(SEEN, indent=1))
# A text with /proc/ would keep this emulated.
print("trace: setup.py by", os.path.realpath(os.sep.join(["", "proc", "self", "exe"])))


class BuildAll(build_ext):
    def finalize_options(self) -> None:
        super().finalize_options()
        self.parallel = 2


setup(
    cmdclass={"build_ext": BuildAll},
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
