"""Where tarballs of CPython come from."""

from __future__ import annotations

import functools
import hashlib
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from cibw_debian.errors import ConfigurationError, DataError, ImageBuildError
from cibw_debian.host.aptroot import AptRoot
from cibw_debian.images import tarballs
from cibw_debian.images.releases import Release, Releases
from cibw_debian.images.tarballs import find_tarball, obtainable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NEW, OLD, LONE = b"the new tarball", b"the old tarball", b"one source"
#: port 1 of this machine: nothing answers
NOWHERE = "http://localhost:1/{version}.{format}"


def release(version: str, content: bytes, *, sources: int = 2, debian: str = "") -> Release:
    digest = hashlib.sha256(content).hexdigest()
    return Release(version=version, sha256=digest, sources=sources, debian=debian)


RELEASES = Releases(
    url=NOWHERE,
    default=("cp311", "cp313"),
    releases=(
        release("3.11.9", b"3.11"),
        release("3.13.9", LONE, sources=1),
        release("3.13.8", NEW),
        release("3.13.5", OLD, debian="trixie"),
    ),
)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    tarballs._hashes.cache_clear()
    return tmp_path / "cache/cibw-debian/tarballs"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """Yields a directory and the address under which its files are served."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    directory = tmp_path / "served"
    directory.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(directory))) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield directory, f"http://127.0.0.1:{http.server_address[1]}/{{version}}.{{format}}"
        http.shutdown()
        thread.join()


def debian_has(monkeypatch: pytest.MonkeyPatch, content: bytes) -> list[tuple[str, str]]:
    """Let Debian's archive have one file; returns what is asked for."""
    asked: list[tuple[str, str]] = []

    class Root:
        def download_source(self, package: str, sha256: str, path: Path) -> None:
            asked.append((package, sha256))
            if hashlib.sha256(content).hexdigest() != sha256:
                raise DataError(f"the source package {package} has no such file")
            path.write_bytes(content)

    monkeypatch.setattr(tarballs, "default_mirror", lambda: "http://mirror.example/debian")
    monkeypatch.setattr(tarballs, "open_suite", lambda *_: Root())
    return asked


def test_directory_gives_the_newest_that_it_has_under_any_name(tmp_path: Path) -> None:
    (tmp_path / "python3.13_3.13.5.orig.tar.xz").write_bytes(OLD)
    place = str(tmp_path)
    found, path = find_tarball("cp313t", RELEASES, place)
    assert (found.version, path.name) == ("3.13.5", "python3.13_3.13.5.orig.tar.xz")
    assert obtainable(("cp311", "cp313", "cp313t"), RELEASES, place) == ("cp313", "cp313t")

    tarballs._hashes.cache_clear()
    (tmp_path / "z.tgz").write_bytes(LONE)
    assert find_tarball("cp313", RELEASES, place)[0].version == "3.13.9"


def test_directory_without_a_fitting_file(tmp_path: Path) -> None:
    (tmp_path / "Python-3.13.8.tar.xz").write_bytes(b"cut off")
    with pytest.raises(ImageBuildError, match=r"no tarball for cp313: .* 3\.13\.8 \(SHA-256"):
        find_tarball("cp313", RELEASES, str(tmp_path))
    with pytest.raises(ConfigurationError, match="there is no directory"):
        find_tarball("cp313", RELEASES, str(tmp_path / "none"))


def test_upstream_is_asked_once(server: tuple[Path, str], cache: Path) -> None:
    directory, url = server
    file = directory / "3.13.8.tar.xz"
    file.write_bytes(NEW)
    found, path = find_tarball("cp313", RELEASES, url)
    assert (found.version, path.read_bytes()) == ("3.13.8", NEW)
    file.unlink()
    assert find_tarball("cp313", RELEASES, url)[1] == path
    assert [path.name for path in cache.iterdir()] == ["Python-3.13.8.tar.xz"]
    assert obtainable(("cp311",), RELEASES, url) == ("cp311",)


def test_wrong_file_is_refused(server: tuple[Path, str], cache: Path) -> None:
    directory, url = server
    (directory / "3.11.9.tar.xz").write_bytes(b"another file")
    with pytest.raises(ImageBuildError, match=r"no tarball for cp311: 3\.11\.9: the file has the SHA-256"):
        find_tarball("cp311", RELEASES, url)
    assert list(cache.iterdir()) == []


def test_damaged_file_of_the_cache_is_fetched_again(server: tuple[Path, str], cache: Path) -> None:
    directory, url = server
    (directory / "3.13.8.tar.xz").write_bytes(NEW)
    cache.mkdir(parents=True)
    (cache / "Python-3.13.8.tar.xz").write_bytes(b"cut off")
    assert find_tarball("cp313", RELEASES, url)[1].read_bytes() == NEW


def test_debian_has_a_release_where_upstream_is_not_reached(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = debian_has(monkeypatch, OLD)
    found, path = find_tarball("cp313", RELEASES, "")
    assert (found.version, path.read_bytes()) == ("3.13.5", OLD)
    assert asked == [("python3.13", found.sha256)]
    assert "cp313 is 3.13.5 of Debian's source packages, not 3.13.8:" in capsys.readouterr().err
    assert obtainable(("cp311", "cp313"), RELEASES, "") == ("cp313",)


def test_error_names_each_way_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    debian_has(monkeypatch, b"something else")
    with pytest.raises(ImageBuildError, match=r"3\.13\.8: .*; 3\.13\.5: the source package python3\.13"):
        find_tarball("cp313", RELEASES, "")


def test_source_package_is_asked_for_the_very_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = AptRoot(tmp_path / "root", {}, ("amd64",))
    listing = (
        "'http://m/p_1.dsc' p_1.dsc 10 SHA256:aa\n'http://m/p_1.orig.tar.xz' p_1.orig.tar.xz 10 SHA256:bb\n"
    )
    monkeypatch.setattr(root, "apt_get", lambda *_: listing)
    ran: list[tuple[str, ...]] = []
    monkeypatch.setattr("cibw_debian.host.aptroot._run", lambda *command, **_: ran.append(command))
    root.download_source("p", "bb", tmp_path / "file")
    assert ran[0][1:] == ("download-file", "http://m/p_1.orig.tar.xz", str(tmp_path / "file"), "SHA256:bb")
    with pytest.raises(DataError, match="the source package p has no such file"):
        root.download_source("p", "b", tmp_path / "file")
