import re
from collections.abc import Callable
from itertools import pairwise

import attrs
import pytest
from hypothesis import find, given

import smh_p2p
from conftest import EVERYTHING, SEARCH
from smh_p2p import Role
from smh_p2p.testing.summaries import Page, summaries


def found(pattern: str) -> Callable[[Page], bool]:
    return lambda page: re.search(pattern, page.text) is not None


def lines(page: Page) -> list[str]:
    return page.text.split("\n")


def labels(page: Page) -> list[str]:
    pattern = (
        r"(?mi)^[\ufeff]?(?:P2P\s)?(Background|Description|Objectives|Participating|Duration)\b"
    )
    return [each.lower() for each in re.findall(pattern, page.text)]


# What a page may have.
VARIATIONS: dict[str, Callable[[Page], bool]] = {
    "title without Summary": lambda page: page.exchange.source.title == page.exchange.title,
    "title with Summary": lambda page: page.exchange.source.title != page.exchange.title,
    "title not in ASCII": lambda page: not page.exchange.title.isascii(),
    "every part": lambda page: len(labels(page)) == 5,
    "one part": lambda page: len(labels(page)) == 1,
    "another order": lambda page: labels(page) != sorted(labels(page)),
    "menu": found("Skip to main content"),
    "footer": lambda page: page.unread[-1:] != () and "Last reviewed" in page.unread[-1],
    "nothing unread": lambda page: not page.unread,
    "label in capitals": found(r"(?m)^[A-Z2]+ [A-Z]+ *(:|\r?$)"),
    "label in small letters": found("(?m)^(p2p )?(duration|background|objectives|description)"),
    "label without a colon": found(r"(?mi)^(P2P )?(Objectives|Duration|Background)\r?$"),
    "label on its own line": found(r"(?mi)^(P2P )?(Objectives|Duration|Background):\r?$"),
    "blank before the colon": found("(?mi)^(P2P )?(Objectives|Duration|Background) +:"),
    "no blank after the colon": found(r"(?mi)^(P2P )?(Objectives|Duration|Background):\S"),
    **{f"bullet {each}": found(rf"(?m)^\s*{re.escape(each)}\s?(To|Session)\b") for each in "•-*–o"},
    "no bullet": found(r"(?m)^\s*(To|Session 1)\b"),
    "indented bullet": found(r"(?m)^[ \t\u00a0]+[•*–-]"),
    **{f"session {each!r}": found(rf"Session\s\d{each}\w") for each in ("- ", ": ", " – ")},
    "sessions from 3": lambda page: [each.number for each in page.exchange.sessions[:1]] == [3],
    "lead-in": found(r"objectives:\s"),
    "no lead-in": found(r"(?i)objectives\s*:?\s+\W*To (plan|build)"),
    "(Group 1)": found(r"\(Group 1\)"),
    "(Groups 1 and 2)": found(r"\(Groups 1 and 2\)"),
    "(Group 1, Group 2)": found(r"\(Group 1, Group 2\)"),
    "objective without a mark": lambda page: any(not o.groups for o in page.exchange.objectives),
    "session with a mark": found(r"(?m)Session \d\W.*\(Groups? \d"),
    "definition": lambda page: page.exchange.definition is not None,
    "goal": lambda page: page.exchange.goal is not None,
    "phases": lambda page: any(each.phase for each in page.exchange.groups),
    "phases of no group": lambda page: any("groups included" in each for each in page.unread),
    "facilitator": lambda page: any(
        o.role is Role.FACILITATOR for o in page.exchange.organizations
    ),
    "short form": lambda page: any(o.abbreviation for o in page.exchange.organizations),
    "short form in quotes": found(r"\([“\"]"),
    "partners": lambda page: len(page.exchange.organizations) > 2,
    "partner without a short form": lambda page: any(
        not each.abbreviation and each.role is Role.PARTNER for each in page.exchange.organizations
    ),
    "facilitated by": found(r"facilitated\sby"),
    "tailored to both groups": lambda page: any(s.groups == (1, 2) for s in page.exchange.sessions),
    "SEA by another name": lambda page: any(each.aliases for each in page.exchange.seas),
    "SEA in another spelling": found("Hawai[‘']i"),
    "SEA of no jurisdiction": lambda page: any(not each.kind for each in page.exchange.seas),
    "SEA with its short form": lambda page: any(each.abbreviation for each in page.exchange.seas),
    "Washington DC": found("Washington DC"),
    "Washington, D.C.": found("Washington, D.C."),
    "missing comma": lambda page: any(
        f"{one.name} {two.name}" in page.text for one, two in pairwise(page.exchange.seas)
    ),
    "blank before a comma": found(r"\w , \w"),
    "and the": found(r",? and the (Bur|Dis|Nor|Com|Vir)"),
    "comma and": found(r", and [A-Z]"),
    "several months of two years": found(r"\w+ 20\d\d through \w+ 20\d\d"),
    "months with a dash": found(r"\w+ 20\d\d – \w+ 20\d\d"),
    "months of one year": found(r"(?<!\d )through \w+ 20\d\d"),
    "one month": lambda page: bool((period := page.exchange.period) and period.start == period.end),
    "Windows line ends": found("\r\n"),
    "Unix line ends": found("[^\r]\n"),
    "non-breaking space": found("\u00a0"),
    "wrapped lines": lambda page: max(map(len, lines(page))) < 80 and len(page.text) > 800,
    "long lines": lambda page: max(map(len, lines(page))) > 200,
    "hanging indent": found(r"(?m)^[•*-] ?To .*\n  +\w"),
    "straight quotes": found("[\"']"),
    "curly quotes": found("[“’]"),
    "byte order mark": lambda page: page.text.startswith("\ufeff"),
}


@given(summaries())  # the default settings: no health check fails
def test_a_page_is_read_as_what_it_says(page: Page) -> None:
    summary = smh_p2p.read_summary(page.text)
    # What is not stated, a reader says in its own words.
    assert attrs.evolve(summary.exchange, not_stated=()) == page.exchange
    assert tuple(each.quote for each in summary.unread) == page.unread
    summary.verify()


@given(summaries())
def test_what_a_page_says_stands_in_it(page: Page) -> None:
    exchange, text = page.exchange, " ".join(page.text.split())
    facts = [exchange.title, exchange.source.title, exchange.background, exchange.definition]
    facts += [exchange.goal, *(each.phase for each in exchange.groups)]
    facts += [each.title for each in exchange.sessions]
    facts += [each.text for each in exchange.objectives]
    facts += [name for each in exchange.organizations for name in (each.name, each.abbreviation)]
    facts += [name for each in exchange.seas for name in (each.name, each.abbreviation)]
    assert [each for each in facts if each and each not in text] == []
    assert all(each in page.text and each == each.strip() for each in page.unread)


@pytest.mark.long
@pytest.mark.skipif(not EVERYTHING, reason="draws about 1,000 pages: runs where CI is set")
def test_every_variation_is_drawn_now_and_then() -> None:
    missing = set(VARIATIONS)

    def all_drawn(page: Page) -> bool:
        missing.difference_update([name for name in missing if VARIATIONS[name](page)])
        return not missing

    find(summaries(), all_drawn, settings=SEARCH)
