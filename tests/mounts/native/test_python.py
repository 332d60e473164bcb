"""Which programs written in Python run natively, and what such a process answers.

The modules of mounts/native/python run here in this machine's own interpreter, which is both sides of them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cibw_debian.mounts.native import tree

if TYPE_CHECKING:
    from collections.abc import Callable

BACKEND = "pyproject_hooks/_in_process/_in_process.py"
DIRECTORY = Path(tree.__file__).parent / "python"


def load(name: str, mount: Path | str = "/nowhere") -> dict[str, Any]:
    """Run a module as the volume has it; without a native interpreter there, it decides nothing."""
    text = (DIRECTORY / f"{name}.py").read_text().replace("@MOUNT@", str(mount))
    module: dict[str, Any] = {"__name__": name, "__file__": f"{mount}/{name}.py"}
    exec(compile(text, name, "exec"), module)  # noqa: S102
    return module


@pytest.fixture(scope="module")
def program() -> Callable[[list[str], str], str]:
    found: Callable[[list[str], str], str] = load("sitecustomize")["program"]
    return found


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("python -m pip install x", "pip"),
        ("python -Im pip --version", "pip"),
        ("python -mpip", "pip"),
        ("python -W ignore -X utf8 -m build .", "build"),
        ("python -Wignore -m virtualenv e", "virtualenv"),
        ("python --check-hash-based-pycs always -m venv e", "venv"),
        ("python /env/bin/pip3.11 install x", "pip"),
        ("python -s /env/bin/cython a.pyx", "cython"),
        ("python /usr/bin/meson setup b", "meson"),
        ("python /usr/local/bin/auditwheel repair x", "auditwheel"),
        ("python /env/lib/site-packages/pip/__pip-runner__.py install", "pip"),
        (f"python -I /env/lib/{BACKEND} build_wheel", BACKEND),
        # what a project may have
        ("python", ""),
        ("python -", ""),
        ("python setup.py build", ""),
        ("python -c pip", ""),
        ("python -m pip_tools", ""),
        ("python -m cython_lint pip", ""),
        ("python -m", ""),
        ("python -I /env/lib/pyproject_hooks/_in_process.py build_wheel", ""),
        (f"python /env/lib/my{BACKEND} build_wheel", ""),
        ("python /project/tools/cython", ""),
        ("python tools/meson -m pip", ""),
        ("python /project/__pip-runner__.py", ""),
        ("python /env/bin/pytest -m pip", ""),
        ("python -X -m pip", ""),
        # Without site, nobody answers for the container.
        ("python -S -m pip", ""),
        ("python -IS -m pip", ""),
    ],
)
def test_which_programs_run_natively(
    program: Callable[[list[str], str], str], line: str, expected: str
) -> None:
    assert program(line.split(), "/env") == expected


#: Runs as the start of an interpreter does, and tells what a program then sees.
NATIVE = """
import plain
import importlib.machinery, json, os, platform, posix, sys, sysconfig
print(json.dumps([os.uname().machine, posix.uname().machine, platform.machine(), sys.maxsize, sys.version,
    sysconfig.get_platform(), importlib.machinery.EXTENSION_SUFFIXES[0],
    sorted(name for name in os.environ if "CIBW" in name)]))
import ctypes  # compares the sizes of C's types with those of struct
"""


def lay_out(mount: Path, native: str) -> None:
    """Make the directory that containers have, with a script as the native interpreter."""
    (mount / "python/bin").mkdir(parents=True)
    for path in DIRECTORY.glob("*.*"):
        text = path.read_text().replace("@MOUNT@", str(mount))
        (mount / "python" / path.name).write_text(text)
    interpreter = mount / f"python/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    interpreter.write_text(f"#!/bin/sh\n{native}\n")
    interpreter.chmod(0o755)


def test_a_native_process_answers_for_the_container(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    mount = tmp_path / "mount"
    lay_out(mount, f'exec {sys.executable} "$@"')
    (site / "sitecustomize.py").symlink_to(mount / "python/sitecustomize.py")
    # Compiled for the container, with the same module in Python.
    (site / "plain.abi3.so").write_bytes(b"\x7fELF")
    (site / "plain.so").write_bytes(b"\x7fELF")
    (site / "plain.py").touch()
    (site / "sitecustomize.py.emulated").write_text("print('own')\n")
    answers = {
        "machine": "armv7l",
        "multiarch": sys.implementation._multiarch,
        "maxsize": 2**31 - 1,
        "version": "3.9.2 (default) [GCC 10]",
        "suffixes": [".cpython-39-arm-linux-gnueabihf.so", ".abi3.so", ".so"],
    }
    env = {"PYTHONPATH": str(site), "CIBW_DEBIAN_ANSWERS": repr(answers)}
    done = subprocess.run([sys.executable, "-c", NATIVE], env=env, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    own, seen = done.stdout.splitlines()
    assert own == "own"
    assert json.loads(seen) == [
        *("armv7l", "armv7l", "armv7l", 2**31 - 1, "3.9.2 (default) [GCC 10]"),
        *("linux-armv7l", ".cpython-39-arm-linux-gnueabihf.so", []),
    ]


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A virtual environment whose interpreter starts as those of containers do; the native one says so."""
    venv.create(tmp_path / "env", with_pip=False)
    lay_out(tmp_path / "mount", 'echo "native: $*"')
    site = next((tmp_path / "env/lib").glob("python*/site-packages"))
    (tmp_path / "env/first").mkdir()
    (tmp_path / "env/first/sitecustomize.py").symlink_to(tmp_path / "mount/python/sitecustomize.py")
    for name in ("pip", "auditwheel"):
        (site / f"{name}.py").write_text(f"print('emulated: {name}')\n")
    return site


