"""How much faster projects build with the native compiler, and whether their wheels are the same.

Each project of emulation.toml is built, in turns, by plain cibuildwheel on the same image (`plain`), by
`cibw-debian run --native-compiler` (`native`), with `--native-python` too (`python`), and without emulation,
in the image of the same suite for x86_64 (`machine`). What counts is cibuildwheel's step "Building wheel",
which is a whole `python -m build` with its isolated environment. Each wheel is tested in a new container of
the image, without anything of ours in it; the wheels are compared by what others see of them.

    python -m bench.emulation --results results.jsonl [--only libsass] [--rounds 1] [--cpu 0]
        [--variants native python machine]
    python -m bench.emulation --results results.jsonl --report

Results are lines of JSON that are only added to: what is there already is not built again. Wheels and logs
are beside them. Where other work is done, too, `--cpu 0` gives both variants the same single processor.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli
import tomlkit
from pypi_simple import PyPISimple

from cibw_debian.images.catalogue import load_catalogue
from tests.same_result import compare

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PROJECTS = Path(__file__).with_suffix(".toml")
VARIANTS = {
    "plain": ("--no-native-compiler",),
    "native": ("--native-compiler", "--no-native-python"),
    "python": ("--native-compiler", "--native-python"),
    "machine": ("--no-native-compiler",),
}
WHEEL_STEP = "Building wheel..."
#: how cibuildwheel ends a step
_STEP_END = re.compile(r"^\s*\S+ (\d+\.\d\d)s$")
#: The first line of a log that belongs to a phase begins it; tried in this order.
PHASES = {
    "environment": r"\* (Creating isolated environment|Installing packages in isolated)",
    "Cython": r"\[ *\d+/\d+\] Cythonizing|Compiling .*\.pyx because|Generating .* with cython",
    "link": r"(gcc|g\+\+|cc|c\+\+)(-\d+)? .*-shared |\[\d+/\d+\] Linking|^ +CCLD |libtool: link:",
    "compile": r"(gcc|g\+\+|cc|c\+\+)(-\d+)? .*-c |\[\d+/\d+\] (Building|Compiling)|^ +CC |libtool: compile:",
    "configure": r"\*\*\* Configuring|The Meson build system|checking |-- (Performing|Detecting|Check)",
    "Python": (
        r"\* (Getting build dependencies|Building wheel)|running \w+|\*\*\* Installing"
        r"|adding '|creating '.*\.whl"
    ),
}
_PHASES = {name: re.compile(pattern) for name, pattern in PHASES.items()}


#: for output in one stream
_MERGED: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}


@dataclass(frozen=True, kw_only=True)
class Build:
    """One project for one target."""

    project: str
    version: str
    kind: str
    #: name of the target, which is an arch and maybe a suite, and its table
    on: str
    target: dict[str, str]
    cibuildwheel: dict[str, Any]
    test: str
    test_debs: list[str]

    @property
    def name(self) -> str:
        return f"{self.project} {self.version} {self.on}"

    def without_emulation(self) -> Build:
        """Return the build of the same suite for x86_64."""
        arch, identifier = self.target["arch"], self.target["identifier"]
        target = {
            "arch": "x86_64",
            "platform": "linux/amd64",
            "identifier": identifier.replace(arch, "x86_64"),
        }
        return replace(self, target=self.target | target)

    @property
    def reference(self) -> str:
        return load_catalogue().resolve(self.target["image"], self.target["arch"]).reference


@dataclass(frozen=True, kw_only=True)
class Result:
    """One build with one compiler."""

    name: str
    variant: str
    #: seconds of the step "Building wheel"
    wheel_seconds: float
    #: seconds of the whole command, to its last line
    run_seconds: float
    #: seconds of the wheel step by phase, as far as the log tells
    phases: dict[str, float]
    wheel: str
    #: load of the machine at the end, one minute's mean
    load: float
    finished: str = field(default_factory=lambda: time.strftime("%Y-%m-%d %H:%M"))


def read_builds(only: str | None) -> Iterator[Build]:
    data = tomli.loads(PROJECTS.read_text(encoding="utf-8"))
    for project, table in data["project"].items():
        for on in table["targets"]:
            if only in {None, project, on, f"{project}-{on}"}:
                yield Build(
                    project=project,
                    on=on,
                    target=data["target"][on],
                    cibuildwheel=table.get("cibuildwheel", {}),
                    test_debs=table.get("test-debs", []),
                    **{name: table[name] for name in ("version", "kind", "test")},
                )


def fetch_sdist(build: Build, cache: Path) -> Path:
    """Download the source distribution, unless it is there.

    Raises:
        LookupError: The index has no such source distribution.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with PyPISimple() as index:
        for package in index.get_project_page(build.project).packages:
            if package.package_type == "sdist" and package.version == build.version:
                file = cache / package.filename
                if not file.exists():
                    index.download_package(package, file)
                return file
    raise LookupError(f"the index has no source distribution of {build.project} {build.version}")


