"""Elements of HTML and SVG. `written` escapes their text."""

from typing import Literal, TypeAlias
from xml.etree.ElementTree import Element, tostring

Content: TypeAlias = "Element | str"


def element(tag: str, /, *content: Content, **attributes: object) -> Element:
    """Return an element with some content, in order.

    In the name of an attribute, `_` stands for `-`, and a `_` at the end is dropped. An attribute
    with the value `None` is left out.

    >>> written(element("p", "1 < 2, ", element("b", "yes"), class_="x"))
    '<p class="x">1 &lt; 2, <b>yes</b></p>'
    """
    stated = {
        name.rstrip("_").replace("_", "-"): str(value)
        for name, value in attributes.items()
        if value is not None
    }
    parent = Element(tag, stated)
    for each in content:
        if isinstance(each, Element):
            parent.append(each)
        elif len(parent):
            parent[-1].tail = (parent[-1].tail or "") + each
        else:
            parent.text = (parent.text or "") + each
    return parent


def written(root: Element, method: Literal["html", "xml"] = "html") -> str:
    """Return an element as HTML, with escaped texts except in `style`; or as XML."""
    # A reader takes a carriage return for a line feed, unless it is a character reference.
    return tostring(root, encoding="unicode", method=method).replace("\r", "&#13;")
