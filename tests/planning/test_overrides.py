"""Which builds an override selects; tests/cibw has what cibuildwheel makes of it."""

from __future__ import annotations

from cibw_debian.planning.overrides import generate
from tests.planning.test_plan import build, plan

INSTALL = "dnf install -y openssl-devel"


def selections(*identifiers_and_hooks: tuple[str, str]) -> list[str]:
    planned = plan(*(build(one, "debian-12", before_all=hook) for one, hook in identifiers_and_hooks))
    generated = generate({}, planned, {}, create_args=[()] * len(planned.builds))
    return [override["select"] for override in generated.config["tool"]["cibuildwheel"]["overrides"]]


def test_one_group_of_a_platform_is_selected_by_the_platform() -> None:
    groups = [("cp311-manylinux_armv7l", INSTALL), ("cp311-manylinux_aarch64", "dnf install -y git")]
    assert selections(*groups) == ["*-manylinux_armv7l", "*-manylinux_aarch64"]


def test_groups_of_one_platform_are_selected_by_their_builds() -> None:
    groups = [
        ("cp311-manylinux_armv7l", INSTALL),
        ("cp312-manylinux_armv7l", INSTALL),
        ("cp313-manylinux_armv7l", "true"),
    ]
    assert selections(*groups) == [
        "cp311-manylinux_armv7l cp312-manylinux_armv7l",
        "cp313-manylinux_armv7l",
    ]
