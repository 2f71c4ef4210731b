import json
import os
import re
from calendar import month_abbr, month_name
from pathlib import Path
from textwrap import fill
from typing import Any

import pytest
from hypothesis import given, strategies as st

import smh_p2p
import smh_p2p.summary
from conftest import HOUSE
from smh_p2p import InvalidSummaryError, Origin, Rule, Summary
from smh_p2p.pointer import position
from smh_p2p.provenance import MAX_ORIGINS, MAX_PAGE

FRAGMENTS = (
    *"Background: P2P_Description P2P_Objectives: Participating_SEAs: P2P_Duration: :".split(),
    *"Session_1- Session_2: • - o * ( ) (Group_1) (Groups_1_and_2) , ; and the".split(),
    *"Ohio Washington D.C. Narnia U.S. facilitated sessions in_partnership_with (OSS)".split(),
    *"August 2019 through states_in_the_early_phase groups each_tailored_to_both_groups".split(),
    *(
        "A P2P exchange is",
        "The goal of the series was to",
        "\n",
        "\n\n",
        "\r\n",
        "\t",
        " ",
        "\u00a0",
    ),
    *("\ufeff", "\x00", "\x85", "\u2028", "“", "’", "é", "½", "²", "٣", "Ⅷ"),
)

PAGES = sorted(Path(__file__).with_name("pages").glob("*.txt"))
# A page that reads well, to be spoiled.
PAGE = """\
Attendance P2P Exchange Series Summary

Background: The Center for Attendance (CA) worked with States.

P2P Description: The CA facilitated two sessions, each tailored to both groups:
  - Session 1- First
  - Session 2- Second

P2P Objectives: The objectives were:
  - To begin (Group 1)
  - To go on (Group 2)

Participating SEAs: Iowa, Ohio, and the Bureau of Indian Education (BIE).

P2P Duration: July through August 2019
"""


ENDS = ("start", "end")


def read(path: Path) -> smh_p2p.Summary:
    return smh_p2p.read_summary(path.read_bytes())


def plain(summary: smh_p2p.Summary) -> Any:
    """The document without what the page does not print: as the expected documents are written."""
    document = smh_p2p.to_dict(summary.exchange)
    for key in ("format", "identifier", "source", "not_stated"):
        document.pop(key, None)
    for sea in document.get("seas", ()):
        for key in sea.keys() - {"name", "abbreviation", "usps"}:
            del sea[key]
    return document


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_gives_what_it_says_and_the_passages_that_say_it(path: Path) -> None:
    summary, expected = read(path), json.loads(path.with_suffix(".json").read_bytes())
    assert plain(summary) == expected["document"]
    for pointer, quote in expected["quotes"].items():
        assert summary.cite(pointer).quote == quote
    assert [each.quote for each in summary.unread] == expected["unread"]
    summary.verify()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_each_code_point_is_cited_or_a_label_or_unread(path: Path) -> None:
    summary = read(path)
    cited = {
        at
        for citation in summary.citations()
        for span in citation.spans
        for at in range(span.start, span.end)
    }
    labels = {at for span in summary.labels for at in range(span.start, span.end)}
    unread = {at for span in summary.unread for at in range(span.start, span.end)}
    assert sorted([*cited, *labels, *unread]) == list(range(len(summary.text)))
    coverage = summary.coverage()
    shares = (coverage.cited, coverage.labels, coverage.unread)
    assert shares == pytest.approx(
        [len(each) / len(summary.text) for each in (cited, labels, unread)]
    )
    assert coverage.leaves == 1


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_span_quotes_the_page(path: Path) -> None:
    summary = read(path)
    assert summary.text.encode() == path.read_bytes()
    spans = [span for citation in summary.citations() for span in citation.spans]
    for span in (*spans, *summary.labels, *summary.unread):
        assert summary.text[span.start : span.end] == span.quote
    for passage in summary.unread:
        assert position(summary.text)(passage.start) == (passage.line, passage.column)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_summary_is_written_and_read_back(path: Path, tmp_path: Path) -> None:
    summary = read(path)
    summary.write(tmp_path / "folder")
    assert smh_p2p.summary.read(tmp_path / "folder") == summary
    assert smh_p2p.summary.read(path) == summary


def test_text_and_its_utf_8_give_the_same() -> None:
    assert smh_p2p.read_summary(PAGE) == smh_p2p.read_summary(PAGE.encode())


def test_what_the_caller_knows_is_assigned() -> None:
    summary = smh_p2p.read_summary(
        PAGE, identifier="attendance", publisher="A department", address="https://example.org/"
    )
    assert summary.exchange.identifier == "attendance"
    assert summary.exchange.source.publisher == "A department"
    assert summary.cite("/source/address").origin is Origin.ASSIGNED
    assert smh_p2p.read_summary(PAGE).exchange.identifier == "attendance-p2p-exchange-series-2019"


def test_what_follows_from_the_order_alone_is_inferred() -> None:
    phases = "The groups included states in the early phase and states in the late phase."
    page = PAGE.replace("worked with States.", f"worked with States.\n\nP2P Description: {phases}")
    page = page.replace("P2P Description: The CA", "The CA")
    summary = smh_p2p.read_summary(page)
    assert [group.phase for group in summary.exchange.groups] == ["early phase", "late phase"]
    citation = summary.cite("/groups/1/phase")
    assert (citation.origin, citation.quote) == (Origin.INFERRED, "late phase")
    assert citation.because
    assert citation.spans[1].quote == phases
    assert (
        "which group had which phase (only their order suggests it)" in summary.exchange.not_stated
    )


