"""Write the GitHub workflows that the documentation shows as files, for `make lint`.

python -m tools.workflows DIRECTORY
"""

from __future__ import annotations

import argparse
import re
import textwrap
from pathlib import Path

ROOT = Path(__file__).parent.parent
_YAML = re.compile(r"^```yaml\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_JOB = "jobs:\n  job:\n    runs-on: ubuntu-latest\n    steps:\n"


def workflow(snippet: str) -> str | None:
    """Return `snippet`, which is YAML of a page, as a whole workflow; None if it is none of GitHub's."""
    snippet = textwrap.dedent(snippet)
    if snippet.startswith("- "):
        snippet = _JOB + textwrap.indent(snippet, " " * 6)
    if not re.search(r"^jobs:", snippet, re.MULTILINE):
        return None
    return snippet if re.search(r"^on:", snippet, re.MULTILINE) else f"on: push\n{snippet}"


def snippets() -> dict[str, str]:
    """Return the workflows of README.md and docs/, by a name for the file."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return {
        f"{page.stem}-{number}.yml": found
        for page in pages
        for number, snippet in enumerate(_YAML.findall(page.read_text()), 1)
        if (found := workflow(snippet)) is not None
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("directory", type=Path)
    directory: Path = parser.parse_args().directory
    directory.mkdir(parents=True, exist_ok=True)
    for old in directory.glob("*.yml"):
        old.unlink()
    for name, text in snippets().items():
        (directory / name).write_text(text)


if __name__ == "__main__":
    main()
