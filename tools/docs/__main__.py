"""Build the site: `python -m tools.docs DIRECTORY`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tools.docs.schemas import STORED, stored_schema
from tools.docs.site import ROOT, site


def main() -> int:
    """Write pages and schemas, and let Sphinx make HTML of them; return Sphinx's exit code."""
    directory = Path(sys.argv[1])
    shutil.rmtree(directory, ignore_errors=True)
    source = directory / "source"
    for path, text in site().items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_text(text, encoding="utf-8")
    (source / "schemas").mkdir()
    for schema in (ROOT / "cibw_debian" / "data").glob("*.schema.json"):
        shutil.copy(schema, source / "schemas")
    stored = json.dumps(stored_schema(), indent=2)
    (source / "schemas" / STORED).write_text(f"{stored}\n", encoding="utf-8")
    shutil.copy(Path(__file__).with_name("conf.py"), source)
    strict = ["--fail-on-warning", "--keep-going", "--nitpicky", "--quiet"]
    html = directory / "html"
    command = [sys.executable, "-m", "sphinx", *strict, "--doctree-dir", str(directory / "doctrees")]
    code = subprocess.run([*command, str(source), str(html)], check=False).returncode
    print(html / "index.html" if code == 0 else "the documentation has faults", file=sys.stderr)  # noqa: T201
    return code


if __name__ == "__main__":
    sys.exit(main())