def test_phases_with_numbers_are_quoted() -> None:
    phases = "Group 2 was for states in the late phase and group 1 for states in the early phase."
    page = PAGE.replace(
        "P2P Description: ", f"P2P Description: There were groups, too: {phases} "
    ).replace("groups, too: Group", "two groups: Group")
    summary = smh_p2p.read_summary(page)
    assert [group.phase for group in summary.exchange.groups] == ["early phase", "late phase"]
    assert summary.cite("/groups/0/phase").origin is Origin.QUOTED


def test_phases_of_other_groups_are_given_to_none() -> None:
    phases = "The groups did not include states in the early phase and states in the late phase. "
    summary = smh_p2p.read_summary(PAGE.replace("The CA facil", f"{phases}The CA facil"))
    assert [group.phase for group in summary.exchange.groups] == [None, None]


@pytest.mark.parametrize(
    ("objectives", "texts"),
    [
        (":\n- To begin", ["To begin"]),
        (" :\n:\n- To begin", ["To begin"]),
        ("These were set:\nBegin\nGo on", ["Begin", "Go on"]),
        ("To help, these were set:\nTo begin\nTo go on", ["To begin", "To go on"]),
        ("To help, these were set.\n- To begin\n- To go on", ["To begin", "To go on"]),
        ("\n  To begin.\n  To go on.", ["To begin.", "To go on."]),
        ("\n- To begin: now\n  and here", ["To begin: now and here"]),
        ("\nThese were set. :\n- To begin", ["To begin"]),
    ],
)
def test_objectives_are_the_items_of_their_list(objectives: str, texts: list[str]) -> None:
    page = f"A P2P Exchange\n\nP2P Objectives: {objectives}\n"
    summary = smh_p2p.read_summary(page)
    assert [each.text for each in summary.exchange.objectives] == texts
    summary.verify()


def test_phases_that_do_not_match_the_groups_are_given_to_none() -> None:
    phases = "The groups included states in the early phase. "
    summary = smh_p2p.read_summary(PAGE.replace("The CA facil", f"{phases}The CA facil"))
    assert [group.phase for group in summary.exchange.groups] == [None, None]
    assert [each.quote for each in summary.unread] == [phases.strip()]


@pytest.mark.parametrize("label", ["Participating SEA's:", "Participating SEA\u2019s:"])
def test_a_plural_with_an_apostrophe_is_a_label(label: str) -> None:
    summary = smh_p2p.read_summary(PAGE.replace("Participating SEAs:", label))
    assert (summary.exchange.seas, summary.unread) == (smh_p2p.read_summary(PAGE).exchange.seas, ())


@pytest.mark.parametrize(
    "unread", ["The series was free.", "Speakers: Jane Smith.", "Guam was in group 1."]
)
def test_what_a_page_leaves_open_is_known_only_if_all_of_it_is_read(unread: str) -> None:
    assert "who spoke" in smh_p2p.read_summary(PAGE).exchange.not_stated
    summary = smh_p2p.read_summary(f"{PAGE}\n{unread}\n")
    assert [each.quote for each in summary.unread] == [unread]
    assert summary.exchange.not_stated == ()


def test_two_known_names_without_a_comma_are_two_seas() -> None:
    summary = smh_p2p.read_summary(PAGE.replace("Iowa, Ohio", "Iowa New Mexico Ohio"))
    assert [sea.usps for sea in summary.exchange.seas] == ["IA", "NM", "OH", None]
    citation = summary.cite("/seas/1/name")
    assert (citation.origin, citation.quote) == (Origin.INFERRED, "New Mexico")
    assert citation.spans[1].quote == "Iowa New Mexico Ohio"
    assert "jurisdiction" in str(citation.because)


def test_a_name_that_no_jurisdiction_has_stays_as_printed() -> None:
    summary = smh_p2p.read_summary(PAGE.replace("Iowa", "Narnia"))
    assert summary.exchange.seas[0] == smh_p2p.SEA(name="Narnia")
    with pytest.raises(smh_p2p.NotStatedError, match="the kind of jurisdiction of Narnia"):
        summary.exchange.seas_of("state")


@pytest.mark.parametrize(
    ("printed", "codes"),
    [
        ("Washington DC, Iowa", ["DC", "IA"]),
        ("Washington, DC, Iowa", ["DC", "IA"]),
        ("Washington, Washington DC and Iowa", ["WA", "DC", "IA"]),
        ("Virginia West Virginia", ["VA", "WV"]),
        ("Georgia (GA), Iowa", ["GA", "IA"]),
        ("Washington (DC), Iowa", ["DC", "IA"]),
        ("Iowa and Ohio.", ["IA", "OH"]),
        ("the U.S. Virgin Islands & D.C.", ["VI", "DC"]),
        ("Iowa , Ohio;Utah", ["IA", "OH", "UT"]),
        ("AK, Penn.", ["AK", "PA"]),
        ("Iowa\n\nThree more states observed.", ["IA"]),
        ("\n  • Iowa\n  • Ohio", ["IA", "OH"]),
    ],
)
def test_a_list_of_seas_is_read_however_it_is_printed(printed: str, codes: list[str]) -> None:
    list_of_page = "Iowa, Ohio, and the Bureau of Indian Education (BIE)."
    summary = smh_p2p.read_summary(PAGE.replace(list_of_page, printed))
    assert [sea.usps for sea in summary.exchange.seas] == codes


