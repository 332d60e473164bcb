"""What cibuildwheel, auditwheel and hooks expect of an image, asked of the real ones."""

from __future__ import annotations

import subprocess

import pytest

from cibw_debian.engine.engine import Engine
from cibw_debian.images.builder import build_image
from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.platforms import ARCHS

pytestmark = pytest.mark.engine

COMMANDS = (
    "auditwheel autoconf automake bash bison curl env file g++ gcc gfortran git libtoolize linux32 make"
    " mktemp patch patchelf pkg-config pyproject-build sh tar unzip uv which xz"
)
LOOK = f"""
set -eu
for command in {COMMANDS}; do command -v "$command" >/dev/null || echo "missing $command"; done
/opt/python/cp39-cp39/bin/python -c 'print("cibuildwheel helper runs")'
python=/opt/python/$1-$1/bin/python
$python -m pip --version | sed 's/ from.*//'
$python -m build --version >/dev/null
include=$($python -c 'import sysconfig; print(sysconfig.get_path("include"))')
test -e "$include/Python.h" && echo "headers"
auditwheel --version >/dev/null
auditwheel repair --help | tr -s ' \\n' ' ' | grep -o "$AUDITWHEEL_PLAT" | head -n 1
auditwheel lddtree "$(readlink -f /bin/tar)" >/dev/null
echo 'int main(void) {{ return 0; }}' | gcc -x c - -o /tmp/program && /tmp/program && echo "compiler works"
ls -A /var/lib/apt/lists /var/cache/apt/archives | grep -E '_Packages|[.]deb$' || echo "no packages kept"
cd /usr/share/man && echo man[1-8]
ls -A /opt /tmp /usr/local/sbin /etc/apt/apt.conf.d | grep -E 'native|recipe|update-ca' || echo "no traces"
test -s /etc/ssl/certs/ca-certificates.crt && echo "certificates"
"""


@pytest.mark.parametrize(("name", "arch"), [("debian-11", "armv7l"), ("debian-13", "riscv64")])
def test_image_offers_everything_and_keeps_nothing(name: str, arch: str) -> None:
    image = load_catalogue().get(name)
    engine = Engine()
    reference = build_image(image, arch, engine=engine)
    assert engine.image_platform(reference) == ARCHS[arch].oci

    platform = f"--platform={ARCHS[arch].oci}"
    done = subprocess.run(
        [
            "docker",
            "run",
            "--rm",
            "--network=none",
            platform,
            reference,
            "sh",
            "-c",
            LOOK,
            "sh",
            image.pythons[0],
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    helper, pip, *rest = done.stdout.splitlines()
    assert helper == "cibuildwheel helper runs"
    assert pip.startswith("pip 26.")
    assert rest == [
        "headers",
        f"{image.policy}_{arch}",
        "compiler works",
        "no packages kept",
        "man1 man2 man3 man4 man5 man6 man7 man8",
        "no traces",
        "certificates",
    ]
