"""How Sphinx builds the site."""

from __future__ import annotations

from cibw_debian import __version__

project = "cibw-debian"
version = release = __version__
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["html", "doctrees"]
# Headings to the fourth level have anchors, as on GitHub.
myst_heading_anchors = 4
# Blocks without a language are output of commands, not Python; examples are cut short with dots.
highlight_language = "text"
suppress_warnings = ["misc.highlighting_failure"]
nitpicky = True
html_theme = "furo"
html_title = f"cibw-debian {__version__}"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_extra_path = ["schemas"]
