"""Build the documentation: `python -m sphinx -W docs build/docs`."""

import re
from importlib import metadata
from typing import Any

project = "smh_p2p"
author = "The smh_p2p developers"
html_show_copyright = False
html_show_sphinx = False
html_css_files = ["wrap.css"]
html_static_path = ["static"]
release = metadata.version("smh_p2p")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
highlight_options = {"python": {"stripnl": True}}  # no empty line at the end of an example
default_role = "code"  # `x` in a docstring is code
html_theme = "furo"
html_title = f"smh_p2p {release}"
myst_heading_anchors = 3
napoleon_use_ivar = True
autodoc_member_order = "groupwise"
autodoc_typehints = "none"  # the docstrings describe each value, and the types spell out its checks


def _signature(*event: Any) -> tuple[str | None, str | None]:
    """Return a signature whose defaults fit a line: names of classes, and ... for what is long."""
    *_, signature, returns = event
    short = re.sub(r"<class '(\w+)'>", r"\1", signature or "")
    return re.sub(r"characters\(.*?'\)|<function <lambda>>", "...", short) or None, returns


def setup(app: Any) -> None:
    """Connect the events of Sphinx."""
    app.connect("autodoc-process-signature", _signature)
