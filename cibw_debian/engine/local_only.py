"""What an engine can do with an image that no registry has. Pure."""

from __future__ import annotations


def local_image_problem(engine: str, reference: str, platform: str) -> str | None:
    """Return why cibuildwheel cannot use an image that exists on this machine only, or None if it can.

    cibuildwheel uses a local image as it is only if `image inspect` answers with the platform that is asked
    for. For a platform with a variant (`linux/arm/v7`) cibuildwheel asks for `.Variant`. podman's answer has
    no such field, so the command fails, and cibuildwheel pulls the image.

    Args:
        engine: `docker` or `podman`.
        reference: Of an image that was built on this machine.
        platform: OCI platform of the build, `linux/arm/v7`.
    """
    if engine != "podman" or platform.count("/") < 2:  # noqa: PLR2004  (os/architecture/variant)
        return None
    return (
        f"podman cannot use {reference}, which exists on this machine only: podman does not tell the variant"
        f" of {platform}, so cibuildwheel does not see that the image fits, and asks a registry for it."
        ' Use docker (container-engine = "docker"), or an image that is in a registry.'
    )
