"""Run scripts with recording fakes of dnf and of apt-get, and compare what they did.

Each script runs as it was written, with dnf; as its translation, with apt-get; and as it was written with the
companion's dnf and apt-get.
"""

from __future__ import annotations

import random
import re
import shlex
import subprocess
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from cibw_debian.findings import Level
from cibw_debian.hooks.runtime_only import why_unseen
from cibw_debian.hooks.translate import Style, translate
from tests.hooks.companion import answer, fake_root
from tests.hooks.names import AnyNames
from tests.hooks.scripts import Generator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_RECORDER = Path(__file__).with_name("recorder.bash")
#: where the order of what is recorded is the scheduler's
_CONCURRENT = re.compile(r"(?<![|])\|(?![|])|&\s*wait")


@dataclass(frozen=True, kw_only=True)
class Case:
    original: str
    #: empty where the text does not show all, so that only the companion answers
    translated: str
    #: what the companion does for each command line, as shell text; empty: it is not asked
    answers: Mapping[str, str] = field(default_factory=dict)
    fail: tuple[str, ...]
    offline: bool = False
    #: dnf stays where the translation runs: for a hook whose own ways ask for different names
    keep_dnf: bool = False


def generated_cases(seeds: Iterable[int]) -> Iterator[Case]:
    with fake_root():
        for seed in seeds:
            rng = random.Random(seed)  # noqa: S311  (repeatable on purpose)
            generator = Generator(rng)
            original = generator.script()
            style = rng.choice(list(Style))
            result = translate(original, AnyNames(), style=style)
            errors = {found.code for found in result.findings if found.level is Level.ERROR}
            # The grammar joins two lines in a few rare pipelines; what guards the second one is lost then.
            # A script that ends with an error on this machine is refused, and rightly so.
            if errors and errors <= {"shell-syntax", "unknown-package", "machine"}:
                continue
            # The translation of bash's own syntax is compared too: here, each runs in bash.
            findings = tuple(found for found in result.findings if found.code != "bash-only")
            unseen = why_unseen(original, findings, scripts=False)
            assert result.ok, (original, result.findings)
            yield Case(
                original=original,
                translated="" if unseen else result.translated,
                answers={" ".join(line): answer(*line) for line in sorted(generator.lines)},
                fail=tuple(key for key in generator.keys if rng.random() < 0.3),
                offline=rng.random() < 0.1,
            )


def _request(line: str) -> str:
    """Put what is asked for in order: each name once."""
    action, *names = line.split() or [""]
    return " ".join([action, *sorted(set(names))]) if action in {"install", "remove"} else line


def differences(cases: Sequence[Case], directory: Path) -> list[str]:
    """Run every case in one bash and return a text for each that behaved differently.

    Args:
        cases: Some hundreds at most: bash starts processes the more slowly, the more it has read.
        directory: An empty one, or one that was used before.
    """
    directory.mkdir(exist_ok=True)
    driver = [f". {shlex.quote(str(_RECORDER))}"]
    worlds = []
    for case in cases:
        ran = ["original"]
        ran += ["translated"] if case.translated else []
        ran += ["companion"] if case.answers else []
        worlds.append(ran)
        answers = "".join(
            f"[{shlex.quote(line)}]={shlex.quote(text)} " for line, text in case.answers.items()
        )
        driver.append(
            f"FAIL={shlex.quote(' '.join(case.fail))} OFFLINE={'1' if case.offline else ''} "
            f"COMPANION=({answers}) TEXT={shlex.quote(case.original)}"
        )
        for world in ran:
            text = shlex.quote(case.translated) if world == "translated" else '"$TEXT"'
            driver += [
                "echo '=== ' >&3; echo > ./lists",
                f'(WORLD={"original" if case.keep_dnf else world}; eval {text}); echo "status $?" >&3',
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
    runs = iter([_did(run) for run in log.read_text(encoding="utf-8").split("=== \n")[1:]])
    found = []
    for case, ran in zip(cases, worlds, strict=True):
        # An apt-get of the author's own may have come without lists already.
        expected = _comparable(case, [line for line in next(runs) if not line.startswith("no lists")])
        for world in ran[1:]:
            does = _comparable(case, next(runs))
            if does != expected:
                becomes = case.translated if world == "translated" else "answered by the companion"
                fails = f"failing {' '.join(case.fail)}{', offline' if case.offline else ''}"
                found.append(f"{case.original}\n--- becomes\n{becomes}\n--- {fails}\n{expected}\n{does}")
    assert next(runs, None) is None
    return found


def _did(run: str) -> list[str]:
    return [_request(line) for line in run.splitlines()]


def _comparable(case: Case, did: list[str]) -> list[str]:
    concurrent = _CONCURRENT.search(case.original) is not None
    if "apt-get" in case.original:
        # Where a hook has a way for each, the one that is not there asks for nothing, and the other one does.
        return sorted(set(did)) if concurrent else [line for line, _ in groupby(did)]
    return sorted(did) if concurrent else did
