"""A suite whose codename the mirror is synchronising is opened by another name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cibw_debian.errors import DataError
from cibw_debian.host.aptroot import AptRoot, Archive, open_suite

if TYPE_CHECKING:
    from pathlib import Path

ARCHIVE = Archive(mirror="http://archive.example", keyring="/none.gpg", components=("main",))


def _mirror(monkeypatch: pytest.MonkeyPatch, codenames: dict[str, str]) -> None:
    """Answer for apt: the names of suites that are complete, and the codename that each of them has."""

    def apt_get(root: AptRoot, *arguments: str) -> str:
        name = (root.directory / "etc/sources.list").read_text().split()[3]
        if name not in codenames:
            raise DataError(f"apt-get {arguments[0]} failed", hint=f"{name}: Mirror sync in progress?")
        return codenames[name] * (arguments[0] == "indextargets")

    monkeypatch.setattr(AptRoot, "apt_get", apt_get)


@pytest.mark.parametrize(
    ("codenames", "used"),
    [
        ({"trixie": "trixie", "stable": "trixie"}, "trixie"),
        ({"stable": "trixie"}, "stable"),
        ({"stable": "forky", "oldstable": "trixie"}, "oldstable"),
    ],
)
def test_the_first_complete_name_of_a_suite(
    codenames: dict[str, str], used: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _mirror(monkeypatch, codenames)
    open_suite(tmp_path, ARCHIVE, "trixie", ["armhf"])
    assert f" {used} main" in (tmp_path / "etc/sources.list").read_text()


def test_the_error_is_that_of_the_codename(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _mirror(monkeypatch, {"stable": "forky"})
    with pytest.raises(DataError) as caught:
        open_suite(tmp_path, ARCHIVE, "trixie", ["armhf"])
    assert caught.value.hint == "trixie: Mirror sync in progress?"
