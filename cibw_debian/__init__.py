"""Build armv7l and riscv64 manylinux wheels on Debian-based images, with the dnf hooks you have.

The Python API is `plan`, `translate` and `lookup`; what they need is imported when one of them is asked for.
"""

from __future__ import annotations

# Not typing.TYPE_CHECKING: __main__ makes garbage collection rarer before anything large is imported.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from cibw_debian.api import lookup, plan, translate

__all__ = ["__version__", "lookup", "plan", "translate"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    # This module is imported in containers too, on their Python and without the rest.
    if name in {"lookup", "plan", "translate"}:
        from cibw_debian import api  # noqa: PLC0415

        return getattr(api, name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