def run_build(build: Build, variant: str, sdist: Path, work: Path, cpus: list[str]) -> Result:
    """Build one wheel, with options of the engine that say on which processors.

    Raises:
        subprocess.CalledProcessError: The build failed; its log is in `work`.
    """
    work.mkdir(parents=True, exist_ok=True)
    options = {f"manylinux-{build.target['arch']}-image": build.target["image"], **build.cibuildwheel}
    options["container-engine"] = {"name": "docker", "create-args": cpus}
    # Lines come when they are printed, so that their times mean something.
    options["environment"] = {"PYTHONUNBUFFERED": "1", **options.get("environment", {})}
    config = work / "cibuildwheel.toml"
    config.write_text(tomlkit.dumps({"tool": {"cibuildwheel": options}}), encoding="utf-8")
    command = [sys.executable, "-m", "cibw_debian", "run", *VARIANTS[variant]]
    command += ["--only", build.target["identifier"], "--config-file", str(config)]
    command += ["--output-dir", str(work), str(sdist)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CIBW_")}
    environment |= {"NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}
    start = time.monotonic()
    lines = []
    with (
        subprocess.Popen(command, env=environment, errors="replace", **_MERGED) as child,
        (work / "log.txt").open("w", encoding="utf-8") as log,
    ):
        assert child.stdout is not None  # noqa: S101  (for the type checker)
        for text in child.stdout:
            lines.append((time.monotonic() - start, text.rstrip()))
            log.write(f"{lines[-1][0]:8.2f} {text}")
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command)
    wheel_seconds, phases = read_log(lines)
    return Result(
        name=build.name,
        variant=variant,
        wheel_seconds=wheel_seconds,
        run_seconds=round(lines[-1][0], 2),
        phases=phases,
        wheel=str(next(work.glob("*.whl"))),
        load=round(os.getloadavg()[0], 1),
    )


def read_log(lines: Iterable[tuple[float, str]]) -> tuple[float, dict[str, float]]:
    """Find the wheel step in a log of cibuildwheel.

    Args:
        lines: Each with the second at which it came.

    Returns:
        The step's seconds as cibuildwheel tells them, and by phase the seconds between its first line and
        the first line of the next one.
    """
    phases: dict[str, float] = defaultdict(float)
    phase, since = "", 0.0
    for second, line in lines:
        if not phase:
            if line.endswith(WHEEL_STEP):
                phase, since = "Python", second
            continue
        if end := _STEP_END.match(line):
            phases[phase] += second - since
            return float(end[1]), {name: round(seconds, 2) for name, seconds in phases.items()}
        following = next((name for name, pattern in _PHASES.items() if pattern.search(line)), phase)
        if following != phase:
            phases[phase] += second - since
            phase, since = following, second
    raise ValueError("the log has no complete step 'Building wheel'")


def test_wheel(build: Build, wheel: Path, cpus: list[str]) -> None:
    """Use the wheel in a new container of the image, without anything of ours.

    Raises:
        subprocess.CalledProcessError: It cannot be installed, or does not work; `output` says more.
    """
    steps = ['"$PYTHON" -m pip install --quiet --root-user-action=ignore --no-index --no-deps /wheel/*.whl']
    if build.test_debs:
        install = f"apt-get install -y --no-install-recommends {' '.join(build.test_debs)}"
        steps += ["apt-get update", install, "export PYTHONPATH=/usr/lib/python3/dist-packages"]
    steps += ["cd /", '"$PYTHON" -c "$TEST"']
    command = ["docker", "run", "--rm", *cpus, "--platform", build.target["platform"]]
    command += ["--env=DEBIAN_FRONTEND=noninteractive", f"--env=PYTHON={build.target['python']}"]
    command += [f"--env=TEST={build.test}", f"--volume={wheel.parent.resolve()}:/wheel:ro"]
    command += [build.reference, "sh", "-c", " && ".join(steps)]
    subprocess.run(command, check=True, timeout=1200, **_MERGED)


def read_results(file: Path) -> list[Result]:
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [Result(**json.loads(line)) for line in lines]


def run_builds(turns: Iterable[tuple[Build, int, str]], results: Path, work: Path, cpus: list[str]) -> bool:
    """Build what is not in the results yet, by turn and variant; say whether everything worked."""
    good = True
    for build, turn, variant in turns:
        done = [r for r in read_results(results) if (r.name, r.variant) == (build.name, variant)]
        if len(done) > turn:
            continue
        directory = work / f"{build.project}-{build.on}" / f"{variant}-{turn}"
        print(f"{build.name}, {variant}: building", flush=True)
        try:
            one = build.without_emulation() if variant == "machine" else build
            result = run_build(one, variant, fetch_sdist(build, work / "sdists"), directory, cpus)
            test_wheel(one, Path(result.wheel), cpus)
        except (subprocess.SubprocessError, LookupError, ValueError) as error:
            good = False
            print(f"{build.name}, {variant}: {error}\n{getattr(error, 'output', None) or directory}")
            continue
        with results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(result)) + "\n")
        print(f"{build.name}, {variant}: {result.wheel_seconds:.0f} s, tested", flush=True)
    return good


