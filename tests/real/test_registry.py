"""A wheel from an image that was pushed to a registry and pulled by its digest."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from cibw_debian.images.builder import build_image
from cibw_debian.images.catalogue import load_catalogue, read_images, shipped_catalogue
from tests.command import cibw_debian, user_environment
from tests.engine.registry import CONFIGURATION, serve

from .conftest import EXAMPLE

if TYPE_CHECKING:
    from pathlib import Path

    from cibw_debian.engine.engine import Engine

pytestmark = pytest.mark.engine


def test_a_wheel_from_an_image_of_a_registry(engine: Engine, tmp_path: Path) -> None:
    build_image(load_catalogue().get("debian-12"), "armv7l", engine=engine)
    shutil.copytree(EXAMPLE, tmp_path / "example-project")
    text = shipped_catalogue().read_text()
    begin = text.index("[images.debian-12]")
    table = text[begin : text.index("\n[images.", begin)].replace("debian-12]", "pushed]")
    with serve(tmp_path, CONFIGURATION) as address:
        pushed = cibw_debian("images", "push", "debian-12", "--arch", "armv7l", "--to", address + "/owner")
        assert pushed.code == 0
        table = re.sub("(?m)^repository = .*", f'repository = "{address}/owner/debian-12"', table)
        table = re.sub("(?m)^packages = .*\n", "", table)  # lists of the shipped catalogue
        table = re.sub("(?m)^archs = .*", 'archs = ["armv7l"]', table)
        table = table.replace("built-here = true", 'registry = { tag = "2026.01.01-1" }')
        catalogue = tmp_path / "images.toml"
        catalogue.write_text(table)
        assert cibw_debian("images", "update", "--file", str(catalogue), "--per-arch").code == 0
        assert cibw_debian("images", "verify", "--file", str(catalogue)).code == 0
        (image,) = read_images(catalogue)
        reference = image.reference("armv7l")
        try:
            env = user_environment(
                CIBW_DEBIAN_IMAGES=str(catalogue), CIBW_ARCHS="armv7l", CIBW_MANYLINUX_ARMV7L_IMAGE="pushed"
            )
            ran = cibw_debian(
                *("run", "example-project", "--output-dir", "wheels"),
                *("--only", f"{image.pythons[0]}-manylinux_armv7l"),
                env=env,
                cwd=tmp_path,
            )
            assert ran.code == 0
            assert reference in ran.out
            (wheel,) = (tmp_path / "wheels").iterdir()
            assert f"{image.policy}_armv7l" in wheel.name
        finally:
            if engine.image(reference):
                engine.remove_image(reference)
