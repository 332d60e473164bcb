"""What a plan is made from is read from real files."""

from __future__ import annotations

from pathlib import Path

import pytest

from cibw_debian.cibw.adapter import Arguments
from cibw_debian.errors import ConfigurationError
from cibw_debian.planning.compute import compute_plan

STOP = "#!/bin/sh\n. /etc/os-release\ncase $ID in rhel) yum install -y openssl-devel;; *) exit 1;; esac\n"


@pytest.mark.parametrize(
    ("hook", "file", "found"),
    [
        ("bash ci/stop.sh", "ci/stop.sh", True),
        ("bash {project}/ci/stop.sh", "ci/stop.sh", True),
        ("bash {package}/stop.sh", "sub/stop.sh", True),
        ("bash ci/stop.sh", "ci/stop.sh/no-file", False),
        ("bash link.sh", "../outside.sh", False),
    ],
)
def test_scripts_are_read_from_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hook: str, file: str, *, found: bool
) -> None:
    project = tmp_path / "project"
    (project / file).parent.mkdir(parents=True, exist_ok=True)
    (project / file).write_text(STOP)
    (project / "sub").mkdir(exist_ok=True)
    (project / "link.sh").symlink_to(project / file)
    (project / "sub" / "pyproject.toml").write_text(
        "[tool.cibuildwheel]\nbuild = 'cp39-*'\nmanylinux-armv7l-image = 'debian-11'\n"
        f"before-all = '{hook}'\n"
    )
    monkeypatch.chdir(project)
    arguments = Arguments(package_dir=Path("sub"), archs="armv7l")
    plan = compute_plan(arguments, {}, switches={}).plan
    scripts = [h for build in plan.builds for h in build.unchanged if h.script and h.findings]
    assert bool(scripts) is found
    assert all(finding.code == "distribution" for hook_ in scripts for finding in hook_.findings)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("x.spec", True),
        ("./x.spec", True),
        ("{package}/x.spec", True),
        ("{project}/sub/x.spec", True),
        ("/project/sub/x.spec", True),
        ("*.spec", True),
        ("sub/?.spec && cd deep && dnf -y builddep y.spec", True),
        ("../outside.spec", False),
        ("../*.spec", False),
        ("/etc/*.spec", False),
        ("*/**/x.spec", False),
    ],
)
def test_spec_files_are_read_from_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, *, found: bool
) -> None:
    (tmp_path / "outside.spec").write_text("BuildRequires: pkgconfig(openssl)")
    tmp_path = tmp_path / "project"
    (tmp_path / "deep").mkdir(parents=True)
    (tmp_path / "deep" / "y.spec").write_text("BuildRequires: pkgconfig(openssl)")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "x.spec").write_text("BuildRequires: pkgconfig(openssl)")
    (tmp_path / "sub" / "pyproject.toml").write_text(
        "[tool.cibuildwheel]\nbuild = 'cp39-*'\nmanylinux-armv7l-image = 'debian-11'\n"
        f"before-all = 'dnf -y builddep {path}'\n"
    )
    monkeypatch.chdir(tmp_path)
    arguments = Arguments(package_dir=Path("sub"), archs="armv7l")
    build = compute_plan(arguments, {}, switches={}).plan.builds[0]
    assert ("libssl-dev" in build.hooks[0].after) is found
    assert (build.companion != "") is not found


def test_a_snapshot_without_its_mirror_is_refused_before_anything_is_built(tmp_path: Path) -> None:
    arguments = Arguments(package_dir=tmp_path, archs="armv7l")
    with pytest.raises(ConfigurationError, match="snapshot"):
        compute_plan(arguments, {"CIBW_DEBIAN_SNAPSHOT": "20261101T000000Z"}, switches={})