def test_a_jurisdiction_printed_otherwise_has_its_own_name_as_an_alias() -> None:
    summary = smh_p2p.read_summary(PAGE.replace("Iowa", "Washington DC"))
    assert summary.exchange.sea("District of Columbia").name == "Washington DC"
    citation = summary.cite("/seas/0/aliases/0")
    assert citation.standard is not None
    assert (citation.origin, citation.standard.name) == (Origin.REFERENCE, "names")


@pytest.mark.parametrize(
    ("printed", "period"),
    [
        ("August 2019 through September 2019", "2019-08/2019-09"),
        ("September 2018 – October 2018", "2018-09/2018-10"),
        ("July through August 2019", "2019-07/2019-08"),
        ("August 2019", "2019-08/2019-08"),
        ("August 2019.", "2019-08/2019-08"),
        ("Dec. 2018 - Jan 2019", "2018-12/2019-01"),
        ("AUGUST,\u00a02019 to SEPTEMBER 2019", "2019-08/2019-09"),
    ],
)
def test_a_duration_is_read_however_it_is_printed(printed: str, period: str) -> None:
    summary = smh_p2p.read_summary(PAGE.replace("July through August 2019", printed))
    assert str(summary.exchange.period) == period
    assert summary.unread == ()
    summary.verify()


def test_a_month_without_a_year_of_its_own_cites_the_year_of_the_other() -> None:
    summary = smh_p2p.read_summary(PAGE)
    quotes = {end: [span.quote for span in summary.cite(f"/period/{end}").spans] for end in ENDS}
    assert quotes == {"start": ["July", "2019"], "end": ["August 2019"]}


@pytest.mark.parametrize("number", range(1, 13))
def test_a_duration_in_any_month_is_read_by_its_whole_and_its_short_name(number: int) -> None:
    whole, short = month_name[number], month_abbr[number]
    shorts = [short, f"{short}.", *["Sept."] * (short == "Sep")]
    for name in (whole, *(shorts if short != whole else [])):
        page = PAGE.replace("July through August 2019", f"{name} 2019")
        period = smh_p2p.read_summary(page).exchange.period
        assert str(period) == f"2019-{number:02}/2019-{number:02}"


@pytest.mark.parametrize("printed", ["Spring 2019", "December through January 2020", "2019"])
def test_a_duration_that_names_no_months_in_order_is_left_unread(printed: str) -> None:
    summary = smh_p2p.read_summary(PAGE.replace("July through August 2019", printed))
    assert summary.exchange.period is None
    assert [each.quote for each in summary.unread] == [printed]


@pytest.mark.parametrize(
    ("sentence", "facilitator"),
    [
        ("The CA facilitated two sessions", "Center for Attendance"),
        ("Two sessions were facilitated by the CA", "Center for Attendance"),
        ("The sessions were facilitated by WIDA", "WIDA"),
        ("A and B facilitated the sessions", ""),
        ("The CA facilitated session 1; WIDA facilitated session 2", ""),
        ("The CA facilitated the sessions; WIDA facilitated the calls", ""),
        ("A facilitated conversation is a series", None),
        ("There were two sessions", None),
    ],
)
def test_who_facilitated_is_who_the_page_says(sentence: str, facilitator: str | None) -> None:
    """An exchange has one facilitator at most; of two on the page none is put down as the one."""
    summary = smh_p2p.read_summary(PAGE.replace("The CA facilitated two sessions", sentence))
    names = [each.name for each in summary.exchange.organizations]
    assert names == [facilitator] * bool(facilitator)
    not_stated = "who facilitated the exchange" in summary.exchange.not_stated
    assert not_stated is (facilitator is None and not summary.unread)


@pytest.mark.parametrize(
    ("words", "abbreviation"),
    [
        ("Attendance Works (California)", None),
        ("Attendance Works (AW; Ohio)", None),
        ("Attendance Works (the Works)", "the Works"),
        ("Attendance Works (“Works”)", "Works"),
        ("Attendance Works (A.W.)", "A.W."),
        ("Attendance Works (AttW)", "AttW"),
        ("Attendance Works (AWs)", None),
        ("AW (California)", None),
        ("AW (New York)", None),
        ("AWAWA (Ohio)", None),
        ("AW (Attendance Works)", "AW"),
    ],
)
@pytest.mark.parametrize("sentence", ["{} facilitated the calls", "Calls were facilitated by {}"])
def test_a_short_form_in_parentheses_looks_like_one(
    words: str, abbreviation: str | None, sentence: str
) -> None:
    page = PAGE.replace("The CA facilitated two sessions", sentence.format(words))
    (organization,) = smh_p2p.read_summary(page).exchange.organizations
    assert organization.name == ("Attendance Works" if "Att" in words else words.split()[0])
    assert organization.abbreviation == abbreviation


@pytest.mark.parametrize(
    "sentence",
    [
        "SEAs learned how to work in partnership with Community Providers.",
        "States met in partnership with Local Educational Agencies (LEAs), Families, and Tribes.",
        "The CA, in partnership with SEAs, met.",
        "The CA, in partnership with Local Educational Agencies (LEAs), met.",
        "The CA did not work in partnership with WestEd.",
    ],
)
def test_who_works_with_states_is_no_partner_of_the_exchange(sentence: str) -> None:
    summary = smh_p2p.read_summary(PAGE.replace("P2P Desc", f"{sentence}\n\nP2P Desc"))
    assert summary.exchange.partners == ()


