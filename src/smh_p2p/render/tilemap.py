"""A tile map of the participating SEAs: a tile for each jurisdiction, near its real place."""

from collections.abc import Iterator
from functools import cache
from typing import TypeAlias
from xml.etree.ElementTree import Element

from smh_p2p.exchange import Exchange
from smh_p2p.jurisdiction_table import jurisdictions, on_tiles
from smh_p2p.provenance import Cited, parts
from smh_p2p.records import SEA
from smh_p2p.render.markup import element, written
from smh_p2p.resources import content
from smh_p2p.values import JurisdictionKind

Tile: TypeAlias = tuple[int, int]  # the column and the row of a tile

TILE = 40
STEP = TILE + 4
EDGE = 12  # around the tiles
LONGEST = 28  # characters of a name beside a tile

# Each kind has its own shape, so that nobody needs to see colours.
_SHAPES: dict[JurisdictionKind | None, tuple[str, dict[str, object]]] = {
    JurisdictionKind.STATE: ("rect", {"width": TILE, "height": TILE, "rx": 3}),
    JurisdictionKind.OUTLYING_AREA: ("rect", {"width": TILE, "height": TILE, "rx": TILE / 2}),
    JurisdictionKind.FEDERAL: (
        "polygon",
        {"points": f"{TILE / 2},-3 {TILE + 3},{TILE / 2} {TILE / 2},{TILE + 3} -3,{TILE / 2}"},
    ),
    None: ("rect", {"width": TILE, "height": TILE, "stroke_width": 3, "stroke_dasharray": "5 4"}),
}


def _name(kind: JurisdictionKind | None) -> str:
    return kind.value if kind else "kind not known"


@cache
def _homes() -> dict[Tile, SEA]:
    """Return the jurisdiction of every tile."""
    return on_tiles(jurisdictions())


def to_svg(given: Cited) -> str:
    """Return a tile map of the participating SEAs as SVG.

    Each kind of jurisdiction has its own shape. A SEA is placed by its codes, its name or an alias;
    one without a known place has a tile at the side, with its name. A file has its own background;
    inside a page, the map takes the colour of the text around it.

    >>> import smh_p2p
    >>> to_svg(smh_p2p.load())[:43]
    '<svg xmlns="http://www.w3.org/2000/svg" vie'
    """
    return written(tile_map(parts(given)[0]), "xml") + "\n"


def tile_map(exchange: Exchange) -> Element:
    """Return the tile map as an element for a page."""
    homes, placed = _homes(), on_tiles(exchange.seas)
    names = {sea.name for sea in placed.values()}
    aside = [sea for sea in exchange.seas if sea.name not in names]
    columns, rows = (max(each) + 1 for each in zip(*homes, strict=True))
    rows = max(rows, len(aside))
    legend = list(_legend(exchange, rows + 0.4))
    box = {
        "width": columns * STEP + (STEP * 7 if aside else 0) + 2 * EDGE,
        "height": (rows + (len(legend) + 1) // 2 * 0.7 + 0.3) * STEP + EDGE,
    }
    return element(
        "svg",
        element("title", f"Participating SEAs: {exchange.title}"),
        element("desc", _described(exchange)),
        element("style", content("map.css").decode()),
        element("rect", x=-EDGE, y=-EDGE, **box, fill="#fff", class_="ground"),
        *(_other(tile, sea) for tile, sea in homes.items() if tile not in placed),
        *(_sea(sea, tile, _label(homes[tile])) for tile, sea in placed.items()),
        *(_sea(sea, (columns, row), _short(sea), sea.name) for row, sea in enumerate(aside)),
        *legend,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"{-EDGE} {-EDGE} {box['width']:g} {box['height']:g}",
        color="#1b1b1b",
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


def _label(home: SEA) -> str:
    return home.usps or home.abbreviation or home.name


def _other(tile: Tile, home: SEA) -> Element:
    drawn = _shape(home.kind), _code(_label(home))
    return element("g", *drawn, transform=_at(*tile), class_="other")


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


def _legend(exchange: Exchange, row: float) -> Iterator[Element]:
    """Yield the meaning of each shape and of an empty tile, in two columns."""
    meanings = {kind: _name(kind) for kind in _SHAPES}
    meanings[JurisdictionKind.STATE] += ", DC or PR"  # which count as states
    if all(sea.kind for sea in exchange.seas):
        del meanings[None]
    entries = [(_shape(kind), meaning, "sea") for kind, meaning in meanings.items()]
    empty = "did not take part" if exchange.seas else "not stated"
    entries.append((_shape(JurisdictionKind.STATE), empty, "other"))
    for index, (shape, meaning, class_) in enumerate(entries):
        small = element("g", shape, transform="scale(.5)")
        name = element("text", meaning, x=STEP * 0.7, y=TILE / 4 + 5, class_="name")
        at = _at(index % 2 * 4, row + index // 2 * 0.7)
        yield element("g", small, name, transform=at, class_=class_)
