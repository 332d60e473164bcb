"""CPython's tarballs: from a directory of the user's, from upstream, or from Debian's source packages."""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import socket
import ssl
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.errors import ConfigurationError, DataError, ImageBuildError
from cibw_debian.host.aptroot import DEBIAN_KEYRING, Archive, default_mirror, open_suite
from cibw_debian.host.cache import cache_directory
from cibw_debian.host.network import ca_bundle
from cibw_debian.terminal import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cibw_debian.images.releases import Release, Releases

#: seconds without an answer from upstream
_TIMEOUT = 20
#: seconds for a connection, where only a plan is shown
_PATIENCE = 3.0


def find_tarball(tag: str, releases: Releases, place: str) -> tuple[Release, Path]:
    """Return the release that an interpreter is made from, and its tarball; the cache keeps what is fetched.

    Args:
        tag: ``cp313t``.
        releases: The releases that there are.
        place: A directory with tarballs under any names, a URL like `Releases.url`, or empty for upstream.

    Raises:
        ImageBuildError: No tarball of the interpreter is available; the message says why.
    """
    if place and "://" not in place:
        there = _hashes(Path(place))
        found = next((release for release in releases.of(tag) if release.sha256 in there), None)
        if not found:
            raise unavailable(tag, f"no file in {place} is one of {_versions(releases.of(tag))}")
        return found, there[found.sha256]
    reasons = []
    preferred = releases.preferred(tag)
    url = (place or releases.url).format(version=preferred.version, format=preferred.format)
    ways: list[tuple[Release, Callable[[Path], None]]] = [(preferred, functools.partial(_download, url))]
    ways += [(r, functools.partial(_from_debian, r)) for r in releases.of(tag) if r.debian]
    for release, fetch in ways:
        try:
            path = _kept(release, fetch)
        except (ConfigurationError, DataError, OSError, ValueError) as error:
            reasons.append(f"{release.version}: {error}")
            continue
        if reasons:
            say(f"{tag} is {release.version} of Debian's source packages, not {'; '.join(reasons)}")
        return release, path
    raise unavailable(tag, "; ".join(reasons))


def obtainable(tags: Sequence[str], releases: Releases, place: str) -> tuple[str, ...]:
    """Return the interpreters that `find_tarball` is likely to find; no tarball is fetched.

    Raises:
        ConfigurationError: There is no such directory.
    """
    if place and "://" not in place:
        there = _hashes(Path(place))
        return tuple(tag for tag in tags if any(r.sha256 in there for r in releases.of(tag)))
    if not tags or _answers(place or releases.url):
        return tuple(tags)
    return tuple(tag for tag in tags if any(r.debian or _cached(r).exists() for r in releases.of(tag)))


def _answers(url: str) -> bool:
    """Tell whether a server can be connected to."""
    parts = urllib.parse.urlsplit(url)
    proxy = urllib.request.getproxies().get(parts.scheme)
    parts = urllib.parse.urlsplit(proxy) if proxy else parts
    try:
        port = parts.port or {"http": 80}.get(parts.scheme, 443)
        socket.create_connection((parts.hostname or "", port), timeout=_PATIENCE).close()
    except (OSError, ValueError):
        return False
    return True


def why_not(releases: Releases, place: str) -> str:
    """Say why a tarball is none of those that are `obtainable`."""
    if place and "://" not in place:
        return f"no file in {place} is one"
    host = urllib.parse.urlsplit(place or releases.url).hostname
    return f"{host} does not answer, and Debian has no source package with one"


def unavailable(tag: str, reason: str) -> ImageBuildError:
    """Return the error for an interpreter without a tarball."""
    return ImageBuildError(
        f"no tarball for {tag}: {reason}",
        hint="The setting `pythons-from` names a directory with tarballs, or another address.",
    )


def _versions(releases: Iterable[Release]) -> str:
    return ", ".join(f"{release.version} (SHA-256 {release.sha256[:12]}...)" for release in releases)


@functools.cache
def _hashes(directory: Path) -> dict[str, Path]:
    """Return the files of a directory by their SHA-256.

    Raises:
        ConfigurationError: There is no such directory.
    """
    if not directory.is_dir():
        raise ConfigurationError(
            f"pythons-from: there is no directory {directory}",
            hint="Name a directory with tarballs of CPython, or a URL with {version} and {format} in it.",
        )
    return {_sha256(path): path for path in sorted(directory.glob("*.t*z"))}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _kept(release: Release, fetch: Callable[[Path], None]) -> Path:
    """Return a tarball of the cache; fetch and check it if it is not there."""
    path = _cached(release)
    if path.exists() and _sha256(path) == release.sha256:
        return path
    path.parent.mkdir(exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        fetch(partial)
        if (found := _sha256(partial)) != release.sha256:
            raise DataError(f"the file has the SHA-256 {found}, not {release.sha256}")
        return partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)


def _cached(release: Release) -> Path:
    return cache_directory() / "tarballs" / f"Python-{release.version}.{release.format}"


def _download(url: str, path: Path) -> None:
    bundle = ca_bundle(os.environ)
    context = ssl.create_default_context(cafile=str(bundle) if bundle else None)
    with (
        urllib.request.urlopen(url, timeout=_TIMEOUT, context=context) as answer,  # noqa: S310  (the user's)
        path.open("wb") as file,
    ):
        shutil.copyfileobj(answer, file)


def _from_debian(release: Release, path: Path) -> None:
    archive = Archive(mirror=default_mirror(), keyring=DEBIAN_KEYRING, components=("main",), kind="deb-src")
    root = open_suite(cache_directory() / f"sources-{release.debian}", archive, release.debian, ("amd64",))
    root.download_source(release.debian_package, release.sha256, path)