@pytest.mark.parametrize("before", ["The", "It was led by the"])
def test_a_name_with_commas_is_the_one_that_its_short_form_abbreviates(before: str) -> None:
    name = "Office of Career, Technical, and Adult Education"
    sentence = f"{before} {name} (OCTAE) met. OCTAE facilitated two sessions"
    page = PAGE.replace("The CA facilitated two sessions", sentence)
    assert smh_p2p.read_summary(page).exchange.facilitator.name == name


def test_a_partner_of_the_facilitator_is_a_partner() -> None:
    page = PAGE.replace("CA facil", "CA in partnership with WestEd facil")
    (organization,) = smh_p2p.read_summary(page).exchange.organizations
    assert (organization.name, organization.role) == ("WestEd", smh_p2p.Role.PARTNER)


def test_two_names_joined_by_and_are_partners_only_where_they_are_told_apart() -> None:
    words = "in partnership with the Center for Reading and Office of State Support (OSS) and X Lab"
    summary = smh_p2p.read_summary(PAGE.replace("worked with States", f"worked {words}"))
    partners = [(each.name, each.abbreviation) for each in summary.exchange.partners]
    names = [("Center for Reading", None), ("Office of State Support", "OSS"), ("X Lab", None)]
    assert partners == names
    words = "in partnership with the Center for Reading and Office of State Support"
    summary = smh_p2p.read_summary(PAGE.replace("worked with States", f"worked {words}"))
    assert summary.exchange.partners == ()


def test_sessions_are_for_all_groups_only_if_the_page_says_so() -> None:
    groups = [each.groups for each in smh_p2p.read_summary(PAGE).exchange.sessions]
    assert groups == [(1, 2), (1, 2)]
    monthly = smh_p2p.read_summary(PAGE.replace("two sessions, each", "a session a month, each"))
    assert [each.groups for each in monthly.exchange.sessions] == groups
    summary = smh_p2p.read_summary(PAGE.replace(", each tailored to both groups", ""))
    assert [each.groups for each in summary.exchange.sessions] == [(), ()]
    assert "which session was for which group" in summary.exchange.not_stated
    marked = smh_p2p.read_summary(PAGE.replace("- Second", "- Second (Group 2)"))
    assert [each.groups for each in marked.exchange.sessions] == [(1, 2), (2,)]


@pytest.mark.parametrize(("words", "sessions"), [("both of the", ()), ("all", (1, 2, 3))])
def test_both_groups_are_two_and_all_groups_are_any_number(
    words: str, sessions: tuple[int, ...]
) -> None:
    page = PAGE.replace("both groups", f"{words} groups").replace("(Group 2)", "(Groups 2 and 3)")
    exchange = smh_p2p.read_summary(page).exchange
    assert [each.number for each in exchange.groups] == [1, 2, 3]
    assert [each.groups for each in exchange.sessions] == [sessions, sessions]


def problems(page: str | bytes) -> list[tuple[str, Rule]]:
    with pytest.raises(InvalidSummaryError) as refusal:
        smh_p2p.read_summary(page)
    return [(problem.where, problem.rule) for problem in refusal.value.problems]


@given(
    st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=60)
    | st.lists(st.sampled_from([*PAGE.split("\n"), *FRAGMENTS]), max_size=25).map("\n".join)
)
def test_any_text_is_a_summary_or_refused(pieces: list[str] | str) -> None:
    text = "A P2P Exchange\n\nBackground: " + "".join(pieces).replace("_", " ")
    try:
        summary = smh_p2p.read_summary(text)
    except InvalidSummaryError as error:
        places = [tuple(map(int, problem.where.split(":"))) for problem in error.problems]
        assert all(line >= 1 and column >= 1 for line, column in places)
        return
    summary.verify()
    covered = [*summary.labels, *summary.unread]
    covered += {span for each in summary.citations() for span in each.spans}
    assert {at for span in covered for at in range(span.start, span.end)} == {*range(len(text))}
    assert Summary.from_files(*summary.files().values()) == summary
    assert smh_p2p.to_html(summary)


@pytest.mark.parametrize(
    ("before", "after", "where", "rule"),
    [
        ("Session 2", "Session 1", "7:5", Rule.UNIQUE),
        ("Session 2", "Session 0", "7:5", Rule.NUMBER),
        ("Session 2", "Session 99999999999999999999", "7:5", Rule.NUMBER),
        ("Ohio", "Iowa", "13:27", Rule.UNIQUE),
        ("Ohio", "State of Iowa", "13:27", Rule.UNIQUE),
        ("July through", "September 2019 through", "15:38", Rule.ORDER),
        ("two sessions", "three sessions", "5:37", Rule.COUNT),
        ("two sessions", "3 sessions", "5:37", Rule.COUNT),
        ("(Group 2)", "(Group 3)", "5:68", Rule.COUNT),
        ("P2P Objectives", "P2P Duration", "15:1", Rule.PART),
        ("First", "\x07", "6:16", Rule.TEXT),
        ("Attendance P2P Exchange Series Summary\n", "", "2:1", Rule.PART),
    ],
)
def test_what_contradicts_itself_is_refused_at_its_line_and_column(
    before: str, after: str, where: str, rule: Rule
) -> None:
    assert (where, rule) in problems(PAGE.replace(before, after, 1))


