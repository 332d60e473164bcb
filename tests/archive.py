"""Archives of a distribution on this machine: made of Debian's packages with reprepro, signed, and served."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import shutil
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.host.aptroot import DEBIAN_KEYRING, Archive, default_mirror, open_suite

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

#: `make ready` of the tests unpacks reprepro and the library that it needs
REPREPRO = Path(__file__).parent.parent / ".cache/reprepro"
#: what mmdebstrap installs by itself
BASE = ("?essential", "apt")


def download(directory: Path, suite: str, deb_arch: str, packages: Sequence[str]) -> list[Path]:
    """Download packages of a suite of Debian's, with everything that they depend on."""
    debian = Archive(mirror=default_mirror(), keyring=DEBIAN_KEYRING, components=("main",))
    root = open_suite(directory, debian, suite, (deb_arch,))
    root.apt_get("install", "--yes", "--download-only", "--no-install-recommends", *packages)
    return sorted((root.directory / "cache/archives").glob("*.deb"))


@dataclass(frozen=True)
class Signer:
    """A key of an archive's own."""

    home: Path
    #: file with the public key, for apt
    keyring: Path

    @classmethod
    @contextlib.contextmanager
    def made(cls, directory: Path) -> Iterator[Signer]:
        # The agent's socket has no room for a long path.
        home = Path(tempfile.mkdtemp(prefix="gpg-"))
        gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet"]
        key = ["--passphrase", "", "--quick-generate-key", "archive", "rsa2048", "sign", "never"]
        try:
            subprocess.run([*gpg, *key], check=True)
            keyring = directory / "archive.gpg"
            subprocess.run([*gpg, "--output", str(keyring), "--export"], check=True)
            yield cls(home, keyring)
        finally:
            subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False)
            shutil.rmtree(home, ignore_errors=True)


def make_archive(
    directory: Path, signer: Signer, release: dict[str, str], components: Mapping[str, Sequence[Path]]
) -> None:
    """Make an archive with one suite.

    Args:
        directory: The directory to make.
        signer: Signs the suite.
        release: Fields of the Release file: Origin, Codename, Architectures ...
        components: Name of a component -> its packages.
    """
    (directory / "conf").mkdir(parents=True)
    fields = {**release, "Components": " ".join(components), "SignWith": "yes"}
    lines = "".join(f"{key}: {value}\n" for key, value in fields.items())
    (directory / "conf/distributions").write_text(lines)
    libraries = next(REPREPRO.glob("usr/lib/*-gnu*"))
    environment = {**os.environ, "GNUPGHOME": str(signer.home), "LD_LIBRARY_PATH": str(libraries)}
    reprepro = [str(REPREPRO / "usr/bin/reprepro"), "--silent", "--basedir", str(directory)]
    for component, packages in components.items():
        add = ["--component", component, "includedeb", release["Codename"], *map(str, packages)]
        subprocess.run([*reprepro, *add], env=environment, check=True)


@contextlib.contextmanager
def served(directory: Path, address: str = "127.0.0.1") -> Iterator[str]:
    """Serve a directory by HTTP, and yield the URL."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    handler = functools.partial(Quiet, directory=str(directory))
    with http.server.ThreadingHTTPServer((address, 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://{address}:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
