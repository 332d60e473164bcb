from __future__ import annotations

import json

import pytest

from cibw_debian.cli import main


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    return main(["lookup", *arguments]), capsys.readouterr().out


def test_json_is_a_list_of_answers(capsys: pytest.CaptureFixture[str]) -> None:
    code, output = _run(capsys, "--format", "json", "xz-devel", "python3-devel", "nosuch-devel")
    assert code == 43
    answers = json.loads(output)["packages"]
    assert answers[0] == {
        "rpm": "xz-devel",
        "status": "package",
        "deb": ["liblzma-dev"],
        "source": "table",
        "verified": True,
        "why": ["the table has the row xz-devel"],
        "present": False,
    }
    assert [answer["status"] for answer in answers] == ["package", "nothing", "unknown"]


def test_text_says_where_an_answer_comes_from(capsys: pytest.CaptureFixture[str]) -> None:
    code, output = _run(
        capsys, "--suite", "trixie", "--arch", "riscv64", "pkgconfig(libcurl)", "pcre-devel", "xz-devell"
    )
    assert code == 43
    assert "pkgconfig(libcurl): libcurl4-openssl-dev\n    from index, verified: in trixie/riscv64" in output
    assert "considered: libcurl4-gnutls-dev" in output
    assert "pcre-devel: no equivalent in trixie/riscv64" in output
    assert "xz-devell: unknown\n    perhaps you meant: xz-devel" in output


def test_a_name_is_bold_and_what_it_means_is_green_or_red(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    _, output = _run(capsys, "zlib-devel", "nosuch-devel")
    assert output.startswith("\x1b[1mzlib-devel\x1b[0m: \x1b[32mzlib1g-dev\x1b[0m\n")
    assert "\n\x1b[1mnosuch-devel\x1b[0m: \x1b[31munknown\x1b[0m\n" in output


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("java-13-openjdk-devel", ["the table has the row java-*-openjdk-devel"]),
        ("pkgconfig(libcurl)", ["bookworm/armhf has libcurl in 3 packages"]),
        (
            "json-c12-devel",
            [
                "rule numbered-name: json-c-devel is asked for instead",
                "rule lib-dev: bookworm/armhf has libjson-c-dev",
            ],
        ),
        (
            "bzip2-1.0-2.el9",
            ["1.0-2.el9 is taken for a version", "rule same-name: bookworm/armhf has bzip2"],
        ),
    ],
)
def test_verbose_says_why(capsys: pytest.CaptureFixture[str], name: str, steps: list[str]) -> None:
    assert "rule " not in _run(capsys, name)[1].replace("from rule:", "")
    lines = [line.strip() for line in _run(capsys, "-v", name)[1].splitlines()]
    at = lines.index(steps[0])
    assert lines[at : at + len(steps)] == steps


def test_verbose_says_what_a_name_stands_for(capsys: pytest.CaptureFixture[str]) -> None:
    output = _run(capsys, "-v", "--suite", "trixie", "elfutils-libs")[1]
    assert "libdw1 stands for libdw1t64 in trixie/armhf" in output


def test_all_known_is_success(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(capsys, "zlib-devel", "epel-release")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "listed"), [(["--suite", "sid"], "trixie"), (["--arch", "arm"], "armv7l")]
)
def test_unknown_targets_are_told(
    arguments: list[str], listed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lookup", "zlib-devel", *arguments]) == 40
    assert listed in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "said", "code"),
    [
        ("zlib-devel", "zlib-devel: zlib1g-dev\n", 0),
        ("epel-release", "epel-release: nothing to install\n", 0),
        ("no-such-devel", "no-such-devel: unknown\n", 43),
    ],
)
def test_the_first_line_is_the_answer(
    capsys: pytest.CaptureFixture[str], name: str, said: str, code: int
) -> None:
    assert main(["lookup", name]) == code
    assert capsys.readouterr().out.startswith(said)
