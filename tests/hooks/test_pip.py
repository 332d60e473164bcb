from __future__ import annotations

import pytest

from cibw_debian.hooks.pip import PipInstall, pip_installs


@pytest.mark.parametrize(
    ("text", "requirements", "files"),
    [
        ("pip install cffi", ("cffi",), ()),
        (
            "pip3.11 install -U 'cffi>=1.15' \"numpy<2; python_version < '3.12'\"",
            ("cffi>=1.15", "numpy<2; python_version < '3.12'"),
            (),
        ),
        ("python -m pip install lxml && make", ("lxml",), ()),
        ("/opt/python/cp311-cp311/bin/python -I -m pip install lxml", ("lxml",), ()),
        ("uv pip install numpy", ("numpy",), ()),
        (
            "pip install -r {project}/ci/test.txt -rother.txt --requirement=third.txt",
            (),
            ("{project}/ci/test.txt", "other.txt", "third.txt"),
        ),
        ("pip -q install --index-url https://example.org/simple -c pins.txt cython", ("cython",), ()),
        ("for i in 1; do bash -c 'pip install pycairo'; done", ("pycairo",), ()),
        ("pip install -e . --editable=./sub", (".", "./sub"), ()),
        ("pip install . ./x.whl", (".", "./x.whl"), ()),
        ("pip download cffi; pip wheel cffi; pipx install meson; echo pip install cffi", (), ()),
        ("pip install", (), ()),
        ("pip install -r", (), ("",)),
    ],
)
def test_what_a_hook_installs(text: str, requirements: tuple[str, ...], files: tuple[str, ...]) -> None:
    assert pip_installs(text) == PipInstall(requirements, files)


def test_groups() -> None:
    found = pip_installs("pip install --group dev cffi --group=sub/pyproject.toml:test")
    assert found == PipInstall(("cffi",), groups=("dev", "sub/pyproject.toml:test"))
