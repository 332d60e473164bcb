"""What the README promises and the code says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from cibw_debian.cli import COMMANDS
from cibw_debian.errors import CibwDebianError
from tests.command import cibw_debian

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_exit_codes() -> None:
    documented = {int(code) for code in re.findall(r"^\| ([4-9]\d) \|", README, re.MULTILINE)}
    codes = [error.exit_code for error in CibwDebianError.__subclasses__()]
    assert documented == set(codes)
    assert len(codes) == len(set(codes))


def test_commands() -> None:
    table = README[README.index("| command |") : README.index("## Exit codes")]
    assert set(re.findall(r"^\| `(\w+)", table, re.MULTILINE)) == set(COMMANDS)


def test_links_lead_somewhere() -> None:
    root = Path(__file__).parent.parent
    documents = [root / "README.md", root / "CONTRIBUTING.md", *(root / "docs").rglob("*.md")]
    # Pages of the reference exist only on the site; tests/test_site.py looks at its links.
    documents.remove(root / "docs" / "index.md")
    for document in documents:
        for target in re.findall(r"\]\((?!http)([^)#\s]+)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_example_of_a_hook() -> None:
    command, answer = re.findall(r"^    \$ (cibw-debian translate .*)\n    (.*)$", README, re.MULTILINE)[0]
    assert cibw_debian(*shlex.split(command)[1:]).out == f"{answer}\n"


def test_the_links_of_the_readme() -> None:
    """They are whole addresses, because the package index shows the README too."""
    known = dict(re.findall(r"^\[(\w+)\]: (\S+)$", README, re.MULTILINE))
    text = re.sub(r"^(\[\w+\]: |    ).*$", "", README, flags=re.MULTILINE)
    whole = set(re.findall(r"\]\[(\w+)\]", text))
    short = set(re.findall(r"(?<!\])\[(\w+)\](?![\[(])", re.sub("`[^`]*`", "", text)))
    assert whole | short == set(known)
    for address in known.values():
        path, _, anchor = re.sub(r"^https://\S+?/main/", "", address).partition("#")
        heads = re.findall(r"^#+ (.*)$", (ROOT / path).read_text(), re.MULTILINE)
        anchors = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
        assert anchor in {"", *anchors}, address


def test_lines_are_short() -> None:
    assert [line for line in README.splitlines() if len(line) > 120] == []
