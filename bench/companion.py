"""How long `dnf install` takes in an emulated container, against plain apt-get with the same packages.

    python bench/companion.py [--pairs 3] [--image localhost/cibw-debian/debian-11:armv7l]

Both start from the image without lists of packages; they take turns, and ratios are of pairs.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import time

from cibw_debian.companion import LABEL, make_companion
from cibw_debian.engine import Engine

RPMS = "openssl-devel libffi-devel zlib-devel bzip2-devel xz-devel"
DEBS = "libssl-dev libffi-dev zlib1g-dev libbz2-dev liblzma-dev"
COMMANDS = {
    "plain": f"apt-get update && apt-get install -y {DEBS}",
    "dnf": f"dnf install -y {RPMS}",
}


def measure(image: str, platform: str, arguments: tuple[str, ...], command: str) -> float:
    """Seconds that a command takes inside a new container, without the container's own start."""
    timed = f"date +%s.%N && {{ {command}; }} >/dev/null 2>&1 </dev/null && date +%s.%N"
    done = subprocess.run(
        ["docker", "run", "--rm", "--platform", platform, *arguments, image, "bash", "-c", timed],
        check=True,
        capture_output=True,
        text=True,
    )
    start, end = map(float, done.stdout.split())
    return end - start


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--image", default="localhost/cibw-debian/debian-11:armv7l")
    options = parser.parse_args()

    engine = Engine()
    image = engine.image(options.image)
    if image is None:
        parser.error(f"{options.image} is not there: cibw-debian images build")
    companion = make_companion(os.environ, answers=True)
    engine.fill_volume(
        companion.volume,
        companion.add_to,
        image=options.image,
        platform=image.platform,
        labels={LABEL: "bench"},
    )
    arguments = companion.create_args(image.path)
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(options.pairs):
        for name, command in COMMANDS.items():
            times[name].append(measure(options.image, image.platform, arguments, command))
    ratios = [dnf / plain for dnf, plain in zip(times["dnf"], times["plain"], strict=True)]
    for name, seconds in times.items():
        print(f"{name:6} median {statistics.median(seconds):6.1f} s, best {min(seconds):6.1f} s")
    print(f"dnf / plain: median {statistics.median(ratios):.2f} of {len(ratios)} pairs")
    print(f"load of the machine: {os.getloadavg()[0]:.1f}; measured {time.strftime('%Y-%m-%d')}")


if __name__ == "__main__":
    main()
