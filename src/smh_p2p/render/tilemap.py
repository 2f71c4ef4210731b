"""A tile map of the participating SEAs: a tile for each jurisdiction, about where it lies."""

from functools import cache
from typing import TypeAlias
from xml.etree.ElementTree import Element, tostring

from smh_p2p.exchange import Exchange
from smh_p2p.jurisdiction_table import jurisdictions, tile_of, tiles
from smh_p2p.provenance import Cited, parts
from smh_p2p.records import SEA
from smh_p2p.render.markup import element
from smh_p2p.resources import content
from smh_p2p.values import JurisdictionKind

Tile: TypeAlias = tuple[int, int]  # the column and the row of a tile

TILE = 40
STEP = TILE + 4
LONGEST = 28  # characters of a name beside a tile

# The shape of a tile tells the kind without colour.
_SHAPES: dict[JurisdictionKind | None, tuple[str, dict[str, object]]] = {
    JurisdictionKind.STATE: ("rect", {"width": TILE, "height": TILE, "rx": 3}),
    JurisdictionKind.OUTLYING_AREA: ("rect", {"width": TILE, "height": TILE, "rx": TILE / 2}),
    JurisdictionKind.FEDERAL: (
        "polygon",
        {"points": f"{TILE / 2},-3 {TILE + 3},{TILE / 2} {TILE / 2},{TILE + 3} -3,{TILE / 2}"},
    ),
    None: ("rect", {"width": TILE, "height": TILE, "stroke_dasharray": "3 3"}),
}


def _name(kind: JurisdictionKind | None) -> str:
    return kind.value if kind else "kind not known"


@cache
def _labels() -> dict[Tile, str]:
    """Return the label of the tile of every jurisdiction."""
    return {tiles()[sea.name]: sea.usps or sea.abbreviation or sea.name for sea in jurisdictions()}


def to_svg(given: Cited) -> str:
    """Return a tile map of the participating SEAs as SVG.

    Each kind of jurisdiction has a shape of its own. A SEA is placed by any of its codes, its name
    or an alias; one with no known place has a tile at the side, with its name.

    >>> import smh_p2p
    >>> to_svg(smh_p2p.load())[:43]
    '<svg xmlns="http://www.w3.org/2000/svg" vie'
    """
    return tostring(tile_map(parts(given)[0]), encoding="unicode") + "\n"


def tile_map(exchange: Exchange) -> Element:
    """Return the tile map as an element, to be put into a page."""
    placed: dict[Tile, SEA] = {}
    for sea in exchange.seas:
        if tile := tile_of(sea):
            placed.setdefault(tile, sea)
    names = {sea.name for sea in placed.values()}
    aside = [sea for sea in exchange.seas if sea.name not in names]
    columns, rows = (max(each) + 1 for each in zip(*_labels(), strict=True))
    kinds = [kind for kind in JurisdictionKind if any(sea.kind is kind for sea in exchange.seas)]
    height = max(rows, len(aside)) + 1
    width = columns * STEP + (STEP * 7 if aside else 0)
    return element(
        "svg",
        element("title", f"Participating SEAs: {exchange.title}"),
        element("desc", _described(exchange)),
        element("style", content("map.css").decode()),
        *(_other(tile, label) for tile, label in _labels().items() if tile not in placed),
        *(_sea(sea, tile, _labels()[tile]) for tile, sea in placed.items()),
        *(_sea(sea, (columns, row), _short(sea), sea.name) for row, sea in enumerate(aside)),
        *(_legend(kind, column, height - 1) for column, kind in enumerate(kinds)),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"-4 -4 {width + 4} {height * STEP + 4}",
        role="img",
        aria_label=f"Tile map. {_described(exchange)}",
        class_="smh-map",
    )


def _described(exchange: Exchange) -> str:
    if not exchange.seas:
        return "No participating SEA is stated."
    kinds = [
        f"{_name(kind)}: {', '.join(names)}"
        for kind in _SHAPES
        if (names := [sea.name for sea in exchange.seas if sea.kind is kind])
    ]
    return f"{len(exchange.seas)} SEAs took part. " + "; ".join(kinds)


def _at(column: float, row: float) -> str:
    return f"translate({column * STEP:g} {row * STEP:g})"


def _code(text: str) -> Element:
    return element("text", text, x=TILE / 2, y=TILE / 2 + 5, text_anchor="middle", class_="code")


def _shape(kind: JurisdictionKind | None) -> Element:
    tag, attributes = _SHAPES[kind]
    return element(tag, **attributes, class_="shape")


def _other(tile: Tile, label: str) -> Element:
    square = element("rect", width=TILE, height=TILE, rx=3)
    return element("g", square, _code(label), transform=_at(*tile), class_="other")


def _sea(sea: SEA, tile: Tile, label: str, name: str = "") -> Element:
    title = element("title", f"{sea.name} ({_name(sea.kind)})")
    drawn = [title, _shape(sea.kind), _code(label)]
    if name:
        short = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
        drawn.append(element("text", short, x=STEP + 4, y=TILE / 2 + 5, class_="name"))
    return element("g", *drawn, transform=_at(*tile), class_="sea")


def _short(sea: SEA) -> str:
    codes = (sea.usps, sea.abbreviation, sea.ccd_abbreviation)
    return next((code for code in codes if code and len(code) <= 4), "")


def _legend(kind: JurisdictionKind, column: int, row: int) -> Element:
    small = element("g", _shape(kind), transform="scale(.5)")
    name = element("text", kind.value, x=STEP * 0.7, y=TILE / 4 + 5, class_="name")
    return element("g", small, name, transform=_at(column * 3.6, row + 0.4), class_="sea")