def test_all_contradictions_are_named_at_once() -> None:
    page = PAGE.replace("Session 2", "Session 1").replace("Ohio", "Iowa")
    assert {where for where, _ in problems(page)} == {"7:5", "13:27"}


def test_a_count_is_named_with_both_places() -> None:
    with pytest.raises(InvalidSummaryError) as refusal:
        smh_p2p.read_summary(PAGE.replace("two sessions", "three sessions"))
    assert str(refusal.value) == (
        "5:37: found 'three sessions', expected 2, the number that the page lists from 6:5"
    )


@pytest.mark.parametrize(
    ("page", "rule"),
    [
        ("", Rule.PART),
        ("A P2P Exchange\n\nThe background is this.", Rule.PART),
        (b"\xff", Rule.ENCODING),
        ("\ud800", Rule.ENCODING),
        (b" " * (16 * 1024 * 1024 + 1), Rule.SIZE),
        (None, Rule.TYPE),
    ],
)
def test_what_is_no_page_of_the_family_is_refused(page: Any, rule: Rule) -> None:
    assert problems(page) == [("1:1", rule)]


def test_the_refusal_names_the_labels_that_were_looked_for() -> None:
    with pytest.raises(InvalidSummaryError, match="Participating SEAs"):
        smh_p2p.read_summary("Dear colleague")


LIST = "Iowa, Ohio, and the Bureau of Indian Education (BIE)."


@pytest.mark.parametrize(
    ("printed", "names", "unread"),
    [
        ("Alabama\nAlaska\nUtah", ["Alabama", "Alaska", "Utah"], []),
        ("Ohio, Utah\nPrivacy Policy\nContact", ["Ohio", "Utah"], ["Privacy Policy\nContact"]),
        ("Ohio, and a few others", ["Ohio"], ["a few others"]),
        ("Ohio (two teams), Utah", ["Utah"], ["Ohio (two teams)"]),
        ("Ohio, see the list", ["Ohio"], ["see the list"]),
        ("Indiana, in", ["Indiana"], ["in"]),
        ("Ohio, TBD: later", ["Ohio"], ["TBD: later"]),
        ("Washington, D.C. and Wyoming", ["Washington, D.C.", "Wyoming"], []),
        ("Ohio and Virgin Islands, U.S.", ["Ohio", "Virgin Islands, U.S."], []),
        ("Ohio,, Utah,", ["Ohio", "Utah"], []),
        ("Ohio and Ala.", ["Ohio", "Ala."], []),
        ("  • Ohio\n  • Utah\n\nPrivacy Policy\n", ["Ohio", "Utah"], ["Privacy Policy"]),
        (
            "Ohio, Old and New Albion, Utah and Iowa",
            ["Ohio", "Old and New Albion", "Utah", "Iowa"],
            [],
        ),
        ("Ohio, Narnia\nPark", ["Ohio", "Narnia Park"], []),
        ("Ohio, Bureau of Indian Education (BIE", ["Ohio"], ["Bureau of Indian Education (BIE"]),
        (f"Ohio, {'a' * 300}", ["Ohio"], ["a" * 300]),
    ],
)
def test_what_does_not_read_like_a_name_is_no_sea(
    printed: str, names: list[str], unread: list[str]
) -> None:
    summary = smh_p2p.read_summary(PAGE.replace(LIST, printed))
    assert [sea.name for sea in summary.exchange.seas] == names
    assert [each.quote for each in summary.unread] == unread


@pytest.mark.parametrize(
    "printed",
    [
        "August 2019 - ongoing",
        "August 2019 through spring",
        "August 2019, October 2019, and December 2019",
        "August 2019 and October 2019 and May 2020",
        "June - July 2019 (Group 1); August 2019 (Group 2)",
        "August 2019 / September 2019",
        "August 2019 onward",
        "August 2019, for six months",
        "August 2019, online",
        "August 2019. Sessions continued into the fall.",
        "August 2019+",
        "March 2020 (cancelled)",
        "August 2019, postponed",
    ],
)
def test_a_duration_that_goes_on_in_another_way_is_left_unread(printed: str) -> None:
    summary = smh_p2p.read_summary(PAGE.replace("July through August 2019", printed))
    assert summary.exchange.period is None
    assert summary.unread[-1].quote == printed


@pytest.mark.parametrize(
    "sentence",
    [
        "The sessions were facilitated by Dr. Jane Smith of WestEd",
        "The sessions were not facilitated by WestEd but by AIR",
        "The sessions were facilitated by AIR, WestEd, and RTI International",
        "The sessions were facilitated by WestEd for Group 1 and by AIR for Group 2",
        "AIR and WestEd facilitated the sessions",
        "Staff from Ohio facilitated two sessions",
        "Ohio facilitated the sessions",
        "Session 1 was facilitated by WestEd",
        "WestEd facilitated the first session",
        "WestEd's facilitated the sessions",
        "Finally WestEd facilitated the sessions",
        "Sessions were never facilitated by WestEd",
        "Neither WestEd nor AIR facilitated the sessions",
        "The sessions were co-facilitated by WestEd",
        "Sessions could be facilitated by WestEd",
        "Sessions will be facilitated by WestEd",
        "Sessions were to be facilitated by WestEd",
        "In 2018 WestEd facilitated a series on reading",
        "WestEd facilitated the sessions for group 1",
        "WestEd (Group 1 only) facilitated the sessions",
        "Participants facilitated the sessions",
        "States facilitated the sessions",
        "Participating States facilitated the sessions",
        "SEAs facilitated the sessions",
        "Members facilitated the sessions",
    ],
)
def test_nobody_is_put_down_as_facilitator_who_may_not_be_the_one(sentence: str) -> None:
    summary = smh_p2p.read_summary(PAGE.replace("The CA facilitated two sessions", sentence))
    assert summary.exchange.organizations == ()
    assert "who facilitated the exchange" not in summary.exchange.not_stated


