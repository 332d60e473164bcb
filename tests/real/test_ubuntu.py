"""From the archive to a wheel on an archive that is shaped like Ubuntu's.

Ubuntu's own archives are not used: Debian's packages stand below Ubuntu's names, in the components main and
universe. The packages for armhf are in an archive of ports, apart from those for this machine. A key that
this machine's apt does not know signs both.
"""

from __future__ import annotations

import ipaddress
import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from cibw_debian.images.catalogue import read_images
from cibw_debian.images.recipe import listed, recipe_files
from cibw_debian.mounts.native.toolchain import Toolchain
from tests.archive import BASE, Signer, download, make_archive, served
from tests.command import cibw_debian, user_environment

from .conftest import EXAMPLE, docker
from .test_builds import EM_ARM, elf_headers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cibw_debian.engine.engine import Engine

pytestmark = [pytest.mark.engine, pytest.mark.proof]

#: what Debian's bookworm is, below the names of Ubuntu 22.04
CATALOGUE = """
[images.jammy-shaped]
description = "Debian's packages in an archive of Ubuntu's shape"
archs = ["armv7l"]
policy = "manylinux_2_36"
distribution = "ubuntu-22.04"
suite = "jammy"
glibc = "2.36"
gcc = "12"
package-manager = "apt"
repository = "localhost/cibw-debian-test/jammy"
built-here = true
pythons = ["cp311"]
"""
REFERENCE = "localhost/cibw-debian-test/jammy:armv7l"
RELEASE = {"Origin": "Ubuntu", "Label": "Ubuntu", "Suite": "jammy", "Codename": "jammy", "Version": "22.04"}


@pytest.fixture
def variables(engine: Engine, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Settings for an archive that containers reach."""
    (bridge,) = json.loads(docker("network", "inspect", "bridge"))
    # The first address of the network is this machine's.
    address = str(ipaddress.ip_network(bridge["IPAM"]["Config"][0]["Subnet"])[1])
    catalogue = tmp_path / "images.toml"
    catalogue.write_text(CATALOGUE)
    (image,) = read_images(catalogue)

    recipe = listed(recipe_files()["packages.txt"].decode())
    python = ("python3.11", "python3.11-venv", "libpython3.11-dev")
    wanted = (*BASE, *recipe, *python, "libssl-dev", "zlib1g-dev")
    ports = download(tmp_path / "armhf", "bookworm", "armhf", wanted)
    host = engine.architecture()
    toolchain = Toolchain(suite=image.suite, gcc=image.gcc, arch="armv7l", host=host)
    compiler = download(tmp_path / host, "bookworm", host, toolchain.packages)
    # What the recipe names is in universe, and what that needs is in main.
    universe = [deb for deb in ports if deb.name.partition("_")[0] in recipe]
    main = [deb for deb in ports if deb not in universe]
    with Signer.made(tmp_path) as signer, served(tmp_path, address) as url:
        components = {"main": main, "universe": universe}
        make_archive(tmp_path / "ubuntu-ports", signer, {**RELEASE, "Architectures": "armhf"}, components)
        components = {"main": compiler[::2], "universe": compiler[1::2]}
        make_archive(tmp_path / "ubuntu", signer, {**RELEASE, "Architectures": host}, components)
        yield {
            "CIBW_DEBIAN_IMAGES": str(catalogue),
            "CIBW_DEBIAN_MIRROR": f"deb [arch=armhf] {url}/ubuntu-ports jammy main universe\n"
            f"deb [arch={host}] {url}/ubuntu jammy main universe\n",
            "CIBW_DEBIAN_KEYRING": str(signer.keyring),
        }
    docker("image", "rm", "--force", REFERENCE)


def test_from_the_archive_to_a_wheel(tmp_path: Path, variables: dict[str, str]) -> None:
    project = tmp_path / "project"
    shutil.copytree(EXAMPLE, project)
    env = user_environment(CIBW_ARCHS="armv7l", CIBW_MANYLINUX_ARMV7L_IMAGE="jammy-shaped", **variables)
    ran = cibw_debian("run", "--native-compiler", "--output-dir", "wheels", env=env, cwd=project)
    assert ran.code == 0
    (wheel,) = (project / "wheels").iterdir()
    assert re.fullmatch(r"zipdigest-1\.0\.0-cp311-cp311-(\w+\.)*manylinux_2_36_armv7l\.whl", wheel.name)
    assert set(elf_headers(wheel).values()) == {(32, EM_ARM)}
    assert "zipdigest works on armv7l" in ran.out
    assert "manylinux_armv7l: compiling natively, with the suite's own cross compiler: gcc 12." in ran.err
    # The image's own apt knows the same archives, and the key that signs them.
    origins = "apt-get indextargets --format '$(ORIGIN) $(COMPONENT)'"
    look = f"cat /etc/apt/sources.list && apt-get update >&2 && {origins}"
    out = docker("run", "--rm", "--platform=linux/arm/v7", REFERENCE, "sh", "-c", look)
    sources = variables["CIBW_DEBIAN_MIRROR"].splitlines()
    assert out.splitlines()[: len(sources)] == sources
    assert set(out.splitlines()[len(sources) :]) == {"Ubuntu main", "Ubuntu universe"}
