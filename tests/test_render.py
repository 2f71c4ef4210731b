from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import permutations
from typing import Any
from xml.etree import ElementTree as ET

import attrs
import pytest
from hypothesis import given

import smh_p2p
from smh_p2p import SEA, Exchange, JurisdictionKind, Summary
from smh_p2p.jurisdiction_table import jurisdictions, on_tiles
from smh_p2p.pointer import leaves
from smh_p2p.records import CODES
from smh_p2p.testing import check_function, exchanges

SVG = "{http://www.w3.org/2000/svg}"
VOID = {"meta", "br"}


class Page(HTMLParser):
    """What a browser would read: the texts, the tags, and what is asked for."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags[tag] += 1
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def plain(text: str) -> str:
    return "".join(text.split())


@given(exchanges())
def test_a_page_and_a_fragment_say_everything_and_ask_for_nothing(exchange: Exchange) -> None:
    document = smh_p2p.to_dict(exchange)
    for name in ("format", "identifier", "source"):
        del document[name]
    for record in (*document.get("seas", ()), *document.get("organizations", ())):
        record.pop("aliases", None)
        record.pop("role", None)  # a heading says it
    for written in (smh_p2p.to_html(exchange), exchange._repr_html_()):
        page = Page(written)
        assert not page.open
        assert page.tags["script"] == 0
        shown = plain("".join(page.texts))
        for _, value in leaves(document):
            assert plain(str(value)) in shown
        assert not {"src", "onclick", "onload"} & {name for name, _ in page.attributes}
        assert "url(" not in written.partition("<body>")[0]
        assert "@import" not in written.partition("<body>")[0]


def test_hostile_text_is_text() -> None:
    hostile = "</title></style><script>alert(1)</script><img src=x onerror=alert(1)>&amp;\"'"
    document = smh_p2p.to_dict(smh_p2p.load()) | {"title": hostile, "goal": hostile}
    document["seas"][0]["name"] = hostile
    exchange = smh_p2p.from_dict(document)
    for written in (smh_p2p.to_html(exchange), exchange._repr_html_()):
        page = Page(written)
        assert page.tags["script"] == page.tags["img"] == 0
        assert hostile in page.texts
    assert hostile in "".join(ET.fromstring(smh_p2p.to_svg(exchange)).itertext())


def test_the_page_of_a_summary_leads_from_each_fact_to_its_passage(summary: Summary) -> None:
    page = Page(smh_p2p.to_html(summary))
    assert summary.text in "".join(page.texts)
    targets = {value for name, value in page.attributes if name == "id"}
    links = {value for name, value in page.attributes if name == "href" and str(value)[0] == "#"}
    assert {str(link)[1:] for link in links} <= targets
    titles = {value for name, value in page.attributes if name == "title"}
    assert "quoted: “Guam”" in titles
    assert summary.cite("/groups/0/phase").because in titles
    for pointer in ("/seas/13/abbreviation", "/period/end", "/organizations/0/role"):
        assert f"quoted: “{summary.cite(pointer).quote}”" in titles
    for standard in {each.standard for each in summary.citations() if each.standard}:
        assert f"{standard.title}, {standard.edition}" in page.texts


def test_the_page_of_an_exchange_alone_has_no_source_beside_it(exchange: Exchange) -> None:
    page = Page(smh_p2p.to_html(exchange))
    assert page.tags["aside"] == page.tags["script"] == 0
    assert not [value for name, value in page.attributes if name == "href" and str(value)[0] == "#"]
    assert not {name for name, _ in page.attributes} & {"id"}


def test_the_page_says_what_the_source_does_not(exchange: Exchange) -> None:
    page = Page(smh_p2p.to_html(exchange))
    assert "What the source does not state" in page.texts
    assert set(exchange.not_stated) <= set(page.texts)


def test_the_page_puts_what_is_for_a_group_under_it(exchange: Exchange) -> None:
    everyones = attrs.evolve(exchange.objective(4), number=5, groups=())
    some = attrs.evolve(exchange, objectives=(*exchange.objectives, everyones))
    none = attrs.evolve(
        exchange,
        groups=(),
        sessions=tuple(attrs.evolve(each, groups=()) for each in exchange.sessions),
        objectives=tuple(attrs.evolve(each, groups=()) for each in exchange.objectives),
    )
    more = attrs.evolve(exchange, groups=(*exchange.groups, smh_p2p.Group(number=3)))
    heads = {"For group 1": 2, "For group 2": 2, "For group 3": 0, "Marked for no group": 0}
    for each, expected in (
        (exchange, heads),
        (more, heads),
        (some, heads | {"Marked for no group": 1}),
        (none, dict.fromkeys(heads, 0)),
    ):
        texts = Page(smh_p2p.to_html(each)).texts
        assert {head: texts.count(head) for head in heads} == expected


@pytest.mark.parametrize("write", [smh_p2p.to_text, smh_p2p.to_html])
def test_a_summary_says_what_is_inferred_and_leaves_it_out_on_request(
    summary: Summary, write: Callable[[Exchange | Summary], str]
) -> None:
    assert write(summary).count("(inferred)") == 2
    assert "(inferred)" not in write(smh_p2p.load_summary(inferred=False))
    assert "(inferred)" not in write(summary.exchange)  # of which nothing is cited


def test_the_map_of_a_summary_is_that_of_its_exchange(summary: Summary) -> None:
    assert smh_p2p.to_svg(summary) == smh_p2p.to_svg(summary.exchange)


# The tile map


def tiles(exchange: Exchange) -> dict[str, Any]:
    """Return the tile of each SEA by its title."""
    drawn = ET.fromstring(smh_p2p.to_svg(exchange))
    groups = [group for group in drawn.iter(f"{SVG}g") if group.find(f"{SVG}title") is not None]
    return {group[0].text or "": group for group in groups}


def test_every_sea_has_a_tile_about_where_it_lies(exchange: Exchange) -> None:
    drawn = tiles(exchange)
    assert len(drawn) == 14
    at = {
        name: [float(each) for each in tile.get("transform")[10:-1].split()]
        for name, tile in drawn.items()
    }
    assert at["Alaska (state)"] == [0, 0]
    west, east = at["Nevada (state)"], at["New York (state)"]
    assert west[0] < east[0]
    for island in ("Guam", "Northern Mariana Islands"):
        x, y = at[f"{island} (outlying area)"]
        assert x < at["Georgia (state)"][0]
        assert y > at["Georgia (state)"][1]
    assert len(set(map(tuple, at.values()))) == 14


@pytest.mark.parametrize("home", jurisdictions(), ids=lambda home: home.name)
def test_a_sea_lies_where_it_lies_by_whatever_it_is_known(home: SEA) -> None:
    (tile,) = on_tiles([home])
    codes = {name: getattr(home, name) for name in CODES if getattr(home, name)}
    known = [
        *(SEA(name=each) for each in home.names),
        *(SEA(name="A", aliases=(each.upper(),)) for each in (*home.keys, f"State of {home.name}")),
        *(SEA(name="A", abbreviation=each) for each in home.keys),
        *(SEA(name="A", **{name: code}) for name, code in codes.items()),
    ]
    if home.kind is not JurisdictionKind.STATE:
        known = [sea for sea in known if not any("STATE" in alias for alias in sea.aliases)]
    assert [[*on_tiles([sea])] for sea in known] == [[tile]] * len(known)


@pytest.mark.parametrize(
    "other",
    [
        SEA(name="A", aliases=("Guam",)),
        SEA(name="A", abbreviation="GU"),
        SEA(name="Ohio", aliases=("Guam",)),
        SEA(name="A", usps="OH", aliases=("Guam",)),
        SEA(name="State of Ohio", aliases=("Guam",)),
    ],
)
@pytest.mark.parametrize("guam", [SEA(name="Guam"), SEA(name="B", fips="66")])
def test_an_alias_of_one_sea_never_takes_the_tile_of_another(other: SEA, guam: SEA) -> None:
    ohio = SEA(name="C", ccd="39")
    (tile,), (ohios,) = on_tiles([guam]), on_tiles([ohio])
    assert len(on_tiles([other])) == 1
    for seas in permutations([other, guam, ohio]):
        placed = on_tiles(seas)
        assert placed[tile] is guam
        assert set(placed) == {tile, ohios}


def shape_of(tile: Any) -> tuple[Any, ...]:
    """Return the shape of a tile, however it is filled."""
    (shape,) = [each for each in tile.iter() if each.get("class") == "shape"]
    return (shape.tag, shape.get("rx"), shape.get("stroke-dasharray"))


def test_each_kind_has_a_shape_of_its_own(exchange: Exchange) -> None:
    unknown = SEA(name="Palau")
    drawn = tiles(attrs.evolve(exchange, seas=(*exchange.seas, unknown)))
    shapes = {name.rpartition(" (")[2]: shape_of(tile) for name, tile in drawn.items()}
    assert len(set(shapes.values())) == len(shapes) == len({*JurisdictionKind, None})
    dashed = [name for name, tile in drawn.items() if shape_of(tile)[2]]
    assert dashed == ["Palau (kind not known)"]


@pytest.mark.parametrize("part", ["those of the exchange", "all", "none"])
def test_a_tile_has_the_shape_of_its_kind_whether_its_sea_took_part_or_not(
    exchange: Exchange, part: str
) -> None:
    seas = {"all": jurisdictions(), "none": ()}.get(part, exchange.seas)
    drawn = ET.fromstring(smh_p2p.to_svg(attrs.evolve(exchange, seas=seas)))
    groups = [
        each for each in drawn.findall(f"{SVG}g") if each.findall(f"{SVG}text[@class='code']")
    ]
    shapes = {each.find(f"{SVG}text").text: shape_of(each) for each in groups}  # type: ignore[union-attr]
    kinds = {each.usps or each.abbreviation: each.kind for each in jurisdictions()}
    assert set(shapes) == set(kinds)
    assert len({(kinds[label], shape) for label, shape in shapes.items()}) == 3
    assert shapes["AS"] == shapes["VI"] == shapes["GU"] != shapes["PR"] == shapes["OH"]
    empty = {each[-1].text for each in groups if each.get("class") == "other"}
    names = {sea.usps or sea.abbreviation for sea in seas}
    assert empty == set(kinds) - names


@pytest.mark.parametrize(
    ("seas", "meanings"),
    [
        ((), ["not stated"]),
        ((SEA(name="Guam", kind=JurisdictionKind.OUTLYING_AREA),), ["did not take part"]),
        ((SEA(name="Palau"),), ["kind not known", "did not take part"]),
    ],
)
def test_the_legend_explains_every_tile(
    exchange: Exchange, seas: tuple[SEA, ...], meanings: list[str]
) -> None:
    drawn = ET.fromstring(smh_p2p.to_svg(attrs.evolve(exchange, seas=seas)))
    legend = {
        each[1].text: (each.get("class"), *shape_of(each))
        for each in drawn.findall(f"{SVG}g")
        if each[0].tag == f"{SVG}g"
    }
    assert [*legend] == ["state, DC or PR", "outlying area", "federal", *meanings]
    on_the_map = {
        (each.get("class"), *shape_of(each))
        for each in drawn.findall(f"{SVG}g")
        if each[0].tag != f"{SVG}g"
    }
    assert {each[1:] for each in on_the_map} <= {each[1:] for each in legend.values()}
    assert [each[0] for each in legend.values()] == ["sea"] * (len(legend) - 1) + ["other"]


def test_a_screen_reader_is_told_what_the_picture_shows(exchange: Exchange) -> None:
    drawn = ET.fromstring(smh_p2p.to_svg(exchange))
    assert drawn.get("role") == "img"
    title, description = drawn[0], drawn[1]
    assert title.text == f"Participating SEAs: {exchange.title}"
    assert description.text is not None
    assert "14 SEAs took part" in description.text
    assert "outlying area: Guam, Northern Mariana Islands; federal: Bureau" in description.text
    assert drawn.get("aria-label", "").endswith(description.text)


def test_where_no_sea_is_stated_the_picture_does_not_count_them(exchange: Exchange) -> None:
    drawn = ET.fromstring(smh_p2p.to_svg(attrs.evolve(exchange, seas=())))
    assert drawn[1].text == "No participating SEA is stated."
    assert "0 SEAs" not in drawn.get("aria-label", "")


@given(exchanges(min_seas=1, alphabet="aZé<&\"'"))
def test_every_sea_of_any_exchange_has_a_tile(exchange: Exchange) -> None:
    drawn = tiles(exchange)
    kinds = [sea.kind.value if sea.kind else "kind not known" for sea in exchange.seas]
    assert set(drawn) == {
        f"{sea.name} ({kind})" for sea, kind in zip(exchange.seas, kinds, strict=True)
    }
    places = [tile.get("transform") for tile in drawn.values()]
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("name", ["Palau", "A name that is much too long to stand beside a tile"])
def test_a_sea_with_no_known_place_has_a_labelled_tile_at_the_side(name: str) -> None:
    palau = SEA(name=name, abbreviation="PW", kind=JurisdictionKind.OUTLYING_AREA)
    twice = [
        SEA(name=each, kind=JurisdictionKind.STATE, ccd_abbreviation=code)
        for each, code in (("Ohio", "OH"), ("Other Ohio", None))
    ]
    drawn = tiles(attrs.evolve(smh_p2p.load(), seas=(palau, *twice)))
    (tile,) = [tile for title, tile in drawn.items() if title.startswith(name)]
    code, label = tile.findall(f"{SVG}text")
    assert code.text == "PW"
    assert name.startswith(label.text.rstrip("…"))
    assert len(label.text) <= 28


def test_no_rendering_refuses_or_changes_an_exchange() -> None:
    check_function(lambda exchange: (smh_p2p.to_text(exchange), smh_p2p.to_svg(exchange)))
    check_function(lambda exchange: (smh_p2p.to_html(exchange), exchange._repr_html_()))