def start(environment: Path, *arguments: str, **variables: str) -> str:
    root = environment.parents[2]
    # Debian's interpreters have a sitecustomize.py of their own.
    env = {"PYTHONPATH": str(root / "first"), **variables}
    done = subprocess.run(
        [root / "bin/python", *arguments], env=env, capture_output=True, text=True, check=False
    )
    return (done.stdout + done.stderr).strip()


def test_a_program_is_replaced_before_its_first_line(environment: Path) -> None:
    assert start(environment, "-m", "pip", "install", "a b") == "native: -m pip install a b"
    assert start(environment, "-c", "import pip") == "emulated: pip"


@pytest.mark.parametrize("name", ["other.pth", "keyring"])
def test_code_of_others_keeps_pip_emulated(environment: Path, name: str) -> None:
    (environment / name).touch()
    assert start(environment, "-m", "pip") == "emulated: pip"
    (environment / name).rename(environment / "distutils-precedence.pth")
    assert start(environment, "-m", "pip") == "native: -m pip"


def test_keyring_is_pips_alone(environment: Path) -> None:
    (environment / "keyring").touch()
    assert start(environment, "-m", "auditwheel") == "native: -m auditwheel"


def test_another_standard_library_keeps_programs_emulated(environment: Path) -> None:
    assert start(environment, "-m", "pip", PYTHONHOME=sys.base_prefix) == "emulated: pip"


def test_an_interpreter_that_does_not_start_is_told_and_the_program_stays_emulated(environment: Path) -> None:
    (interpreter,) = (environment.parents[3] / "mount/python/bin").iterdir()
    interpreter.write_bytes(b"\x7fELF")
    emulated, note = start(environment, "-m", "pip").splitlines()
    assert emulated == "emulated: pip"
    assert note.startswith("cibw-debian: note: no native interpreter: [Errno 8]")


def test_a_native_process_that_cannot_answer_ends(environment: Path) -> None:
    said = start(environment, "-m", "pip", CIBW_DEBIAN_ANSWERS="{}")
    assert said == "cibw-debian: a native interpreter cannot answer for the container: KeyError('multiarch')"


