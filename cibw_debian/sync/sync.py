"""Write a plan down in the project's own configuration, so that plain cibuildwheel builds by it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli

from cibw_debian.errors import BugError, ConfigurationError
from cibw_debian.host.files import write_atomically
from cibw_debian.planning.ci import not_carried
from cibw_debian.planning.compute import compute_plan
from cibw_debian.planning.overrides import generate
from cibw_debian.planning.refusal import refusal
from cibw_debian.sync.block import find_block, put_block

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cibw_debian.cibw.adapter import Arguments
    from cibw_debian.sync.block import Block

#: what the block is for where nobody says otherwise: archs whose images are Debian's kind
DEFAULT_ARCHS = "armv7l,riscv64"


@dataclass(frozen=True, kw_only=True)
class Synced:
    """A configuration file as it is and as it would be."""

    path: Path
    old: str
    new: str
    #: what text in a configuration cannot carry
    warnings: tuple[str, ...] = ()


def sync(arguments: Arguments, env: Mapping[str, str], *, allow_missing: bool = False) -> Synced:
    """Compute the file with an up-to-date block; nothing is written.

    Variables of cibuildwheel (`CIBW_...`) do not count: the block depends on the file alone.

    Args:
        arguments: Project, configuration file and archs; without archs, those of the block that is there.
        env: The environment; only our own settings count.
        allow_missing: Say which interpreters the image lacks, instead of an error; so if the block says it.

    Raises:
        ConfigurationError: The file is not available, or its overrides cannot be continued.
        Others: As `compute_plan`, and `planning.refusal`.
    """
    path, block = _read(arguments)
    archs = arguments.archs or block.archs or DEFAULT_ARCHS
    allow_missing = allow_missing or block.allow_missing
    ours = {n: v for n, v in env.items() if not n.startswith("CIBW_") or n.startswith("CIBW_DEBIAN_")}
    with tempfile.TemporaryDirectory(prefix="cibw-debian-") as directory:
        # cibuildwheel reads the project as if no block were there.
        config = Path(directory) / path.name
        config.write_bytes(block.without.encode())
        switches = {"companion": False, "allow_missing": allow_missing or None}
        planned = compute_plan(
            replace(arguments, archs=archs, config_file=str(config), platform="linux"),
            ours,
            switches=switches,
        )
    if refused := refusal(planned.plan):
        raise refused
    generated = generate(planned.config, planned.plan, {}, create_args=[()] * len(planned.plan.builds))
    given = _overrides(planned.config)
    added = _overrides(generated.config)[len(given) :]
    new = put_block(block, _dump(added), archs, allow_missing=allow_missing)
    _check(block, new, [*given, *added], path)
    return Synced(path=path, old=_text(path), new=new, warnings=tuple(not_carried(planned.plan)))


def unsync(arguments: Arguments) -> Synced:
    """Compute the file without the block; nothing is written.

    Raises:
        ConfigurationError: The file cannot be read, or its block is damaged.
    """
    path, block = _read(arguments)
    return Synced(path=path, old=_text(path), new=block.without)


def write(synced: Synced) -> None:
    """Write the new text; the old file stays whole until the new one is."""
    write_atomically(synced.path, synced.new.encode())


def _read(arguments: Arguments) -> tuple[Path, Block]:
    path = Path(arguments.config_file or arguments.package_dir / "pyproject.toml")
    return path, find_block(_text(path), str(path))


def _text(path: Path) -> str:
    try:
        text = path.read_bytes().decode()
        tomli.loads(text.replace("\r\n", "\n"))
    except OSError as error:
        raise ConfigurationError(
            f"cannot read {path}: {error.strerror}",
            hint="`sync` writes into the file that cibuildwheel reads: pyproject.toml, or --config-file.",
        ) from error
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: not a TOML file: {error}") from error
    return text


def _overrides(config: Mapping[str, Any]) -> list[dict[str, Any]]:
    overrides: list[dict[str, Any]] = config.get("tool", {}).get("cibuildwheel", {}).get("overrides", [])
    return overrides


def _dump(overrides: list[dict[str, Any]]) -> str:
    """Return overrides as TOML that stands anywhere in a file: tables with their full names."""
    import tomlkit  # noqa: PLC0415  (cold start)

    blocks = []
    for override in overrides:
        lines = ["[[tool.cibuildwheel.overrides]]"]
        for key, value in override.items():
            lines.append(tomlkit.dumps({key: _item(value)}).rstrip("\n"))
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _item(value: object) -> object:
    """Return a value as tomlkit writes it best: text of several lines as such."""
    import tomlkit  # noqa: PLC0415  (cold start)

    if not isinstance(value, str):
        return value
    # TOML drops a newline at the start of such text, and may change carriage returns.
    return tomlkit.string(value, multiline="\n" in value and value[0] != "\n" and "\r" not in value)


def _check(block: Block, new: str, overrides: list[dict[str, Any]], path: Path) -> None:
    """Read the new file as cibuildwheel will, and compare: nothing but overrides was added."""
    old = tomli.loads(block.without.replace("\r\n", "\n"))
    try:
        data = tomli.loads(new.replace("\r\n", "\n"))
    except tomli.TOMLDecodeError as error:
        raise ConfigurationError(
            f"{path}: no [[tool.cibuildwheel.overrides]] can follow: {error}",
            hint="If `overrides = [...]` is one list in the file, write each of its entries below a line"
            " [[tool.cibuildwheel.overrides]].",
        ) from error
    expected = {**old, "tool": {**old.get("tool", {})}}
    if overrides:
        table = {**expected["tool"].get("cibuildwheel", {}), "overrides": overrides}
        expected["tool"]["cibuildwheel"] = table
    if data != (expected if overrides else old):
        raise BugError(f"{path}: the block would change other parts of the file, so nothing was written")
