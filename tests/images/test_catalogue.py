"""The catalogue: what a name means for an arch, and what a mistake in the file says."""

from __future__ import annotations

from pathlib import Path

import pytest

from cibw_debian.errors import DataError, UnknownImageError
from cibw_debian.images.catalogue import Catalogue, load_catalogue, read_images, repository_of

SHIPPED = Path(__file__).parents[2] / "images.toml"

TABLE = """
[images.{name}]
description = "a test image"
archs = ["armv7l"]
policy = "manylinux_2_31"
distribution = "debian-11"
suite = "bullseye"
glibc = "2.31"
gcc = "10"
package-manager = "apt"
repository = "registry.example/some/image"
pythons = ["cp39"]
"""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.mark.parametrize(
    ("name", "arch", "image"),
    [
        ("manylinux_2_31", "armv7l", "pypa-manylinux_2_31"),
        ("manylinux_2_35", "armv7l", "pypa-manylinux_2_35"),
        ("manylinux_2_31", "riscv64", "mayeut-manylinux_2_31"),
        ("manylinux_2_35", "riscv64", "mayeut-manylinux_2_35"),
        ("manylinux_2_39", "riscv64", "pypa-manylinux_2_39"),
        ("manylinux_2_39", "armv7l", "mayeut-manylinux_2_39"),
        ("manylinux_2_36", "armv7l", "debian-12"),
        ("ubuntu-24.04", "riscv64", "mayeut-manylinux_2_39"),
        ("ubuntu-22.04", "riscv64", "mayeut-manylinux_2_35"),
        ("focal", "armv7l", "pypa-manylinux_2_31"),
        ("bullseye", "armv7l", "debian-11"),
        ("debian-13", "riscv64", "debian-13"),
        ("trixie", "armv7l", "debian-13"),
        ("debian-12", "x86_64", "debian-12"),
        ("ubuntu-22.04", "x86_64", "mayeut-manylinux_2_35"),
        ("built-ubuntu-22.04", "x86_64", "built-ubuntu-22.04"),
    ],
)
def test_short_names(catalogue: Catalogue, name: str, arch: str, image: str) -> None:
    resolved = catalogue.resolve(name, arch)
    assert resolved.image is not None
    assert resolved.image.name == image
    assert resolved.reference == resolved.image.reference(arch)


def test_an_alias_goes_through_untouched(catalogue: Catalogue) -> None:
    assert catalogue.resolve("ubuntu-20.04", "armv7l").reference == "manylinux_2_31"


def test_an_alias_that_this_cibuildwheel_lacks_is_passed_over(catalogue: Catalogue) -> None:
    resolved = catalogue.resolve("manylinux_2_35", "armv7l", aliases=frozenset({"manylinux_2_31"}))
    assert resolved.image is not None
    assert resolved.image.name == "mayeut-manylinux_2_35"
    assert resolved.reference.startswith(resolved.image.repository)


@pytest.mark.parametrize("suffix", ["", ":2024.01.01-1", ":latest@sha256:" + "0" * 64, "@sha256:" + "1" * 64])
def test_raw_references_pass_through_and_are_recognised(catalogue: Catalogue, suffix: str) -> None:
    reference = "quay.io/pypa/manylinux_2_39_riscv64" + suffix
    resolved = catalogue.resolve(reference, "riscv64")
    assert resolved.reference == reference
    assert resolved.image is not None
    assert resolved.image.name == "pypa-manylinux_2_39"


def test_an_unknown_reference_passes_through(catalogue: Catalogue) -> None:
    resolved = catalogue.resolve("localhost:5000/mine:1", "armv7l")
    assert (resolved.reference, resolved.image) == ("localhost:5000/mine:1", None)


