"""Hooks with a branch for apt of their own: it runs, unless the companion answers for dnf."""

from __future__ import annotations

import pytest

from cibw_debian.findings import Level
from cibw_debian.hooks.runtime_only import why_unseen
from cibw_debian.hooks.translate import Style, translate
from tests.hooks.names import FewNames

DNF = "dnf install -y our-own-thing-devel"
APT = "apt-get update && apt-get install -y libz-dev"

#: a question for dnf decides: with the companion, the branch for dnf runs
ASKED = [
    f"if command -v dnf; then {DNF}; elif command -v apt-get; then {APT}; fi",
    f"if command -v dnf >/dev/null 2>&1; then {DNF}; else {APT}; fi",
    f"if which dnf; then {DNF}; else {APT}; fi",
    f"if type dnf; then {DNF}; elif type apt; then apt install -y libz-dev; fi",
    f"if hash dnf 2>/dev/null; then {DNF}; else sudo {APT}; fi",
    f"if dnf --version >/dev/null; then {DNF}; else {APT}; fi",
    f"if dnf --help >/dev/null; then {DNF}; else {APT}; fi",
    f'if [ -n "$(which dnf)" ]; then {DNF}; else {APT}; fi',
    f'if [ -x "$(command -v dnf)" ]; then {DNF}; else {APT}; fi',
    f"if ! command -v dnf; then {APT}; else {DNF}; fi",
    f"if ! type dnf; then {APT}; else {DNF}; fi",
    f"deps() {{ if command -v dnf; then {DNF}; else {APT}; fi; }}; deps",
    f"if command -v dnf; then {DNF}; fi; if command -v apt-get; then {APT}; fi",
    f"command -v dnf && {DNF}; command -v apt-get && {{ {APT}; }}",
    f"if command -v dnf; then PM=dnf; else PM=apt-get; {APT}; fi; if [ $PM = dnf ]; then {DNF}; fi",
    f"if command -v dnf; then bash -c '{DNF}'; else bash -c '{APT}'; fi",
]
#: what comes first, or another question, decides: the branch for dnf does not run with the companion either
DECIDED_OTHERWISE = [
    f"{DNF} || {{ {APT}; }}",
    f"{DNF} || ({APT})",
    f"dnf --version && {DNF} || {{ {APT}; }}",
    f"command -v dnf && {DNF} || {{ {APT}; }}",
    f"command -v apt-get && {APT} || {DNF}",
    f"if command -v apt-get; then {APT}; elif command -v dnf; then {DNF}; fi",
    f"if [ -x /usr/bin/apt-get ]; then {APT}; else {DNF}; fi",
    f"if [ -f /etc/redhat-release ]; then {DNF}; else {APT}; fi",
    f"case $ID in fedora|centos) {DNF} ;; debian|ubuntu) {APT} ;; esac",
    f"( {APT} ) || {DNF}",
]


def settled_by_companion(text: str) -> str:
    return why_unseen(text, translate(text, FewNames(), style=Style.ROBUST).findings)


@pytest.mark.parametrize("text", [*ASKED, *DECIDED_OTHERWISE])
def test_the_own_branch_runs(text: str) -> None:
    result = translate(text, FewNames(), style=Style.ROBUST)
    assert result.ok
    assert result.translated == text
    assert any(found.code == "unknown-package" for found in result.findings)
    assert settled_by_companion(text) == ""


@pytest.mark.parametrize("text", ASKED)
def test_with_the_companion_the_branch_for_dnf_has_to_work(text: str) -> None:
    result = translate(text, FewNames(), style=Style.ROBUST, answered=True)
    assert [found.code for found in result.findings if found.level is Level.ERROR] == ["unknown-package"]
    fine = text.replace("our-own-thing-devel", "zlib-devel")
    assert translate(fine, FewNames(), style=Style.ROBUST, answered=True).ok


@pytest.mark.parametrize("text", DECIDED_OTHERWISE)
def test_with_the_companion_what_does_not_run_need_not_work(text: str) -> None:
    assert translate(text, FewNames(), style=Style.ROBUST, answered=True).ok


@pytest.mark.parametrize(
    "text",
    [
        "if command -v yum; then yum install -y zlib-devel; fi",
        "if command -v yum; then yum install -y zlib-devel; else apk add zlib-dev; fi",
        "if command -v yum; then yum install -y zlib-devel; else echo 'use apt-get install'; exit 1; fi",
        "if command -v yum; then yum install -y zlib-devel; fi  # or apt-get install zlib1g-dev",
        "which yum && yum install -y zlib-devel",
        "apt-get update; which yum && yum install -y zlib-devel",
    ],
)
def test_without_a_branch_of_its_own_the_companion_answers(text: str) -> None:
    assert "asks for dnf or yum" in settled_by_companion(text)


def test_only_what_the_branch_guards_is_passed_over() -> None:
    text = f"if command -v dnf; then {DNF}; else {APT}; fi; yum install -y $MORE"
    assert "$MORE" in settled_by_companion(text)
    assert not translate(f"if true; then {APT}; {DNF}; fi", FewNames()).ok


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("if [ -f /usr/bin/yum ]; then yum install -y zlib-devel; fi", "asks for dnf or yum"),
        ("test -x /usr/bin/dnf && dnf install -y zlib-devel", "asks for dnf or yum"),
        ('[[ -e "/bin/microdnf" ]] && microdnf install -y wget', "asks for dnf or yum"),
        ("test -f /usr/bin/yum && YUM=true || YUM=false", "asks for dnf or yum"),
        ("[ -d /etc/yum.repos.d ] && yum install -y wget", "no configuration of dnf"),
        ("if [ -e /etc/redhat-release ]; then yum install -y wget; fi", "asks for RHEL's release"),
        ("if [[ -f '/etc/centos-release' ]]; then yum install -y wget; fi", "asks for RHEL's release"),
        ("stat /etc/redhat-release && yum install -y wget", "asks for RHEL's release"),
        ("grep -q 'release 8' /etc/system-release || exit 0", "asks for RHEL's release"),
    ],
)
def test_a_question_for_a_file_is_answered_by_the_companion(text: str, why: str) -> None:
    bash = f"#!/bin/bash\n{text}"
    assert why in settled_by_companion(bash)
    other = f"{bash}\nif command -v apt-get; then {APT}; fi"
    assert not settled_by_companion(other)


@pytest.mark.parametrize("question", ["-f /usr/bin/yum", "-e /etc/redhat-release", "-d /etc/yum.repos.d"])
def test_with_the_companion_the_branch_behind_a_file_has_to_work(question: str) -> None:
    text = f"if [ {question} ]; then {DNF}; fi"
    assert not translate(text, FewNames(), style=Style.ROBUST, answered=True).ok


@pytest.mark.parametrize("tidies", ["dnf clean all", "sudo yum -q makecache", "sleep 5"])
def test_tidying_up_is_no_other_way(tidies: str) -> None:
    for command in ("dnf install -y our-own-thing", "dnf builddep -y missing.spec"):
        assert not translate(f"{command} || {tidies}", FewNames()).ok
        assert translate(f"{command} || make", FewNames()).ok
