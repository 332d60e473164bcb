from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from cibw_debian.errors import ConfigurationError
from cibw_debian.host.cache import cache_directory


def test_it_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "a" / "b"))
    assert cache_directory() == tmp_path / "a" / "b" / "cibw-debian"
    assert cache_directory().is_dir()


def test_a_home_that_is_no_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    with pytest.raises(ConfigurationError, match=r"cannot make .*file/\.cache.*: Not a directory") as caught:
        cache_directory()
    assert "XDG_CACHE_HOME" in caught.value.hint


def test_no_home_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container's user without HOME and without an entry in the table of users."""
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    with pytest.raises(ConfigurationError, match="there is no home directory"):
        cache_directory()


@pytest.mark.skipif(os.getuid() != 0, reason="becomes another user")
def test_a_directory_of_another_user() -> None:
    """A cache that root made is no traceback for the user who comes after."""
    with tempfile.TemporaryDirectory() as parent:
        Path(parent).chmod(0o755)
        Path(parent, "cibw-debian").mkdir(mode=0o755)
        child = os.fork()
        if not child:
            os.setuid(54321)
            os.environ["XDG_CACHE_HOME"] = parent
            try:
                cache_directory()
            except ConfigurationError as error:
                os._exit(0 if "is not writable" in error.message else 1)
            os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
