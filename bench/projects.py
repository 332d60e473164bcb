"""Builds real projects as they are, and tells which of them give a wheel: the table of docs/projects.md.

    python bench/projects.py [NAME ...] [--arch armv7l] [--again] [--jobs 2] [--table docs/projects.md]

Each project of projects.toml is a source distribution of the package index. Nothing in it is changed: the
image comes from a variable, as do the options that the project's own workflow sets. A build that has a result
is not run again, so that an interrupted run goes on where it was; `--again` forgets the results of what was
chosen.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import json
import os
import platform
import re
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli
from pypi_simple import PyPISimple

from cibw_debian.images.catalogue import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ROOT = Path(__file__).parent.parent
PROJECTS = Path(__file__).with_suffix(".toml")
TABLE = ROOT / "docs" / "projects.md"
BEGIN, END = "<!-- projects: begin -->", "<!-- projects: end -->"
ARCHS = ("armv7l", "riscv64")

WHEEL = "wheel"
#: how a build ended -> whose the cause is
CAUSES = {"failed": "ours", "timeout": "ours", "expected": "the project's", "network": "no network"}
#: What tools print that want a network other than the package index and Debian's archive.
_NETWORK = re.compile(
    r"Could not resolve host|Temporary failure in name resolution|unable to access 'http|Connection refused"
    r"|Failed to connect to|Network is unreachable|SSL certificate problem|curl: \(\d+\)|HTTP Error 40[34]"
    r"|Name or service not known"
)
#: A line of a log that may say why the build failed; the last one is told.
_ERROR = re.compile(r"\berror\b|not found|No such file|Traceback|\w+Error:|FAILED", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Build:
    """One project for one architecture."""

    project: str
    version: str
    #: the form of the hook, as the table tells it
    hook: str
    #: what the project is made with
    tools: str
    arch: str
    #: of the catalogue; the interpreter is the image's own
    image: str
    #: as the project's workflow sets it, CIBW_... variables
    environment: Mapping[str, str]
    #: why the tests are fewer than the project's own, if they are
    subset: str = ""
    #: why the project itself cannot be built there, if so, and the text of the log that shows it
    reason: str = ""
    shown_by: str = ""
    #: minutes that it takes, about: what the tests choose by
    minutes: float = 0.0

    @property
    def key(self) -> str:
        return f"{self.project}-{self.arch}"

    @property
    def identifier(self) -> str:
        """Of cibuildwheel, for the interpreter that the image brings."""
        return f"{load_catalogue().get(self.image).pythons[0]}-manylinux_{self.arch}"

    def variables(self) -> dict[str, str]:
        """All CIBW_... variables of the run."""
        return {**self.environment, f"CIBW_MANYLINUX_{self.arch.upper()}_IMAGE": self.image}


@dataclass(frozen=True, kw_only=True)
class Result:
    """How a build ended."""

    project: str
    version: str
    arch: str
    image: str
    #: `wheel`, or a key of CAUSES
    end: str
    #: exit code of cibw-debian
    code: int
    seconds: float
    #: file name
    wheel: str
    #: whether cibuildwheel ran a test of the wheel
    tested: bool
    #: Debian packages that were installed, without those that they need
    asked: tuple[str, ...]
    #: how many packages were installed with them
    installed: int
    #: the line that shows the cause
    line: str
    finished: str


def read_builds(names: Sequence[str] = (), archs: Sequence[str] = (), text: str = "") -> list[Build]:
    """The builds of projects.toml, in its order.

    Args:
        names: Only these projects.
        archs: Only these architectures.
        text: Of another file.

    Raises:
        LookupError: No project has that name.
    """
    data = tomli.loads(text or PROJECTS.read_text(encoding="utf-8"))
    if unknown := set(names) - data.keys():
        raise LookupError(f"no project is called {', '.join(sorted(unknown))}")
    return [
        Build(
            project=name,
            version=table["version"],
            hook=table["hook"],
            tools=table["tools"],
            arch=arch,
            environment=table.get("environment", {}),
            subset=table.get("subset", ""),
            **{name.replace("-", "_"): value for name, value in table[arch].items()},
        )
        for name, table in data.items()
        for arch in ARCHS
        if arch in table and (not names or name in names) and (not archs or arch in archs)
    ]


def rehearsal(builds: Sequence[Build]) -> list[Build]:
    """Each project once, in its first image, for this machine: faults of hooks show in seconds."""
    machine = platform.machine()
    once = {build.project: build for build in reversed(builds)}
    return [replace(build, arch=machine, reason="", shown_by="") for build in once.values()]


def judge(build: Build, lines: Sequence[str], *, built: bool, timed_out: bool = False) -> tuple[str, str]:
    """How a build ended, and the line that shows it.

    A failure is the project's own only where projects.toml says so and the log has the text that it names: it
    is ours until somebody has shown that.
    """
    if built:
        return WHEEL, ""
    if build.shown_by and (shown := [line for line in lines if build.shown_by in line]):
        return "expected", shown[0]
    if timed_out:
        return "timeout", lines[-1] if lines else ""
    if network := [line for line in lines if _NETWORK.search(line)]:
        return "network", network[0]
    # What cibuildwheel says of the command that failed is no cause.
    errors = [line for line in lines if _ERROR.search(line) and "cibuildwheel: error: " not in line]
    return "failed", (errors or lines or [""])[-1]


def asked(lines: Iterable[str]) -> tuple[str, ...]:
    """Debian packages that a log's installations name, in order, each once."""
    found: dict[str, None] = {}
    for line in lines:
        if match := re.search(r"apt-get\b.*? install ([^&|;}]*)", line):
            found |= dict.fromkeys(
                word for word in match[1].split() if re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", word)
            )
    return tuple(found)


