"""All pages of the site: those of docs/, of the top level, and of the reference."""

from __future__ import annotations

from pathlib import Path

from tools.docs.markdown import relocate
from tools.docs.reference import reference_pages

ROOT = Path(__file__).parents[2]
#: where the repository's files that are no pages can be seen
REPOSITORY = "https://github.com/cibw-debian/cibw-debian/blob/main"
#: pages that stand at the top level of the repository
_TOP = {"CHANGELOG.md": "changes.md", "CONTRIBUTING.md": "contributing.md", "SECURITY.md": "security.md"}
#: what has a page of its own on the site
_PARTS = {
    "README.md": "index.md",
    "README.md#exit-codes": "reference/exit-codes.md",
    "docs/translation.md#findings": "reference/findings.md",
    "images.toml": "reference/images.md",
}


def site() -> dict[str, str]:
    """Return every page: path on the site -> Markdown."""
    docs = ROOT / "docs"
    sources = {f"docs/{path.relative_to(docs)}": str(path.relative_to(docs)) for path in docs.rglob("*.md")}
    sources |= _TOP
    reference = reference_pages(_read("README.md"))
    known = sources | _PARTS | {f"docs/{page}": page for page in reference}
    pages = {
        page: relocate(_read(source), source, page, known, REPOSITORY) for source, page in sources.items()
    }
    return pages | reference


def _read(source: str) -> str:
    return (ROOT / source).read_text(encoding="utf-8")
