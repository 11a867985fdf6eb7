"""The documentation site: sphinx-build -W -b html docs docs/_build/html."""

project = "Calibrant"
author = "The Calibrant developers"
project_copyright = author
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
exclude_patterns = ["_build"]
autodoc_typehints = "description"
autodoc_preserve_defaults = True
autodoc_member_order = "bysource"
myst_heading_anchors = 3
nitpicky = False