CYTHON = {
    "Cython/__init__.py": "",
    "Cython/Build/__init__.py": "",
    "Cython/Compiler/__init__.py": "",
    "Cython/Compiler/Options.py": """
docstrings = True
_defaults = {}
kinds = {'x': lambda: 1}

class CompilationOptions:
    kind = "options"
""",
    "Cython/Build/Dependencies.py": """
import os, sys
from Cython.Compiler import Options

def cythonize_one(pyx_file, c_file, options, fail=False, odd=None):
    assert options.kind == "options"
    if fail and not sys.flags.no_site:
        raise ValueError(f"{pyx_file} is wrong")
    if fail:
        sys.exit("natively")
    with open(c_file, "a") as file:
        print(Options.docstrings, Options._defaults, sys.flags.no_site, sys.getrecursionlimit(), file=file)
    print(f"compiled {pyx_file}")

class Extension:
    def __init__(self, name):
        self.name, self.sources = name, [f"{name}.pyx"]

def cythonize(module_list, quiet=False, **options):
    asked = module_list if isinstance(module_list, list) else [module_list]
    made = []
    for extension in asked:
        if extension.name != "plain":
            cythonize_one(f"{extension.name}.pyx", f"{extension.name}.c", **options)
            extension = Extension(extension.name)
        extension.sources = [f"{extension.name}.c"]
        made.append(extension)
    if options.get("odd") == "unknown" and sys.flags.no_site:
        import only_natively
        made[0].odd = only_natively.Odd()
    return made
""",
    "only_natively.py": "import sys; assert sys.flags.no_site\n\nclass Odd:\n    pass",
    "setuptools.py": "print('setuptools is imported')",
    "Cython/Compiler/Main.py": """
import sys

class CompilationResult:
    c_file = main_source_file = None
    num_errors = 0

class Results(dict):
    num_errors = 0

def compile(source, options=None, **keywords):
    result = CompilationResult() if isinstance(source, str) else Results()
    if "wrong" in source:
        result.num_errors = 1
    vars(result).update(c_file=sys.flags.no_site, main_source_file=lambda: 1, **keywords)
    return result
""",
}
SETUP = """
import sys
{sitecustomize}
sys.meta_path.insert(0, _Watch())
sys.path.insert(0, "late")
sys.setrecursionlimit(1234)
from Cython.Compiler import Options
from Cython.Build.Dependencies import cythonize_one
from Cython.Compiler import Main
assert not any(type(finder).__name__ == "_Watch" for finder in sys.meta_path)
Options.docstrings = False
Options._defaults["a"] = 1
options = Options.CompilationOptions()
cythonize_one("a.pyx", c_file="a.c", options=options)
cythonize_one("b.pyx", "b.c", options, odd=lambda: 1)
try:
    cythonize_one("c.pyx", "c.c", options, fail=True)
except ValueError as error:
    print(error)
sys.modules["pythran"] = sys
cythonize_one("d.pyx", "d.c", options)
del sys.modules["pythran"]
newer = Options.CompilationOptions()
newer.timestamps = True
calls = ("e.pyx", {}), ("wrong", {}), (["f.pyx"], {})
calls += ("g.pyx", {"timestamps": 1}), ("h.pyx", {"options": newer})
for source, more in calls:
    result = Main.compile(source, name="x", **more)
    print(type(result).__name__, result.c_file, result.num_errors, result.name, bool(result.main_source_file))
from Cython.Build.Dependencies import Extension, cythonize
import setuptools
for options in {"odd": None}, {"odd": lambda: 1}, {"odd": None, "fail": True}:
    asked = [Extension("m"), Extension("plain")]
    try:
        made = cythonize(asked, options=Options.CompilationOptions(), **options)
    except ValueError as error:
        print(error)
    else:
        print([extension.sources for extension in made], [one is other for one, other in zip(asked, made)])
    print([extension.sources for extension in asked])
print(vars(cythonize(Extension("o"), options=Options.CompilationOptions(), odd="unknown")[0]))
(only,) = cythonize(module_list=Extension("n"), options=Options.CompilationOptions())
print(only.sources)
"""


def test_cython_compiles_each_file_natively_or_as_ever(tmp_path: Path) -> None:
    """What cannot be handed over, and what fails, is left to the emulated interpreter."""
    for name, text in CYTHON.items():
        path = tmp_path / "late" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    lay_out(tmp_path / "mount", f'exec {sys.executable} "$@"')
    text = (tmp_path / "mount/python/sitecustomize.py").read_text().partition("\n_answers = ")[0]
    setup = SETUP.replace("{sitecustomize}", text)
    done = subprocess.run(
        [sys.executable, "-c", setup], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == [
        "compiled a.pyx",
        "compiled b.pyx",
        "c.pyx is wrong",
        "compiled d.pyx",
        "CompilationResult 1 0 x False",
        "CompilationResult 0 1 x True",
        "Results 0 0 x True",
        "CompilationResult 0 0 x True",
        "CompilationResult 0 0 x True",
        "setuptools is imported",
        # Natively, handed over by file, and wrong: an extension without Cython stays the caller's own.
        "setuptools is imported",
        "compiled m.pyx",
        "[['m.c'], ['plain.c']] [False, True]",
        "[['m.pyx'], ['plain.c']]",
        "compiled m.pyx",
        "[['m.c'], ['plain.c']] [False, True]",
        "[['m.pyx'], ['plain.c']]",
        "setuptools is imported",
        "m.pyx is wrong",
        "[['m.pyx'], ['plain.pyx']]",
        "setuptools is imported",
        "compiled o.pyx",
        "setuptools is imported",
        "compiled o.pyx",
        "{'name': 'o', 'sources': ['o.c']}",
        "setuptools is imported",
        "compiled n.pyx",
        "['n.c']",
    ]
    # All of a call of `cythonize` is said at once, so what the native process said of its error is there.
    said = [line for line in done.stderr.splitlines() if line != "natively"]
    assert done.stderr.count("natively\n") == 1
    assert said == [
        f"cibw-debian: note: Cython: {name}: left to the emulated interpreter"
        for name in (
            *("b.pyx", "c.pyx", "d.pyx", "wrong", "compile", "g.pyx", "h.pyx"),
            *("cythonize", "m.pyx", "cythonize", "m.pyx", "cythonize"),
        )
    ]
    written = [(tmp_path / f"{name}.c").read_text() for name in "abdmn"]
    native, emulated = (f"False {{'a': 1}} {native} 1234\n" for native in (1, 0))
    assert written == [native, emulated, emulated, native + emulated, native]
