from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import attrs
import pytest
from hypothesis import given

import smh_p2p
from smh_p2p import SEA, Exchange, JurisdictionKind, Summary
from smh_p2p.pointer import leaves
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


@pytest.mark.parametrize(
    "known",
    [
        {"name": "Guam"},
        {"name": "A", "aliases": ("Guam",)},
        {"name": "A", "fips": "66"},
        {"name": "A", "usps": "GU"},
        {"name": "A", "iso_3166_2": "US-GU"},
        {"name": "A", "ccd": "66"},
    ],
)
def test_a_sea_lies_where_it_lies_by_whatever_it_is_known(
    exchange: Exchange, known: dict[str, Any]
) -> None:
    sea = SEA(kind=JurisdictionKind.OUTLYING_AREA, **known)
    (tile,) = tiles(attrs.evolve(exchange, seas=(sea,))).values()
    guam = tiles(exchange)["Guam (outlying area)"]
    assert tile.get("transform") == guam.get("transform")


def test_each_kind_has_a_shape_of_its_own(exchange: Exchange) -> None:
    unknown = SEA(name="Palau")
    drawn = tiles(attrs.evolve(exchange, seas=(*exchange.seas, unknown)))
    shapes = {
        name.rpartition(" (")[2]: (tile[1].tag, tile[1].get("rx")) for name, tile in drawn.items()
    }
    assert len(set(shapes.values())) == len(shapes) == len({*JurisdictionKind, None})
    dashed = [name for name, tile in drawn.items() if tile[1].get("stroke-dasharray")]
    assert dashed == ["Palau (kind not known)"]


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
