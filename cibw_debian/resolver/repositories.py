"""Repositories that a dnf command line names, and what to say of them."""

from __future__ import annotations

import re
from typing import List, Sequence

from ..findings import Finding

#: repositories that belong to RHEL, its rebuilds and EPEL; Debian's one archive stands for all of them
_OWN_REPOSITORY = (
    r"(?i)"
    r"(ubi-\d+-|ol\d+_|rhel-\d+-\S*|centos-)?"
    r"(\*|crb|power-?tools|epel\S*|extras\S*|appstream\S*|base\S*|plus|ha|high-?availability|rt|devel|updates|"
    r"codeready\S*|optional\S*|sclo?\S*|rhscl\S*|rpms?|nfv|security|cr|fasttrack|addons|latest)(-\S*)?"
)


def unknown_repositories(names: Sequence[str], word: int) -> List[Finding]:
    return [
        Finding.of(
            "unknown-repository",
            f"the repository {name!r} has no counterpart: packages come from the image's own archive",
            word=word,
        )
        for name in names
        if name and not re.fullmatch(_OWN_REPOSITORY, name)
    ]


def third_party(what: str, word: int) -> Finding:
    message = f"{what} is a repository of rpm packages: a Debian image cannot use it"
    return Finding.of("third-party-repository", message, word=word)
