"""One program under many names: `dnf`, `yum`, `rpm` ... in the companion's bin directory lead here."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

_HERE = os.path.dirname(os.path.realpath(__file__))


def main() -> int:
    """Answer as the command that this was called as."""
    # `rpm -qa | grep -q x` goes away before it has read all; rpm says nothing about that either.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.path.insert(0, os.path.dirname(os.path.dirname(_HERE)))
    from cibw_debian.container import dnf, rpm, scl, system  # noqa: PLC0415  (the path has to be set first)
    from cibw_debian.errors import DataError  # noqa: PLC0415

    program = os.path.basename(sys.argv[0])
    if program == "scl":
        return scl.main(sys.argv[1:])
    with open(os.path.join(_HERE, "..", "..", "..", "settings.json"), encoding="utf-8") as file:
        settings: dict[str, Any] = json.load(file)
    try:
        if program == "rpm":
            return rpm.main(sys.argv[1:], settings["packages"])
        return dnf.main(program, sys.argv[1:], settings["packages"], strict=settings["strict"])
    except DataError as error:
        system.say("error", f"{error}. {error.hint}")
        return dnf.FAILED


if __name__ == "__main__":
    sys.exit(main())
