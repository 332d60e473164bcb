"""A stage for `run`: what it would make ready and start is only noted."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tomli

from cibw_debian.run import run as module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

#: what every container of a translated build gets
MOUNT = "--volume=companion:/opt/cibw-debian:ro"


@dataclass(frozen=True, kw_only=True)
class Child:
    """How cibuildwheel was called."""

    command: list[str]
    env: dict[str, str]
    #: the content of the configuration file that it was given
    config: dict[str, Any]
    #: whether somebody reads its log
    watched: bool
    #: labels that containers are removed by when it ends
    reaped: list[str]
    directory: Path

    @property
    def overrides(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.config["tool"]["cibuildwheel"]["overrides"]
        return found


@dataclass
class Stage:
    """The three replaced places, and what was seen there."""

    children: list[Child]
    prepared: list[tuple[Any, ...]]
    reaping: list[str]
    #: labels that containers would be removed by when images and volumes are made ready
    reaped_while_preparing: list[str]

    @property
    def child(self) -> Child:
        (child,) = self.children
        return child


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    stage = Stage([], [], [], [])

    def prepare(plan: Any, *args: Any, **options: Any) -> list[tuple[str, ...]]:
        stage.prepared.append((plan, *args, options))
        stage.reaped_while_preparing = list(stage.reaping)
        return [(MOUNT,) if build.translated else () for build in plan.builds]

    @contextlib.contextmanager
    def reaper(engine: str, label: str) -> Iterator[None]:
        stage.reaping.append(f"{engine} {label}")
        yield
        stage.reaping.remove(f"{engine} {label}")

    def run_child(
        command: Sequence[str],
        env: Mapping[str, str],
        *,
        watch: Callable[[bytes], None] | None = None,
        watch_errors: Callable[[bytes], None] | None = None,
    ) -> int:
        config = {}
        if "--config-file" in command:
            file = Path(command[command.index("--config-file") + 1])
            config = tomli.loads(file.read_text())
        if watch:
            watch(b"info: This container will host the build for cp39-manylinux_armv7l...\n")
            watch(b"Setting up libssl-dev:armhf (1.1.1w) ...\n")
        if watch_errors:
            watch_errors(b"a.c:1:10: fatal error: lzma.h: No such file or directory\n")
        stage.children.append(
            Child(
                command=list(command),
                env=dict(env),
                config=config,
                watched=watch is not None,
                reaped=list(stage.reaping),
                directory=Path.cwd(),
            )
        )
        return 9

    monkeypatch.setattr(module, "prepare", prepare)
    monkeypatch.setattr(module, "reaper", reaper)
    monkeypatch.setattr(module, "run_child", run_child)
    return stage
