"""The packages of an image as a document of CycloneDX."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cibw_debian.images.sbom import Package, debian_packages, make_sbom
from tests.engine.conftest import ENGINE, archive, load

if TYPE_CHECKING:
    from pathlib import Path

STATUS = """\
Package: zlib1g
Status: install ok installed
Architecture: armhf
Version: 1:1.2.13.dfsg-1
Description: compression library - runtime
 Several lines: of text.

Package: gone
Status: deinstall ok config-files
Architecture: armhf
Version: 1

"""
NAME = "localhost/cibw-debian/test-sbom:armv7l"


def test_packages_of_debian() -> None:
    expected = [Package("deb", "debian", "zlib1g", "1:1.2.13.dfsg-1", "armhf")]
    assert list(debian_packages(STATUS, "debian")) == expected
    assert list(debian_packages("", "debian")) == []


@pytest.mark.engine
def test_the_document_of_an_image(tmp_path: Path) -> None:
    site = "opt/python/cp311-cp311/lib/python3.11/site-packages"
    layer = tmp_path / "layer.tar"
    layer.write_bytes(
        archive(
            {
                "usr/lib/os-release": b'ID=debian\nVERSION_ID="12"\n',
                "var/lib/dpkg/status": STATUS.encode(),
                f"{site}/Pip_x-26.0.dist-info/METADATA": b"Name: Pip_x\nVersion: 26.0\n",
                f"{site}/pip/METADATA": b"Name: none\n",
            }
        )
    )
    load(layer, NAME, labels={"org.opencontainers.image.created": "2026-11-26T00:00:00Z"})
    image = ENGINE.image(NAME)
    assert image
    try:
        text = make_sbom(NAME, image, engine=ENGINE)
        assert make_sbom(NAME, image, engine=ENGINE) == text
    finally:
        ENGINE.remove_image(NAME)
    document = json.loads(text)
    assert document["bomFormat"] == "CycloneDX"
    assert document["metadata"]["component"]["version"] == image.id
    assert document["metadata"]["timestamp"].startswith("2026-11-26")
    assert {component["purl"] for component in document["components"]} == {
        "pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?arch=armhf&distro=debian-12",
        "pkg:pypi/pip-x@26.0",
    }
