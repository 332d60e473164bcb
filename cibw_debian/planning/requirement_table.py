"""The table of requirements: what compiling a distribution of the package index needs, in rpm names."""

from __future__ import annotations

import functools
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from cibw_debian.errors import DataError
from cibw_debian.resolver.files import REINSTALL, data_path, read_json, reading

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "requirements.json"


class Row(NamedTuple):
    """What the table says about one distribution."""

    #: rpm names that compiling it needs; none if only what it requires needs some
    needs: tuple[str, ...] = ()
    #: rpm names of libraries that its wheel loads and does not contain
    loads: tuple[str, ...] = ()
    #: distributions of the table that it is built or used with
    requires: tuple[str, ...] = ()


@functools.cache
def load_requirements() -> Mapping[str, Row]:
    """Return the shipped table by the distributions' normalised names (PEP 503).

    Raises:
        DataError: It is damaged.
    """
    return read_rows(read_json(FILE))


@reading(FILE)
def read_rows(data: Mapping[str, Any]) -> Mapping[str, Row]:
    """Return the rows of the table.

    Raises:
        DataError: A row has the wrong form, or requires a distribution that has no row.
    """
    rows = {name: _row(value) for name, value in data.items()}
    for name, row in rows.items():
        for other in row.requires:
            if other not in rows:
                raise DataError(
                    f"{data_path(FILE)}: {name} requires {other}, which has no row", hint=REINSTALL
                )
    return MappingProxyType(rows)


def _row(value: Any) -> Row:
    if isinstance(value, list):
        return Row(needs=tuple(value))
    return Row(**{key: tuple(value.get(key, ())) for key in Row._fields})
