import re
import sys
from bisect import bisect
from calendar import month_name
from collections import Counter
from collections.abc import Callable, Iterable
from html.parser import HTMLParser
from itertools import chain, permutations, takewhile
from types import FrameType
from typing import Any
from xml.etree import ElementTree as ET

import attrs
import pytest
from hypothesis import given, strategies as st

import smh_p2p
from smh_p2p import (
    SEA,
    Citation,
    Exchange,
    Group,
    JurisdictionKind,
    Objective,
    Origin,
    Period,
    Session,
    Source,
    Span,
    Summary,
)
from smh_p2p.exchange import SEQUENCES
from smh_p2p.jurisdiction_table import jurisdictions, on_tiles
from smh_p2p.pointer import leaves
from smh_p2p.records import CODES
from smh_p2p.render import to_fragment
from smh_p2p.testing import Page as PageOfText, check_function, exchanges, summaries

SVG = "{http://www.w3.org/2000/svg}"
VOID = {"meta", "br"}


class Page(HTMLParser):
    """What a browser would read: texts and tags, the cards of passages, and the source."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.numbers: dict[str, str] = {}  # the raised numbers, by the card that they open
        self.cards: dict[str, list[str]] = {}  # the marked passages of each card
        self.excerpts: dict[str, str] = {}  # all of the text of each card
        self.source = ""
        self.paragraphs: list[int] = []  # where each paragraph of the source begins
        self.unread: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags[tag] += 1
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)
        named = dict(attrs)
        if named.get("class") == "number":
            self.numbers[named["popovertarget"]] = ""
        if "popover" in named:
            self.cards[named["id"]] = []
            self.excerpts[named["id"]] = ""
        if "aside" in self.open and tag == "li":
            self.paragraphs.append(len(self.source))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        tag = self.open[-1] if self.open else ""
        if tag == "button" and len(self.numbers) > len(self.cards):
            self.numbers[[*self.numbers][-1]] = data
        if self.open[-3:-1] == ["span", "span"] or self.open[-2:] == ["span", "span"]:
            self.excerpts[[*self.cards][-1]] += data
        if tag == "mark" and self.cards:
            self.cards[[*self.cards][-1]].append(data)
        if {"aside", "ol"} <= {*self.open}:
            self.source += data
        if tag == "u":
            self.unread.append(data)

    def values(self, attribute: str) -> list[str | None]:
        return [value for name, value in self.attributes if name == attribute]


def plain(text: str) -> str:
    return "".join(text.split())


def page_in(frame: str) -> str:
    (page,) = Page(frame).values("srcdoc")
    assert page is not None
    return page


@given(exchanges())
def test_a_page_and_a_fragment_say_everything_and_ask_for_nothing(exchange: Exchange) -> None:
    document = smh_p2p.to_dict(exchange)
    for name in ("format", "identifier", "source"):
        del document[name]
    for record in (*document.get("seas", ()), *document.get("organizations", ())):
        record.pop("aliases", None)
        record.pop("role", None)  # a heading says it
    for end, month in document.get("period", {}).items():
        year, number = map(int, month.split("-"))
        document["period"][end] = month_name[number]
        document[end] = year
    for written in (smh_p2p.to_html(exchange), exchange._repr_html_()):
        page = Page(written)
        assert not page.open
        assert page.tags["script"] == 0
        visible = plain("".join(page.texts))
        for _, value in leaves(document):
            assert plain(str(value)) in visible
        assert not {"src", "onclick", "onload"} & {name for name, _ in page.attributes}
        assert "url(" not in written.partition("<body>")[0]
        assert "@import" not in written.partition("<body>")[0]


@given(exchanges())
def test_each_record_shows_every_value_in_a_notebook(exchange: Exchange) -> None:
    parts_of = (getattr(exchange, name) for name in SEQUENCES)
    records = [exchange.source, *chain(*parts_of), *filter(None, [exchange.period])]
    for record in records:
        page = Page(record._repr_html_())
        assert not page.open
        visible = plain("".join(page.texts))
        assert plain(type(record).__name__) in visible
        for _, value in leaves(smh_p2p.to_dict(record)):
            assert plain(str(value)) in visible


@given(summaries())
def test_each_citation_shows_its_value_and_its_proof_in_a_notebook(page: PageOfText) -> None:
    for each in smh_p2p.read_summary(page.text).citations():
        read = Page(each._repr_html_())
        assert not read.open
        visible = plain("".join(read.texts))
        proof = [span.quote[:500] for span in each.spans] + [*filter(None, [each.because])]
        proof += [each.standard.title, each.standard.edition] if each.standard else []
        for text in (each.pointer, str(each.value), each.origin, *proof):
            assert plain(text) in visible
        assert read.tags["mark"] == bool(each.spans)


def test_a_long_passage_is_short_in_a_notebook() -> None:
    long = Span(start=0, end=5_000, quote="long " * 1_000)
    citation = Citation(pointer="/goal", origin=Origin.QUOTED, value="long", spans=(long,))
    assert 600 < len(citation._repr_html_()) < 2_500


def test_a_citation_without_a_value_shows_none_in_a_notebook() -> None:
    citation = Citation(pointer="/goal", origin=Origin.ASSIGNED)
    texts = Page(citation._repr_html_()).texts[1:]  # after the style
    assert texts == ["Citation", "fact", "/goal", "origin", "assigned"]


def test_a_notebook_opens_the_main_parts_of_an_exchange(summary: Summary) -> None:
    page = attrs.evolve(summary, labels=summary.labels[1:])
    html = page._repr_html_()
    parts_of = re.findall(r"<details( open=\"\")?><summary>(.*?)</summary>", html)
    assert [heading for is_open, heading in parts_of if is_open] == [
        "Goal",
        "Groups",
        "Sessions",
        "Objectives",
        "Participating SEAs",
        "Unread on the page",
    ]
    assert [heading for is_open, heading in parts_of if not is_open] == [
        "Background",
        "What a P2P exchange is",
        "Facilitator",
        "Partners",
        "The source does not state",
        "Source",
    ]
    assert f"<p>Citations: {len(page.origins)}. Unread passages: {len(page.unread)}.</p>" in html


def test_a_summary_in_a_notebook_says_what_is_inferred(summary: Summary) -> None:
    assert Page(summary._repr_html_()).texts.count("inferred") == 2
    assert "inferred" not in Page(summary.exchange._repr_html_()).texts


def test_hostile_text_is_text() -> None:
    hostile = (
        "</title></style></iframe><script>alert(1)</script><img src=x onerror=alert(1)>&amp;\"'"
    )
    document = smh_p2p.to_dict(smh_p2p.load())
    document |= {"title": hostile, "goal": hostile}
    document["seas"][0]["name"] = hostile
    exchange = smh_p2p.from_dict(document)
    frame = smh_p2p.to_iframe(exchange)
    assert Page(frame).tags == {"iframe": 1}
    span = Span(start=0, end=len(hostile), quote=hostile)
    citation = Citation(pointer="/title", origin=Origin.INFERRED, spans=(span,), because=hostile)
    pieces = [each._repr_html_() for each in (exchange, exchange.seas[0], citation)]
    for written in (smh_p2p.to_html(exchange), page_in(frame), *pieces):
        page = Page(written)
        assert page.tags["script"] == page.tags["img"] == 0
        assert hostile in page.texts
    assert hostile in "".join(ET.fromstring(smh_p2p.to_svg(exchange)).itertext())


@given(exchanges(max_seas=3))
def test_a_frame_holds_the_whole_page_and_lets_no_script_run(exchange: Exchange) -> None:
    frame = smh_p2p.to_iframe(exchange)
    assert page_in(frame) == smh_p2p.to_html(exchange)
    assert Page(frame).values("title") == [exchange.title]
    assert Page(frame).values("sandbox") == ["allow-popups allow-popups-to-escape-sandbox"]


def card_of(pointer: str) -> str:
    """Return the name of the card with the passages of a fact."""
    found = re.match(r"/(\w+/\d+|\w+)", pointer)
    assert found
    return found[1].replace("/", "-")


@given(summaries())
def test_the_page_of_a_summary_leads_from_each_fact_to_its_passages(page: PageOfText) -> None:
    summary = smh_p2p.read_summary(page.text)
    read = Page(smh_p2p.to_html(summary))
    cited = [(card_of(each.pointer), span) for each in summary.citations() for span in each.spans]
    assert set(read.cards) == set(read.numbers) == {card for card, _ in cited}
    assert {*read.values("popovertarget")} == {*read.values("id")} == set(read.cards)
    assert len(read.values("id")) == len(read.cards)
    for card, span in cited:
        assert any(span.quote[:500] in mark for mark in read.cards[card])
        number = bisect(read.paragraphs, span.start)
        assert re.search(rf"\b{number}\b", read.numbers[card])


@given(summaries())
def test_the_source_stands_whole_in_paragraphs_and_what_is_unread_is_unread(
    page: PageOfText,
) -> None:
    summary = smh_p2p.read_summary(page.text)
    read = Page(smh_p2p.to_html(summary))
    assert read.source == page.text
    assert plain("".join(read.unread)) == plain("".join(each.quote for each in summary.unread))


def test_a_paragraph_begins_after_a_blank_line_or_with_a_bullet() -> None:
    text = "A P2P Exchange\n \nBackground: One\ntwo.\n\n\n  * three\n  - four\n    A five\n"
    read = Page(smh_p2p.to_html(smh_p2p.read_summary(text)))
    ends = [*read.paragraphs[1:], len(text)]
    paragraphs = [text[start:end] for start, end in zip(read.paragraphs, ends, strict=True)]
    assert [" ".join(each.split()) for each in paragraphs] == [
        "A P2P Exchange",
        "Background: One two.",
        "* three",
        "- four A five",
    ]


def test_the_paragraphs_of_the_canonical_source(summary: Summary) -> None:
    read = Page(smh_p2p.to_html(summary))
    lines = [line for line in summary.text.splitlines() if line]
    assert read.source[read.paragraphs[12] :].startswith("Participating SEAs: Alaska")
    assert len(read.paragraphs) == len(lines) == 14
    assert {key: read.numbers[key] for key in ("title", "period", "seas-3", "sessions-2")} == {
        "title": "1",
        "period": "14",
        "seas-3": "13",
        "sessions-2": "3, 6, 9, 11",
    }
    assert read.cards["seas-3"] == ["Guam"]
    assert read.excerpts["seas-3"] == (
        "13 Participating SEAs: Alaska, Colorado, Georgia, Guam, Illinois, Michigan, Nevada, "
        "New York, Northern Mariana Islands, Ohio,…"
    )
    assert read.excerpts["seas-12"] == (
        "13 …Nevada, New York, Northern Mariana Islands, Ohio, Pennsylvania, Tennessee, Wyoming, "
        "and the Bureau of Indian Education (BIE)."
    )
    assert read.cards["period"] == ["August 2019", "September 2019"]
    assert f"Inferred: {summary.cite('/groups/0/phase').because}" in read.texts


def test_a_card_is_short_where_a_passage_is_long() -> None:
    text = f"A P2P Exchange\n\nBackground: It {'began ' * 2_000}well.\n\nParticipating SEAs: Ohio"
    summary = smh_p2p.read_summary(text)
    read = Page(smh_p2p.to_html(summary))
    assert read.source == text
    (passage,) = read.cards["background"]
    assert summary.exchange.background is not None
    assert summary.exchange.background.startswith(passage)
    assert 500 < len(passage) <= 600
    assert passage.endswith(" began")


def test_the_page_names_every_standard(summary: Summary) -> None:
    texts = Page(smh_p2p.to_html(summary)).texts
    for standard in {each.standard for each in summary.citations() if each.standard}:
        assert f"{standard.title}, {standard.edition}" in texts


def test_the_page_of_an_exchange_alone_has_no_source_beside_it(exchange: Exchange) -> None:
    page = Page(smh_p2p.to_html(exchange))
    assert page.tags["aside"] == page.tags["button"] == 0
    assert not {name for name, _ in page.attributes} & {"id", "popover"}


def test_the_page_says_what_the_source_does_not(exchange: Exchange) -> None:
    page = Page(smh_p2p.to_html(exchange))
    assert "The source does not state" in page.texts
    assert set(exchange.not_stated) <= set(page.texts)


def test_each_session_and_objective_stands_once_with_its_groups(exchange: Exchange) -> None:
    everyones = attrs.evolve(exchange.objective(4), number=5, groups=())
    exchange = attrs.evolve(exchange, objectives=(*exchange.objectives, everyones))
    ungrouped = attrs.evolve(
        exchange,
        groups=(),
        sessions=tuple(attrs.evolve(each, groups=()) for each in exchange.sessions),
        objectives=tuple(attrs.evolve(each, groups=()) for each in exchange.objectives),
    )
    lines = [f"{each.number}. {each.title}" for each in exchange.sessions]
    lines += [f"{each.number}. {each.text}" for each in exchange.objectives]
    both = ["group 1", "group 2"]
    labels = [*[both] * 4, *[["group 1"]] * 2, *[["group 2"]] * 2, ["group not stated"]]
    for each, expected in ((exchange, labels), (ungrouped, [[]] * 9)):
        texts = [text.strip() for text in Page(smh_p2p.to_html(each)).texts if text.strip()]
        found = []
        for line in lines:
            assert texts.count(line) == 1
            rest = texts[texts.index(line) + 1 :]
            found.append([*takewhile(lambda text: text.startswith(("group", "for no")), rest)])
        assert found == expected
        on_paper = smh_p2p.to_text(each, width=1_000).splitlines()
        for line, groups in zip(lines, expected, strict=True):
            ending = f" ({', '.join(groups)})" if groups else ""
            assert on_paper.count(f"  {line}{ending}") == 1


# Lines of text

# The columns of a terminal that each letter takes
COLUMNS = {"a": 1, "Z": 1, "-": 1, " ": 1, "\n": 0, "é": 1, "\u0301": 0, "グ": 2, "안": 2}
LINES = exchanges(alphabet="".join(COLUMNS))


def columns_of(line: str) -> int:
    return sum(COLUMNS.get(each, 1) for each in line)


@given(LINES, st.integers(1, 120))
def test_a_line_is_no_wider_than_the_width_but_for_a_long_word(
    exchange: Exchange, width: int
) -> None:
    for line in smh_p2p.to_text(exchange, width).splitlines():
        assert columns_of(line) <= width or len(line.split()) == 1


@given(LINES, st.integers(1, 120))
def test_each_name_and_code_of_a_sea_is_in_the_text_at_any_width(
    exchange: Exchange, width: int
) -> None:
    text = smh_p2p.to_text(exchange, width)
    words = re.split(r"[\s,:()]+", text)
    for sea in exchange.seas:
        for name in (sea.name, sea.abbreviation or ""):
            assert plain(name) in plain(text)
        facts = [*sea.codes.values(), *(sea.kind or "").split(), str(sea.group or "")]
        assert set(facts) - {""} <= set(words)


@given(exchanges(alphabet="".join(COLUMNS), min_seas=1, codes=True, membership=False))
def test_the_codes_of_all_seas_stand_below_each_other(exchange: Exchange) -> None:
    lines = smh_p2p.to_text(exchange, width=10_000).splitlines()
    first = lines.index("Participating SEAs") + 3  # below two lines of titles
    rows = lines[first : first + len(exchange.seas)]
    assert [row.split()[-5:] for row in rows] == [[*sea.codes.values()] for sea in exchange.seas]
    assert len({columns_of(row) for row in rows}) == 1


def sea_lines(seas: Iterable[SEA], width: int) -> list[str]:
    """Return the lines of some SEAs in the text of an exchange."""
    exchange = Exchange(
        identifier="x",
        title="X",
        groups=(Group(number=1),),
        seas=tuple(seas),
        source=Source(title="X"),
    )
    _, _, after = smh_p2p.to_text(exchange, width).partition("SEAs\n")
    return after.partition("\n\n")[0].splitlines()


SOME = [smh_p2p.jurisdiction(key) for key in ("AK", "GU", "NY", "BIE")]


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (
            80,
            """\
                                                             ISO          CCD
