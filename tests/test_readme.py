"""What the README promises and the code says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from cibw_debian.cli import COMMANDS
from cibw_debian.errors import CibwDebianError
from tests.command import cibw_debian

README = (Path(__file__).parent.parent / "README.md").read_text()


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
