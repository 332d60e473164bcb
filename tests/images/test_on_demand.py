"""`manylinux-interpreters`, outside an image: what it lists, and which tarball it takes."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

from cibw_debian.images.on_demand import described, write_layer
from cibw_debian.images.releases import Release, Releases, load_releases

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

CONTENT = b"a tarball"
RELEASES = Releases(
    url="http://localhost:1/{version}.{format}",
    default=("cp311",),
    releases=(
        Release(version="3.11.9", sha256="1" * 64, sources=1),
        Release(version="3.11.8", sha256="2" * 64),
        Release(version="3.13.5", sha256=hashlib.sha256(CONTENT).hexdigest()),
    ),
)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Load the program as it is in the layer, and let it find one interpreter; nothing can be compiled."""
    layer = tmp_path / "layer.tar"
    write_layer(layer, RELEASES)
    with tarfile.open(layer) as tar:
        tar.extractall(tmp_path, filter="data")
    path = tmp_path / "opt/_internal/manylinux-interpreters/manylinux_interpreters.py"
    spec = importlib.util.spec_from_file_location("manylinux_interpreters", path)
    assert spec
    assert spec.loader
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    python = tmp_path / "python/cp311-cp311/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho 3.11.2\n")
    python.chmod(0o755)
    monkeypatch.setattr(module, "PYTHONS", tmp_path / "python")
    monkeypatch.setattr(module, "apt", lambda *_: pytest.fail("a package was installed"))
    return module


def call(program: Any, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["manylinux-interpreters", *arguments])
    code: int = program.main()
    return code


def test_list(program: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(program, monkeypatch, "list") == 0
    assert capsys.readouterr().out.splitlines() == [
        "cp311-cp311",
        "cp313-cp313 (not installed)",
        "cp313-cp313t (not installed)",
    ]
    assert call(program, monkeypatch, "list", "--installed", "--format", "json") == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found == {
        "identifier": "cp311-cp311",
        "installed": True,
        "python_version": "3.11",
        "implementation": "cpython",
        "implementation_version": "3.11.2",
        "install_path": f"{program.PYTHONS}/cp311-cp311",
    }


def test_what_is_there_costs_nothing(program: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert call(program, monkeypatch, "ensure", "cp311-cp311") == 0


def test_unknown_interpreters_are_named(
    program: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(program, monkeypatch, "ensure", "cp311-cp311", "pp311-pypy311_pp73", "cp38-cp38") == 2
    assert "unknown: pp311-pypy311_pp73 cp38-cp38\nknown: cp311-cp311 " in capsys.readouterr().err


def test_nothing_is_installed_before_the_tarball_is_there(
    program: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MANYLINUX_INTERPRETERS_FROM", str(tmp_path))
    assert call(program, monkeypatch, "ensure", "cp313-cp313") == 1
    assert f"no file in {tmp_path} is the tarball of one of 3.13.5" in capsys.readouterr().err
    monkeypatch.delenv("MANYLINUX_INTERPRETERS_FROM")
    assert call(program, monkeypatch, "ensure-all") == 1
    assert "Connection refused" in capsys.readouterr().err


def test_tarball(program: Any, tmp_path: Path) -> None:
    releases = described(RELEASES)["interpreters"]
    assert isinstance(releases, dict)
    (tmp_path / "any-name.tgz").write_bytes(CONTENT)
    assert program.fetch(releases["cp313-cp313"], str(tmp_path), tmp_path) == (
        "3.13.5",
        tmp_path / "any-name.tgz",
    )
    served = tmp_path / "served"
    served.mkdir()
    (served / "3.13.5.tar.xz").write_bytes(CONTENT)
    place = f"file://{served}/{{version}}.{{format}}"
    version, path = program.fetch(releases["cp313-cp313"], place, tmp_path)
    assert (version, path.read_bytes()) == ("3.13.5", CONTENT)
    (served / "3.11.8.tar.xz").write_bytes(CONTENT)
    with pytest.raises(program.FailureError, match="has the SHA-256"):
        program.fetch(releases["cp311-cp311"], place, tmp_path)


def test_preferred_release_comes_first() -> None:
    interpreters = described(RELEASES)["interpreters"]
    assert isinstance(interpreters, dict)
    assert [release["version"] for release in interpreters["cp311-cp311"]] == ["3.11.8", "3.11.9"]
    assert set(interpreters) == {"cp311-cp311", "cp313-cp313", "cp313-cp313t"}


def test_two_layers_are_equal(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_layer(tmp_path / name, load_releases())
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
