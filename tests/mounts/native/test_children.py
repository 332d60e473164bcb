"""What a native program starts natively from the beginning."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest

from cibw_debian.mounts.native.python import children

#: Prints its arguments and what tells it how to start.
NATIVE = """#!/bin/sh
echo "native: $* $ANSWERS, ${PYTHONPATH-none}, $CIBW_DEBIAN_PYTHONPATH"
"""
#: Starts a command with children.py in place.
PROGRAM = """
import json, os, sys
from cibw_debian.mounts.native.python import children

def is_native(words, prefix, path):
    return words[1].endswith("known") and prefix.endswith("env") and not any("foreign" in one for one in path)

command, options, sys.executable, native = json.loads(sys.argv[1])
assert "subprocess" not in sys.modules
children.replace(is_native, native, "ANSWERS=1")
import subprocess
assert subprocess.run(["true"]).returncode == 0
if options.pop("spawn", False):
    # As subprocess of Python 3.13 does.
    os.waitpid(os.posix_spawn(command[0], command, None), 0)
    sys.exit()
print(subprocess.run(command, stdout=subprocess.PIPE, text=True, **options).stdout.strip())
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment, in whose directory a program says who runs it."""
    directory = tmp_path_factory.mktemp("children")
    venv.create(directory / "env", with_pip=False, symlinks=True)
    for name in "known", "other":
        (directory / name).write_text("import os\nprint('emulated', os.environ.get('PYTHONPATH', 'none'))\n")
    (directory / "native").write_text(NATIVE)
    (directory / "native").chmod(0o755)
    return directory / "env"


def start(environment: Path, *command: str | Path, own: str | Path = "", **options: Any) -> str:
    """Return what a command prints if a native program starts it, whose interpreter is `own`."""
    root = environment.parent
    words = [str(word) for word in (command or (environment / "bin/python", "known", "a b"))]
    call = [
        words,
        {"cwd": str(root), **options},
        str(own or environment / "bin/python"),
        str(root / "native"),
    ]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(call)], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_a_program_starts_natively(environment: Path) -> None:
    assert start(environment) == "native: known a b 1, none,"
    assert start(environment, env={}) == "native: known a b 1, none,"
    # build sets an empty one.
    assert start(environment, env={"PYTHONPATH": ""}) == "native: known a b 1, none,"
    assert start(environment, env={"A": "a=b\n"}, close_fds=False) == "native: known a b 1, none,"
    # Here subprocess uses posix_spawn.
    known = environment / "bin/python", environment.parent / "known"
    for options in {"close_fds": False}, {"close_fds": False, "env": {}}, {}:
        assert start(environment, *known, cwd=None, **options) == f"native: {known[1]} 1, none,"
        assert (
            start(environment, known[0], known[1].with_name("other"), cwd=None, **options) == "emulated none"
        )


def test_posix_spawn_with_the_processs_own_variables(environment: Path) -> None:
    command = environment / "bin/python", environment.parent / "known"
    assert start(environment, *command, spawn=True) == f"native: {command[1]} 1, none,"


def test_build_environments_of_pip_carry_their_path(environment: Path, tmp_path: Path) -> None:
    path = f"{tmp_path}/pip-build-env-x/site"
    assert start(environment, env={"PYTHONPATH": path}) == f"native: known a b 1, none, {path}"
    foreign = f"{tmp_path}/pip-build-env-foreign/site"
    assert start(environment, env={"PYTHONPATH": foreign}) == f"emulated {foreign}"


def test_what_starts_as_ever(environment: Path) -> None:
    python = environment / "bin/python"
    assert start(environment, python, "other") == "emulated none"
    # Another interpreter than the program's own, one that is no virtual environment's, and a name in PATH.
    assert start(environment, own="/bin/sh") == "emulated none"
    assert start(environment, Path(os.path.realpath(python)), "known") == "emulated none"
    assert start(environment, "env/bin/python", "known") == "emulated none"
    assert start(environment, "other", "known", executable=str(python)) == "emulated none"
    for name, value in {"LD_PRELOAD": "", "PYTHONPATH": "/other", "PYTHONHOME": sys.base_prefix}.items():
        assert start(environment, env={name: value}).startswith("emulated")


def test_an_environment_with_other_distributions_too(environment: Path) -> None:
    settings = environment / "pyvenv.cfg"
    own = settings.read_text()
    try:
        settings.write_text(own.replace("= false", "= true"))
        assert start(environment) == "emulated none"
    finally:
        settings.write_text(own)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", True),
        ("/tmp/pip-build-env-abc/site", True),
        ("/tmp/pip-build-env-abc/site:/other", False),
        ("/tmp/pip-build-env-abc/other", False),
        ("/tmp/other/site", False),
        ("site", False),
    ],
)
def test_paths_of_modules_that_are_known(path: str, expected: bool) -> None:
    assert children.is_known(path) is expected
