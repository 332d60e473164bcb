"""What a real podman says, with an image of a few bytes: nothing is pulled, nothing is run."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cibuildwheel.oci_container import OCIContainer, OCIContainerEngineConfig, OCIPlatform

from cibw_debian.engine.engine import Engine
from cibw_debian.engine.local_only import finds_local_image
from cibw_debian.engine.pull import pull
from cibw_debian.engine.state import ImageState, NeededImage, look
from cibw_debian.engine.volumes import Volumes
from cibw_debian.errors import ImageUnavailableError
from cibw_debian.host.process import reaper

from .conftest import archive, content_of, load

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.engine

ENGINE = Engine("podman")
#: put there by `make test`; empty where podman is installed
UNPACKED = Path(__file__).parent.parent.parent / ".cache/podman"
IMAGE = "localhost/cibw-debian/test:1"


@pytest.fixture(autouse=True)
def _podman(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A podman that keeps everything in a temporary directory."""
    path = f"{UNPACKED}/usr/bin{os.pathsep}{os.environ['PATH']}"
    program, runtime, conmon = (shutil.which(name, path=path) for name in ("podman", "crun", "conmon"))
    config = tmp_path / ".config/containers"
    config.mkdir(parents=True)
    (config / "policy.json").write_text('{"default": [{"type": "insecureAcceptAnything"}]}')
    (config / "storage.conf").write_text(
        f'[storage]\ndriver = "vfs"\nrunroot = "{tmp_path}/run"\ngraphroot = "{tmp_path}/graph"\n'
    )
    (config / "containers.conf").write_text(
        f'[engine]\nconmon_path = ["{conmon}"]\nruntime = "crun"\nevents_logger = "none"\n'
        f'helper_binaries_dir = ["{UNPACKED}/usr/lib/podman", "/usr/lib/podman"]\n'
        f'[engine.runtimes]\ncrun = ["{runtime}"]\n'
    )
    libraries = ":".join(map(str, UNPACKED.glob("usr/lib/*-linux-gnu")))
    (tmp_path / "bin").mkdir()
    script = tmp_path / "bin/podman"
    script.write_text(f'#!/bin/sh\nLD_LIBRARY_PATH={libraries} exec {program} "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("CONTAINERS_STORAGE_CONF", str(config / "storage.conf"))
    monkeypatch.setenv("CONTAINERS_CONF", str(config / "containers.conf"))


@pytest.fixture(params=[OCIPlatform.ARMV7, OCIPlatform.RISCV64], ids=lambda platform: platform.value)
def platform(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OCIPlatform]:
    """A platform for which podman has the image."""
    layer = tmp_path / "layer.tar"
    layer.write_bytes(archive({"mnt/readme": b"text"}))
    load(layer, IMAGE, engine=ENGINE, platform=request.param.value)
    yield request.param
    # Its storage may have files that only podman can remove.
    subprocess.run(["podman", "system", "reset", "--force"], check=True, capture_output=True)


def test_podman_is_asked_as_docker_is(platform: OCIPlatform) -> None:
    ENGINE.require()
    found = ENGINE.image(IMAGE)
    assert found
    assert found.labels == {"a": "b"}
    assert found.platform.split("/")[:2] == platform.value.split("/")[:2]
    assert ENGINE.image(f"{IMAGE}-none") is None
    assert ENGINE.architecture() == Engine("docker").architecture()
    assert Path(ENGINE.storage()).is_dir()
    assert ENGINE.read_files(IMAGE, platform.value, "/mnt") == {"readme": b"text"}
    needed = [NeededImage(reference=f"{IMAGE}-none", platform=platform.value)]
    assert look("podman", needed).images == (ImageState.PULL,)


def test_which_local_images_cibuildwheel_finds(platform: OCIPlatform) -> None:
    container = OCIContainer(
        image=IMAGE, oci_platform=platform, engine=OCIContainerEngineConfig(name="podman")
    )
    found = "--pull=never" in container._get_platform_args()
    assert finds_local_image("podman", platform.value) is found


def test_volumes(platform: OCIPlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cibw_debian.engine.volumes._KEPT", -timedelta(seconds=1))
    volumes = Volumes(ENGINE, "cibw-debian-test.run=1")
    with reaper("podman", volumes.run_label):
        for content in (b"first", b"second"):
            volumes.fill(
                "v", content_of({"a": content}), image=IMAGE, platform=platform.value, labels={"l": "1"}
            )
        container = volumes.hold("v", image=IMAGE, platform=platform.value, labels={})
        assert ENGINE.output("cp", f"{container}:/mnt/volume/a", "-").count(b"first") == 1
        volumes.prune("l")
        assert ENGINE.text("volume", "ls", "--quiet").split() == ["v"]
    assert ENGINE.text("ps", "--all", "--quiet") == ""
    assert ENGINE.text("volume", "ls", "--quiet").split() == ["v"]
    volumes.prune("l")
    assert ENGINE.text("volume", "ls", "--quiet") == ""


@pytest.mark.parametrize("registry", ["127.0.0.1:1", "registry.invalid"])
def test_a_registry_that_does_not_answer(registry: str) -> None:
    with pytest.raises(ImageUnavailableError, match="cannot be reached"):
        pull(ENGINE, f"{registry}/image:1", "linux/arm/v7")
