"""The Python API."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import cibw_debian
from cibw_debian import lookup, plan, translate
from cibw_debian.errors import ConfigurationError
from cibw_debian.resolver.model import PACKAGE, UNKNOWN

EXAMPLE = Path(__file__).parents[1] / "example-project"


def test_translate() -> None:
    result = translate("dnf -y install openssl-devel")
    assert result.translated == "apt-get update && apt-get install -y libssl-dev"
    assert not translate("dnf install no-such-thing-devel").ok
    assert translate("dnf install no-such-thing-devel", packages={"no-such-thing-devel": []}).ok
    assert translate("dnf install no-such-thing-devel", strict=False).ok
    assert "DEBIAN_FRONTEND" in translate("dnf install zlib-devel", robust=True).translated


def test_lookup() -> None:
    assert lookup("pcre-devel").deb == ("libpcre3-dev",)
    assert lookup("pcre-devel", suite="trixie").status != PACKAGE
    assert lookup("our-sdk", packages={"our-sdk": ["libour-dev"]}).deb == ("libour-dev",)
    assert lookup("our-sdk").status == UNKNOWN


def test_plan() -> None:
    found = plan(EXAMPLE, archs="armv7l", env={})
    (build,) = found.builds
    assert build.image is not None
    assert build.image.name == "debian-11"
    assert "libssl-dev" in build.hooks[0].after
    assert not build.companion
    assert plan(EXAMPLE, archs="armv7l", env={}, companion=True).builds[0].companion


@pytest.mark.parametrize("wrong", [{"suite": "bookwurm"}, {"arch": "armv7"}])
def test_mistakes(wrong: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="there is no"):
        lookup("zlib-devel", **wrong)  # type: ignore[arg-type]


def test_the_package_alone_imports_nothing() -> None:
    script = "import sys, cibw_debian; print(*sorted(m for m in sys.modules if m.startswith('cibw_debian')))"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["cibw_debian"]


def test_other_attributes_do_not_exist() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        cibw_debian.nope  # noqa: B018


def test_the_example_of_the_docs() -> None:
    text = (EXAMPLE.parent / "docs" / "api.md").read_text()
    code = text.partition("```python\n")[2].partition("```")[0].replace("path/to/project", str(EXAMPLE))
    names: dict[str, object] = {}
    exec(code, names)  # noqa: S102  (our own text)
    for line in code.splitlines():
        expression, comment, said = line.partition("#")
        if comment and (value := re.split("[:;]", said)[0].strip()):
            assert repr(eval(expression, names)) == value  # noqa: S307