def test_an_unknown_name_gets_suggestions_and_what_exists(catalogue: Catalogue) -> None:
    with pytest.raises(UnknownImageError, match="Perhaps you meant 'bullseye'") as caught:
        catalogue.resolve("bulseye", "armv7l")
    assert "debian-12: manylinux_2_36, debian-12, bookworm" in caught.value.hint
    with pytest.raises(UnknownImageError) as caught:
        catalogue.resolve("debian-11", "riscv64")
    assert "debian-13" in caught.value.hint
    assert "debian-11:" not in caught.value.hint


def test_repository_of() -> None:
    assert repository_of("host:5000/a/b:tag@sha256:00") == "host:5000/a/b"
    assert repository_of("host/a") == "host/a"
    assert repository_of("name:tag") == "name"


def test_what_must_be_in_the_catalogue(catalogue: Catalogue) -> None:
    pinned = {i.name: (i.suite, i.gcc, i.policy) for i in catalogue.images if "mayeut" in i.repository}
    assert pinned == {
        "mayeut-manylinux_2_31": ("focal", "9", "manylinux_2_31"),
        "mayeut-manylinux_2_35": ("jammy", "11", "manylinux_2_35"),
        "mayeut-manylinux_2_39": ("noble", "13", "manylinux_2_39"),
    }
    built = {image.name: set(image.archs) for image in catalogue.images if image.built_here}
    # The architectures of each release, as its archive has them.
    assert built == {
        "debian-11": {"armv7l", "aarch64", "x86_64"},
        "debian-12": {"armv7l", "aarch64", "x86_64", "ppc64le", "s390x"},
        "debian-13": {"armv7l", "aarch64", "x86_64", "ppc64le", "s390x", "riscv64"},
        "built-ubuntu-20.04": {"armv7l", "aarch64", "x86_64", "ppc64le", "s390x", "riscv64"},
        "built-ubuntu-22.04": {"armv7l", "aarch64", "x86_64", "ppc64le", "s390x", "riscv64"},
        "built-ubuntu-24.04": {"armv7l", "aarch64", "x86_64", "ppc64le", "s390x", "riscv64"},
    }
    assert all(i.end_of_life for i in catalogue.images if i.package_manager == "apt")
    assert all(i.policy == f"manylinux_{i.glibc.replace('.', '_')}" for i in catalogue.images)


def test_a_further_catalogue_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(TABLE.format(name="mine") + 'registry = { tag = "1" }\n')
    resolved = load_catalogue(path).resolve("bullseye", "armv7l")
    assert resolved.reference == "registry.example/some/image:1"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.replace('gcc = "10"', "gcc = 10"), r"\[images.mine\] gcc: must be string"),
        (lambda t: t.replace('suite = "bullseye"\n', ""), r"\[images.mine\]: must contain .*'suite'"),
        (lambda t: t.replace("[images.mine]", "[images.mine]\ncolour = 'red'"), r"\[images.mine\].*colour"),
        (lambda t: t.replace('["armv7l"]', '["armv7"]'), r"\[images.mine\] archs.0: must be one of"),
        (lambda t: t + "built-here = true\n", r"\[images.mine\]: must have a location"),
        (lambda t: t.replace('registry = { tag = "1" }', ""), r"\[images.mine\]: must have a location"),
        (lambda t: t.replace("[images.mine]", "[images.mine"), "not a TOML file"),
        (lambda t: t + 'packages = "recipe"\n', r"\[images.mine\] packages: \[packages\] has no such list"),
    ],
)
def test_a_mistake_names_file_image_and_field(tmp_path: Path, change: object, message: str) -> None:
    assert callable(change)
    path = tmp_path / "mine.toml"
    path.write_text(change(TABLE.format(name="mine") + 'registry = { tag = "1" }\n'))
    with pytest.raises(DataError, match=message) as caught:
        read_images(path)
    assert str(path) in caught.value.message


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot read the image catalogue"):
        read_images(tmp_path / "none.toml")


def test_the_catalogue_stands_at_the_top_level() -> None:
    assert read_images(SHIPPED) == load_catalogue().images
