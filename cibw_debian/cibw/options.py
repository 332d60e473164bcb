"""The names of cibuildwheel's options, of the version that is installed; nothing of its code is imported."""

from __future__ import annotations

import functools

#: systems that an option's variable may end with: CIBW_BEFORE_ALL_LINUX
_SYSTEMS = ("ANDROID", "IOS", "LINUX", "MACOS", "PYODIDE", "WINDOWS")
#: variables that are no option of a file
_OTHER_VARIABLES = (
    *("ALLOW_EMPTY", "CACHE_PATH", "COOL_COLOR", "DEBUG_KEEP_CONTAINER", "DEBUG_TRACEBACK", "HOST_TRIPLET"),
    *("LOG_FOLD_MODE", "OUTPUT_DIR", "PLATFORM", "PROJECT_REQUIRES_PYTHON", "FREE_THREADED_SUPPORT"),
    *("PRERELEASE_PYTHONS", "CONFIG_FILE"),
)


def variable_of(option: str) -> str:
    """Return the environment variable of an option: `CIBW_BEFORE_ALL` of `before-all`."""
    return f"CIBW_{option.upper().replace('-', '_')}"


@functools.cache
def option_names() -> frozenset[str]:
    """Return the keys of `[tool.cibuildwheel]` and of its tables; empty if they are not known."""
    import importlib.util  # noqa: PLC0415  (cold start)
    import json  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    found = importlib.util.find_spec("cibuildwheel")
    if not found or not found.submodule_search_locations:
        return frozenset()
    schema = Path(found.submodule_search_locations[0], "resources", "cibuildwheel.schema.json")
    try:
        return frozenset({*json.loads(schema.read_bytes())["properties"], "select"})
    except (OSError, ValueError, KeyError):
        return frozenset()


@functools.cache
def variable_names() -> frozenset[str]:
    """Return the environment variables that cibuildwheel reads; empty if they are not known."""
    options = option_names()
    names = set(map(variable_of, options))
    names |= {f"{name}_{system}" for name in names for system in _SYSTEMS}
    return frozenset(names | {f"CIBW_{name}" for name in _OTHER_VARIABLES} if options else ())
