"""What only a real engine can say, with an image of a few bytes: nothing is pulled, nothing is run."""

from __future__ import annotations

import pytest

from cibw_debian.errors import EngineError

from .conftest import ENGINE, PLATFORM

pytestmark = pytest.mark.engine


def test_loaded_image_has_the_platform_that_cibuildwheel_compares(image: str) -> None:
    found = ENGINE.image(image)
    assert found
    assert found.platform == PLATFORM
    assert found.labels == {"a": "b"}


def test_image_that_is_not_there() -> None:
    assert ENGINE.image_platform("localhost/cibw-debian/test:none") is None


def test_files_of_an_image_are_read_without_running_it(image: str) -> None:
    assert ENGINE.read_files(image, PLATFORM, "/mnt") == {"readme": image.encode()}
    assert ENGINE.read_files(image, PLATFORM, "/mnt/readme") == {"": image.encode()}
    with pytest.raises(EngineError):
        ENGINE.read_files(image, PLATFORM, "/none")