@pytest.mark.parametrize(
    ("words", "partners"),
    [
        (
            "in partnership with the Office of Career, Technical, and Adult Education (OCTAE)",
            ["Office of Career, Technical, and Adult Education"],
        ),
        ("in partnership with Abt Associates, Inc. and WestEd", ["Abt Associates, Inc.", "WestEd"]),
        (
            "in partnership with WestEd and the Lab for Data, the Network",
            ["WestEd", "Lab for Data"],
        ),
        ("in partnership with St. John's University", []),
        ("in partnership with OSS (Office of State Support)", ["Office of State Support"]),
        (
            "in partnership with Region 10 Comprehensive Center (RCC)",
            ["Region 10 Comprehensive Center"],
        ),
    ],
)
def test_a_partner_is_named_whole_or_not_at_all(words: str, partners: list[str]) -> None:
    summary = smh_p2p.read_summary(PAGE.replace("worked with States", f"worked {words} helped"))
    assert [each.name for each in summary.exchange.partners] == partners


@pytest.mark.parametrize(
    "sentence",
    [
        "In 2018 the Network held three sessions on this topic.",
        "The CA facilitated three sessions for Group 1.",
        "The last of three sessions was full.",
        "Each SEA attended three sessions.",
    ],
)
def test_a_count_of_other_sessions_is_no_contradiction(sentence: str) -> None:
    summary = smh_p2p.read_summary(PAGE.replace("The CA facil", f"{sentence} The CA facil"))
    assert len(summary.exchange.sessions) == 2


@pytest.mark.parametrize(
    "sentence",
    [
        "The sessions were not each tailored to both groups:",
        "Two sessions were each tailored to all groups except Group 2:",
        "Materials were each tailored to both groups:",
    ],
)
def test_a_sentence_that_denies_it_gives_the_sessions_no_groups(sentence: str) -> None:
    before = "The CA facilitated two sessions, each tailored to both groups:"
    summary = smh_p2p.read_summary(PAGE.replace(before, sentence))
    assert [each.groups for each in summary.exchange.sessions] == [(), ()]


@pytest.mark.parametrize(
    ("before", "goal"),
    [
        ("The goal of ESSA was to help all. The goal of the exchange was to talk.", "to talk"),
        (
            "The purpose of this one was to meet at 3 p.m. Eastern time.",
            "to meet at 3 p.m. Eastern time",
        ),
        ("The purpose of this document is to summarize the series.", None),
        ("The purpose of Session 1 was to plan.", None),
        ("The goal of SEAs was to learn.", None),
        ("The goal of the SEAs in the series was to learn.", None),
        ("The goal of a P2P exchange is to talk. The goal of the series was to plan.", "to plan"),
        ("The goal of the series, which was to be held in 2018, was to plan.", None),
    ],
)
def test_the_goal_is_that_of_the_exchange(before: str, goal: str | None) -> None:
    summary = smh_p2p.read_summary(PAGE.replace("The CA facil", f"{before} The CA facil"))
    assert summary.exchange.goal == goal


def test_a_definition_says_what_an_exchange_is_and_not_what_it_is_not() -> None:
    both = "A P2P exchange is not a webinar. A P2P exchange is a talk (see Fig. 2)."
    summary = smh_p2p.read_summary(PAGE.replace("The CA facil", f"{both} The CA facil"))
    assert summary.exchange.definition == "A P2P exchange is a talk (see Fig. 2)."


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("A P2P Exchange\nSeries Summary", "A P2P Exchange Series"),
        ("Menu\nA P2P Exchange \r\nSeries\u00a0Summary", "A P2P Exchange Series"),
        ("A P2P Exchange\nOf States Summary", "A P2P Exchange Of States"),
        ("Reading P2P Exchange Summary\nP2P Exchange Resources", "Reading P2P Exchange"),
        ("Menu\nP2P Home\n\nReading Early Summary", "Reading Early"),
        ("Reading P2P Exchange: Summary", "Reading P2P Exchange"),
        (
            "Reading Peer-to-Peer\n(P2P) Exchange Series\nSummary",
            "Reading Peer-to-Peer (P2P) Exchange Series",
        ),
        (
            "Menu\n\nReading\nPeer-to-Peer (P2P)\nExchange Summary",
            "Reading Peer-to-Peer (P2P) Exchange",
        ),
        ("Reading P2P Exchange", "Reading P2P Exchange"),
        ("Summary", "Summary"),
    ],
)
def test_the_title_is_the_line_that_ends_in_summary_or_names_an_exchange(
    head: str, title: str
) -> None:
    summary = smh_p2p.read_summary(PAGE.replace("Attendance P2P Exchange Series Summary", head))
    assert summary.exchange.title == title