Name                              Kind           USPS  FIPS  3166-2  CCD  abbr.
Alaska                            state          AK    02    US-AK   02   AK
Guam                              outlying area  GU    66    US-GU   66   GU
New York                          state          NY    36    US-NY   36   NY
Bureau of Indian Education (BIE)  federal        -     -     -       59   BI""",
        ),
        (
            55,
            """\
                                     ISO          CCD
Name      Kind           USPS  FIPS  3166-2  CCD  abbr.
Alaska    state          AK    02    US-AK   02   AK
Guam      outlying area  GU    66    US-GU   66   GU
New York  state          NY    36    US-NY   36   NY
Bureau of Indian Education (BIE)
          federal        -     -     -       59   BI""",
        ),
        (
            40,
            """\
  Alaska: state, USPS AK, FIPS 02,
    ISO 3166-2 US-AK, CCD 02,
    CCD abbr. AK
  Guam: outlying area, USPS GU, FIPS 66,
    ISO 3166-2 US-GU, CCD 66,
    CCD abbr. GU
  New York: state, USPS NY, FIPS 36,
    ISO 3166-2 US-NY, CCD 36,
    CCD abbr. NY
  Bureau of Indian Education (BIE):
    federal, CCD 59, CCD abbr. BI""",
        ),
        (
            12,
            """\
