"""Entry point of the ``cibw-debian`` command and of ``python -m cibw_debian``."""

from __future__ import annotations

import gc
import sys

#: objects between two looks for garbage; importing makes many objects, and none of them is garbage
_GC_THRESHOLD = 50_000


def main() -> None:
    gc.set_threshold(_GC_THRESHOLD)
    from cibw_debian.cli import main as cli_main  # noqa: PLC0415  (cold start)

    code = cli_main()
    # Looking for garbage once more before the process ends would be a tenth of a cold call.
    gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    main()
