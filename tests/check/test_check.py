"""`cibw-debian check`: faults that are planted into files of real shapes, each found at its place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from cibw_debian.check.check import check_file
from cibw_debian.check.formats import to_github, to_json, to_junit, to_sarif
from cibw_debian.errors import ConfigurationError
from cibw_debian.findings import Level
from cibw_debian.resolver.model import Target
from cibw_debian.resolver.resolve import open_resolver
from tests.command import cibw_debian

if TYPE_CHECKING:
    from pathlib import Path

    from cibw_debian.check.check import Report

NAMES = open_resolver(Target("bookworm", "armhf"))
#: a place for a hook in a file of each shape: file name, text; @ is the hook
SHAPES = {
    "string": ("pyproject.toml", "[tool.cibuildwheel]\nbefore-all = '@'\n"),
    "basic": ("pyproject.toml", '[tool.cibuildwheel]\n# a comment: yum install nothing\nbefore-all = "@"\n'),
    "list": ("pyproject.toml", '[tool.cibuildwheel]\nbefore-build = [\n  "echo begin",\n  "@",\n]\n'),
    "lines": ("pyproject.toml", "[tool.cibuildwheel]\nbefore-all = '''\necho begin\n@\n'''\n"),
    "linux": ("cibuildwheel.toml", '[tool.cibuildwheel.linux]\nrepair-wheel-command = "@"\n'),
    "override": (
        "pyproject.toml",
        "[[tool.cibuildwheel.overrides]]\nselect = '*-manylinux*'\nbefore-test = '@'\n",
    ),
    "inline": (
        "pyproject.toml",
        "[tool.cibuildwheel]\noverrides = [{ select = ['*-musllinux*', 'cp39-*'], before-all = '@' }]\n",
    ),
    "plain": (".github/workflows/wheels.yml", "env:\n  CIBW_BEFORE_ALL_LINUX: echo begin; @\n"),
    "quoted": (".github/workflows/wheels.yaml", "jobs:\n  a:\n    env: {CIBW_BEFORE_ALL: '@'}\n"),
    "block": (
        ".github/workflows/wheels.yml",
        "jobs:\n  a:\n    env:\n        CIBW_BEFORE_BUILD: |\n            echo begin\n            @\n",
    ),
    "folded": ("wheels.yml", "env:\n  CIBW_TEST_COMMAND_LINUX: >-\n    echo begin &&\n    @\n"),
    "matrix": (
        "wheels.yml",
        "a:\n  matrix:\n    include:\n      - setup: '@'\n  env:\n    CIBW_BEFORE_ALL: ${{ matrix.setup }}\n",
    ),
    "gitlab": (".gitlab-ci.yml", "variables:\n  CIBW_BEFORE_ALL:\n    value: '@'\n    description: none\n"),
    "script": ("ci/deps.sh", "#!/bin/sh\nset -e\n@\n"),
}
#: a hook with a fault -> the part that the finding is about, and the code
FAULTS = {
    "yum install -y no-such-thing-devel": ("no-such-thing-devel", "unknown-package"),
    "dnf install -y zlib-devel https://host.invalid/a.rpm": ("https://host.invalid/a.rpm", "rpm-url"),
    "yum install -y $PACKAGES": ("$PACKAGES", "shell-variable"),
    "pushd lib; yum install -y zlib-devel": ("pushd lib", "bash-only"),
    "export CC=/opt/rh/devtoolset-11/root/usr/bin/cc": (
        "/opt/rh/devtoolset-11/root/usr/bin/cc",
        "software-collection",
    ),
    "yum-config-manager --add-repo https://host.invalid/x.repo": ("", "third-party-repository"),
    "apt-get install -y no-such-deb-dev": ("no-such-deb-dev", "missing-deb"),
}
CLEAN = (
    "dnf install -y openssl-devel zlib-devel",
    "yum install -y epel-release && yum install -y hdf5-devel",
    "if command -v apk; then apk add zlib-dev; else yum install -y zlib-devel; fi",
)


def _check(shape: str, hook: str) -> Report:
    path, text = SHAPES[shape]
    return check_file(path, text.replace("@", hook), NAMES)


@pytest.mark.parametrize("hook", FAULTS)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_planted_fault_is_found_at_its_place(shape: str, hook: str) -> None:
    part, code = FAULTS[hook]
    report = _check(shape, hook)
    found = {f.code: f for f in report.findings if f.level is not Level.NOTE}
    assert code in found
    start, end = found[code].span
    assert part in report.file[start:end]
    if part:
        assert report.file[start:end] == part


@pytest.mark.parametrize("hook", CLEAN)
@pytest.mark.parametrize("shape", SHAPES)
def test_of_a_clean_file_nothing_is_said(shape: str, hook: str) -> None:
    report = _check(shape, hook)
    assert report.texts
    assert [f for f in report.findings if f.level is not Level.NOTE] == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pyproject.toml", "[tool.cibuildwheel.macos]\nbefore-all = 'yum install no-such'\n"),
        ("pyproject.toml", "[tool.other]\nbefore-all = 'yum install no-such'\n"),
        (
            "pyproject.toml",
            "[[tool.cibuildwheel.overrides]]\nselect = '*-musllinux*'\nbefore-all = 'yum install no-such'\n",
        ),
        ("w.yml", "env:\n  CIBW_BEFORE_ALL_MACOS: yum install no-such\n  NAME: yum install no-such\n"),
        ("w.yml", "matrix: {setup: yum install no-such}\nenv: {CIBW_BEFORE_ALL: '${{ matrix.other }}'}\n"),
        ("w.yml", ""),
        ("w.yml", "--- 1\n--- [a, {b: c}]\n"),
        ("pyproject.toml", ""),
    ],
)
def test_what_is_no_hook_of_linux_is_not_looked_at(path: str, text: str) -> None:
    assert check_file(path, text, NAMES).findings == ()


@pytest.mark.parametrize(
    ("path", "text"),
    [("pyproject.toml", "[tool"), ("pyproject.toml", "tool = 3"), ("w.yml", "a: [b"), ("w.yml", "a: \x00")],
)
def test_a_file_that_is_not_what_its_name_says(path: str, text: str) -> None:
    with pytest.raises(ConfigurationError, match=path):
        check_file(path, text, NAMES)


@pytest.mark.parametrize(
    ("comment", "left"),
    [
        ("# cibw-debian: ignore", []),
        ("# cibw-debian: ignore unknown-package", []),
        ("# cibw-debian: ignore rpm-url, unknown-package (our own SDK)", []),
        ("# cibw-debian: ignore rpm-url", ["unknown-package"]),
        ("# ignore", ["unknown-package"]),
    ],
)
@pytest.mark.parametrize("place", ["yum install -y no-such {}", "{}\nyum install -y no-such"])
def test_comments_leave_findings_out(comment: str, left: list[str], place: str) -> None:
    script = place.format(comment) + "\nyum install -y no-such-other\n"
    report = check_file("deps.sh", script, NAMES)
    assert [finding.code for finding in report.findings] == [*left, "unknown-package"]


def test_the_comment_of_a_key_counts_for_its_whole_hook() -> None:
    comment = "# cibw-debian: ignore unknown-package"
    text = f"[tool.cibuildwheel]\n{comment}\nbefore-all = [\n 'yum install no-such',\n]\n"
    assert check_file("pyproject.toml", text, NAMES).findings == ()


def test_what_the_companion_answers_is_no_error() -> None:
    hook = "yum install -y $PACKAGES"
    with_it, without = (check_file("a.sh", hook, NAMES, companion=on).findings for on in (True, False))
    assert [f.level for f in with_it] == [Level.WARNING]
    assert [f.level for f in without] == [Level.ERROR]


def test_reports_for_programs() -> None:
    report = _check("block", "yum install -y no-such-thing-devel")
    place = {"line": 6, "column": 28, "end_line": 6, "end_column": 47}
    (finding,) = to_json([report])["findings"]
    assert {key: finding[key] for key in place} == place
    (line,) = to_github([report])
    where = "file=.github/workflows/wheels.yml,line=6,endLine=6,col=28,endColumn=47,title=unknown-package"
    assert line.startswith(f"::error {where}::no-such-thing-devel is not")
    (run,) = json.loads(to_sarif([report]))["runs"]
    (result,) = run["results"]
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 6
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "unknown-package"
    suite = ET.fromstring(to_junit([report, _check("string", CLEAN[0])]))  # noqa: S314  (our own text)
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")


def test_messages_keep_the_form_of_each_report() -> None:
    report = check_file("a,b:c.sh", "yum install -y 'no%such\nthing\x01'", NAMES)
    (line,) = to_github([report])
    assert "\n" not in line
    assert "file=a%2Cb%3Ac.sh" in line
    assert "no%25such%0Athing" in line
    ET.fromstring(to_junit([report]))  # noqa: S314
    assert json.loads(to_sarif([report]))["version"] == "2.1.0"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[tool.cibuildwheel]\nbefore-all = 'bash ci/deps.sh'\n")
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci/deps.sh").write_text("#!/bin/bash\n. ci/more.sh\nyum install -y no-such\n")
    (tmp_path / "ci/more.sh").write_text("yum install -y $X\n")
    return tmp_path


def test_the_command(project: Path) -> None:
    code, out, err = cibw_debian("check", cwd=project)
    assert code == 43
    assert out.startswith("ci/deps.sh:3:16: error: no-such is not")
    assert "ci/more.sh:1:16: warning:" in out
    assert "1 error, 1 warning: 3 hooks and scripts in 3 files" in err


@pytest.mark.parametrize(
    ("args", "code", "levels"),
    [
        (["--ignore", "unknown-package"], 0, ["warning"]),
        (["--select", "shell-variable"], 0, ["warning"]),
        (["--select", "shell-variable", "--fail-on", "warning"], 43, ["warning"]),
        (["--select", "shell-variable", "--no-companion"], 43, ["error"]),
        (["pyproject.toml"], 0, []),
        (["ci/more.sh", "ci/more.sh"], 0, ["warning"]),
    ],
)
def test_options(project: Path, args: list[str], code: int, levels: list[str]) -> None:
    ran = cibw_debian("check", *args, "--format", "json", cwd=project)
    assert ran.code == code
    assert [finding["level"] for finding in json.loads(ran.out)["findings"]] == levels


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--select", "unknown-pakage"], "Perhaps you meant unknown-package?"),
        (["missing.sh"], "cannot read missing.sh"),
        (["--image", "pypa-manylinux_2_39", "--arch", "riscv64"], "has dnf"),
    ],
)
def test_mistakes(project: Path, args: list[str], words: str) -> None:
    ran = cibw_debian("check", *args, cwd=project)
    assert ran.code == 40
    assert words in ran.err


def test_nothing_to_check(tmp_path: Path) -> None:
    ran = cibw_debian("check", cwd=tmp_path)
    assert ran.code == 40
    assert "nothing to check" in ran.err


def test_a_spec_file_that_a_hook_names_is_read() -> None:
    files = {"x.spec": "BuildRequires: no-such-thing-devel"}
    report = check_file("a.sh", "dnf -y builddep x.spec", NAMES, read=files.get)
    assert [finding.code for finding in report.findings] == ["unknown-package"]
