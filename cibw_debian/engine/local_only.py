"""Whether cibuildwheel can use an image that no registry has. Pure."""

from __future__ import annotations


def finds_local_image(engine: str, platform: str) -> bool:
    """Tell whether cibuildwheel finds that an image which exists on this machine only fits a platform.

    cibuildwheel compares the answer of `image inspect` with the platform. For a platform with a variant
    (`linux/arm/v7`) cibuildwheel asks for `.Variant`, and podman's answer has no such field: the command
    fails, and cibuildwheel asks a registry for the image.

    Args:
        engine: ``docker`` or ``podman``.
        platform: OCI platform of the build, `linux/arm/v7`.
    """
    has_variant = platform.count("/") == 2  # noqa: PLR2004  (os/architecture/variant)
    return engine != "podman" or not has_variant
