"""`cibw-debian check`: faults that are planted into files of real shapes, each found at its place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from cibuildwheel.architecture import Architecture

from cibw_debian.check.check import check_file
from cibw_debian.check.formats import to_github, to_json, to_junit, to_sarif
from cibw_debian.check.names import OTHER_ARCHS
from cibw_debian.check.texts import known_variables
from cibw_debian.cibw.options import option_names
from cibw_debian.errors import ConfigurationError
from cibw_debian.findings import Level
from cibw_debian.images.catalogue import load_catalogue
from cibw_debian.platforms import ARCHS
from cibw_debian.resolver.model import Target
from cibw_debian.resolver.resolve import open_resolver
from cibw_debian.settings import IMAGE_KEYS
from tests.command import cibw_debian, in_terminal

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


#: options and variables that name an image for armv7l: file name, text; @ is the name
IMAGES = {
    "pyproject.toml": "[tool.cibuildwheel]\nbefore-all = ''\nmanylinux-armv7l-image = '@'\n",
    "linux.toml": "[tool.cibuildwheel.linux]\nmanylinux-armv7l-image = '@'\n",
    "override.toml": "[[tool.cibuildwheel.overrides]]\nselect = 'cp3*'\nmanylinux-armv7l-image = '@'\n",
    "own.toml": "[tool.cibw-debian]\nmanylinux-armv7l-image = '@'\n",
    "w.yml": "env:\n  CIBW_MANYLINUX_ARMV7L_IMAGE: '@'\n",
    "own.yml": "env:\n  CIBW_DEBIAN_MANYLINUX_ARMV7L_IMAGE: '@'\n",
}


@pytest.mark.parametrize("path", IMAGES)
def test_a_misspelt_image_is_found_at_its_place(path: str) -> None:
    def found(name: str) -> list[tuple[str, str]]:
        report = check_file(path, IMAGES[path].replace("@", name), NAMES, catalogue=load_catalogue())
        return [(f.code, report.file[slice(*f.span)].strip("'")) for f in report.findings]

    assert found("debain-12") == [("unknown-image", "debain-12")]
    assert found("manylinux_2_28") == [("unknown-image", "manylinux_2_28")]
    for name in ("debian-12", "manylinux_2_35", "registry.example/any:1", "our-own", "$IMAGE"):
        assert found(name) == []


def test_images_of_archs_that_the_catalogue_does_not_know_whole_are_not_judged() -> None:
    text = "[tool.cibuildwheel]\nmanylinux-x86_64-image = 'manylinux2014'\n"
    assert check_file("pyproject.toml", text, NAMES, catalogue=load_catalogue()).findings == ()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pyproject.toml", "[tool.cibuildwheel]\narchs = ['auto', 'WORD']\n"),
        ("pyproject.toml", "[tool.cibuildwheel.linux]\narchs = 'riscv64 WORD'\n"),
        ("w.yml", "env:\n  CIBW_ARCHS_LINUX: x86_64,WORD\n"),
        ("w.yml", "- uses: cibw-debian/cibw-debian@v0\n  with:\n    archs: riscv64,WORD\n"),
    ],
)
def test_a_misspelt_arch_is_found_at_its_place(path: str, text: str) -> None:
    def found(word: str) -> list[tuple[str, str, tuple[str, ...]]]:
        report = check_file(path, text.replace("WORD", word), NAMES)
        return [(f.code, report.file[slice(*f.span)], f.suggestions) for f in report.findings]

    assert found("armv7") == [("unknown-arch", "armv7", ("armv7l",))]
    for word in (*ARCHS, *OTHER_ARCHS):
        assert found(word) == []


@pytest.mark.parametrize(
    ("path", "text", "key", "meant"),
    [
        ("pyproject.toml", "[tool.cibuildwheel]\nbefore-al = 'x'\n", "before-al", "before-all"),
        ("pyproject.toml", "[tool.cibuildwheel.linux]\n before-tests = 'x'\n", "before-tests", "before-test"),
        (
            "pyproject.toml",
            "[tool.cibuildwheel]\noverrides = [{select = 'cp3*', befor-all = 'x'}]\n",
            "befor-all",
            "before-all",
        ),
        ("pyproject.toml", "[tool]\ncibuildwheel.befor-all = 'x'\n", "befor-all", "before-all"),
        ("pyproject.toml", "[tool.cibuildwheel.lnux]\nbefore-all = 'x'\n", "lnux", "linux"),
        ("pyproject.toml", "[[tool.cibuildwheel.override]]\nselect = 'x'\n", "override", "overrides"),
        ("pyproject.toml", "[tool.x]\nlnux=1\n[tool.cibuildwheel]\nlnux.x = 1\n", "lnux", "linux"),
        ("w.yml", "env:\n  CIBW_BEFOR_ALL_LINUX: x\n", "x", "CIBW_BEFORE_ALL_LINUX"),
        ("w.yml", "env:\n  CIBW_DEBIAN_STRCT: x\n", "x", "CIBW_DEBIAN_STRICT"),
    ],
)
def test_a_misspelt_option_is_found_at_its_place(path: str, text: str, key: str, meant: str) -> None:
    (found,) = check_file(path, text, NAMES).findings
    assert (found.code, text[slice(*found.span)], found.suggestions) == ("unknown-key", key, (meant,))


def test_options_that_there_are_and_variables_of_others_are_not_judged() -> None:
    keys = "".join(f"{key} = 'x'\n" for key in option_names() - {"overrides", "archs", *IMAGE_KEYS})
    assert check_file("pyproject.toml", f"[tool.cibuildwheel]\n{keys}", NAMES).findings == ()
    used = "env:\n  CIBW_ARCH: armv7l\n  CIBW_ARCHS: ${{ env.CIBW_ARCH }}\n"
    assert check_file("w.yml", used, NAMES).findings == ()
    for name in (*known_variables(), "CIBW_OUR_OWN", "OTHER"):
        assert check_file("w.yml", f"env:\n  {name}: ''\n", NAMES).findings == ()


def test_a_hook_is_checked_for_the_archs_that_it_is_for() -> None:
    text = (
        "[tool.cibuildwheel]\nbefore-all = 'yum install no-such'\n"
        "[[tool.cibuildwheel.overrides]]\nselect = '{}'\nbefore-all = 'yum install no-such-other'\n"
    )

    def found(select: str, arch: str) -> list[str]:
        file = text.format(select)
        findings = check_file("pyproject.toml", file, NAMES, arch=arch).findings
        return [file[slice(*finding.span)] for finding in findings]

    both = ["no-such", "no-such-other"]
    assert found("*-manylinux_x86_64", "armv7l") == ["no-such"]
    assert found("*-manylinux_x86_64", "x86_64") == ["no-such-other"]
    assert found("*-manylinux_{x86_64,riscv64}", "riscv64") == ["no-such-other"]
    assert found("cp313-manylinux_armv7l", "armv7l") == both
    assert found("*-manylinux_*", "armv7l") == found("*-manylinux_armv7l", "") == both


@pytest.mark.parametrize(
    "table", ["overrides = 5", "overrides = [5]", "overrides = [{select = 5}]", "linux = 5"]
)
def test_values_of_another_type_are_cibuildwheels_to_refuse(table: str) -> None:
    assert check_file("pyproject.toml", f"[tool.cibuildwheel]\n{table}\n", NAMES).findings == ()


def test_the_shell_of_a_script_without_a_first_line_is_not_judged() -> None:
    assert check_file("a.sh", "pushd x; yum install -y zlib-devel\n", NAMES).findings == ()
    assert check_file("a.sh", "#!/bin/sh\npushd x; yum install -y zlib-devel\n", NAMES).findings != ()


def test_an_image_of_another_arch_is_found() -> None:
    text = "[tool.cibuildwheel]\nmanylinux-riscv64-image = 'quay.io/pypa/manylinux_2_31_armv7l:1'\n"
    (found,) = check_file("pyproject.toml", text, NAMES, catalogue=load_catalogue()).findings
    assert found.message == "the image quay.io/pypa/manylinux_2_31_armv7l:1 is for armv7l, not for riscv64"


@pytest.mark.parametrize(
    "text",
    [
        "- uses: cibw-debian/cibw-debian@v0\n- uses: other/action@v1\n  with: {archs: armv7}\n",
        "m: [{arch: amd64}]\nenv:\n  CIBW_ARCHS: ${{ matrix.arch }}\n",
        "m: [{image: manylinux2014}]\nenv:\n  CIBW_MANYLINUX_ARMV7L_IMAGE: ${{ matrix.image }}\n",
        "env:\n  CIBW_ARCHS: ~\n  CIBW_MANYLINUX_ARMV7L_IMAGE:\n",
        "env:\n  CIBW_ARCH: x\n  CIBW_ARCHS: ${{ matrix.CIBW_ARCH }}\n",
        "env: {'CIBW_BEFORE_ALL_LINUX(': x, 'CIBW_BEFORE_ALL_LINUX(x': echo CIBW_BEFORE_ALL_LINUX()}\n",
    ],
)
def test_names_of_others_are_not_judged(text: str) -> None:
    assert check_file("w.yml", text, NAMES, catalogue=load_catalogue()).findings == ()


def test_every_arch_of_cibuildwheel_is_known() -> None:
    assert {arch.value for arch in Architecture} <= {*ARCHS, *OTHER_ARCHS}


def test_names_are_right_for_the_images_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[tool.cibuildwheel]\nbefore-all = 'dnf install -y pcre-devel no-such'\n"
        "manylinux-armv7l-image = 'debian-12'\n[tool.cibw-debian]\nmanylinux-riscv64-image = 'debian-13'\n"
    )

    def found(*args: str) -> list[str]:
        document = json.loads(cibw_debian("check", *args, "--format", "json", cwd=tmp_path).out)
        return [finding["message"] for finding in document["findings"]]

    both = found()
    assert [message.endswith("(trixie/riscv64)") for message in both] == [True, False]
    assert len(found("--arch", "riscv64")) == 2
    assert len(found("--arch", "armv7l")) == len(found("--suite", "bookworm")) == 1
    (tmp_path / "deps.sh").write_text("dnf install -y pcre-devel\n")
    assert len(found("deps.sh")) == 1


def test_options_of_cibuildwheels_own_are_enough_to_choose_images(tmp_path: Path) -> None:
    text = "[tool.cibuildwheel]\nbefore-all = 'dnf install -y pcre-devel'\nmanylinux-armv7l-image = '{}'\n"
    (tmp_path / "pyproject.toml").write_text(text.format("debian-13"))
    ran = cibw_debian("check", cwd=tmp_path)
    assert (ran.code, "[unavailable-package]" in ran.out) == (43, True)
    (tmp_path / "pyproject.toml").write_text(text.format("debain-12"))
    ran = cibw_debian("check", cwd=tmp_path)
    assert (ran.code, "[unknown-image]" in ran.out) == (43, True)


def test_an_excerpt_of_a_long_line_fits_the_terminal(tmp_path: Path) -> None:
    others = "zlib-devel " * 9
    (tmp_path / "deps.sh").write_text(f"dnf install -y {others}no-such-devel {others}\n")
    _, shown = in_terminal("check", "deps.sh", cwd=tmp_path, env={"NO_COLOR": "1"}, columns=80)
    (excerpt,) = (line for line in shown.splitlines() if line.startswith("    ..."))
    assert 70 < len(excerpt) <= 80


def test_a_script_is_checked_as_the_companion_answers_it() -> None:
    script = "if command -v yum; then\n  rpm -q zlib-devel || yum install -y no-such\nfi\n"
    levels = {f.code: (f.level, f.message) for f in check_file("a.sh", script, NAMES).findings}
    assert levels["unknown-package"][0] is Level.ERROR
    assert levels["probe"][1].endswith("the answer is yes")
    assert levels["rpm-query"][0] is Level.NOTE
    without = {f.code: f for f in check_file("a.sh", script, NAMES, companion=False).findings}
    assert without["unknown-package"].level is Level.WARNING
    assert without["probe"].message.endswith("the answer there is no")


def test_the_same_text_in_several_options_has_several_places() -> None:
    text = (
        "[tool.cibuildwheel]\nbefore-build = 'yum install no-such'\n[tool.cibuildwheel.linux]\n"
        "before-all = 'yum install no-such'\n[[tool.cibuildwheel.overrides]]\nselect = 'cp3*'\n"
        "before-build = ['yum install no-such', 'yum install no-such']\n"
    )
    found = check_file("pyproject.toml", text, NAMES).findings
    assert [text[slice(*f.span)] for f in found] == ["no-such"] * len(found)
    assert len({text.count("\n", 0, f.span[0]) for f in found}) == 3


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
        (["ci/more.sh", "ci/more.sh", "ci/deps.sh"], 43, ["warning", "error"]),
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
