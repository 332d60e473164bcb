"""What a dnf request can ask for: the actions, and the request that has one."""

from __future__ import annotations

from typing import NamedTuple, Tuple

from ..findings import Finding
from .arguments import Spec

# What a request wants done. INSTALL to SWAP take specs.
INSTALL = "install"
REINSTALL = "reinstall"
UPGRADE = "upgrade"
REMOVE = "remove"
SWAP = "swap"
#: install what spec files need for their builds; the specs are the files
BUILD_REQUIREMENTS = "build-requirements"
LIST_INSTALLED = "list-installed"
LIST = "list"
INFO = "info"
SEARCH = "search"
REFRESH = "refresh"
CHECK_UPDATE = "check-update"
CLEAN = "clean"
AUTOREMOVE = "autoremove"
VERSION = "version"
#: there is nothing to do on Debian
DROP = "drop"
#: it cannot be done on Debian; the finding says why
REFUSE = "refuse"


class Request(NamedTuple):
    """A dnf command line, understood."""

    action: str
    specs: Tuple[Spec, ...] = ()
    findings: Tuple[Finding, ...] = ()
    assume_yes: bool = False
    assume_no: bool = False
    quiet: bool = False
    download_only: bool = False
    weak_deps: bool = True
    #: names without an answer are passed over instead of failing the command
    skip_missing: bool = False
    #: of a spec file: macros that the command line defines, name and value
    macros: Tuple[Tuple[str, str], ...] = ()
