"""The checks that need no container: what the engine tells of an image. Pure; each returns its faults."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cibw_debian.platforms import ARCHS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cibw_debian.images.contract.model import Subject

#: bytes; a hosted runner has 14 GB free, for all images, volumes and the build
_LARGEST = 3_000_000_000
_LABELS = ("title", "description", "vendor")
#: variables that say how to reach a network or an index: of the machine that runs the image
_HOST_VARIABLES = re.compile(
    r"(https?|ftp|all|no)_proxy|pip_(?!disable).*|uv_.*|.*_ca_bundle|hostname", re.IGNORECASE
)


def platform(subject: Subject) -> list[str]:
    wanted = ARCHS[subject.arch].oci
    found = subject.local.platform
    return [] if found == wanted else [f"the platform is {found}, not {wanted}"]


def auditwheel_variables(subject: Subject) -> list[str]:
    wanted = {
        "AUDITWHEEL_POLICY": subject.policy,
        "AUDITWHEEL_ARCH": subject.arch,
        "AUDITWHEEL_PLAT": f"{subject.policy}_{subject.arch}",
    }
    found = {name: subject.local.variables.get(name, "") for name in wanted}
    return [
        f"{name} is {found[name]!r}, not {value!r}"
        for name, value in wanted.items()
        if not value or found[name] != value
    ]


def labels(subject: Subject) -> list[str]:
    names = [f"org.opencontainers.image.{name}" for name in _LABELS]
    return [f"the label {name} is missing" for name in names if not subject.local.labels.get(name)]


def size(subject: Subject) -> list[str]:
    if subject.local.size <= _LARGEST:
        return []
    return [f"the image has {subject.local.size / 1e9:.1f} GB, more than {_LARGEST / 1e9:.0f}"]


def host_variables(subject: Subject) -> list[str]:
    return [f"{name} is set" for name in subject.local.variables if _HOST_VARIABLES.fullmatch(name)]


JUDGES: Mapping[str, Callable[[Subject], list[str]]] = {
    judge.__name__: judge for judge in (platform, auditwheel_variables, labels, size, host_variables)
}
