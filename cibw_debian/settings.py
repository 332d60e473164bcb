"""Our own settings: `[tool.cibw-debian]` in pyproject.toml; `CIBW_DEBIAN_...` variables win over it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli

from cibw_debian.errors import ConfigurationError
from cibw_debian.schemas import find_violation, load_schema

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Settings:
    #: a name without a Debian package is an error; otherwise it is left out with a warning
    strict: bool = True
    #: the project's own names: rpm name -> deb names; an empty list means nothing to install
    packages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: a further catalogue of images
    images: Path | None = None
    #: let the companion answer `dnf` at run time; None: where a hook does what its text does not show
    companion: bool | None = None
    #: compile natively in emulated containers; None: where it can be had
    native_compiler: bool | None = None
    #: let the native compiler remember what it compiled, for the project's next builds
    compiler_cache: bool = False
    #: leave out interpreters that an image lacks; otherwise they are an error
    allow_missing: bool = False
    #: archive mirror for `images build`; empty for mmdebstrap's own default
    mirror: str = ""


def load_settings(package_dir: Path, env: Mapping[str, str]) -> Settings:
    """Read the settings of a project.

    Args:
        package_dir: Where pyproject.toml is, if there is one.
        env: Environment variables; `CIBW_DEBIAN_STRICT`, `_PACKAGES`, `_IMAGES`,
            `_COMPANION`, `_NATIVE_COMPILER`, `_COMPILER_CACHE` and `_MIRROR` count.
            `_PACKAGES` holds ``rpm=deb deb; rpm2=deb``.

    Raises:
        ConfigurationError: A key or value is not usable; names the file or variable and the key.
    """
    _check_variables(env)
    path = package_dir / "pyproject.toml"
    table = _table(path)
    _check(table, f"{path}: [tool.cibw-debian]")
    packages = {name: tuple(debs) for name, debs in table.get("packages", {}).items()}
    if variable := env.get("CIBW_DEBIAN_PACKAGES"):
        packages |= _parse_packages(variable)
    images = env.get("CIBW_DEBIAN_IMAGES", "")
    if not images and "images" in table:
        images = str(package_dir / table["images"])
    return Settings(
        strict=_flag(table, env, "strict", default=True),
        packages=packages,
        images=Path(images) if images else None,
        companion=_switch(table, env, "companion"),
        native_compiler=_switch(table, env, "native-compiler"),
        compiler_cache=_flag(table, env, "compiler-cache", default=False),
        allow_missing=_flag(table, env, "allow-missing", default=False),
        mirror=env.get("CIBW_DEBIAN_MIRROR", table.get("mirror", "")),
    )


def schema(tool_name: str = "cibw-debian") -> dict[str, Any]:
    """The JSON Schema of `[tool.cibw-debian]`; an entry point for validate-pyproject."""
    del tool_name  # the interface passes it
    return load_schema("settings")


def _table(path: Path) -> dict[str, Any]:
    try:
        data = tomli.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: not a TOML file: {error}") from error
    tool = data.get("tool", {})
    table = tool.get("cibw-debian", {}) if isinstance(tool, dict) else tool
    if not isinstance(table, dict):
        raise ConfigurationError(
            f"{path}: [tool.cibw-debian] must be a table, and it is {table!r}",
            hint="Write settings below a line [tool.cibw-debian].",
        )
    return table


def _check_variables(env: Mapping[str, str]) -> None:
    known = {_variable(key) for key in schema()["properties"]}
    for name in sorted(env):
        if name.startswith("CIBW_DEBIAN_") and name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            raise ConfigurationError(
                f"there is no variable {name}." + (f" Perhaps you meant {close[0]}?" if close else ""),
                hint=f"Known variables: {', '.join(sorted(known))}.",
            )


def _check(table: dict[str, Any], place: str) -> None:
    if not table:
        return
    known = schema()["properties"]
    for key in table.keys() - known.keys():
        close = difflib.get_close_matches(key, known, n=1)
        raise ConfigurationError(
            f"{place}: unknown key {key!r}." + (f" Perhaps you meant {close[0]!r}?" if close else ""),
            hint=f"Known keys: {', '.join(known)}.",
        )
    for name, debs in table.get("packages", {}).items() if isinstance(table.get("packages"), dict) else ():
        if isinstance(debs, str):
            raise ConfigurationError(
                f"{place}: packages.{name}: must be a list", hint=f'Write "{name}" = ["{debs}"].'
            )
    if violation := find_violation("settings", table):
        raise ConfigurationError(f"{place}: {'.'.join(violation.path)}: {violation.reason}")


def _parse_bool(value: str, variable: str) -> bool:
    match value.strip().lower():
        case "1" | "true" | "yes" | "on":
            return True
        case "0" | "false" | "no" | "off":
            return False
    raise ConfigurationError(f"{variable}: {value!r} is neither true nor false")


def _flag(table: Mapping[str, Any], env: Mapping[str, str], key: str, *, default: bool) -> bool:
    """Read a setting that is true or false."""
    variable = _variable(key)
    value: str | bool = env.get(variable) or table.get(key, default)
    return value if isinstance(value, bool) else _parse_bool(value, variable)


def _switch(table: Mapping[str, Any], env: Mapping[str, str], key: str) -> bool | None:
    """Read a setting that is true, false or "auto", which is None."""
    if (env.get(_variable(key)) or table.get(key, "auto")) == "auto":
        return None
    return _flag(table, env, key, default=False)


def _variable(key: str) -> str:
    return f"CIBW_DEBIAN_{key.upper().replace('-', '_')}"


def _parse_packages(value: str) -> dict[str, tuple[str, ...]]:
    packages = {}
    for entry in filter(None, (e.strip() for e in value.split(";"))):
        name, equals, debs = entry.partition("=")
        if not equals or not name.strip():
            raise ConfigurationError(
                f"CIBW_DEBIAN_PACKAGES: {entry!r} is not of the form 'rpm-name=deb-name deb-name'",
                hint="Entries are separated by semicolons; nothing after '=' means nothing to install.",
            )
        packages[name.strip()] = tuple(debs.split())
    return packages
