"""A tile map of the participating SEAs: a tile for each jurisdiction, about where it lies."""

from collections.abc import Iterator
from functools import cache
from xml.etree.ElementTree import Element, tostring

from attrs import frozen

from smh_p2p.exchange import Exchange
from smh_p2p.jurisdiction_table import jurisdictions, tile_of, tiles
from smh_p2p.records import SEA
from smh_p2p.render.markup import element
from smh_p2p.resources import content
from smh_p2p.values import JurisdictionKind

TILE = 40
STEP = TILE + 4
LONGEST = 28  # characters of a name beside a tile

# The shape of a tile tells the kind without colour.
_SHAPES: dict[JurisdictionKind, tuple[str, dict[str, object]]] = {
    JurisdictionKind.STATE: ("rect", {"width": TILE, "height": TILE, "rx": 3}),
    JurisdictionKind.OUTLYING_AREA: ("rect", {"width": TILE, "height": TILE, "rx": TILE / 2}),
    JurisdictionKind.FEDERAL: (
        "polygon",
        {"points": f"{TILE / 2},-3 {TILE + 3},{TILE / 2} {TILE / 2},{TILE + 3} -3,{TILE / 2}"},
    ),
}


@frozen
class _Place:
    column: int
    row: int
    label: str


@cache
def _places() -> dict[tuple[int, int], _Place]:
    """Return the place of every jurisdiction, by the column and the row of its tile."""
    return {
        tiles()[sea.name]: _Place(*tiles()[sea.name], sea.usps or sea.abbreviation or sea.name)
        for sea in jurisdictions()
    }


def to_svg(exchange: Exchange) -> str:
    """Return a tile map of the participating SEAs as SVG.

    Each kind of jurisdiction has a shape of its own. A SEA is placed by any of its codes, its name
    or an alias; one with no known place has a tile at the side, with its name.

    >>> import smh_p2p
    >>> to_svg(smh_p2p.load())[:43]
    '<svg xmlns="http://www.w3.org/2000/svg" vie'
    """
    return tostring(tile_map(exchange), encoding="unicode") + "\n"


def tile_map(exchange: Exchange) -> Element:
    """Return the tile map as an element, to be put into a page."""
    placed, aside = _arranged(exchange)
    columns = max(place.column for place in _places().values()) + 1
    rows = max(place.row for place in _places().values()) + 1
    kinds = [kind for kind in JurisdictionKind if exchange.seas_of(kind)]
    height = max(rows, len(aside)) + 1
    width = columns * STEP + (STEP * 7 if aside else 0)
    return element(
        "svg",
        element("title", f"Participating SEAs: {exchange.title}"),
        element("desc", _described(exchange)),
        element("style", content("map.css").decode()),
        *(_other(place) for tile, place in _places().items() if tile not in placed),
        *(_tile(sea, _places()[tile]) for tile, sea in placed.items()),
        *(_tile(sea, _Place(columns, row, _short(sea)), sea.name) for row, sea in enumerate(aside)),
        *_legend(kinds, height - 1),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"-4 -4 {width + 4} {height * STEP + 4}",
        role="img",
        aria_label=f"Tile map. {_described(exchange)}",
        class_="smh-map",
    )


def _arranged(exchange: Exchange) -> tuple[dict[tuple[int, int], SEA], list[SEA]]:
    """Return the SEAs by the column and the row of their tile, and those that have none."""
    placed: dict[tuple[int, int], SEA] = {}
    aside = []
    for sea in exchange.seas:
        tile = tile_of(sea)
        if tile and tile not in placed:
            placed[tile] = sea
        else:
            aside.append(sea)
    return placed, aside


def _described(exchange: Exchange) -> str:
    if not exchange.seas:
        return "No participating SEA is stated."
    kinds = [
        f"{kind.value}: {', '.join(sea.name for sea in seas)}"
        for kind in JurisdictionKind
        if (seas := exchange.seas_of(kind))
    ]
    return f"{len(exchange.seas)} SEAs took part. " + "; ".join(kinds)


def _at(column: float, row: float) -> str:
    return f"translate({column * STEP:g} {row * STEP:g})"


def _label(text: str, class_: str) -> Element:
    return element("text", text, x=TILE / 2, y=TILE / 2 + 5, text_anchor="middle", class_=class_)


def _other(place: _Place) -> Element:
    return element(
        "g",
        element("rect", width=TILE, height=TILE, rx=3),
        _label(place.label, "code"),
        transform=_at(place.column, place.row),
        class_="other",
    )


def _tile(sea: SEA, place: _Place, name: str = "") -> Element:
    shape, attributes = _SHAPES[sea.kind]
    content = [
        element("title", f"{sea.name} ({sea.kind.value})"),
        element(shape, **attributes, class_="shape"),
        _label(place.label, "code"),
    ]
    if name:
        short = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
        content.append(element("text", short, x=STEP + 4, y=TILE / 2 + 5, class_="name"))
    return element("g", *content, transform=_at(place.column, place.row), class_="sea")


def _short(sea: SEA) -> str:
    codes = (sea.usps, sea.abbreviation, sea.ccd_abbreviation)
    return next((code for code in codes if code and len(code) <= 4), "")


def _legend(kinds: list[JurisdictionKind], row: int) -> Iterator[Element]:
    for column, kind in enumerate(kinds):
        shape, attributes = _SHAPES[kind]
        small = element("g", element(shape, **attributes, class_="shape"), transform="scale(.5)")
        name = element("text", kind.value, x=STEP * 0.7, y=TILE / 4 + 5, class_="name")
        yield element("g", small, name, transform=_at(column * 3.6, row + 0.4), class_="sea")
