"""How fast hooks translate: per second when warm, and one cold command in units of a bare Python.

Run it as `python bench/translate.py`, on an otherwise idle machine.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import tomli

from cibw_debian.hooks.translate import translate
from cibw_debian.resolver.model import Target
from cibw_debian.resolver.resolve import open_resolver

#: of the sizes and shapes of real hooks: mostly one or two commands
_TYPICAL = (
    "yum install -y zlib-devel",
    "dnf -y install openssl-devel libffi-devel",
    "yum install -y epel-release && yum install -y eigen3-devel gmp-devel",
    "yum install -y flex bison libxml2-devel zlib-devel cairo-devel && pip install cmake && python setup.py",
    "yum -y update && yum install -y nasm && bash ci/fetch.sh && bash -euxo pipefail ci/build.sh",
    "apk add ccache || yum install -y ccache || true",
)
_COLD = ("cibw_debian", "translate", "dnf -y install openssl-devel")


def hooks_per_second(hooks: tuple[str, ...], seconds: float = 2.0) -> float:
    """Translate again and again, in processor time of this one process."""
    resolver = open_resolver(Target("bookworm", "armhf"))
    for hook in hooks:
        translate(hook, resolver)
    done = 0
    start = time.process_time()
    while time.process_time() - start < seconds:
        for hook in hooks:
            translate(hook, resolver)
        done += len(hooks)
    return done / (time.process_time() - start)


def cold_ratio(rounds: int = 15) -> tuple[float, float]:
    """Measure a bare interpreter and the command in turn; return the best of each, in seconds."""
    bare = [sys.executable, "-c", "pass"]
    command = [sys.executable, "-m", *_COLD]
    best = {0: float("inf"), 1: float("inf")}
    for _ in range(rounds):
        for which, arguments in enumerate((bare, command)):
            start = time.perf_counter()
            subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL)
            best[which] = min(best[which], time.perf_counter() - start)
    return best[0], best[1]


def main() -> None:
    corpus = Path(__file__).parent.parent / "tests" / "hooks" / "corpus.toml"
    texts = tuple(hook["text"] for hook in tomli.loads(corpus.read_text(encoding="utf-8"))["hook"])
    print(f"typical hooks: {hooks_per_second(_TYPICAL):8.0f} per second")
    print(f"golden corpus: {hooks_per_second(texts):8.0f} per second")
    bare, command = cold_ratio()
    print(f"cold: {command * 1000:.0f} ms, {command / bare:.1f} times a bare Python ({bare * 1000:.0f} ms)")


if __name__ == "__main__":
    main()
