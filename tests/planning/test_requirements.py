from __future__ import annotations

from typing import Any

import pytest
import tomli

from cibw_debian.cibw.adapter import HOOKS, Build, EngineOption
from cibw_debian.planning.requirements import Wanted, wanted


def build(identifier: str = "cp311-manylinux_armv7l", **options: Any) -> Build:
    hooks = {option: options.pop(option.replace("-", "_"), "") for option in HOOKS}
    engine = EngineOption(name="docker")
    return Build(identifier=identifier, images={}, hooks=hooks, texts={}, engine=engine, **options)


PROJECT = tomli.loads("""
[build-system]
requires = [
    "setuptools>=61",
    "CFFI>=1.14; platform_python_implementation != 'PyPy'",
    "lxml; sys_platform == 'win32'",
]

[project]
name = "Our.Thing"
dependencies = ["numpy", "here @ https://example.org/here.tar.gz"]

[project.optional-dependencies]
fast = ["orjson", "our-thing[all]"]
test = ["pytest", "our_thing[fast]"]
all = ["our-thing[test]"]
""")


def names(build: Build, **kwargs: Any) -> list[str]:
    return [one.name for one in wanted(build, PROJECT, **kwargs)]


def test_the_build_system() -> None:
    assert wanted(build(), PROJECT) == (Wanted("setuptools", ">=61"), Wanted("cffi", ">=1.14"))
    assert names(build("pp310-manylinux_armv7l")) == ["setuptools"]


def test_what_tests_need_counts_if_there_are_tests() -> None:
    options: dict[str, Any] = {
        "test_requires": ("h5py==3.1",),
        "test_extras": ("test",),
        "before_test": "pip install pycairo",
    }
    assert names(build(**options)) == ["setuptools", "cffi"]
    tested = names(build(**options, tested=True))
    assert tested == ["setuptools", "cffi", "pycairo", "numpy", "h5py", "pytest", "orjson"]


PYPY = "pp310-manylinux_armv7l"


@pytest.mark.parametrize(
    ("marker", "identifiers"),
    [
        ("platform_machine == 'armv7l'", ["cp39-manylinux_armv7l", "cp313t-manylinux_armv7l", PYPY]),
        ("platform_machine == 'riscv64'", ["cp312-manylinux_riscv64"]),
        ("python_version >= '3.10'", ["cp312-manylinux_riscv64", "cp313t-manylinux_armv7l", PYPY]),
        ("python_full_version < '3.10.0' and os_name == 'posix'", ["cp39-manylinux_armv7l"]),
        (
            "implementation_name == 'cpython'",
            ["cp39-manylinux_armv7l", "cp312-manylinux_riscv64", "cp313t-manylinux_armv7l"],
        ),
        ("implementation_name == 'pypy'", [PYPY]),
        ("extra == 'x'", []),
    ],
)
def test_markers_are_those_of_the_target(marker: str, identifiers: list[str]) -> None:
    project = {"build-system": {"requires": [f"cffi; {marker}"]}}
    every = ("cp39-manylinux_armv7l", "cp312-manylinux_riscv64", "cp313t-manylinux_armv7l", PYPY)
    assert sorted(i for i in every if wanted(build(i), project)) == sorted(identifiers)


def test_requirement_files_of_hooks() -> None:
    files = {
        "ci/build.txt": "lxml>=5 \\\n  ; python_version > '3'  # why\n-r more.txt\n--no-binary :all:\n",
        "ci/more.txt": "# nothing\n-r build.txt\n-r last.txt\npyzmq==26 --hash=sha256:00\n./local\nhttps://a/x.whl\n",
        "ci/last.txt": "h5py\n",
    }
    hook = "pip install -r ci/build.txt -r ci/none.txt $MORE"
    found = wanted(build(before_build=hook), {}, files.get)
    assert found == (Wanted("lxml", ">=5"), Wanted("pyzmq", "==26"), Wanted("h5py"))


@pytest.mark.parametrize(
    "pyproject",
    [
        {"build-system": []},
        {"build-system": {"requires": "cffi"}, "project": {"dependencies": {}, "name": 1}},
        {"build-system": {"requires": [1, "=="]}, "project": {"optional-dependencies": {"test": 1}}},
    ],
)
def test_what_is_no_requirement_is_none(pyproject: dict[str, Any]) -> None:
    assert wanted(build(tested=True, test_extras=("test", "no-such")), pyproject) == ()


@pytest.mark.parametrize(
    ("hook", "found"),
    [
        ("pip install .", ["numpy"]),
        ("pip install -e '.[test]'", ["numpy", "pytest", "orjson"]),
        ("pip install {package}[fast]", ["numpy", "orjson", "pytest"]),
        ("pip install {project}", ["numpy"]),
        ("pip install --group dev", ["pycairo", "scipy"]),
        ("uv pip install --group=pyproject.toml:Dev_", []),
        ("bash ci/deps.sh", ["fiona", "pyzmq"]),
        ("sh {project}/ci/deps.sh; pip install av", ["av", "fiona", "pyzmq"]),
    ],
)
@pytest.mark.parametrize("option", ["before_all", "before_build", "before_test", "test_command"])
def test_what_hooks_install(option: str, hook: str, found: list[str]) -> None:
    files = {
        "ci/deps.sh": "python3 -m pip install fiona\nbash ci/more.sh\n",
        "ci/more.sh": "pip install pyzmq\n",
    }
    groups = {"dev": ["pycairo", {"include-group": "more"}], "more": ["scipy", {"include-group": "dev"}, 3]}
    project = PROJECT | {"dependency-groups": groups}
    one = build(**{option: hook}, tested=option not in {"before_all", "before_build"})
    names = [w.name for w in wanted(one, project, files.get)]
    del names[:2]  # of the build system
    expected = [*found, "numpy"] if one.tested and "numpy" not in found else found
    assert names == expected


@pytest.mark.parametrize(
    "files",
    [
        {"setup.cfg": "[options]\nsetup_requires =\n  cffi>=1\n\ninstall_requires = h5py\n"},
        {"setup.py": "import x\nN = ['h5py']\nx.setup(setup_requires='cffi>=1', install_requires=N)"},
        {"setup.py": "import x\nx.setup(setup_requires=('cffi>=1',), install_requires=['h5py', 3])"},
    ],
)
def test_what_setuptools_adds(files: dict[str, str]) -> None:
    assert wanted(build(), {}, files.get) == (Wanted("cffi", ">=1"),)
    assert wanted(build(tested=True), {}, files.get) == (Wanted("cffi", ">=1"), Wanted("h5py"))


@pytest.mark.parametrize(
    "files",
    [
        {"setup.py": "print 'Python 2'", "setup.cfg": "no section\n"},
        {"setup.py": "setup(setup_requires=deps(), install_requires=[1, x], packages=[])"},
        {"setup.py": "\0"},
    ],
)
def test_what_setuptools_adds_at_run_time_is_not_known(files: dict[str, str]) -> None:
    assert wanted(build(tested=True), {}, files.get) == ()
