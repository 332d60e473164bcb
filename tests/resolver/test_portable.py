"""What runs in a container makes do with its Python 3.9 and the standard library, also from a zip file."""

from __future__ import annotations

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import cibw_debian
from cibw_debian import container, resolver

RESOLVER = sorted(Path(resolver.__file__).parent.glob("*.py"))
TOP = [Path(cibw_debian.__file__).parent / name for name in ("errors.py", "findings.py")]
SOURCES = [*TOP, *RESOLVER, *sorted(Path(container.__file__).parent.glob("*.py"))]
#: younger than Python 3.9
YOUNG = {"tomli", "StrEnum", "assert_never", "pairwise", "batched"}
YOUNG_KEYWORDS = {"slots", "kw_only"}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_parses_as_python_3_9(source: Path) -> None:
    ast.parse(source.read_text(), feature_version=(3, 9))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_imports_and_names_are_old_enough(source: Path) -> None:
    tree = ast.parse(source.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert all(alias.name.split(".")[0] in sys.stdlib_module_names for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            assert node.module
            assert node.module.split(".")[0] in {*sys.stdlib_module_names, "__future__", "cibw_debian"}
        elif isinstance(node, ast.Call):
            keywords = {keyword.arg for keyword in node.keywords}
            assert not YOUNG_KEYWORDS & keywords
            assert not (isinstance(node.func, ast.Name) and node.func.id == "zip" and "strict" in keywords)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names |= {alias.name for node in imports for alias in node.names}
    assert not YOUNG & names


def test_works_from_a_zip_file(tmp_path: Path) -> None:
    package = Path(cibw_debian.__file__).parent
    archive = tmp_path / "resolver.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in [package / "__init__.py", *TOP, *RESOLVER, *package.glob("data/*")]:
            file.write(path, path.relative_to(package.parent))
    program = (
        "from cibw_debian.resolver.model import Target; "
        "from cibw_debian.resolver.resolve import open_resolver; "
        "print(*open_resolver(Target('bookworm', 'armhf')).resolve('openssl-devel').deb)"
    )
    result = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(archive)!r}); {program}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "libssl-dev\n"
