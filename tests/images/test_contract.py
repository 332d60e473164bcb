"""Real images keep the contract, and a defect that is planted in one is found."""

from __future__ import annotations

import subprocess
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cibw_debian.engine.engine import Engine
from cibw_debian.images.builder import build_image
from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.images.contract import report
from cibw_debian.images.contract.model import Status, Subject, load_checks
from cibw_debian.images.contract.suite import run_checks
from cibw_debian.platforms import ARCHS

if TYPE_CHECKING:
    from collections.abc import Iterator

# Whole images under emulation, once for each planted defect: most of an hour.
pytestmark = [pytest.mark.engine, pytest.mark.proof]

ENGINE = Engine()


def subject(name: str, arch: str) -> Subject:
    image = load_catalogue().get(name)
    reference = build_image(image, arch, engine=ENGINE)
    local = ENGINE.image(reference)
    assert local
    return Subject(reference=reference, arch=arch, local=local, image=image)


@pytest.mark.parametrize(("name", "arch"), [("debian-11", "armv7l"), ("debian-13", "riscv64")])
def test_image_keeps_the_contract(name: str, arch: str) -> None:
    results = run_checks(subject(name, arch), load_checks(), engine=ENGINE)
    assert [line for line, _ in report.lines(report.failed(results))] == []
    assert {result.status for result in results} == {Status.OK, Status.SKIP}
    for check in load_checks():
        assert any(result.check == check for result in results)


@pytest.mark.parametrize(("name", "arch"), [("debian-11", "armv7l"), ("debian-13", "riscv64")])
def test_image_has_the_packages_that_the_catalogue_names(name: str, arch: str) -> None:
    tested = subject(name, arch)
    assert tested.image
    command = ("dpkg-query", "--show", "--showformat", "${Package}\n${Provides}\n")
    out = ENGINE.text("run", "--rm", f"--platform={ARCHS[arch].oci}", tested.reference, *command)
    there = {word.partition(" ")[0] for line in out.splitlines() for word in line.split(", ")}
    assert tested.image.packages - there == set()


#: check -> what is done to the image, a change of its configuration, and a part of the fault
DEFECTS = {
    "auditwheel-variables": ("", "ENV AUDITWHEEL_PLAT=manylinux_2_17_armv7l", "AUDITWHEEL_PLAT is"),
    "host-variables": ("", "ENV https_proxy=http://proxy.example", "https_proxy is set"),
    "labels": ("", "LABEL org.opencontainers.image.title=", "image.title is missing"),
    "shell": ("rm $(command -v linux32)", "", "linux32"),
    "glibc": ("", "ENV AUDITWHEEL_PLAT=manylinux_2_99_armv7l", "does not know manylinux_2_99_armv7l"),
    "tools": ("rm /usr/bin/patch; ln -sf /bin/false /usr/bin/file", "", "patch is missing"),
    "utility-python": ("rm -r /opt/python/cp39-cp39", "", "cp39-cp39"),
    "interpreters": ("cp -a /opt/python/cp3*-cp311 /opt/python/cp310-cp310", "", "cp310-cp310 has cp311"),
    "setuid": ("chmod u+s /usr/bin/env; chmod o+w /usr/bin/make", "", "/usr/bin/env runs as another user"),
    "traces": (
        "touch /tmp/left; git config --file /etc/gitconfig http.proxy http://x",
        "",
        "/tmp/left is a temporary file\nhttp.proxy in /etc/gitconfig is a setting",
    ),
    "apt-unattended": ("", "ENV DEBIAN_FRONTEND=teletype", "waits for an answer"),
    "apt-archive": ("rm -r /etc/apt/sources.list*", "", "apt-get does not install hello"),
    "git-https": ("git config --system http.sslVerify false", "", "a certificate that nobody vouches for"),
    "autotools": ("rm /usr/bin/libtoolize", "", "autotools fail"),
    "pkg-config": ("", "ENV PKG_CONFIG_LIBDIR=/nowhere", "pkgconfig is not searched"),
    "headers": ("rm /usr/include/expat.h; rm /usr/lib/*/libX11.so", "", "expat.h"),
    "cmake": ("ln -s /bin/false /usr/local/bin/cmake", "", "cmake fails"),
    "pipx": ("ln -sf /bin/false $(command -v pipx)", "", "pipx fails"),
    "meson": ("ln -s /bin/false /usr/local/bin/meson", "", "meson fails"),
    "pip": ("rm -r /opt/python/cp311-cp311/lib/python3.11/site-packages/build", "", "build does not start"),
    "modules": ("find / -xdev -name '_sqlite3*.so' -delete", "", "sqlite3: "),
    "flags": ("find / -xdev -name Python.h -delete", "", "Python.h is missing"),
    "builder-paths": (
        r"printf '#!/tmp/work/python\n' > /opt/python/cp311-cp311/bin/x",
        "",
        "is run by /tmp/work/python, which is missing",
    ),
    "extension-c": ("find / -xdev -name pyconfig.h -delete", "", "it is not built"),
    "extension-cxx": ("find / -xdev -path '*c++*/thread' -delete", "", "it is not built"),
    "extension-fortran": ("rm $(command -v gfortran)", "", "it is not built"),
    "extension-abi3": ("ln -sf /bin/false $(command -v auditwheel)", "", "it is not repaired"),
}
#: what an image of this test cannot have, or what needs no engine: see test_checks.py
ELSEWHERE = {"platform", "size", "extension-free-threaded"}


@pytest.fixture(scope="module")
def good() -> Subject:
    return subject("debian-12", "armv7l")


@pytest.fixture
def defective(good: Subject, request: pytest.FixtureRequest) -> Iterator[Subject]:
    command, change, _ = DEFECTS[request.param]
    name = f"cibw-debian-test-{uuid.uuid4().hex}"
    platform = f"--platform={ARCHS[good.arch].oci}"
    try:
        ENGINE.text("run", "--name", name, platform, good.reference, "sh", "-c", command or "true")
        ENGINE.text("commit", *(["--change", change] if change else []), name, f"localhost/{name}")
    finally:
        ENGINE.text("rm", "--force", name)
    local = ENGINE.image(f"localhost/{name}")
    assert local
    yield replace(good, reference=f"localhost/{name}", local=local)
    ENGINE.remove_image(f"localhost/{name}")


@pytest.mark.parametrize("defective", list(DEFECTS), indirect=True)
def test_a_planted_defect_is_found(defective: Subject, request: pytest.FixtureRequest) -> None:
    check = request.node.callspec.params["defective"]
    (result,) = run_checks(defective, load_checks([check]), engine=ENGINE)
    assert result.status is Status.FAIL
    assert DEFECTS[check][2] in "\n".join(result.reasons)


def test_there_is_a_defect_for_every_check() -> None:
    assert {check.id for check in load_checks()} == DEFECTS.keys() | ELSEWHERE


def test_no_container_is_left() -> None:
    label = "label=cibw-debian.contract"
    done = subprocess.run(
        ["docker", "ps", "--all", "--quiet", "--filter", label], check=True, capture_output=True, text=True
    )
    assert done.stdout == ""
