"""Which calls of build backends run natively, whatever the project is, and what such a call does."""

from __future__ import annotations

import ast
import subprocess
import venv
from pathlib import Path

import pytest

from cibw_debian.mounts.native.python import backend as of_environment
from cibw_debian.mounts.native.python import project as of_project
from cibw_debian.mounts.native.python.backend import KNOWN
from tests.mounts.native.test_python import lay_out

NOTE = "cibw-debian: note: the build backend stays emulated"
LEGACY = "setuptools.build_meta:__legacy__"


def reason(directory: Path, *path: Path, backend: str = LEGACY, **environment: str) -> str:
    """Return why a call stays emulated, with sys.path as given and a standard library."""
    environment["_PYPROJECT_HOOKS_BUILD_BACKEND"] = backend
    places = [str(place) for place in (*path, Path(ast.__file__).parent)]
    stays = of_environment.stays_emulated(environment, places)
    return stays or of_project.stays_emulated(str(directory), *of_environment.name(environment), places)


def test_only_setuptools_runs_a_setup(tmp_path: Path) -> None:
    (tmp_path / "setup.py").write_text("import struct")
    assert reason(tmp_path, backend="mesonpy") == reason(tmp_path, backend="scikit_build_core.build") == ""
    assert reason(tmp_path, backend="setuptools.build_meta") == "setup.py has import struct (line 1)"


def test_scikit_build_core_imports_numpy(tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    for name in "numpy-2.0.0", "scikit_build_core-1.1.2":
        (site / f"{name}.dist-info").mkdir(parents=True)
        stays = reason(tmp_path, site, backend="scikit_build_core.build")
        assert stays == ("" if name.startswith("numpy") else "scikit-build-core imports numpy")


def test_backends_that_are_not_known_stay_emulated(tmp_path: Path) -> None:
    assert reason(tmp_path, backend="maturin") == "maturin is not a known one"
    assert reason(tmp_path, backend="") == "a backend without a name is not a known one"
    assert reason(tmp_path, _PYPROJECT_HOOKS_BACKEND_PATH_JSON="null") == ""


def test_modules_from_elsewhere_keep_it_emulated(tmp_path: Path) -> None:
    for path in "/src", "/src:/tmp/pip-build-env-x/site", "/tmp/pip-build-env-x/other", "/tmp/other/site":
        assert reason(tmp_path, PYTHONPATH=path) == "PYTHONPATH is set"
    for path in "", "/tmp/pip-build-env-x/site":
        assert reason(tmp_path, PYTHONPATH=path) == ""


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


def test_each_refused_name_is_one_of_a_module_that_may_be_imported() -> None:
    assert "pkg_resources" not in KNOWN["modules"]
    assert {name.partition(".")[0] for name in KNOWN["names"]} <= {
        name.partition(".")[0] for name in KNOWN["modules"]
    }
    assert {"struct", "ctypes", "array", "importlib", "runpy", "imp", "numpy"}.isdisjoint(KNOWN["modules"])
    for words in KNOWN["backends"], KNOWN["distributions"], KNOWN["modules"], KNOWN["builtins"]:
        assert len(set(words)) == len(words)


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """An empty virtual environment, whose interpreter is both sides of a container's."""
    venv.create(tmp_path / "env", with_pip=False)
    python = tmp_path / "env/bin/python"
    lay_out(tmp_path / "mount", f'exec {python} "$@"')
    script = tmp_path / "pyproject_hooks/_in_process/_in_process.py"
    script.parent.mkdir(parents=True)
    text = (tmp_path / "mount/python/sitecustomize.py").read_text()
    # Debian's interpreters have a sitecustomize.py of their own, so the script does what ours would do.
    tell = "print('native' if '_cibw_debian.answers' in sys.modules else 'emulated')"
    ours = "print(*(name for name in os.environ if 'CIBW' in name))"
    script.write_text(f"__file__ = '/nowhere'\n{text}\n{tell}\n{ours}\n")
    return python


def call(python: Path, hook: str, **variables: str) -> str:
    root = python.parents[2]
    done = subprocess.run(
        [python, root / "pyproject_hooks/_in_process/_in_process.py", hook, "control"],
        env={"_PYPROJECT_HOOKS_BUILD_BACKEND": LEGACY, **variables},
        cwd=root,
        timeout=60,
        capture_output=True,
        text=True,
        check=True,
    )
    return (done.stdout + done.stderr).strip()


@pytest.mark.parametrize(
    ("hook", "setup", "expected"),
    [
        ("build_wheel", "import sys", "native"),
        ("get_requires_for_build_wheel", "import sys", "native"),
        ("build_wheel", "import ctypes", f"emulated\n\n{NOTE}: setup.py has import ctypes (line 1)"),
        # Once for each wheel is enough.
        ("get_requires_for_build_wheel", "import ctypes", "emulated"),
    ],
)
def test_a_process_of_a_build_frontend(environment: Path, hook: str, setup: str, expected: str) -> None:
    (environment.parents[2] / "setup.py").write_text(setup)
    assert call(environment, hook) == expected


def test_a_check_that_fails_keeps_it_emulated(environment: Path) -> None:
    (environment.parents[2] / "mount/python/backend.json").unlink()
    said = call(environment, "build_wheel")
    assert said.startswith(f"emulated\n\n{NOTE}: it cannot be checked: FileNotFoundError(2, ")


def test_setuptools_is_compiled_natively_once(environment: Path) -> None:
    """With bytecode, an emulated setup.py starts a second earlier."""
    root = environment.parents[2]
    (root / "setup.py").write_text("import ctypes")
    package = next((root / "env/lib").glob("python*/site-packages")) / "setuptools"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "build_meta.py").write_text(f"open({str(root / 'log')!r}, 'a').write('imported')")
    (package / "other.py").touch()
    # Of the project: nothing of it may run.
    (root / "contextlib.py").write_text("raise SystemExit('the project runs')")
    for _ in range(2):
        assert call(environment, "get_requires_for_build_wheel") == "emulated"
    names = {path.name.partition(".")[0] for path in (package / "__pycache__").iterdir()}
    assert names == {"__init__", "build_meta"}
    assert (root / "log").read_text() == "imported"
    for path in (package / "__pycache__").iterdir():
        path.unlink()
    (package / "__pycache__").rmdir()
    for variables in {"PYTHONDONTWRITEBYTECODE": "1"}, {"PYTHONPATH": "/nowhere"}:
        assert call(environment, "get_requires_for_build_wheel", **variables) == "emulated"
    assert not (package / "__pycache__").exists()
