"""The wheel cache: which builds share a volume, and what their containers get."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.engine.engine import LocalImage
from cibw_debian.mounts.wheels import volume_name, wheel_cache_args
from tests.planning.test_plan import build, plan

if TYPE_CHECKING:
    import pytest

    from cibw_debian.planning.plan import PlannedBuild

PROJECT = Path("/some/project")


class FakeVolumes:
    """Remembers what is held; is its own engine."""

    def __init__(self) -> None:
        self.engine = self
        self.held: list[tuple[str, object]] = []

    def image(self, reference: str) -> LocalImage:
        return LocalImage(id=f"sha256:{reference}", platform="linux/arm/v7")

    def hold(self, name: str, **options: object) -> None:
        self.held.append((name, options["labels"]))


def planned(
    identifier: str = "cp311-manylinux_armv7l", image: str = "debian-12", **texts: str
) -> PlannedBuild:
    (one,) = plan(build(identifier, image, **texts), allow_missing=True).builds
    return one


def test_the_variables_point_into_the_volume_that_is_held(capsys: pytest.CaptureFixture[str]) -> None:
    volumes = FakeVolumes()
    volume, *variables = wheel_cache_args(planned(), volumes, PROJECT)  # type: ignore[arg-type]
    ((name, labels),) = volumes.held
    assert labels == {"cibw-debian": "wheels"}
    assert volume == f"--volume={name}:/var/cache/cibw-debian"
    assert variables == [
        "--env=PIP_CACHE_DIR=/var/cache/cibw-debian/pip",
        "--env=UV_CACHE_DIR=/var/cache/cibw-debian/uv",
        "--env=UV_LINK_MODE=copy",
    ]
    assert name in capsys.readouterr().err


def test_what_shares_a_volume() -> None:
    def name(one: PlannedBuild, image: str = "sha256:1", project: Path = PROJECT) -> str:
        return volume_name(one, image, project)

    hook = "dnf install -y openssl-devel"
    same = name(planned())
    assert same == name(planned("cp312-manylinux_armv7l"))
    assert same == name(planned(before_build="true", test_command="true"))
    others = [
        name(planned(), project=Path("/other/project")),
        name(planned(), image="sha256:2"),
        name(planned("cp311-manylinux_x86_64")),
        name(planned(before_all=hook)),
        name(planned(environment="CFLAGS=-O3")),
    ]
    assert len({same, *others}) == 6


def test_other_images_are_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    volumes = FakeVolumes()
    one = planned("cp313-manylinux_riscv64", "manylinux_2_39")
    assert wheel_cache_args(one, volumes, PROJECT) == ()  # type: ignore[arg-type]
    assert volumes.held == []
    assert "manylinux_riscv64: no wheel cache: " in capsys.readouterr().err
