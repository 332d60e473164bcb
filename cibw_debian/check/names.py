"""Names of images and archs in configuration: what is wrong with them, and which images they mean. Pure."""

from __future__ import annotations

import re
from contextlib import suppress
from difflib import get_close_matches
from typing import TYPE_CHECKING

from cibw_debian.check.texts import ARCHS_OPTION, UNKNOWN_OPTION, known_variables, texts_in
from cibw_debian.cibw.options import option_names
from cibw_debian.errors import ConfigurationError, UnknownImageError
from cibw_debian.findings import Finding, Level
from cibw_debian.images.catalogue import is_reference
from cibw_debian.platforms import ARCHS, resembling_arch
from cibw_debian.settings import IMAGE_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cibw_debian.check.texts import Text
    from cibw_debian.images.catalogue import Catalogue, Image
    from cibw_debian.settings import Settings

#: cibuildwheel's other words for its option `archs`: groups, and archs of other systems than Linux
OTHER_ARCHS = frozenset(
    """
    auto auto32 auto64 native all universal2 arm64 x86 AMD64 ARM64 wasm32 arm64_v8a arm64_iphoneos
    arm64_iphonesimulator x86_64_iphonesimulator
    """.split()  # noqa: SIM905  (short to read)
)


def findings_of_name(text: Text, catalogue: Catalogue | None) -> Iterator[Finding]:
    """Yield what is wrong with a value that names an image or archs; spans are in the value."""
    if text.option == ARCHS_OPTION:
        yield from _archs(text.text)
    elif text.option == UNKNOWN_OPTION:
        yield _option(text.text)
    elif catalogue:
        yield from _image(text.text, IMAGE_KEYS[text.option], catalogue)


def named_images(
    files: Mapping[str, str], settings: Settings | None, catalogue: Catalogue
) -> Iterator[tuple[str, Image]]:
    """Yield the images of the catalogue that a project names, each with its arch.

    Args:
        files: Configuration files: name -> content.
        settings: The project's own; their images win over those of the files.
        catalogue: The images that exist.

    Raises:
        UnknownImageError: One of the settings is a misspelt name.
    """
    own = settings.manylinux_images if settings else {}
    named = [pair for path, file in files.items() for pair in _named(path, file)]
    for arch, name in (*own.items(), *(pair for pair in named if pair[0] not in own)):
        try:
            image = catalogue.resolve(name, arch).image
        except UnknownImageError:
            if arch in own and catalogue.is_misspelt(name, arch):
                raise
            continue
        if image:
            yield arch, image


def _named(path: str, file: str) -> Iterator[tuple[str, str]]:
    """Yield arch and name of each image that a file names; a file that is none of its kind names none."""
    with suppress(ConfigurationError):
        for text in texts_in(file, path):
            if text.option in IMAGE_KEYS:
                yield IMAGE_KEYS[text.option], text.text


def _archs(text: str) -> Iterator[Finding]:
    if "$" in text:
        return  # only CI knows it
    for word in re.finditer(r"[^\s,]+", text):
        if word[0] not in ARCHS and word[0] not in OTHER_ARCHS:
            close = resembling_arch(word[0])
            message = f"cibuildwheel has no arch {word[0]}"
            yield Finding.of("unknown-arch", message, span=word.span(), suggestions=(close,) if close else ())


def _option(name: str) -> Finding:
    variable = name.startswith("CIBW_")
    close = tuple(get_close_matches(name, known_variables() if variable else option_names(), n=1))
    message = f"the installed cibuildwheel has no option {name}"
    if variable:
        message = f"neither cibuildwheel nor cibw-debian reads the variable {name}"
    # cibuildwheel ignores a variable, and a newer cibuildwheel may have the option.
    level = Level.WARNING if not close or (variable and not name.startswith("CIBW_DEBIAN_")) else None
    return Finding.of("unknown-key", message, span=(0, len(name)), suggestions=close, level=level)


def _image(name: str, arch: str, catalogue: Catalogue) -> Iterator[Finding]:
    # Of other archs, cibuildwheel has images that the catalogue does not know.
    known = any(image.cibuildwheel and arch in image.archs for image in catalogue.images)
    if not known or "$" in name or not name:
        return
    try:
        catalogue.resolve(name, arch)
    except UnknownImageError as error:
        if is_reference(name):
            yield Finding.of("unknown-image", error.message, span=(0, len(name)))
        elif catalogue.is_misspelt(name, arch):
            close = tuple(catalogue.resembling(name, arch))
            message = f"there is no image {name} for {arch}"
            yield Finding.of("unknown-image", message, span=(0, len(name)), suggestions=close)
