import json
import os
from pathlib import Path

from markupsafe import _speedups, escape
from setuptools import Extension, setup

seen = {"module": os.path.basename(_speedups.__file__), "escaped": escape("<a>"), "by": escape.__module__}
Path("leaning/seen.json").write_text(json.dumps(seen))

setup(ext_modules=[Extension("leaning.built", ["leaning/built.c"])])
