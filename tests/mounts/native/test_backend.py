"""Which calls of build backends run natively: what setup.py, settings and environments keep emulated."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

from cibw_debian.mounts.native.python.backend import KNOWN, stays_emulated
from tests.mounts.native.test_python import lay_out, load

#: what an interpreter of this machine answers
FACTS = {
    "multiarch": sys.implementation._multiarch,
    "maxsize": sys.maxsize,
    "suffixes": EXTENSION_SUFFIXES,
}
NOTE = "cibw-debian: note: the build backend stays emulated"
LEGACY = "setuptools.build_meta:__legacy__"
PROJECTS = Path(__file__).parents[2] / "projects"


def reason(directory: Path, *path: Path, backend: str = LEGACY, **environment: str) -> str:
    environment["_PYPROJECT_HOOKS_BUILD_BACKEND"] = backend
    return stays_emulated(str(directory), environment, [str(place) for place in path])


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
        ("from tools import flags", "import tools (line 1)"),
        ("from importlib import import_module", "import importlib (line 1)"),
        ("import shlex", "import shlex (line 1)"),
        ("from wheel.bdist_wheel import bdist_wheel", "import wheel.bdist_wheel (line 1)"),
        ("exec(open('version.py').read())", "exec (line 1)"),
        ("x = 1\nuse(eval)", "eval (line 2)"),
        ("__import__('numpy')", "__import__ (line 1)"),
        ("seed = hash('x')", "hash (line 1)"),
        ("import sys\nsys.path.insert(0, 'src')", "sys.path (line 2)"),
        ("import sys\nsys.hash_info.width", "sys.hash_info (line 2)"),
        ("from sys import maxsize, int_info", "sys.int_info (line 1)"),
        ("from sys import *", "sys.* (line 1)"),
        ("import re as r, sys as s", "import sys as s (line 1)"),
        ("import os.path as p", "import os.path as p (line 1)"),
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
        ("import os\nos.sysconf('SC_LONG_BIT')", "os.sysconf (line 2)"),
        ("import distutils.core\ndistutils.core.run_setup('a/setup.py')", "distutils.run_setup (line 2)"),
        ("from distutils.core import run_setup", "distutils.run_setup (line 1)"),
    ],
)
def test_what_keeps_a_setup_emulated(tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / "setup.py").write_text(text)
    # These hide what is known by the same name.
    (tmp_path / "shlex.py").touch()
    (tmp_path / "wheel").mkdir()
    (tmp_path / "wheel/__init__.py").touch()
    assert reason(tmp_path) == f"setup.py has {expected}"


def test_a_setup_that_cannot_be_parsed_stays_emulated(tmp_path: Path) -> None:
    for text in b"print 'x'", b"a = '\0'", b"# coding: none-such\n", b"(" * 9999:
        (tmp_path / "setup.py").write_bytes(text)
        assert reason(tmp_path) == "setup.py cannot be parsed"


def test_a_directory_without_code_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / "setup.py").write_text("import pybind11")
    (tmp_path / "pybind11").mkdir()
    assert reason(tmp_path) == ""


def test_only_setuptools_runs_a_setup(tmp_path: Path) -> None:
    (tmp_path / "setup.py").write_text("import numpy")
    assert reason(tmp_path, backend="mesonpy") == reason(tmp_path, backend="scikit_build_core.build") == ""
    assert reason(tmp_path, backend="setuptools.build_meta") == "setup.py has import numpy (line 1)"


def test_scikit_build_core_imports_numpy(tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    for name in "numpy-2.0.0", "scikit_build_core-1.1.2":
        (site / f"{name}.dist-info").mkdir(parents=True)
        stays = reason(tmp_path, site, backend="scikit_build_core.build")
        assert stays == ("" if name.startswith("numpy") else "scikit-build-core imports numpy")


def test_backends_that_are_not_known_stay_emulated(tmp_path: Path) -> None:
    assert reason(tmp_path, backend="maturin") == "maturin is not a known one"
    assert reason(tmp_path, backend="") == "a backend without a name is not a known one"
    own = reason(tmp_path, _PYPROJECT_HOOKS_BACKEND_PATH_JSON='["."]')
    assert own == "_PYPROJECT_HOOKS_BACKEND_PATH_JSON is set"
    assert reason(tmp_path, _PYPROJECT_HOOKS_BACKEND_PATH_JSON="null") == ""


def test_modules_from_elsewhere_keep_it_emulated(tmp_path: Path) -> None:
    assert reason(tmp_path, PYTHONPATH="/src") == "PYTHONPATH is set"
    assert reason(tmp_path, PYTHONPATH="") == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Setuptools_SCM-8.0.dist-info", ""),
        ("setuptools", ""),
        ("cffi-1.17.1.dist-info", "its environment has cffi, which is not known"),
        ("mypy-1.0.egg-info", "its environment has mypy, which is not known"),
        ("project.egg-link", "its environment has project, which is not known"),
    ],
)
def test_what_else_is_in_the_environment(tmp_path: Path, name: str, expected: str) -> None:
    site = tmp_path / "site-packages"
    (site / name).mkdir(parents=True)
    (tmp_path / "lib/cffi-1.0.dist-info").mkdir(parents=True)
    assert reason(tmp_path, tmp_path / "lib", site, tmp_path / "nothing/site-packages") == expected


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


def test_each_refused_name_is_one_of_a_module_that_may_be_imported() -> None:
    assert "pkg_resources" not in KNOWN["modules"]
    assert KNOWN["names"].keys() <= set(KNOWN["modules"])
    assert {"struct", "ctypes", "array", "importlib", "runpy", "imp", "numpy"}.isdisjoint(KNOWN["modules"])
    for words in KNOWN["backends"], KNOWN["distributions"], KNOWN["modules"], KNOWN["builtins"]:
        assert len(set(words)) == len(words)


def test_our_own_projects() -> None:
    """The one stays emulated in the tests with a real container, the other does not."""
    assert reason(PROJECTS / "cythonic") == "setup.py has import ctypes (line 1)"
    assert reason(PROJECTS / "cythonic/plain") == ""
    assert ast.parse((PROJECTS / "cythonic/plain/setup.py").read_bytes()).body


@pytest.mark.parametrize(
    ("hook", "setup", "expected"),
    [
        ("build_wheel", "import sys", "native"),
        ("get_requires_for_build_wheel", "import sys", "native"),
        ("build_wheel", "import ctypes", f"emulated\n{NOTE}: setup.py has import ctypes (line 1)"),
        # Once for each wheel is enough.
        ("get_requires_for_build_wheel", "import ctypes", "emulated"),
    ],
)
def test_a_process_of_a_build_frontend(tmp_path: Path, hook: str, setup: str, expected: str) -> None:
    (tmp_path / "setup.py").write_text(setup)
    lay_out(tmp_path / "mount", "echo native")
    text = (tmp_path / "mount/python/sitecustomize.py").read_text()
    script = tmp_path / "pyproject_hooks/_in_process/_in_process.py"
    script.parent.mkdir(parents=True)
    # Without PYTHONPATH and site, the interpreter does not start with the module, so the script does.
    script.write_text(f"__file__ = '/nowhere'\n{text}\nprint('emulated')\n")
    done = subprocess.run(
        [sys.executable, "-IS", str(script), hook, "control"],
        env={"_PYPROJECT_HOOKS_BUILD_BACKEND": LEGACY},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout + done.stderr).strip() == expected


def test_a_check_that_fails_keeps_it_emulated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lay_out(tmp_path / "mount", "echo native")
    (tmp_path / "mount/python/backend.json").unlink()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert load("sitecustomize", tmp_path / "mount")["_backend_stays"](["_in_process.py", "build_wheel"])
    assert capsys.readouterr().err.startswith(f"{NOTE}: it cannot be checked: FileNotFoundError(2, ")


def test_setuptools_is_compiled_natively_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With bytecode, an emulated setup.py starts a second earlier."""
    package = tmp_path / "site-packages/setuptools"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "build_meta.py").write_text("import os\nassert os.uname().machine == 'armv7l'\n")
    (package / "other.py").touch()
    monkeypatch.syspath_prepend(str(package.parent))
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    lay_out(tmp_path / "mount", f'echo started >>{tmp_path}/log; exec {sys.executable} "$@"')
    (tmp_path / "site-packages/sitecustomize.py").symlink_to(tmp_path / "mount/python/sitecustomize.py")
    # Of the project: nothing of it may run.
    (tmp_path / "importlib").mkdir()
    (tmp_path / "contextlib.py").write_text("raise SystemExit('the project runs')")
    monkeypatch.chdir(tmp_path)
    module = load("sitecustomize", tmp_path / "mount")
    monkeypatch.setitem(module, "_facts", lambda: {**FACTS, "machine": "armv7l"})

    module["_compile_setuptools"]()
    names = {path.name.partition(".")[0] for path in (package / "__pycache__").iterdir()}
    assert names == {"__init__", "build_meta"}
    module["_compile_setuptools"]()
    assert (tmp_path / "log").read_text() == "started\n"
