"""What the resolver is asked and what it answers."""

from __future__ import annotations

from typing import Any, Dict, NamedTuple, Tuple

#: install the deb names
PACKAGE = "package"
#: the image already has it, or it only makes sense on RHEL
NOTHING = "nothing"
#: known, but this suite and deb arch have no equivalent
UNAVAILABLE = "unavailable"
#: the name is not known
UNKNOWN = "unknown"


class Target(NamedTuple):
    """Where packages are to be installed."""

    #: Debian's or Ubuntu's codename: ``bookworm``
    suite: str
    #: dpkg's architecture: ``armhf``
    deb_arch: str

    def __str__(self) -> str:
        return f"{self.suite}/{self.deb_arch}"


class Answer(NamedTuple):
    """What one spec means on one target."""

    #: the spec as it was written
    rpm: str
    #: one of the constants above
    status: str
    deb: Tuple[str, ...] = ()
    #: where the answer comes from: ``project``, ``table``, ``index``, ``rule:lib-dev`` ..., ``none``
    source: str = "none"
    #: every deb name is in the index of that very suite and deb arch
    verified: bool = False
    #: one sentence for a person, or empty
    note: str = ""
    #: one sentence on what differs from what was asked for, such as another version; or empty
    warning: str = ""
    #: deb names that were looked at and not taken
    considered: Tuple[str, ...] = ()
    #: rpm names that may have been meant, best first
    suggestions: Tuple[str, ...] = ()
    #: how the answer was found, step by step, for a person
    why: Tuple[str, ...] = ()
    #: the target has no index here, and the nearest one that has an index lacks the package
    doubtful: bool = False

    def to_json(self) -> Dict[str, Any]:
        data: Dict[str, Any] = {
            "rpm": self.rpm,
            "status": self.status,
            "deb": list(self.deb),
            "source": self.source,
            "verified": self.verified,
        }
        if self.note:
            data["note"] = self.note
        if self.warning:
            data["warning"] = self.warning
        if self.considered:
            data["considered"] = list(self.considered)
        if self.suggestions:
            data["suggestions"] = list(self.suggestions)
        if self.why:
            data["why"] = list(self.why)
        return data