def report(builds: Iterable[Build], results: list[Result]) -> bool:
    """Print the tables; say whether all wheels that were built are the same to their users."""
    heads = (
        "project",
        "kind",
        "plain",
        "native",
        "python",
        "plain / python",
        "native / python",
        "machine",
        "python / machine",
        "run",
        "wheels",
    )
    print(f"| {' | '.join(heads)} |")
    print("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|")
    same = True
    details = []
    for build in builds:
        runs = {v: [r for r in results if (r.name, r.variant) == (build.name, v)] for v in VARIANTS}
        if not any(runs.values()):
            continue
        plain, native, python, machine = (_seconds(r.wheel_seconds for r in runs[v]) for v in VARIANTS)
        whole = [_seconds(r.run_seconds for r in runs[v]) for v in VARIANTS]
        emulated = [runs[variant][-1] for variant in ("plain", "native", "python") if runs[variant]]
        differences = [
            difference
            for one, other in itertools.pairwise(emulated)
            for difference in compare(Path(one.wheel), Path(other.wheel))
        ]
        compared = "; ".join(differences) or ("same" if len(emulated) > 1 else "")
        same = same and not differences
        cells = [build.name, build.kind, plain, native, python]
        cells += [_ratio(runs, "plain", "python"), _ratio(runs, "native", "python"), machine]
        cells += [_ratio(runs, "python", "machine"), " -> ".join(filter(None, whole)), compared]
        print(f"| {' | '.join(cells)} |")
        for variant in filter(runs.get, VARIANTS):
            last = runs[variant][-1]
            shares = ", ".join(f"{name} {seconds:.0f}" for name, seconds in last.phases.items())
            details.append(f"{build.name}, {variant}: {shares} s (load {last.load}, {last.finished})")
    print("\nWhere the time goes:", *details, sep="\n")
    return same


def _seconds(found: Iterable[float]) -> str:
    seconds = list(found)
    return f"{statistics.median(seconds):.0f} s" if seconds else ""


def _ratio(runs: dict[str, list[Result]], slow: str, fast: str) -> str:
    ratios = [s.wheel_seconds / f.wheel_seconds for s, f in zip(runs[slow], runs[fast], strict=False)]
    return f"{statistics.median(ratios):.2f}" if ratios else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--results", type=Path, required=True, help="File of results, one a line.")
    parser.add_argument("--only", metavar="NAME", help="A project, a target, or project-target.")
    parser.add_argument("--rounds", type=int, default=1, help="Pairs of builds. [default: %(default)s]")
    parser.add_argument(
        "--variants",
        nargs="+",
        choices=VARIANTS,
        default=list(VARIANTS),
        help="What to build. [default: all]",
    )
    parser.add_argument("--cpu", help="Processors for all containers, as docker names them.")
    parser.add_argument("--report", action="store_true", help="Build nothing, print the tables.")
    options = parser.parse_args()
    builds = list(read_builds(options.only))
    if not builds:
        parser.error(f"no project is called {options.only}")
    work = options.results.with_suffix("").resolve()
    cpus = [f"--cpuset-cpus={options.cpu}"] if options.cpu else []
    turns = itertools.product(builds, range(options.rounds), options.variants)
    good = options.report or run_builds(turns, options.results, work, cpus)
    sys.exit(0 if report(builds, read_results(options.results)) and good else 1)


if __name__ == "__main__":
    main()