def row(build: Build, result: Result) -> str:
    """A line of the table."""
    if result.end == WHEEL:
        tests = (
            "with a part of its tests" if build.subset else "tested" if result.tested else "it has no test"
        )
        end = f"wheel, {tests}"
    else:
        end = f"{CAUSES[result.end]}: {build.reason or result.line}".replace("|", "\\|")
    packages = f"{' '.join(result.asked)} ({result.installed})" if result.asked else "none"
    cells = (
        f"{build.project} {build.version}",
        f"{build.arch}, {build.image}",
        build.tools,
        build.hook.replace("|", "\\|"),
        packages,
        f"{result.seconds / 60:.1f}",
        end,
    )
    return f"| {' | '.join(cells)} |"


def _row_key(line: str) -> tuple[str, ...]:
    """Project without its version, and arch: two rows of one build have the same."""
    project, target = line.split(" | ")[:2]
    return project.strip("| ").split(" ")[0].casefold(), target.split(",")[0]


def _sum(arch: str, lines: Sequence[str]) -> str:
    wheels, own = (sum(f"| {end}" in line for line in lines) for end in (WHEEL, CAUSES["expected"]))
    return f"- {arch}: {wheels} wheels, and {own} reasons of the project's own, of {len(lines)} projects"


def merge(text: str, rows: Iterable[str]) -> str:
    """Put rows into a document's table; rows of builds that have no new one stay.

    Raises:
        ValueError: The document has no place for the table.
    """
    before, begin, rest = text.partition(BEGIN)
    old, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"there is no {BEGIN} with {END} in it")
    kept = [line for line in old.splitlines() if line.startswith("| ") and not line.startswith("| project")]
    by_key = {_row_key(line): line for line in (*kept, *rows)}
    lines = [by_key[key] for key in sorted(by_key)]
    sums = [_sum(arch, [line for line in lines if _row_key(line)[1] == arch]) for arch in ARCHS]
    head = [
        "| project | where | made with | hook | packages | minutes | end |",
        "|---|---|---|---|---|--:|---|",
    ]
    return "\n".join((f"{before}{begin}", "", *sums, "", *head, *lines, "", f"{end}{after}"))