Alaska:
state,
USPS AK,
FIPS 02, ISO
3166-2
US-AK,
CCD 02,
CCD abbr. AK""",
        ),
    ],
)
def test_seas_are_a_table_where_it_fits_and_a_list_elsewhere(width: int, lines: str) -> None:
    expected = lines.splitlines()
    assert sea_lines(SOME, width)[: len(expected)] == expected


def test_a_table_has_only_columns_with_values() -> None:
    seas = [SEA(name="Guam", usps="GU", group=1), SEA(name="Ohio")]
    assert sea_lines(seas, 80) == [
        "Name  USPS  Group",
        "Guam  GU    1",
        "Ohio  -     not stated",
    ]
    assert sea_lines([SEA(name="Guam"), SEA(name="Ohio")], 80) == ["  Guam", "  Ohio"]


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (40, ["  1. Sustain and Expand SMH Programs", "    (group 1, group 2)"]),
        (20, [" 1. Sustain and", "  Expand SMH", "  Programs (group 1,", "  group 2)"]),
        (9, ["1.", "Sustain", "and", "Expand", "SMH", "Programs", "(group 1,", "group 2)"]),
    ],
)
def test_indents_are_small_in_a_narrow_terminal(
    exchange: Exchange, width: int, lines: list[str]
) -> None:
    session = attrs.evolve(exchange.session(3), number=1)
    exchange = attrs.evolve(exchange, sessions=(session, exchange.session(4)))
    _, _, after = smh_p2p.to_text(exchange, width).partition("\nSessions\n")
    assert after.splitlines()[: len(lines)] == lines


def test_a_text_keeps_its_paragraphs(exchange: Exchange) -> None:
    exchange = attrs.evolve(exchange, background="It began.\n \n\tIt\x9b ended.")
    assert "\nBackground\n  It began.\n  It\\x9b ended.\n\n" in smh_p2p.to_text(exchange)


@pytest.mark.parametrize(
    ("write", "mark"), [(smh_p2p.to_text, "(inferred)"), (smh_p2p.to_html, ">inferred<")]
)
def test_a_summary_says_what_is_inferred_and_leaves_it_out_on_request(
    summary: Summary, write: Callable[[Exchange | Summary], str], mark: str
) -> None:
    assert write(summary).count(mark) == 2
    assert mark not in write(smh_p2p.load_summary(inferred=False))
    assert mark not in write(summary.exchange)  # of which nothing is cited


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2019-08/2019-09", "August to September 2019"),
        ("2019-12/2020-01", "December 2019 to January 2020"),
        ("2019-08/2020-08", "August 2019 to August 2020"),
        ("2019-02/2019-02", "February 2019"),
    ],
)
def test_a_person_reads_a_period_in_words(exchange: Exchange, period: str, words: str) -> None:
    exchange = attrs.evolve(exchange, period=Period.parse(period))
    assert words in Page(smh_p2p.to_html(exchange)).texts
    assert smh_p2p.to_text(exchange).splitlines()[1] == words
    assert f"</b><br>{words}</p>" in exchange._repr_html_()


def test_a_further_line_of_an_entry_stands_further_in_than_its_first() -> None:
    sessions = Session(number=1, title="One\nTwo"), Session(number=2, title="Three")
    source = Source(title="A page")
    exchange = Exchange(identifier="x", title="X", source=source, sessions=sessions)
    lines = ["X", "", "Sessions", "  1. One", "    Two", "  2. Three", "", "Source", "  A page"]
    assert smh_p2p.to_text(exchange).splitlines() == lines


@pytest.mark.parametrize("number", range(1, 13))
def test_a_person_reads_each_month_by_its_name(exchange: Exchange, number: int) -> None:
    month = f"2019-{number:02}"
    exchange = attrs.evolve(exchange, period=Period.parse(f"{month}/{month}"))
    assert smh_p2p.to_text(exchange).splitlines()[1] == f"{month_name[number]} 2019"


# The cost


def with_groups(count: int) -> Exchange:
    groups = tuple(range(1, count + 1))
    return attrs.evolve(
        smh_p2p.load(),
        groups=tuple(Group(number=each) for each in groups),
        sessions=tuple(Session(number=each, title="S", groups=groups) for each in range(1, 6)),
        objectives=tuple(Objective(number=each, text="O", groups=(each,)) for each in groups),
    )


def with_seas(count: int) -> Exchange:
    named = [SEA(name=f"Elsewhere {each}", aliases=("Guam",)) for each in range(count)]
    return attrs.evolve(smh_p2p.load(), seas=tuple(named))


def with_facts(count: int) -> Summary:
    sessions = "".join(f"* Session {each} - About {each}\n" for each in range(1, count + 1))
    objectives = "".join(f"* To learn {each} (Group 1)\n" for each in range(count))
    unread = "Nobody knows. Group 1 met. " * count
    return smh_p2p.read_summary(
        f"A P2P Exchange\n\nP2P Description: {unread}\n\n{sessions}\n"
        f"P2P Objectives: We want:\n\n{objectives}"
    )


def crossing(count: int) -> Summary:
    """Return a summary of which each fact rests on a long passage that crosses all others."""
    summary = with_facts(count)
    text, origins = summary.text, dict(summary.origins)
    for at, (pointer, each) in enumerate(origins.items()):
        span = Span(start=at, end=len(text) - count + at % count, quote="")
        origins[pointer] = attrs.evolve(each, spans=(span,) * bool(each.spans))
    return attrs.evolve(summary, origins=origins)


def work(write: Callable[[Any], str], given: Exchange | Summary) -> tuple[int, int]:
    """Return the instructions that Python runs to write something, and how long it gets."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        length = len(write(given))
    finally:
        sys.settrace(before)
    return count, length


@pytest.mark.parametrize(
    "write", [smh_p2p.to_html, smh_p2p.to_iframe, smh_p2p.to_svg, smh_p2p.to_text, to_fragment]
)
@pytest.mark.parametrize("make", [with_groups, with_seas, with_facts, crossing])
def test_the_work_grows_with_the_size_of_an_exchange(
    write: Callable[[Any], str], make: Callable[[int], Exchange | Summary]
) -> None:
    given = [make(each) for each in (25, 50, 100)]
    for each in given:
        write(each)  # what is kept for the next time
    for small, middle, large in zip(*(work(write, each) for each in given), strict=True):
        assert large - middle <= 2.2 * (middle - small) + 100


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


@pytest.mark.parametrize("width", [0, -1, "80", None])
def test_a_width_that_no_line_has_is_refused(exchange: Exchange, width: Any) -> None:
    with pytest.raises(ValueError, match=r"^width is .*: give a whole number from 1 on"):
        smh_p2p.to_text(exchange, width)
