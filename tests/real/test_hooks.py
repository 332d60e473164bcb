"""Hooks of real projects, written anew from what is known of their shapes, in a real armv7l container.

Each file says which packages have to be installed afterwards; docs/companion.md shows them as a table.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cibw_debian.mounts.companion import make_companion

if TYPE_CHECKING:
    from cibw_debian.engine.volumes import Volumes

HOOKS = sorted((Path(__file__).parent / "hooks").glob("*.sh"))
IMAGE = "localhost/cibw-debian/debian-11:armv7l"
PLATFORM = "linux/arm/v7"


def facts(hook: Path) -> dict[str, str]:
    return dict(re.findall(r"^# (project|shape|needs): (.*)$", hook.read_text(), re.MULTILINE))


def _create_args(run_volumes: Volumes, *, releases: bool) -> tuple[str, ...]:
    companion = make_companion(os.environ, answers=True, releases=releases)
    run_volumes.fill(
        companion.volume, companion.add_to, image=IMAGE, platform=PLATFORM, labels={"cibw-debian": "test"}
    )
    image = run_volumes.engine.image(IMAGE)
    assert image is not None
    return companion.create_args(image.path)


@pytest.fixture(scope="module")
def create_args(run_volumes: Volumes) -> tuple[str, ...]:
    return _create_args(run_volumes, releases=False)


@pytest.mark.engine
@pytest.mark.proof
@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook.stem)
def test_hook(hook: Path, create_args: tuple[str, ...]) -> None:
    ask = "dpkg-query --show --showformat '${Package} ${Status}\\n'"
    script = f"cat > /hook.sh && sh -c 'bash /hook.sh' && {ask}"
    done = subprocess.run(
        [
            "docker",
            "run",
            "--rm",
            "--interactive",
            "--platform",
            PLATFORM,
            *create_args,
            IMAGE,
            "bash",
            "-c",
            script,
        ],
        input=hook.read_text(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    installed = {
        line.split()[0] for line in done.stdout.splitlines() if line.endswith(" install ok installed")
    }
    for alternatives in facts(hook)["needs"].split():
        assert installed & set(alternatives.split("|")), alternatives


def test_the_docs_show_every_hook() -> None:
    table = (Path(__file__).parent.parent.parent / "docs" / "companion.md").read_text()
    for hook in HOOKS:
        assert f"| {facts(hook)['project']} | {facts(hook)['shape']} |" in table


@pytest.mark.engine
def test_collections_are_answered(create_args: tuple[str, ...]) -> None:
    script = """
        set -e
        source /opt/rh/gcc-toolset-12/enable
        . /opt/rh/devtoolset-10/enable
        . scl_source enable llvm-toolset-7.0
        source scl_source enable gcc-toolset-13
        scl enable gcc-toolset-12 'echo one && exit 0'
        scl enable gcc-toolset-12 -- echo two
        scl enable devtoolset-8 bash
        scl enable devtoolset-8 bash <<<'echo three'
        CC=/opt/rh/gcc-toolset-12/root/usr/bin/gcc
        $CC --version | grep -q Debian
        echo four
    """
    command = ["docker", "run", "--rm", "--interactive", "--platform", PLATFORM, *create_args, IMAGE]
    with subprocess.Popen(
        [*command, "sh", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        # Standard input is open all the time, as in a build.
        assert process.stdout is not None
        assert process.stdout.read().split() == ["one", "two", "three", "four"]
        assert process.wait(60) == 0


@pytest.mark.engine
def test_files_and_names_of_rhel_are_answered(run_volumes: Volumes) -> None:
    script = """
        set -e
        test -x /usr/bin/dnf
        grep -q 'release 8 ' /etc/redhat-release
        sed -i 's/mirror/vault/' /etc/yum.repos.d/CentOS-* /etc/yum.repos.d/*.repo
        cp /etc/os-release /etc/yum.repos.d/
        rpm -Uvh https://example.org/pub/epel/epel-release-latest-$(rpm -E %rhel).noarch.rpm
        rm -rf /var/cache
        /usr/bin/yum install -y cmake3 ninja-build
        ln -s /usr/bin/cmake3 /usr/bin/cmake
        ln -sf $(which ninja-build) /usr/bin/ninja
        alternatives --install /usr/local/bin/cmake cmake /usr/bin/cmake3 20 \\
            --slave /usr/local/bin/ctest ctest /usr/bin/ctest3 --family cmake
        cmake --version && ctest3 --version && ninja --version
        mv /usr/bin/ninja-build /usr/bin/ninja
        ninja --version && echo all done
    """
    args = _create_args(run_volumes, releases=True)
    # As cibuildwheel does: a bash that reads commands.
    command = ["docker", "run", "--rm", "--interactive", "--platform", PLATFORM, *args, IMAGE, "bash"]
    done = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
    assert done.stdout.endswith("all done\n"), done.stdout + done.stderr
