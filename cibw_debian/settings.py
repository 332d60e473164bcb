"""Our own settings: `[tool.cibw-debian]` in pyproject.toml; `CIBW_DEBIAN_...` variables win over it."""

from __future__ import annotations

import os
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from cibw_debian.errors import ConfigurationError
from cibw_debian.platforms import ARCHS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


class Settings(NamedTuple):
    #: a name without a Debian package is an error; otherwise it is left out with a warning
    strict: bool = True
    #: the project's own names: rpm name -> deb names; an empty list means nothing to install
    packages: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    #: a further catalogue of images
    images: Path | None = None
    #: arch -> image for manylinux wheels, where cibuildwheel's own configuration would need a reference
    manylinux_images: Mapping[str, str] = MappingProxyType({})
    #: let the companion answer `dnf` at run time; None: where a hook does what its text does not show
    companion: bool | None = None
    #: compile natively in emulated containers; None: where a compiler is available
    native_compiler: bool | None = None
    #: with the native compiler, run Python's own tools natively; None: where that is possible
    native_python: bool | None = None
    #: let the native compiler remember what it compiled, for the project's next builds
    compiler_cache: bool = False
    #: let pip and uv remember what they downloaded and compiled, for the project's next builds
    wheel_cache: bool = False
    #: leave out interpreters that an image lacks; otherwise they are an error
    allow_missing: bool = False
    #: install what compiling the requirements needs that have no wheel
    requirements: bool = True
    #: archive mirror for `images build`; empty for mmdebstrap's own default
    mirror: str = ""
    #: time of the archive's state that `mirror` gives, 20261101T000000Z
    snapshot: str = ""
    #: interpreters that are compiled for images built here, beside the suite's own: a group, or names
    interpreters: str = "default"
    #: directory with tarballs of CPython, or another address than upstream's; empty for upstream
    pythons_from: str = ""
    #: file with the keys that sign `mirror`
    keyring: Path | None = None


# Kinds of values: the type in TOML, and how a message calls it.
_FLAG = (bool, "true or false")
_SWITCH = (bool, 'true, false or "auto"')
_TEXT = (str, "a string")
_NAMES = (dict, 'a table such as { "our-sdk-devel" = ["libour-sdk-dev"] }')
#: key of the table for the image of an arch, as cibuildwheel calls the option -> arch
IMAGE_KEYS = {f"manylinux-{arch}-image": arch for arch in ARCHS}
#: key of the table -> kind of its value
KEYS = {
    "strict": _FLAG,
    "packages": _NAMES,
    "images": _TEXT,
    "companion": _SWITCH,
    "native-compiler": _SWITCH,
    "native-python": _SWITCH,
    "compiler-cache": _FLAG,
    "wheel-cache": _FLAG,
    "allow-missing": _FLAG,
    "requirements": _FLAG,
    "mirror": _TEXT,
    "snapshot": _TEXT,
    "keyring": _TEXT,
    "interpreters": _TEXT,
    "pythons-from": _TEXT,
    **dict.fromkeys(IMAGE_KEYS, _TEXT),
}
_DEB_NAME = r"[a-z0-9][a-z0-9+.-]+"


def load_settings(package_dir: str | os.PathLike[str], env: Mapping[str, str]) -> Settings:
    """Read the settings of a project.

    Args:
        package_dir: The directory of pyproject.toml, if there is one.
        env: Environment variables; `CIBW_DEBIAN_` and the name of a key count. An empty one counts as unset.
            `CIBW_DEBIAN_PACKAGES` holds ``rpm=deb deb; rpm2=deb``.

    Raises:
        ConfigurationError: A key or value is not usable; names the file or variable and the key.
    """
    _check_variables(env)
    path = os.path.join(package_dir, "pyproject.toml")  # noqa: PTH118  (cold start: without pathlib)
    table = _table(path)
    _check(table, f"{path}: [tool.cibw-debian]")
    packages = {name: tuple(debs) for name, debs in table.get("packages", {}).items()}
    if variable := env.get("CIBW_DEBIAN_PACKAGES"):
        packages |= _parse_packages(variable)
    named = ((arch, env.get(variable_of(key)) or table.get(key)) for key, arch in IMAGE_KEYS.items())
    return Settings(
        strict=_flag(table, env, "strict", default=True),
        packages=packages,
        mirror=env.get("CIBW_DEBIAN_MIRROR") or table.get("mirror", ""),
        snapshot=env.get("CIBW_DEBIAN_SNAPSHOT") or table.get("snapshot", ""),
        interpreters=env.get("CIBW_DEBIAN_INTERPRETERS") or table.get("interpreters", "default"),
        pythons_from=env.get("CIBW_DEBIAN_PYTHONS_FROM") or table.get("pythons-from", ""),
        images=_path(package_dir, table, env, "images"),
        manylinux_images={arch: image for arch, image in named if image},
        companion=_switch(table, env, "companion"),
        native_compiler=_switch(table, env, "native-compiler"),
        native_python=_switch(table, env, "native-python"),
        compiler_cache=_flag(table, env, "compiler-cache", default=False),
        wheel_cache=_flag(table, env, "wheel-cache", default=False),
        allow_missing=_flag(table, env, "allow-missing", default=False),
        requirements=_flag(table, env, "requirements", default=True),
        keyring=_path(package_dir, table, env, "keyring"),
    )


