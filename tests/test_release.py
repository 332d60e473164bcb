"""What runs in CI services, run here: the action's script, and the check of a release."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cibw_debian import __version__
from tests.command import cibw_debian, user_environment
from tools.summary import summarize

ROOT = Path(__file__).parents[1]
INPUTS = ("PACKAGE_DIR", "OUTPUT_DIR", "CONFIG_FILE", "ONLY", "ARCHS", "ARGUMENTS")


def _release(root: Path, tag: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "scripts" / "check-release"), tag]
    return subprocess.run(command, check=False, capture_output=True, text=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for path in ("scripts/check-release", "pyproject.toml", "cibw_debian/__init__.py"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n## {__version__} (2026-01-01)\n\n- all\n")
    return tmp_path


def test_a_release_agrees_with_itself(checkout: Path) -> None:
    assert _release(checkout, f"v{__version__}").returncode == 0


def test_what_keeps_a_tag_from_being_a_release(checkout: Path) -> None:
    ran = _release(checkout, "v99.0")
    assert ran.returncode == 1
    for file in ("pyproject.toml", "cibw_debian/__init__.py", "CHANGELOG.md"):
        assert f"error: {file}" in ran.stderr


PROGRAM = """#!/bin/sh
printf "%s\\n" "$@" >> called
case $1 in
plan) echo '{"builds": [{"platform_tag": "manylinux_armv7l", "identifiers": ["cp313-x"], "hooks": [],
    "image": {"name": "debian-12", "reference": "x", "policy": "manylinux_2_36"}}]}'; exit 43 ;;
run) for file; do :; done
    echo '{"installed": {"manylinux_armv7l": [{"name": "libssl-dev", "version": "3.0"}]}}' > "$file"
    exit "$CODE" ;;
esac
"""


def _program(directory: Path, text: str) -> Path:
    program = directory / "program"
    program.write_text(text)
    program.chmod(0o755)
    return program


def test_the_action_hands_its_inputs_on(tmp_path: Path) -> None:
    program = _program(tmp_path, PROGRAM)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a-1-py3-none-any.whl").write_text("")
    summary = tmp_path / "summary"
    inputs = ("a dir", "out", "", "", "armv7l", "--allow-missing\n--compiler-cache\n")
    env = {**os.environ, **dict(zip(INPUTS, inputs, strict=True)), "GITHUB_STEP_SUMMARY": str(summary)}
    for code in (0, 5):
        (tmp_path / "called").unlink(missing_ok=True)
        summary.unlink(missing_ok=True)
        ran = subprocess.run(
            [ROOT / "scripts" / "action", program], check=False, cwd=tmp_path, env={**env, "CODE": str(code)}
        )
        assert ran.returncode == code
        lines = (tmp_path / "called").read_text().splitlines()
        expected = ["a dir", "--output-dir", "out", "--archs", "armv7l"]
        expected += ["--allow-missing", "--compiler-cache"]
        assert lines[: len(expected) + 4] == ["plan", *expected, "--format", "json", "run"]
        assert lines[len(expected) + 4 :][: len(expected)] == expected
        written = summary.read_text()
        assert "| manylinux_armv7l | cp313 | debian-12 | manylinux_2_36 |" in written
        assert "libssl-dev 3.0" in written
        assert ("a-1-py3-none-any.whl" in written) is (code == 0)


def _cache(program: Path, *words: str, **variables: str) -> tuple[int, str, str]:
    output = program.with_name("output")
    output.write_text("")
    ran = subprocess.run(
        [ROOT / "scripts" / "action-cache", words[0], program, *words[1:]],
        check=False,
        env={**os.environ, "GITHUB_OUTPUT": str(output), **variables},
        capture_output=True,
        text=True,
    )
    return ran.returncode, ran.stdout, output.read_text()


def test_the_key_of_the_actions_cache_is_that_of_the_images(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("cibw-debian")
    copy = tmp_path / "program"
    copy.symlink_to(program)
    key = subprocess.run(
        [program, "images", "key"], check=True, capture_output=True, text=True
    ).stdout.strip()
    code, _, output = _cache(copy, "key", ARCHS="armv7l,riscv64")
    assert code == 0
    assert output == f"prefix=cibw-debian-{os.uname().machine}-armv7l-riscv64-{key}-\n"


def test_the_action_saves_only_what_is_new(tmp_path: Path) -> None:
    save = '#!/bin/sh\nmkdir -p "$3"; touch "$3/index.json" $FILES; echo abc\n'
    program = _program(tmp_path, save)
    directory = str(tmp_path / "cache")
    one = f"{directory}/0123.tar.zst"
    assert _cache(program, "save", directory, PREFIX="p-", MATCHED="", FILES="") == (0, "", "")
    assert _cache(program, "save", directory, PREFIX="p-", MATCHED="p-old", FILES=one) == (
        0,
        "",
        "key=p-abc\n",
    )
    assert _cache(program, "save", directory, PREFIX="p-", MATCHED="p-abc", FILES=one) == (0, "", "")


def test_a_cache_that_is_not_usable_is_no_reason_to_fail(tmp_path: Path) -> None:
    program = _program(tmp_path, "#!/bin/sh\nexit 41\n")
    directory = tmp_path / "cache"
    assert _cache(program, "load", str(directory)) == (0, "", "")
    directory.mkdir()
    code, out, _ = _cache(program, "load", str(directory))
    assert (code, directory.exists()) == (0, False)
    assert out.startswith("::warning ")


def test_the_actions_inputs_are_those_of_its_scripts() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    steps = {step.get("id") or step.get("name"): step for step in action["runs"]["steps"]}
    given = steps["Build wheels"]["env"]
    assert set(given) == set(INPUTS)
    assert {value.split(".")[-1].split()[0] for value in given.values()} == set(action["inputs"]) - {"cache"}
    # Each output that a step uses is one that a script gives.
    script = (ROOT / "scripts" / "action-cache").read_text()
    used = set(re.findall(r"steps\.(?:cache|save)\.outputs\.(\w+)", (ROOT / "action.yml").read_text()))
    assert used == set(re.findall(r"printf '(\w+)=", script))


def _documents(project: Path, arch: str) -> dict[str, Any]:
    ran = cibw_debian("plan", str(project), "--archs", arch, "--format", "json", env=user_environment())
    found: dict[str, Any] = json.loads(ran.out)
    return found


def test_the_summary_of_a_real_plan(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "x"\n[tool.cibuildwheel]\nbuild = "cp311-manylinux*"\n'
        'manylinux-armv7l-image = "debian-12"\n'
        'before-all = """dnf install -y openssl-devel && echo \'```\'"""\n'
    )
    report = {"installed": {}, "failure": [{"identifier": "cp311-x", "message": "a|b", "next": "<c>"}]}
    text = "\n".join(summarize(_documents(tmp_path, "armv7l"), report, [("a.whl", 2048)]))
    assert "| manylinux_armv7l | cp311 | debian-12 | manylinux_2_36 |" in text
    assert "+ apt-get" in text
    assert "````diff\n# before-all\n- dnf install" in text
    assert "- `a.whl` (2 KiB)" in text
    assert "**cp311-x failed:** a\\|b. &lt;c&gt;" in text


def test_the_summary_of_a_plan_that_is_refused(tmp_path: Path) -> None:
    document = _documents(tmp_path, "armv7l")
    text = "\n".join(summarize(document, {}, []))
    assert document["error"]["message"] in text
    assert [*summarize({}, {}, [])] == ["## cibw-debian", ""]
