"""An exchange for people: as text, as a page, as a map."""

from smh_p2p.render.page import to_fragment, to_html, to_iframe
from smh_p2p.render.text import to_text
from smh_p2p.render.tilemap import to_svg

__all__ = ["to_fragment", "to_html", "to_iframe", "to_svg", "to_text"]
