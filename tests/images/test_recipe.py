from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from cibw_debian.images.bases import Source, load_base
from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.images.recipe import FINGERPRINT_LABEL, Recipe, listed, recipe_files, recipe_for
from cibw_debian.platforms import ARCHS
from cibw_debian.progress import phase_of

RECIPE = Recipe(
    name="debian-11",
    reference="localhost/cibw-debian/debian-11:armv7l",
    arch=ARCHS["armv7l"],
    base=load_base("debian-11"),
    suite="bullseye",
    policy="manylinux_2_31",
    python="cp39",
    utility_python="/opt/python/cp39-cp39/bin/python",
    files=recipe_files(),
)
SCRIPTS = sorted(name for name in RECIPE.files if name.endswith(".sh"))


def test_fingerprint_follows_what_changes_the_image() -> None:
    files = {**RECIPE.files, "packages.txt": RECIPE.files["packages.txt"] + b"cmake\n"}
    variants = [
        replace(RECIPE, files=files),
        replace(RECIPE, suite="bookworm"),
        replace(RECIPE, base=load_base("ubuntu-22.04")),
        replace(RECIPE, arch=ARCHS["riscv64"]),
        replace(RECIPE, utility_python="/opt/python/cp310-cp310/bin/python"),
    ]
    assert len({recipe.fingerprint for recipe in [RECIPE, *variants]}) == 6
    assert replace(RECIPE).fingerprint == RECIPE.fingerprint


def test_image_config_says_what_cibuildwheel_and_auditwheel_ask_for() -> None:
    config = RECIPE.image_config(layer_digests=["sha256:00"], created="2026-01-01T00:00:00Z")
    assert (config["os"], config["architecture"], config["variant"]) == ("linux", "arm", "v7")
    environment = dict(entry.split("=", 1) for entry in config["config"]["Env"])
    assert environment["AUDITWHEEL_PLAT"] == "manylinux_2_31_armv7l"
    assert environment["AUDITWHEEL_POLICY"] == "manylinux_2_31"
    assert environment["AUDITWHEEL_ARCH"] == "armv7l"
    assert config["config"]["Labels"][FINGERPRINT_LABEL] == RECIPE.fingerprint


def test_riscv64_has_no_variant() -> None:
    recipe = replace(RECIPE, arch=ARCHS["riscv64"])
    assert "variant" not in recipe.image_config(layer_digests=["sha256:00"], created="2026-01-01T00:00:00Z")


def test_mmdebstrap_runs_rootless_in_user_namespaces() -> None:
    options = RECIPE.mmdebstrap_options(Path("/w"), root=False, source=Source())
    assert "--mode=unshare" in options
    assert "--architectures=armhf" in options
    assert options[-2:] == ["bullseye", "-"]


def test_the_python_of_the_image_may_be_another_one_than_python3() -> None:
    recipe = recipe_for(load_catalogue().get("built-ubuntu-20.04"), "riscv64")
    options = recipe.mmdebstrap_options(Path("/w"), root=True, source=Source())
    (include,) = (option for option in options if option.startswith("--include="))
    assert {"python3.9", "python3.9-venv", "libpython3.9-dev"} <= set(include.partition("=")[2].split(","))


def test_list_files() -> None:
    assert listed("# why\na\n\nb  # because\n") == ["a", "b"]
    packages = listed(RECIPE.files["packages.txt"].decode())
    assert packages == sorted(packages)


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_parse(name: str) -> None:
    subprocess.run(["sh", "-n"], input=RECIPE.files[name], check=True)


@pytest.mark.parametrize(
    ("line", "phase"),
    [
        ("I: extracting archives...", "unpacking the base system"),
        ("I: running --customize-hook directly: /w/python.sh /r", "installing Python's build tools"),
        ("I: running --customize-hook directly: /w/finish.sh /r", "cleaning up"),
        ("I: something new", None),
        ("Setting up python.sh (1) ...", None),
    ],
)
def test_phases(line: str, phase: str | None) -> None:
    assert phase_of(line) == phase