@pytest.mark.parametrize("width", range(60, 100))
def test_a_word_that_begins_a_line_because_the_one_before_is_full_is_no_label(width: int) -> None:
    background = f"{'They had met before and they met again. ' * 4}One asked about the duration:"
    background = f"{background} it was long. {'They had met before and they met again. ' * 2}"
    page = f"A P2P Exchange\n\nBackground: {background}\n\nParticipating SEAs: Ohio and Guam"
    wrapped = "\n\n".join(fill(each, width) for each in page.split("\n\n"))
    assert smh_p2p.read_summary(wrapped).exchange.background == background.strip()


@pytest.mark.parametrize("width", range(30, 80))
def test_a_line_that_ends_in_an_abbreviation_goes_on(width: int) -> None:
    background = (
        "Attendance Works, in partnership with the Fund and the U.S. Department of Education,"
    )
    page = f"A P2P Exchange\n\nBackground: {background} offered technical assistance."
    wrapped = "\n\n".join(fill(each, width) for each in page.split("\n\n"))
    names = [each.name for each in smh_p2p.read_summary(wrapped).exchange.organizations]
    assert "U.S. Department of Education" in names
    assert "U.S." not in names


@pytest.mark.parametrize("marker", ["{}. ", "{}) ", "({}) ", "- ", "* ", "\u2022"])
def test_a_marker_of_an_item_is_no_part_of_it(marker: str) -> None:
    texts = [f"{marker.format(number)}To do {number}" for number in (1, 2, 3)]
    summary = smh_p2p.read_summary("A P2P Exchange\n\nP2P Objectives:\n" + "\n".join(texts))
    assert [each.text for each in summary.exchange.objectives] == ["To do 1", "To do 2", "To do 3"]
    assert summary.unread == ()


@pytest.mark.parametrize(
    ("after", "background"), [("", "One."), ("\n\nP2P Duration: May 2019", "One. Two.")]
)
def test_below_the_last_part_only_the_first_paragraph_belongs_to_it(
    after: str, background: str
) -> None:
    page = f"A P2P Exchange\n\nBackground: One.\n\nTwo.{after}"
    assert smh_p2p.read_summary(page).exchange.background == background


def test_a_number_within_a_sentence_begins_no_item() -> None:
    page = (
        "A P2P Exchange\n\nBackground: They met in grade\n12. It went on.\n\nP2P Duration: May 2019"
    )
    assert smh_p2p.read_summary(page).exchange.background == "They met in grade 12. It went on."


@pytest.mark.parametrize(
    "page",
    [
        "P2P Description: We met.\n\u2022 Session 1: One\n\u2022 Session 2: Two\nIt was free.",
        "P2P Description: We met.\n  Session 1: One\n  Session 2: Two\n  It was free.",
    ],
)
def test_a_line_that_is_not_deeper_than_an_item_is_no_part_of_it(page: str) -> None:
    summary = smh_p2p.read_summary(f"A P2P Exchange\n\n{page}")
    assert summary.exchange.session(2).title == "Two"
    assert [each.quote for each in summary.unread] == ["We met.", "It was free."]


@pytest.mark.parametrize("part", ["Background: We met.", "Participating SEAs: Ohio, Guam"])
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
@pytest.mark.parametrize(
    "unknown",
    [
        "Participating SEAs (2): Iowa and Utah",
        "Participating States and Territories: Iowa, Utah",
        "Facilitators: Iowa, Utah",
        "Contact: Jane Doe, WestEd, Utah",
        "Participating Districts: Columbus and Dallas",
        "Waitlist:\n\u2022 Iowa",
        "**P2P Objectives:**\n\u2022 To learn",
        "## P2P Objectives\n\u2022 To learn",
    ],
)
def test_what_follows_an_unknown_label_belongs_to_no_part(
    part: str, gap: str, unknown: str
) -> None:
    summary = smh_p2p.read_summary(f"A P2P Exchange\n\n{part}{gap}{unknown}")
    label, *items = unknown.split("\n\u2022 ")
    assert [each.quote for each in summary.unread] == [label, *items]
    exchange = summary.exchange
    assert exchange.background in (None, "We met.")
    assert {each.name for each in exchange.seas} <= {"Ohio", "Guam"}
    assert exchange.objectives == exchange.not_stated == ()


@pytest.mark.parametrize(
    ("label", "first", "second"),
    [("Participating SEAs", "Ohio", "Iowa"), ("P2P Objectives", "To learn", "To plan")],
)
def test_a_list_ends_where_other_text_begins(label: str, first: str, second: str) -> None:
    page = f"A P2P Exchange\n\n{label}:\n\u2022 {first}\nOthers\n\u2022 {second}"
    summary = smh_p2p.read_summary(page)
    assert len(summary.exchange.seas) + len(summary.exchange.objectives) == 1
    assert [each.quote for each in summary.unread] == ["Others", second]


@pytest.mark.parametrize(
    ("seas", "names"),
    [
        ("All states except Ohio and Texas", []),
        ("Ohio and Texas. Not participating: Guam, Iowa", []),
        ("Ohio, North and South Carolina", ["Ohio", "South Carolina"]),
        ("Ohio, Guam, and Others", ["Ohio", "Guam"]),
        ("See Appendix A", []),
        ("None", []),
        ("TBD", []),
        ("Ohio \u2022 Texas \u2022 Guam", []),
        ("Ohio \u2013 Texas \u2013 Guam", []),
        ("Ohio*, Guam", ["Guam"]),
    ],
)
def test_what_is_no_name_of_a_sea_is_unread(seas: str, names: list[str]) -> None:
    summary = smh_p2p.read_summary(f"A P2P Exchange\n\nParticipating SEAs: {seas}")
    assert [each.name for each in summary.exchange.seas] == names
    assert summary.unread


