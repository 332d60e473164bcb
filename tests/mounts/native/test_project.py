"""Which projects' own code keeps a build backend emulated: setup.py, what it runs, and settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .test_backend import reason

PROJECTS = Path(__file__).parents[2] / "projects"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "from setuptools import setup\nsetup()",
        "import os.path, sys\nfrom Cython.Build import cythonize\nimport distutils.ccompiler",
        "import re\nre.compile('x')\ncompiler.compile(['a.c'])\nre.sub('exec', 'eval', version)",
        "import sys\nif sys.maxsize > 2**32 or sys.version_info < (3, 9): print(sys.platform)",
        "import platform\nplatform.machine(), platform.libc_ver(), platform.system()",
        "import json as j, subprocess as s",
        "import os.path as p\nimport importlib.metadata\nfrom distutils.errors import *",
        "import sys\nmodule = sys.modules[__name__], 'setuptools' in sys.modules, sys.version",
        # Nobody has it.
        "try:\n    import numpy\nexcept ImportError:\n    pass",
        "sources.path = distribution.modules = package.version",
        r"""version = re.search('\d', text)""",
        "# -*- coding: latin-1 -*-\nname = '\xe9'",
    ],
)
def test_a_setup_that_has_the_same_result_runs_natively(tmp_path: Path, text: str) -> None:
    (tmp_path / "setup.py").write_text(text, encoding="latin-1")
    assert reason(tmp_path) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import struct", "import struct (line 1)"),
        ("\ndef flags():\n    import ctypes", "import ctypes (line 3)"),
        ("import os, numpy.distutils", "import numpy.distutils (line 1)"),
        ("from mypyc.build import mypycify", "import mypyc.build (line 1)"),
        ("from . import tools", "import . (line 1)"),
        ("from .tools import flags", "import .tools (line 1)"),
        ("from importlib import import_module", "import importlib (line 1)"),
        ("x = 1\nuse(eval)", "eval (line 2)"),
        ("__import__('numpy')", "__import__ (line 1)"),
        ("seed = hash('x')", "hash (line 1)"),
        ("import sys\nsys.path.insert(0, 'src')", "sys.path (line 2)"),
        ("import sys\nsys.hash_info.width", "sys.hash_info (line 2)"),
        ("from sys import maxsize, int_info", "sys.int_info (line 1)"),
        ("from sys import *", "sys.* (line 1)"),
        ("import re as r, sys as s", "import sys as s (line 1)"),
        ("import os\no = os", "another name for os (line 2)"),
        ("from shutil import sys as s", "import sys as s (line 1)"),
        ("import os\ngetattr(os, 'confstr')", "os.confstr (line 2)"),
        ("import os\ngetattr(os, 'sysconf', None)", "sysconf (line 2)"),
        ("import sys\ngetattr(sys, name)", "getattr of sys (line 2)"),
        ("import gzip\ngzip.struct.calcsize('P')", "calcsize (line 2)"),
        ("from Cython.Tempita import sub", "Cython.Tempita (line 1)"),
        ("import Cython.Tempita", "Cython.Tempita (line 1)"),
        ("from setuptools import sandbox\nsandbox.run_setup('x.py', [])", "run_setup (line 2)"),
        ("x = 8 == tuple.__itemsize__", "__itemsize__ (line 1)"),
        ("import multiprocessing\nmultiprocessing.set_start_method('spawn')", "spawn (line 2)"),
        ("from distutils.core import *", "distutils.core.* (line 1)"),
        ("import importlib.metadata\nimportlib.import_module('numpy')", "import_module (line 2)"),
        ("import importlib.util", "import importlib.util (line 1)"),
        ("import shutil\nshutil.os.sysconf('SC_LONG_BIT')", "sysconf (line 2)"),
        ("import sys\nsys.modules['struct']", "sys.modules (line 2)"),
        ("import platform\nplatform.architecture()[0]", "platform.architecture (line 2)"),
        ("from platform import architecture as a", "platform.architecture (line 1)"),
        ("open('/proc/cpuinfo')", "/proc/cpuinfo (line 1)"),
        ("import os\nopen(os.path.join('/proc', 'cpuinfo'))", "/proc (line 2)"),
        # These import a module, or run code, that another one names.
        (
            "import pkg_resources\npkg_resources.resource_filename('numpy', 'core')",
            "import pkg_resources (line 1)",
        ),
        ("from setuptools import setup\nsetup(cffi_modules=['b.py:ffi'])", "cffi_modules (line 2)"),
        ("from setuptools import setup\nsetup(command_packages='tools')", "command_packages (line 2)"),
        ("from Cython import Tempita", "Cython.Tempita (line 1)"),
        ("bits = tuple.__itemsize__ * 8", "__itemsize__ (line 1)"),
        ("import os\nos.sysconf('SC_LONG_BIT')", "sysconf (line 2)"),
        ("import distutils.core\ndistutils.core.run_setup('a/setup.py')", "run_setup (line 2)"),
        ("from distutils.core import run_setup", "run_setup (line 1)"),
    ],
)
def test_what_keeps_a_setup_emulated(tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / "setup.py").write_text(text)
    site = tmp_path / "site-packages"
    for name in "numpy", "mypyc", "pkg_resources":
        (site / name).mkdir(parents=True)
    assert reason(tmp_path, site) == f"setup.py has {expected}"


def test_a_setup_that_cannot_be_parsed_stays_emulated(tmp_path: Path) -> None:
    for text in b"print 'x'", b"a = '\0'", b"# coding: none-such\n", b"(" * 9999:
        (tmp_path / "setup.py").write_bytes(text)
        assert reason(tmp_path) == "setup.py cannot be parsed"


def project(directory: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return directory


STRUCT = "import struct\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"setup.py": "from tools import flags", "tools.py": ""}, ""),
        ({"setup.py": "import tools", "tools.py": STRUCT}, "tools.py has import struct (line 1)"),
        # The project's own hides what is known.
        ({"setup.py": "import shlex", "shlex.py": STRUCT}, "shlex.py has import struct (line 1)"),
        (
            {"setup.py": "from wheel.bdist_wheel import bdist_wheel", "wheel/__init__.py": ""},
            "setup.py has import wheel.bdist_wheel (line 1)",
        ),
        # Packages, their parents, modules beside them, names that are modules.
        (
            {"setup.py": "import a.b.c", "a/__init__.py": STRUCT, "a/b/__init__.py": "", "a/b/c.py": ""},
            "a/__init__.py has import struct (line 1)",
        ),
        ({"setup.py": "from a import b, VERSION", "a/__init__.py": "VERSION = 1", "a/b.py": ""}, ""),
        (
            {"setup.py": "from a import b", "a/__init__.py": "", "a/b.py": STRUCT},
            "a/b.py has import struct (line 1)",
        ),
        (
            {
                "setup.py": "import a",
                "a/__init__.py": "from .b import *\nfrom . import c",
                "a/b.py": "",
                "a/c.py": STRUCT,
            },
            "a/c.py has import struct (line 1)",
        ),
        (
            {
                "setup.py": "import a.b.c",
                "a/__init__.py": "",
                "a/b/__init__.py": "",
                "a/b/c.py": "from ..d import e",
                "a/d.py": STRUCT,
            },
            "a/d.py has import struct (line 1)",
        ),
        (
            {"setup.py": "import a", "a/__init__.py": "from ... import b"},
            "a/__init__.py has import ... (line 1)",
        ),
        (
            {"setup.py": "from a import *", "a/__init__.py": "__all__ = ['b']", "a/b.py": STRUCT},
            "setup.py has import a (line 1)",
        ),
        # A directory may be a package without a file; then nobody knows what else is in it.
        (
            {"setup.py": "import tools.flags", "tools/flags.py": ""},
            "setup.py has import tools.flags (line 1)",
        ),
        # Compiled already, for the container or not.
        (
            {"setup.py": "from a import b", "a/__init__.py": "", "a/b.cpython-311.so": ""},
            "setup.py has import a (line 1)",
        ),
        ({"setup.py": "import b", "b.so": ""}, "setup.py has import b (line 1)"),
        # A circle.
        ({"setup.py": "import a", "a.py": "import b", "b.py": "import a"}, ""),
        # More places.
        (
            {"setup.py": "import sys\nsys.path.insert(0, 'x/y')\nimport a", "x/y/a.py": STRUCT},
            "x/y/a.py has import struct (line 1)",
        ),
        (
            {
                "setup.py": "import a\nimport c",
                "a.py": "import sys\nsys.path.append('./x')",
                "x/c.py": STRUCT,
            },
            "x/c.py has import struct (line 1)",
        ),
        (
            {
                "setup.py": "import c\nimport a",
                "a.py": "import sys\nsys.path.append('./x')",
                "x/c.py": STRUCT,
            },
            "x/c.py has import struct (line 1)",
        ),
        (
            {
                "setup.py": "import os, sys\nsys.path.append(os.path.join('x', 'y'))\nimport a",
                "x/y/a.py": STRUCT,
                "y/b.c": "",
            },
            "x/y/a.py has import struct (line 1)",
        ),
        (
            {"setup.py": "import sys\nsys.path.append('../x')\nimport a", "x/a.py": ""},
            "setup.py has sys.path (line 2)",
        ),
        ({"setup.py": "import sys\nsys.path.append('/x')", "x/a.py": ""}, "setup.py has sys.path (line 2)"),
        ({"setup.py": "import sys\nsys.path.insert(0, place)"}, "setup.py has sys.path (line 2)"),
        ({"setup.py": "import sys\nsys.path = ['x']", "x/a.py": ""}, "setup.py has sys.path (line 2)"),
    ],
)
def test_modules_of_the_project(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    assert reason(project(tmp_path, files)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "exec(open('a/version.py').read())",
        "with open('a/version.py') as file:\n    exec(file.read(), {})",
        "import io\nfile = io.open('a/version.py')\nexec(file.read())",
        "import os\nexec(open(os.path.join(os.path.dirname(__file__), 'a', 'version.py')).read())",
        "from pathlib import Path\nexec((Path(__file__).parent / 'a' / 'version.py').read_text())",
        "from pathlib import Path\nexec(Path('a').joinpath('version.py').open().read())",
        "path = './a/version.py'\nwith open(path) as f:\n    exec(compile(f.read(), path, 'exec'))",
        "code = open('a/version.py').read()\nexec(code)",
        "import codecs\nexec(codecs.open('a/version.py', encoding='utf-8').read())",
    ],
)
def test_files_that_setup_executes(tmp_path: Path, text: str) -> None:
    (tmp_path / "setup.py").write_text(text)
    assert reason(tmp_path).startswith("setup.py has exec")
    project(tmp_path, {"a/version.py": "version = 1", "a/other.py": STRUCT})
    assert reason(tmp_path) == ""
    # Which of them it is, nobody knows.
    project(tmp_path, {"b/a/version.py": STRUCT})
    assert reason(tmp_path) == "b/a/version.py has import struct (line 1)"
    project(tmp_path, {"b/a/version.py": "This is no Python."})
    assert reason(tmp_path) == ""


@pytest.mark.parametrize(
    "text",
    [
        "exec(open('version' + '.py').read())",
        "exec(open('../version.py').read())",
        "exec(open('/version.py').read())",
        "import os\nexec(open(os.path.join(os.pardir, 'version.py')).read())",
        "from pathlib import Path\nexec((Path(__file__).parent.parent / 'version.py').read_text())",
        "from os.path import dirname, join\nexec(open(join(dirname(dirname(a)), 'version.py')).read())",
        "exec(open(', '.join(['version.py'])).read())",
        "try: from conf import path\nexcept ImportError: path = 'version.py'\nexec(open(path).read())",
        "exec(open(name).read())",
        "exec(open('version.py').read().replace('a', 'b'))",
        "exec('version.py')",
        "exec(read('version.py'))",
        "exec(open(find('version.py')).read())",
        "file = open('version.py')\nfor file in others:\n    exec(file.read())",
        "def run(file):\n    exec(file.read())\nfile = open('version.py')",
        "file = open('version.py')\nfile, other = others\nexec(file.read())",
        "path = str(path)\nexec(open(path).read())",
        "exec(compile(source, 'version.py', 'exec'))",
        "exec(open('version.py').readline())",
        "run = exec\nrun(open('version.py').read())",
        "code = compile(open('version.py').read(), 'x', 'exec')",
    ],
)
def test_what_else_setup_executes_keeps_it_emulated(tmp_path: Path, text: str) -> None:
    project(tmp_path, {"setup.py": text, "version.py": "", "other.py": ""})
    assert reason(tmp_path).startswith(("setup.py has exec (line", "setup.py has compile (line"))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"own/hooks.py": "from setuptools.build_meta import *"}, ""),
        ({"own/hooks.py": STRUCT}, "own/hooks.py has import struct (line 1)"),
        ({"own/hooks.py": "", "setup.py": STRUCT}, "setup.py has import struct (line 1)"),
        (
            {"own/hooks.py": "", "setup.py": "import flags", "own/flags.py": STRUCT},
            "own/flags.py has import struct (line 1)",
        ),
        (
            {"own/hooks/__init__.py": "from .a import build_wheel", "own/hooks/a.py": STRUCT},
            "own/hooks/a.py has import struct (line 1)",
        ),
        ({"hooks.txt": ""}, "the project has no module hooks"),
    ],
)
def test_a_backend_of_the_projects_own(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    path = f'["{tmp_path}/own"]'
    project(tmp_path, files)
    assert reason(tmp_path, backend="hooks:Backend", _PYPROJECT_HOOKS_BACKEND_PATH_JSON=path) == expected


@pytest.mark.parametrize(
    ("files", "is_literal"),
    [
        ({"a/b.py": "import numpy\nx: str = '1'"}, True),
        ({"src/a/b.py": "c = x = '1'"}, True),
        ({"a/b/__init__.py": "x = (1, 2)"}, True),
        ({"a/b.py": "x = '.'.join(y)"}, False),
        ({"a/b.py": "x = '1'", "src/a/b.py": "from c import x"}, False),
        # The first value is the one that setuptools takes.
        ({"a/b.py": "x = y\nx = '1'"}, False),
        ({"a/b.py": "x = '1'", "setup.py": "package_dir = {'': 'src'}"}, True),
        ({"a/b.py": "x = '1'", "setup.py": "package_dir = {'a': 'other'}"}, False),
        ({"a/b.py": "x = '1'", "setup.py": "setup(package_dir=directories)"}, False),
        ({"a/b.py": "if True:\n    x = '1'"}, False),
        ({"a/b.py": "x = "}, False),
        ({"a/c.py": "x = '1'"}, False),
    ],
)
def test_a_literal_value_is_read_without_an_import(
    tmp_path: Path, files: dict[str, str], is_literal: bool
) -> None:
    site = tmp_path / "env/site-packages"
    expand = site / "setuptools/config/expand.py"
    project(tmp_path / "project", files)
    for file, text in {
        "setup.cfg": "[metadata]\nversion = attr: a.b.x\n",
        "pyproject.toml": "[tool.setuptools.dynamic]\nversion = {attr = 'a.b.x'}  # attr: of it\n",
    }.items():
        path = tmp_path / "project" / file
        path.write_text(text)
        # An old setuptools imports the module.
        assert reason(tmp_path / "project", site) == f"{file} has attr"
        expand.parent.mkdir(parents=True)
        expand.touch()
        assert reason(tmp_path / "project", site) == ("" if is_literal else f"{file} has attr")
        expand.unlink()
        expand.parent.rmdir()
        path.unlink()


def test_entry_points_of_the_projects_own(tmp_path: Path) -> None:
    """setuptools would find them as those of an installed distribution."""
    points = tmp_path / "x.egg-info/entry_points.txt"
    points.parent.mkdir()
    for group, expected in {
        "console_scripts": "",
        "distutils.commands": "x.egg-info has entry points of setuptools",
        "setuptools.finalize_distribution_options": "x.egg-info has entry points of setuptools",
        "egg_info.writers": "x.egg-info has entry points of setuptools",
    }.items():
        points.write_text(f"[other]\na = b\n[{group}]\nx = y:z\n")
        assert reason(tmp_path) == expected


def test_a_directory_without_code_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / "setup.py").write_text("import pybind11")
    (tmp_path / "pybind11").mkdir()
    assert reason(tmp_path) == ""


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("setup.cfg", "[metadata]\nversion = attr: project.__version__\n", "setup.cfg has attr"),
        ("setup.cfg", "[options]\ncmdclass =\n    build_ext = tools.Build\n", "setup.cfg has cmdclass"),
        ("setup.cfg", "[global]\ncommand_packages = tools\n", "setup.cfg has command_packages"),
        (
            "pyproject.toml",
            "[tool.setuptools.dynamic]\nversion = {attr = 'a.b'}\n",
            "pyproject.toml has attr",
        ),
        ("pyproject.toml", "[tool.setuptools.cmdclass]\nx = 'a.X'\n", "pyproject.toml has cmdclass"),
        (
            "pyproject.toml",
            "[tool.scikit-build]\nmetadata.version.provider-path = '.'\n",
            "pyproject.toml has provider-path",
        ),
        ("pyproject.toml", "[tool.setuptools]\ncmdclass.build_py = 'x.B'\n", "pyproject.toml has cmdclass"),
        ("pyproject.toml", "version = {\"attr\" = 'a.b'}\n", "pyproject.toml has attr"),
        ("setup.cfg", "[global]\ncommand-packages = tools\n", "setup.cfg has command-packages"),
        (
            "pyproject.toml",
            "[[tool.dynamic-metadata]]\nprovider = {path = 'build_tools'}\n",
            "pyproject.toml has dynamic-metadata",
        ),
        (
            "pyproject.toml",
            "[tool.setuptools_scm]\nversion_scheme = 'vers:scheme'\n",
            "pyproject.toml has version_scheme",
        ),
        ("pyproject.toml", "[tool.setuptools_scm]\nversion_scheme = 'post-release'\n", ""),
        ("pyproject.toml", "[project]\ndependencies = ['attrs']\nname = 'attr'\n", ""),
    ],
)
def test_settings_that_import_the_projects_modules(
    tmp_path: Path, file: str, text: str, expected: str
) -> None:
    (tmp_path / file).write_text(text)
    assert reason(tmp_path) == expected


def test_our_own_projects(tmp_path: Path) -> None:
    """In the tests with a real container, the one stays emulated and the other does not."""
    (tmp_path / "setuptools/config").mkdir(parents=True)
    (tmp_path / "setuptools/config/expand.py").touch()
    plain = PROJECTS / "cythonic/plain"
    own = {"backend": "hooks", "_PYPROJECT_HOOKS_BACKEND_PATH_JSON": json.dumps([f"{plain}/own"])}
    assert reason(plain, tmp_path, **own) == ""
    assert reason(PROJECTS / "cythonic", tmp_path) == "setup.py has import ctypes (line 1)"