def fetch_sdist(build: Build, directory: Path) -> Path:
    """Download the source distribution, unless it is there.

    Raises:
        LookupError: The index has no such source distribution.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with PyPISimple() as index:
        for package in index.get_project_page(build.project).packages:
            if package.package_type == "sdist" and package.version == build.version:
                file = directory / package.filename
                if not file.exists():
                    index.download_package(package, file)
                return file
    raise LookupError(f"the index has no source distribution of {build.project} {build.version}")


def run_build(build: Build, work: Path, seconds: float) -> Result:
    """Build one wheel.

    Args:
        build: What to build.
        work: Directory where the log and the wheel stay.
        seconds: After which the build is ended.

    Raises:
        LookupError: The index has no such source distribution.
    """
    directory = work / build.key
    directory.mkdir(parents=True, exist_ok=True)
    report, log = directory / "report.json", directory / "log.txt"
    for old in (report, *directory.glob("*.whl")):
        old.unlink(missing_ok=True)
    command = [
        sys.executable,
        "-m",
        "cibw_debian",
        "run",
        "--only",
        build.identifier,
        "--report",
        str(report),
    ]
    command += ["--output-dir", str(directory), str(fetch_sdist(build, work / "sdists"))]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CIBW_")}
    environment |= {"NO_COLOR": "1", "PYTHONUNBUFFERED": "1", **build.variables()}
    start, timed_out = time.monotonic(), False
    with log.open("w", encoding="utf-8") as file:
        child = subprocess.Popen(command, env=environment, stdout=file, stderr=subprocess.STDOUT)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            timed_out = True
            child.terminate()  # the run ends its containers
            child.wait(120)
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    wheels = sorted(wheel.name for wheel in directory.glob("*.whl"))
    built = child.returncode == 0 and bool(wheels)
    end, line = judge(build, lines, built=built, timed_out=timed_out)
    installed = json.loads(report.read_text(encoding="utf-8"))["installed"] if report.exists() else {}
    return Result(
        project=build.project,
        version=build.version,
        arch=build.arch,
        image=build.image,
        end=end,
        code=child.returncode,
        seconds=round(time.monotonic() - start, 1),
        wheel=wheels[-1] if built else "",
        tested=any(text.startswith("Testing wheel") for text in lines),
        asked=asked(lines),
        installed=sum(map(len, installed.values())),
        line=line.strip()[:300],
        finished=time.strftime("%Y-%m-%d %H:%M"),
    )


def _result_file(build: Build, work: Path) -> Path:
    return work / f"{build.key}.json"


def read_result(build: Build, work: Path) -> Result | None:
    """The result of this version, if there is one."""
    file = _result_file(build, work)
    data: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    if data.get("version") != build.version or data.get("image") != build.image:
        return None
    return Result(**{**data, "asked": tuple(data["asked"])})


def run_builds(builds: Sequence[Build], work: Path, *, jobs: int, minutes: float) -> list[Result]:
    """Run what has no result yet, and say how it goes on standard error."""
    missing = [build for build in builds if read_result(build, work) is None]

    def run(numbered: tuple[int, Build]) -> None:
        number, build = numbered
        target = f"{build.arch}, {build.image}"
        place = f"[{number}/{len(missing)}] {build.project} {build.version}, {target}"
        print(f"{place}: building", file=sys.stderr, flush=True)
        result = run_build(build, work, minutes * 60)
        _result_file(build, work).write_text(json.dumps(asdict(result), indent=1) + "\n", encoding="utf-8")
        print(f"{place}: {result.end}, {result.seconds:.0f} s {result.line}", file=sys.stderr, flush=True)

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        list(pool.map(run, enumerate(missing, 1)))
    return [result for build in builds if (result := read_result(build, work))]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="Projects. [default: all]")
    parser.add_argument("--arch", action="append", choices=ARCHS, default=[], help="[default: all]")
    parser.add_argument("--work", type=Path, default=ROOT / ".cache" / "projects", help="Results and logs.")
    parser.add_argument("--jobs", type=int, default=1, help="Builds at a time. [default: %(default)s]")
    parser.add_argument("--minutes", type=float, default=30, help="For one build. [default: %(default)s]")
    parser.add_argument("--again", action="store_true", help="Run what has a result, too.")
    parser.add_argument("--no-run", action="store_true", help="Only use the results that are there.")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--rehearse",
        action="store_true",
        help="Build for this machine's architecture, to find faults of hooks.",
    )
    what.add_argument(
        "--table", type=Path, nargs="?", const=TABLE, help="Write the table there. [docs/projects.md]"
    )
    options = parser.parse_args()
    try:
        builds = read_builds(options.names, options.arch)
    except LookupError as error:
        parser.error(str(error))
    if options.rehearse:
        builds = rehearsal(builds)
    work = options.work.resolve()
    if options.again:
        for build in builds:
            _result_file(build, work).unlink(missing_ok=True)
    if options.no_run:
        results = [result for build in builds if (result := read_result(build, work))]
    else:
        results = run_builds(builds, work, jobs=options.jobs, minutes=options.minutes)
    by_key = {(build.project, build.arch): build for build in builds}
    rows = [row(by_key[result.project, result.arch], result) for result in results]
    if options.table:
        options.table.write_text(merge(options.table.read_text(encoding="utf-8"), rows), encoding="utf-8")
    else:
        print(*rows, sep="\n")
    sys.exit(1 if any(CAUSES.get(result.end) == "ours" for result in results) else 0)


if __name__ == "__main__":
    main()
