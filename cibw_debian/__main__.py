"""Entry point of the ``cibw-debian`` command and of ``python -m cibw_debian``."""

from __future__ import annotations

import sys


def main() -> None:
    from cibw_debian.cli import main as cli_main  # noqa: PLC0415  (cold start)

    sys.exit(cli_main())


if __name__ == "__main__":
    main()