def schema(tool_name: str = "cibw-debian") -> dict[str, Any]:
    """Return the JSON Schema of `[tool.cibw-debian]`; an entry point for validate-pyproject."""
    from cibw_debian.schemas import load_schema  # noqa: PLC0415  (cold start)

    del tool_name  # the interface passes it
    return load_schema("settings")


def _table(path: str) -> dict[str, Any]:
    import tomli  # noqa: PLC0415  (cold start: variables alone need no file)

    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123
            data = tomli.loads(file.read())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise ConfigurationError(
            f"cannot read {path}: {error.strerror}", hint="Make it a file that you may read."
        ) from error
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
    known = {variable_of(key) for key in KEYS}
    for name in sorted(env):
        if name.startswith("CIBW_DEBIAN_") and name not in known:
            raise ConfigurationError(
                f"there is no variable {name}.{_meant(name, known)}",
                hint=f"Known variables: {', '.join(sorted(known))}.",
            )


def _check(table: Mapping[str, Any], place: str) -> None:
    """Check keys and values; the schema says the same, and its validator takes a third of a cold start."""
    for key, value in table.items():
        if key not in KEYS:
            raise ConfigurationError(
                f"{place}: unknown key {key!r}.{_meant(key, KEYS)}", hint=f"Known keys: {', '.join(KEYS)}."
            )
        kind, words = KEYS[key]
        if not isinstance(value, kind) and (words, value) != (_SWITCH[1], "auto"):
            raise ConfigurationError(f"{place}: {key}: must be {words}, and it is {value!r}")
    for name, debs in table.get("packages", {}).items():
        _check_names(debs, f"{place}: packages.{name}", name)


def _check_names(debs: object, place: str, name: str) -> None:
    import re  # noqa: PLC0415

    if isinstance(debs, str):
        raise ConfigurationError(f"{place}: must be a list", hint=f'Write "{name}" = ["{debs}"].')
    if not isinstance(debs, list):
        raise ConfigurationError(f"{place}: must be a list of Debian package names, and it is {debs!r}")
    for deb in debs:
        if not (isinstance(deb, str) and re.fullmatch(_DEB_NAME, deb)):
            raise ConfigurationError(f"{place}: {deb!r} is no name of a Debian package")


def _meant(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  (cold start)

    close = get_close_matches(name, known, n=1)
    return f" Perhaps you meant {close[0]}?" if close else ""


def _path(
    package_dir: str | os.PathLike[str], table: Mapping[str, Any], env: Mapping[str, str], key: str
) -> Path | None:
    variable = env.get(variable_of(key))
    if not variable and key not in table:
        return None
    from pathlib import Path  # noqa: PLC0415  (cold start)

    return Path(variable) if variable else Path(package_dir, table[key])


def _parse_bool(value: str, variable: str) -> bool:
    match value.strip().lower():
        case "1" | "true" | "yes" | "on":
            return True
        case "0" | "false" | "no" | "off":
            return False
    raise ConfigurationError(f"{variable}: {value!r} is neither true nor false")


def _flag(table: Mapping[str, Any], env: Mapping[str, str], key: str, *, default: bool) -> bool:
    """Read a setting that is true or false."""
    variable = variable_of(key)
    value: str | bool = env.get(variable) or table.get(key, default)
    return value if isinstance(value, bool) else _parse_bool(value, variable)


def _switch(table: Mapping[str, Any], env: Mapping[str, str], key: str) -> bool | None:
    """Read a setting that is true, false or "auto", which is None."""
    if (env.get(variable_of(key)) or table.get(key, "auto")) == "auto":
        return None
    return _flag(table, env, key, default=False)


def variable_of(key: str) -> str:
    """Return the environment variable of a key of the table."""
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
