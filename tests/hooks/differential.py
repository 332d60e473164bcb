"""Run scripts with recording fakes of dnf and of apt-get, and compare what they did."""

from __future__ import annotations

import random
import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.hooks.translate import Style, translate
from tests.hooks.names import AnyNames
from tests.hooks.scripts import Generator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_RECORDER = Path(__file__).with_name("recorder.bash")
#: where the order of what is recorded is the scheduler's
_CONCURRENT = re.compile(r"(?<![|])\|(?![|])|&\s*wait")


@dataclass(frozen=True, kw_only=True)
class Case:
    original: str
    translated: str
    fail: tuple[str, ...]
    offline: bool = False


def generated_cases(seeds: Iterable[int]) -> Iterator[Case]:
    for seed in seeds:
        rng = random.Random(seed)  # noqa: S311  (repeatable on purpose)
        generator = Generator(rng)
        original = generator.script()
        style = rng.choice(list(Style))
        result = translate(original, AnyNames(), style=style)
        if any(finding.code == "shell-syntax" for finding in result.findings):
            continue
        assert result.ok, (original, result.findings)
        yield Case(
            original=original,
            translated=result.translated,
            fail=tuple(key for key in generator.keys if rng.random() < 0.3),
            offline=rng.random() < 0.1,
        )


def _request(line: str) -> str:
    """Put what is asked for in order: each name once."""
    action, *names = line.split() or [""]
    return " ".join([action, *sorted(set(names))]) if action in {"install", "remove"} else line


def differences(cases: Sequence[Case], directory: Path) -> list[str]:
    """Run every case twice in one bash and return a text for each that behaved differently."""
    driver = [f". {shlex.quote(str(_RECORDER))}"]
    for number, case in enumerate(cases):
        driver.append(f"FAIL={shlex.quote(' '.join(case.fail))} OFFLINE={'1' if case.offline else ''}")
        driver += [
            f"echo '=== {number}' >&3; echo > ./lists; (eval {shlex.quote(text)}); echo \"status $?\" >&3"
            for text in (case.original, case.translated)
        ]
    script = directory / "driver.bash"
    script.write_text("\n".join(driver), encoding="utf-8")
    log = directory / "recorded"
    playground = directory / "playground"
    playground.mkdir(exist_ok=True)
    with log.open("w", encoding="utf-8") as file:
        subprocess.run(
            ["bash", "-c", f"exec 3>&1 1>/dev/null 2>&1; . {shlex.quote(str(script))}"],
            stdin=subprocess.DEVNULL,
            stdout=file,
            cwd=playground,
            timeout=600,
            check=True,
        )
    runs = [
        [*map(_request, run.splitlines()[1:])] for run in log.read_text(encoding="utf-8").split("=== ")[1:]
    ]
    assert len(runs) == 2 * len(cases)
    found = []
    for case, original, does in zip(cases, runs[::2], runs[1::2], strict=True):
        # An apt-get of the author's own may have come without lists already.
        did = [line for line in original if not line.startswith("no lists")]
        concurrent = _CONCURRENT.search(case.original) is not None
        if (sorted(did) != sorted(does)) if concurrent else (did != does):
            fails = f"failing {' '.join(case.fail)}{', offline' if case.offline else ''}"
            found.append(f"{case.original}\n--- becomes\n{case.translated}\n--- {fails}\n{did}\n{does}")
    return found