@pytest.mark.parametrize(
    ("text", "open_"),
    [
        ("The series ran in May 2019", "when the exchange took place"),
        ("It ran last spring", "when the exchange took place"),
        ("Iowa and others met", "which SEAs took part"),
        ("The Network hosted the series", "who facilitated the exchange"),
        ("Facilitators were there", "who facilitated the exchange"),
        ("Jane Doe spoke", "who spoke"),
        ("There were three speakers", "who spoke"),
        ("A talk by Jane Doe was held", "who spoke"),
    ],
)
def test_prose_that_may_state_something_leaves_nothing_to_say_of_it(text: str, open_: str) -> None:
    page = "A P2P Exchange\n\nBackground: They met. {}.\n\nP2P Objectives: To learn"
    assert open_ in smh_p2p.read_summary(page.format("Nothing else")).exchange.not_stated
    summary = smh_p2p.read_summary(page.format(text))
    assert summary.unread == ()
    assert open_ not in summary.exchange.not_stated


@pytest.mark.parametrize(
    ("title", "open_"),
    [
        ("August 5: One", "when each session took place"),
        ("One (Group 1 only)", "which session was for which group"),
    ],
)
def test_a_title_that_may_state_something_leaves_nothing_to_say_of_it(
    title: str, open_: str
) -> None:
    page = (
        "A P2P Exchange\n\nP2P Description:\n\u2022 Session 1- {}\n\u2022 Session 2- Two\n\n"
        "P2P Objectives:\n\u2022 To learn (Group 1)\n\u2022 To plan (Group 2)"
    )
    assert open_ in smh_p2p.read_summary(page.format("One")).exchange.not_stated
    assert open_ not in smh_p2p.read_summary(page.format(title)).exchange.not_stated


@pytest.mark.parametrize("length", [67, 70])
def test_a_label_in_lower_case_begins_a_part_if_the_line_before_has_room_for_it(
    length: int,
) -> None:
    lines = ["Background: They met before.".ljust(80, "."), "They met again".ljust(length, ".")]
    page = "\n".join(["A P2P Exchange", "", *lines, "duration:", "July 2019"])
    exchange = smh_p2p.read_summary(page).exchange
    assert str(exchange.period) == "2019-07/2019-07"
    assert exchange.background == " ".join(lines).removeprefix("Background: ")


def test_a_menu_of_labels_is_no_second_part() -> None:
    menu = "Summary\n\nBackground\nP2P Description\nP2P Objectives\n\nBackground:"
    summary = smh_p2p.read_summary(PAGE.replace("Summary\n\nBackground:", menu))
    assert smh_p2p.read_summary(PAGE).exchange.background == summary.exchange.background


@pytest.mark.parametrize(
    ("label", "item"),
    [
        ("Participating SEAs: ", "A{0:06}, "),
        ("Participating SEAs: ", "a, "),
        ("P2P Description: ", "\n\u2022 Session {0}- T"),
        ("P2P Objectives: These:", "\n\u2022 To do (Group {0})"),
    ],
)
def test_the_origins_of_the_longest_page_can_be_read_again(label: str, item: str) -> None:
    items = "".join(map(item.format, range(1, 5_000)))
    page = f"A P2P Exchange\n\n{label}{items}"
    assert len(smh_p2p.read_summary(page).files()["provenance.json"]) < (
        MAX_ORIGINS / MAX_PAGE * len(page)
    )


@pytest.mark.parametrize("page", ["x" * (MAX_PAGE + 1), b"x" * (MAX_PAGE + 1)])
def test_a_page_that_is_too_long_is_refused(page: str | bytes) -> None:
    with pytest.raises(InvalidSummaryError, match="found more than 1048576 bytes or characters"):
        smh_p2p.read_summary(page)


@pytest.mark.parametrize("name", ["exchange.json", "provenance.json", "source.txt"])
def test_a_folder_with_a_huge_file_is_refused(tmp_path: Path, name: str) -> None:
    smh_p2p.load_summary().write(tmp_path / "folder")
    os.truncate(tmp_path / "folder" / name, 2**33)  # of which the disk holds next to nothing
    with pytest.raises((smh_p2p.InvalidDocumentError, smh_p2p.InvalidOriginError)):
        smh_p2p.summary.read(tmp_path / "folder")


def test_no_pattern_depends_on_what_the_first_pythons_3_11_get_wrong() -> None:
    source = (HOUSE / "passages.py").read_text(encoding="utf-8")
    assert not re.findall(r"\)[?*+]\+", source)  # a possessive quantifier after a group


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        (b"A page\nof \xe9", "2:4: found b'\\xe9', expected UTF-8: save the page as UTF-8 text"),
        ("A\r\nB\ud800", "2:2: found '\\ud800', expected UTF-8: save the page as UTF-8 text"),
    ],
)
def test_what_is_not_utf_8_is_found_by_line_and_column(page: str | bytes, problem: str) -> None:
    with pytest.raises(InvalidSummaryError) as caught:
        smh_p2p.read_summary(page)
    assert [str(each) for each in caught.value.problems] == [problem]


def test_the_name_of_a_file_is_no_page_and_the_error_says_what_reads_a_file() -> None:
    with pytest.raises(InvalidSummaryError, match=r"; smh_p2p.summary.read reads a file$"):
        smh_p2p.read_summary("page.txt")
