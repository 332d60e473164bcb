"""What all tests need."""

from __future__ import annotations

import signal

import pytest


@pytest.fixture(autouse=True)
def _no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some services that run tests ask for colour; what is compared here is text."""
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture(autouse=True)
def _suites_own_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiling an interpreter takes minutes: a test that wants one says so."""
    monkeypatch.setenv("CIBW_DEBIAN_INTERPRETERS", "suite")


@pytest.fixture(autouse=True)
def _no_package_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a network says is no matter of a test: one that asks the package index says so."""
    monkeypatch.setenv("CIBW_DEBIAN_REQUIREMENTS", "0")


class _EngineWithoutImages:
    def __init__(self, *_: object, **__: object) -> None:
        pass

    def image(self, _: str) -> None:
        pass


@pytest.fixture(autouse=True)
def _no_built_images(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which interpreters the images on this machine have is no matter of a test that starts no container."""
    if not any(map(request.node.get_closest_marker, ("engine", "proof"))):
        monkeypatch.setattr("cibw_debian.images.local.Engine", _EngineWithoutImages)


# A shell that starts the tests in the background has them, and all their children, ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
