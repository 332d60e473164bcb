"""The recipe's packages exist for every arch that the catalogue names, in Debian's archive."""

from __future__ import annotations

from pathlib import Path

import pytest

from cibw_debian.host.aptroot import DEBIAN_KEYRING, Archive, default_mirror, open_suite
from cibw_debian.images.bases import Source
from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.images.recipe import recipe_for

TARGETS = [
    (image.name, arch)
    for image in load_catalogue().images
    if image.built_here and image.distribution.startswith("debian-")
    for arch in image.archs
]


@pytest.mark.archive
@pytest.mark.proof
@pytest.mark.parametrize(("name", "arch"), TARGETS)
def test_the_archive_has_all_packages_of_the_recipe(name: str, arch: str, tmp_path: Path) -> None:
    recipe = recipe_for(load_catalogue().get(name), arch)
    options = recipe.mmdebstrap_options(Path("/w"), root=True, source=Source())
    (include,) = (option for option in options if option.startswith("--include="))
    archive = Archive(mirror=default_mirror(), keyring=DEBIAN_KEYRING, components=recipe.base.components)
    root = open_suite(tmp_path, archive, recipe.suite, (recipe.arch.deb,))
    wanted = ("?essential", "apt", *include.partition("=")[2].split(","))
    assert root.apt_get("install", "--print-uris", "-qq", "--no-install-recommends", *wanted)
