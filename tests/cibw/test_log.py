"""cibuildwheel's log, as the installed cibuildwheel writes it."""

from __future__ import annotations

import inspect
import re

from cibuildwheel.platforms import linux

from cibw_debian.cibw.log import InstalledPackages

LOG = b"""Starting container image localhost/cibw-debian/debian-11:armv7l...
info: This container will host the build for cp39-manylinux_armv7l, cp310-manylinux_armv7l...
Unpacking zlib1g-dev:armhf (1:1.2.11.dfsg-2+deb11u2) ...\r
Setting up zlib1g-dev:armhf (1:1.2.11.dfsg-2+deb11u2) ...\r
Setting up build environment...
Setting up cmake (3.18.4-2) ...
info: This container will host the build for cp313-manylinux_riscv64...
Setting up libc6-dev:riscv64 (2.41-12) ...
"""


def test_packages_by_platform_tag_however_the_log_is_cut() -> None:
    for size in (1, 7, len(LOG)):
        installed = InstalledPackages()
        for start in range(0, len(LOG), size):
            installed.feed(LOG[start : start + size])
        assert installed.packages == {
            "manylinux_armv7l": {"zlib1g-dev": "1:1.2.11.dfsg-2+deb11u2", "cmake": "3.18.4-2"},
            "manylinux_riscv64": {"libc6-dev": "2.41-12"},
        }
        assert installed.to_json()["manylinux_riscv64"] == [{"name": "libc6-dev", "version": "2.41-12"}]
        assert installed.describe()[1] == "manylinux_riscv64: installed libc6-dev 2.41-12"


def test_the_installed_cibuildwheel_announces_its_containers_in_these_words() -> None:
    (template,) = re.findall(r'f"(info: This container will host .+)"', inspect.getsource(linux))
    line = re.sub(r"\{.*?\}", "cp39-manylinux_armv7l, cp310-manylinux_armv7l", template)
    installed = InstalledPackages()
    installed.feed(f"{line}\nSetting up cmake (3.18.4-2) ...\n".encode())
    assert installed.packages == {"manylinux_armv7l": {"cmake": "3.18.4-2"}}
