"""The archives that images are built from."""

from __future__ import annotations

from pathlib import Path

import pytest

from cibw_debian.errors import ConfigurationError
from cibw_debian.images.bases import Source, load_base
from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.images.recipe import recipe_for
from cibw_debian.settings import Settings

DEBIAN, UBUNTU = load_base("debian-11"), load_base("ubuntu-22.04")


def test_every_image_that_is_built_here_has_a_recipe_for_every_arch() -> None:
    images = [image for image in load_catalogue().images if image.built_here]
    assert {image.distribution.partition("-")[0] for image in images} == {"debian", "ubuntu"}
    for image in images:
        for arch in image.archs:
            recipe = recipe_for(image, arch)
            options = recipe.mmdebstrap_options(Path("/w"), root=True, source=Source())
            assert f"--components={','.join(recipe.base.components)}" in options
            assert options[-2:] == [image.suite, "-"]


def test_a_url_stands_for_the_suite_and_its_pockets() -> None:
    source = Source(mirror="http://mirror/debian")
    debian, ubuntu = DEBIAN.keyring_path, UBUNTU.keyring_path
    assert source.lines(DEBIAN, "bullseye") == (
        f"deb [signed-by={debian}] http://mirror/debian bullseye main",
        f"deb [signed-by={debian}] http://mirror/debian bullseye-updates main",
    )
    assert source.lines(UBUNTU, "jammy") == tuple(
        f"deb [signed-by={ubuntu}] http://mirror/debian {suite} main universe"
        for suite in ("jammy", "jammy-updates", "jammy-security")
    )


def test_keys_of_the_users_own_are_in_the_image_where_each_line_finds_them() -> None:
    source = Source(mirror="http://mirror/debian", keyring="/keys.gpg")
    assert source.lines(DEBIAN, "bullseye")[0] == "deb http://mirror/debian bullseye main"
    options = recipe_for(load_catalogue().get("debian-11"), "armv7l").mmdebstrap_options(
        Path("/w"), root=True, source=source
    )
    assert "--keyring=/keys.gpg" in options


def test_lines_of_a_sources_list_stay_as_they_are() -> None:
    source = Source(mirror="deb http://a b main\ndeb [arch=amd64] http://c d main\n")
    assert source.lines(UBUNTU, "jammy") == ("deb http://a b main", "deb [arch=amd64] http://c d main")


def test_a_snapshot_stands_in_the_mirror() -> None:
    settings = Settings(mirror="http://mirror/debian/{snapshot}", snapshot="20261101T000000Z")
    first = Source.of(settings).lines(DEBIAN, "bookworm")[0]
    assert first.endswith(" http://mirror/debian/20261101T000000Z bookworm main")


@pytest.mark.parametrize(
    ("mirror", "snapshot", "message"),
    [
        ("http://mirror/debian", "20261101T000000Z", "needs both settings"),
        ("", "20261101T000000Z", "needs both settings"),
        ("http://mirror/{snapshot}", "", "needs both settings"),
        ("http://mirror/{snapshot}", "yesterday", "'yesterday' is no time"),
        ("http://mirror/{snapshot}", "20261101T000000Z\n", "is no time"),
    ],
)
def test_settings_that_contradict_each_other(mirror: str, snapshot: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Source.of(Settings(mirror=mirror, snapshot=snapshot))


@pytest.mark.parametrize("distribution", ["rockylinux-10", "../debian-11"])
def test_other_distributions_have_no_recipe(distribution: str) -> None:
    with pytest.raises(ConfigurationError, match=r"only for debian and ubuntu"):
        load_base(distribution)
