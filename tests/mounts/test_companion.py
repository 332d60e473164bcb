from __future__ import annotations

import io
import json
import tarfile
from typing import TYPE_CHECKING

from cibuildwheel.oci_container import OCIContainer

from cibw_debian.mounts.companion import MOUNT, Companion, make_companion

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PATH = "/usr/local/bin:/usr/bin:/bin"


def unpacked(companion: Companion) -> tarfile.TarFile:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        companion.add_to(tar)
    return tarfile.open(fileobj=io.BytesIO(buffer.getvalue()))


def test_a_host_without_a_bundle_of_its_own_needs_no_companion() -> None:
    companion = make_companion({"HOME": "/root"})
    assert companion == Companion(files={})
    assert companion.create_args(PATH) == ()


def test_the_bundle_is_mounted_and_named(tmp_path: Path) -> None:
    bundle = tmp_path / "ca.crt"
    bundle.write_bytes(b"certificates")
    companion = make_companion({"PIP_CERT": str(tmp_path / "gone"), "SSL_CERT_FILE": str(bundle)})
    args = companion.create_args(PATH)
    assert f"--volume={companion.volume}:{MOUNT}:ro" in args
    assert f"--env=PIP_CERT={MOUNT}/ca-certificates.crt" in args
    with unpacked(companion) as tar:
        member = tar.extractfile("ca-certificates.crt")
        assert member is not None
        assert member.read() == b"certificates"


def test_equal_contents_share_a_volume() -> None:
    assert Companion(files={"a": b"1"}).volume == Companion(files={"a": b"1"}).volume
    assert Companion(files={"a": b"1"}).volume != Companion(files={"a": b"2"}).volume


def test_proxies_are_handed_on_by_name_so_that_no_password_is_written_down() -> None:
    args = make_companion({"https_proxy": "http://user:secret@proxy:3128", "no_proxy": ""}).create_args(PATH)
    assert args == ("--env=https_proxy",)


def test_with_answers_dnf_and_sh_come_first_on_the_path() -> None:
    companion = make_companion({}, answers=True, packages={"a": ["liba-dev"]})
    assert f"--env=PATH={MOUNT}/bin:{PATH}" in companion.create_args(PATH)
    assert companion.links["bin/sh"] == "/bin/bash"
    assert {f"bin/{name}" for name in ("dnf", "yum", "microdnf", "rpm", "yum-config-manager")} <= set(
        companion.links
    )
    with unpacked(companion) as tar:
        names = set(tar.getnames())
        target = tar.getmember("lib/cibw_debian/container/__main__.py")
    assert target.mode & 0o111
    # Everything that the container's Python imports is there, and nothing that it has no use for.
    assert {"lib/cibw_debian/resolver/resolve.py", "lib/cibw_debian/data/index.bin", "settings.json"} <= names
    assert not any("translate" in name for name in names)


def test_the_projects_own_names_are_part_of_the_volumes_name() -> None:
    one, other = (make_companion({}, answers=True, packages={"a": [deb]}) for deb in ("liba-dev", "libb-dev"))
    assert one.volume != other.volume


def test_the_order_of_names_does_not_count() -> None:
    one = make_companion({}, answers=True, packages={"a": ["liba-dev"], "b": ["libb-dev"]})
    other = make_companion({}, answers=True, packages={"b": ["libb-dev"], "a": ["liba-dev"]})
    assert one.volume == other.volume


def test_the_settings_are_in_one_file_of_the_volume() -> None:
    companion = make_companion({}, answers=True, packages={"a": ["liba-dev"]}, strict=False)
    assert json.loads(companion.files["settings.json"]) == {"packages": {"a": ["liba-dev"]}, "strict": False}
    assert companion.volume != make_companion({}, answers=True, packages={"a": ["liba-dev"]}).volume


def test_the_programs_run_on_cibuildwheels_own_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OCIContainer, "UTILITY_PYTHON", "/opt/python/cp399-cp399/bin/python")
    files = make_companion({}, answers=True).files
    assert files["lib/cibw_debian/container/__main__.py"].startswith(
        b"#!/opt/python/cp399-cp399/bin/python -IS\n"
    )
