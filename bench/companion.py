"""How long `dnf install` takes in an emulated container, against plain apt-get with the same packages.

    python bench/companion.py [--pairs 3] [--image debian-11] [--arch armv7l]

`dnf` is answered by the companion alone, `native` by the companion beside the native compiler, which brings a
native apt. All start from the image without lists of packages; they take turns, and ratios are of pairs with
plain apt-get.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import time

from cibw_debian.engine.engine import Engine
from cibw_debian.engine.volumes import Volumes
from cibw_debian.host.process import reaper
from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.mounts.companion import LABEL, make_companion
from cibw_debian.mounts.native.toolchain import Toolchain, make_ready
from cibw_debian.platforms import ARCHS

#: label of the containers that keep the volumes while they are filled
RUN = "cibw-debian.run=bench"
RPMS = "openssl-devel libffi-devel zlib-devel bzip2-devel xz-devel"
DEBS = "libssl-dev libffi-dev zlib1g-dev libbz2-dev liblzma-dev"


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
    parser.add_argument("--image", default="debian-11", help="One that is built here.")
    parser.add_argument("--arch", default="armv7l")
    options = parser.parse_args()

    engine = Engine()
    image = load_catalogue().get(options.image)
    reference, platform = image.reference(options.arch), ARCHS[options.arch].oci
    local = engine.image(reference)
    if local is None:
        parser.error(f"{reference} is not there: cibw-debian images build")
    companion = make_companion(os.environ, answers=True)
    labels = {LABEL: "bench"}
    toolchain = Toolchain(suite=image.suite, gcc=image.gcc, arch=options.arch, host=engine.architecture())
    with reaper(engine.name, RUN):
        volumes = Volumes(engine, RUN)
        volumes.fill(companion.volume, companion.add_to, image=reference, platform=platform, labels=labels)
        ready = make_ready(toolchain, volumes=volumes, reference=reference, image=image)
    answered = companion.create_args(local.path)
    ways = {
        "plain": ((), f"apt-get update && apt-get install -y {DEBS}"),
        "dnf": (answered, f"dnf install -y {RPMS}"),
        "native": ((*answered, *ready.create_args(local)), f"dnf install -y {RPMS}"),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(options.pairs):
        for name, (arguments, command) in ways.items():
            times[name].append(measure(reference, platform, arguments, command))
    for name, seconds in times.items():
        ratios = [own / plain for own, plain in zip(seconds, times["plain"], strict=True)]
        print(
            f"{name:6} median {statistics.median(seconds):6.1f} s, best {min(seconds):6.1f} s;"
            f" of plain, median: {statistics.median(ratios):.2f}"
        )
    print(f"load of the machine: {os.getloadavg()[0]:.1f}; measured {time.strftime('%Y-%m-%d')}")


if __name__ == "__main__":
    main()
