# ruff: noqa: RUF001 - the pages have such quotes and dashes on purpose
"""A Hypothesis strategy for summary pages, in many spellings.

It draws the facts first and then writes a page with them, so that it knows the facts of the page
without a reader. The tables below have the words; a row of a table is one choice.
"""

import re
from calendar import month_name
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from random import Random
from textwrap import TextWrapper
from typing import Any, NamedTuple, TypeVar

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

import smh_p2p
from smh_p2p import (
    SEA,
    Exchange,
    Group,
    Objective,
    Organization,
    Period,
    Role,
    Session,
    Source,
    YearMonth,
    fold,
)

T = TypeVar("T")


@attrs.frozen
class Page:
    """A summary page, and the exchange that it describes.

    Attributes:
        text: The text of the page.
        exchange: The exchange. Its `not_stated` is empty, because each reader has its own words for
            open questions.
        unread: The passages that state no fact of the exchange, in order.
    """

    text: str
    exchange: Exchange
    unread: tuple[str, ...]


@st.composite
def summaries(draw: DrawFn) -> Page:
    """Return a strategy for summary pages, in many spellings, each with its exchange.

    Parts may have any order or be missing. Labels, bullets, marks, lists of SEAs, line ends, quotes
    and blank space vary. Lines may be wrapped. A page may have a menu and a footer.

    >>> from attrs import evolve
    >>> from hypothesis import given
    >>> import smh_p2p
    >>> @given(summaries())
    ... def test_my_reader(page):
    ...     exchange = smh_p2p.read_summary(page.text).exchange  # or what your reader gives
    ...     assert evolve(exchange, not_stated=()) == page.exchange
    """
    pen = _Pen(draw, *draw(_STYLES))
    facts = pen.facts
    parts = pen.some(tuple(_LABELS), 1, 5)
    topics = " ".join(pen.some(_TOPICS, 1, 2)).translate(pen.quotes)
    title = facts["title"] = f"{topics} {pen.one(_KINDS)}"
    asides = [each.translate(pen.quotes) for each in pen.some(_ASIDES, 1, len(_ASIDES))]
    bodies = {part: _FACTS[part](pen) for part in parts if part in _FACTS}
    sessions = _sessions(pen) if "description" in parts and pen.yes() else []
    facts["groups"] = [Group(number=each) for each in sorted(pen.groups)]
    prose, lead_in = _prose(pen, [part for part in parts if part not in _FACTS])
    unread = [each for each in prose.get("description", ()) if each in pen.unread]
    if "background" in parts:
        texts = prose["background"] or [pen.text(_ORIGINS)]
        facts["background"] = " ".join(texts)
        # Below its last part, a page has text that belongs to no part.
        is_last = parts[-1] == "background"
        bodies["background"] = _paragraphs(pen, [facts["background"]] if is_last else texts)
    if "description" in parts:
        texts = prose["description"]
        if (sessions and pen.yes(3)) or not (texts or sessions):
            unread.append(asides.pop())
            texts.append(unread[-1])
        below = [_Block(texts.pop())] if sessions and texts and pen.yes(3) else []
        bodies["description"] = [*_paragraphs(pen, [*texts, lead_in]), *sessions, *below]
    for part in parts:
        if part in _FACTS and asides and pen.yes(4):
            unread.append(asides.pop())
            bodies[part].append(_Block(unread[-1]))
    menu, footer = pen.some(_MENU, 0, 3), pen.some(_FOOTER, 0, 3)
    printed = title + pen.one((" Summary", "", " SUMMARY", ": Summary"))
    text = _printed(pen, printed, [(part, bodies[part]) for part in parts])
    between, end = pen.one(_LINES), pen.one(("\n\n", "\n\n\n"))
    text = "\n".join(menu) + (between if menu else "") + text + end + "\n".join(footer)
    text = pen.one(("", "\ufeff")) + text.replace("\n", pen.one(("\n", "\r\n")))
    year = facts["period"].end.year if "period" in facts else ""
    words = re.findall("[a-z0-9]+", f"{title} {year}".lower())
    source = Source(title=printed, sha256=sha256(text.encode()).hexdigest())
    exchange = Exchange(identifier="-".join(words), source=source, **facts)
    return Page(text, exchange, _passages(text, [*menu, *unread, *footer]))


# Spellings

_LABELS = {
    "duration": ("P2P Duration", "Duration"),
    "seas": ("Participating SEAs", "Participating States"),
    "objectives": ("P2P Objectives", "Objectives"),
    "description": ("P2P Description", "Description"),
    "background": ("Background",),
}
_GROUPS: tuple[tuple[int, ...], ...] = ((), (1,), (1, 2), (2,), (), (1, 2), (1, 3), (), (1, 2, 3))
_ANDS = (" and ", ", ", ", and ", " & ")
_CASES: tuple[Callable[[str], str], ...] = (str, str.upper, str.lower)
_LINES = ("\n\n", "\n")  # between parts, and between items
_STRAIGHT = str.maketrans("‘’“”", "''\"\"")

# Words; a short form comes after its name

_TOPICS = ("Rural", "Mental Health", "K–12", "Children’s", "“Grow Your Own”", "Niños & Families")
_KINDS = ("P2P Exchange", "Peer-to-Peer (P2P) Exchange Series", "Peer-to-Peer Exchange")
_VERBS = ("plan", "build", "sustain", "compare", "understand")
_OBJECTS = (
    "needs",
    "partnerships across SEAs, LEAs and families",
    "evidence-based practices (and their costs)",
    "what parents can’t read in a State’s “report card”",
    "café-style talks among U.S. and Québec schools",
)
_TAILS = ("", ": What Works", "? Yes, and How", " (Part One)")
_DEFINITIONS = (
    "A P2P exchange is a meeting of equals.",
    "P2P exchanges are talks among peers: everyone asks, and everyone answers.",
    "A peer-to-peer (P2P) exchange is a facilitated conversation to share “what works”.",
)
_PHASES = (
    "planning",
    "early SMH development/implementation",
    "long-term recovery",
    "pilot & trial",
)
_ORGANIZATIONS = (
    "the State Support Network|the Network",
    "the Center on School Recovery|CSR",
    "Attendance Works|AW",
    "the Children’s Health Fund|CHF",
    "the Office of Elementary and Secondary Education|OESE",
    "Substance Abuse and Mental Health Services Administration|SAMHSA",
    "the U.S. Department of Education|the Department",
)
_OFFERED = (
    "invited states with small schools",
    "offered technical assistance (TA) to state educational agencies (SEAs)",
)
_ORIGINS = ("Many states had just approved new plans.", "Families know their children “best”.")
_LEAD_INS = (
    "",
    "The states agreed on the following objectives:",
    "To guide the talks, the Network wrote down what it hoped for:",
)
_UNKNOWN_SEAS = (
    SEA(name="Cascadia"),
    SEA(name="Curaçao"),
    SEA(name="Department of Defense Education Activity", abbreviation="DoDEA"),
)
_HARD_SEAS = """District of Columbia, Washington, Virgin Islands, Virginia, Rhode Island, Hawaii,
Alabama, Northern Mariana Islands, Bureau of Indian Education"""
_SPELLINGS = {"District of Columbia": ("Washington DC",), "Hawaii": ("Hawai‘i",)}
_MENU = ("Skip to main content", "Menu   Search", "Home > Peer-to-Peer Exchanges", "About Us")
_FOOTER = ("Last reviewed: March 3, 2020", "Was this page helpful?", "Contact us | FOIA")
_ASIDES = (
    "No travel was required.",
    "About forty people took part in an average call.",
    "Each call opened with a case study (ten minutes), “a story”.",
    "Three more states listened in as observers.",
)


_numbers = cache(st.integers)  # one strategy for all examples


@cache
def _places(count: int, least: int, most: int) -> SearchStrategy[list[int]]:
    places = st.sampled_from(range(count))
    return st.lists(places, min_size=least, max_size=most, unique=True)


@attrs.frozen
class _Pen:
    """The draw function of Hypothesis, the style of one page, and what the page says so far."""

    draw: DrawFn
    quotes: dict[int, int]  # the replacements of curly quotes
    spaces: Random | None  # where non-breaking spaces come from, if there are any
    width: int  # of the lines
    marks: bool  # whether items may have marks of groups
    facts: dict[str, Any] = attrs.Factory(dict[str, Any])
    groups: set[int] = attrs.Factory(set[int])  # those of the marks
    unread: list[str] = attrs.Factory(list[str])  # sentences that state no fact

    def number(self, least: int, most: int) -> int:
        return self.draw(_numbers(least, most))

    def one(self, rows: Sequence[T]) -> T:
        return rows[self.number(0, len(rows) - 1)]

    def text(self, rows: Sequence[str]) -> str:
        return self.one(rows).translate(self.quotes)

    def some(self, rows: Sequence[T], least: int, most: int) -> list[T]:
        return [rows[at] for at in self.draw(_places(len(rows), least, most))]

    def yes(self, times: int = 2) -> bool:
        """Draw `True` once in this many times."""
        return self.number(1, times) == times

    def aim(self) -> str:
        return f"{self.one(_VERBS)} {self.text(_OBJECTS)}"

    def written(self, text: str, indent: str = "", hang: str = "") -> str:
        wrapper = TextWrapper(self.width, indent, indent + hang)
        wrapper.break_on_hyphens = wrapper.break_long_words = False
        text = wrapper.fill(text)
        if chance := self.spaces:
            text = re.sub(" ", lambda _: "\u00a0" if chance.random() < 0.05 else " ", text)
        return text


_STYLES = st.tuples(
    st.sampled_from((dict[int, int](), _STRAIGHT)),
    st.none() | st.integers(0, 999).map(Random),
    st.just(10_000) | st.integers(50, 100),
    st.booleans(),
)


class _Block(NamedTuple):
    """A paragraph or an item of a list."""

    text: str
    is_item: bool = False


def _paragraphs(pen: _Pen, texts: Sequence[str]) -> list[_Block]:
    """Join sentences into one or more paragraphs."""
    text = "".join(each + pen.one((" ", " ", "\n")) for each in texts if each)
    return [_Block(line.rstrip()) for line in text.splitlines()]


def _list(pen: _Pen, items: Sequence[str]) -> list[_Block]:
    bullet = pen.one(("• ", "•", "- ", "* ", "– ", "o ", ""))
    return [_Block(bullet + item, is_item=True) for item in items]


def _joined(texts: Sequence[str], last: str) -> str:
    return last.join([*filter(None, [", ".join(texts[:-1])]), *texts[-1:]])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# Facts of each kind, with their passages


def _duration(pen: _Pen) -> list[_Block]:
    month = pen.number(2010 * 12, 2030 * 12 - 1)
    months = (month, month + pen.number(0, 14))
    start, end = (YearMonth(year=each // 12, month=each % 12 + 1) for each in months)
    first, last = (f"{month_name[each.month]} {each.year}" for each in (start, end))
    if start.year == end.year and pen.yes():
        first = month_name[start.month]
    pen.facts["period"] = Period(start=start, end=end)
    return [_Block(last if start == end else first + pen.one((" through ", " – ", " to ")) + last)]


def _seas(pen: _Pen) -> list[_Block]:
    seas: list[SEA] = []
    words, was_plain = "", False
    known = smh_p2p.jurisdictions()
    if pen.yes(3):
        known = tuple(each for each in known if each.name in _HARD_SEAS)
    drawn = pen.some((*known, *_UNKNOWN_SEAS), 1, 8)
    for sea in drawn:
        name = pen.one((sea.name, *sea.aliases, *_SPELLINGS.get(sea.name, ())))
        short = sea.abbreviation or sea.usps
        short = short if short != name and pen.yes(4) else None
        article = pen.one(("", "the ")) if re.search(r"\bof\b|Islands", name) else ""
        written = article + name + (f" ({short})" if short else "")
        is_plain = bool(sea.kind) and written == sea.name
        if was_plain and is_plain and pen.yes(4):
            words += " "  # the comma is missing
        elif words:
            words += pen.one((", ", " , ", " and ", ", and ")[: 4 if sea is drawn[-1] else 2])
        words += written
        was_plain = is_plain
        aliases = () if fold(name) == fold(sea.name) else (sea.name,)
        seas.append(attrs.evolve(sea, name=name, abbreviation=short, aliases=aliases))
    pen.facts["seas"] = seas
    return [_Block(words if words.endswith(".") or pen.yes() else f"{words}.")]


def _rows(
    pen: _Pen, first: int, ends: Sequence[str]
) -> Iterator[tuple[int, str, tuple[int, ...], str]]:
    """Yield the number, the text, the groups and the mark of each item of a list."""
    for number in range(first, first + pen.number(1, 4)):
        text = pen.aim() + pen.one(ends)
        groups = pen.one(_GROUPS) if pen.marks else ()
        pen.groups.update(groups)
        before, each = ("", "Group ") if pen.yes() else (f"Group{'s' * (len(groups) > 1)} ", "")
        mark = _joined([f"{each}{group}" for group in groups], pen.one(_ANDS))
        yield number, text, groups, f" ({before}{mark})" if groups else ""


def _objectives(pen: _Pen) -> list[_Block]:
    objectives: list[Objective] = []
    items: list[str] = []
    for number, text, groups, mark in _rows(pen, 1, (".", "")):
        objectives.append(Objective(number=number, text=f"To {text}", groups=groups))
        items.append(f"To {text}{mark}")
    pen.facts["objectives"] = objectives
    return [*_paragraphs(pen, [pen.one(_LEAD_INS)]), *_list(pen, items)]


def _sessions(pen: _Pen) -> list[_Block]:
    sessions: list[Session] = []
    items: list[str] = []
    between = pen.one(("- ", ": ", " – "))
    for number, text, groups, mark in _rows(pen, pen.one((1, 1, 3)), _TAILS):
        sessions.append(Session(number=number, title=_capital(text), groups=groups))
        items.append(f"Session {number}{between}{_capital(text)}{mark}")
    pen.facts["sessions"] = sessions
    return _list(pen, items)


# The parts that state one kind of fact; the others have prose.
_FACTS = {"duration": _duration, "seas": _seas, "objectives": _objectives}


def _organizations(pen: _Pen, *, alone: bool) -> tuple[str, str]:
    """Draw organizations; return a sentence with them, and the later name of the facilitator.

    With `alone`, the sentence may have no partner.
    """
    rows = [each.translate(pen.quotes).split("|") for each in pen.some(_ORGANIZATIONS, 1, 4)]
    is_named = len(rows) > 1 or (alone and pen.yes())
    organizations: list[Organization] = []
    words: list[str] = []
    for name, short in rows:
        has_short = " and " in name or (is_named and not words) or pen.yes()
        organizations.append(
            Organization(
                name=name.removeprefix("the "),
                abbreviation=short if has_short else None,
                role=Role.PARTNER if words else Role.FACILITATOR,
            )
        )
        words.append(pen.text(("{} ({})", "{} (“{}”)")).format(name, short) if has_short else name)
    lead, *partners = words
    name, short = rows[0]
    called = pen.one((f"the {short.removeprefix('the ')}", name)) if is_named else lead
    if partners:  # "A and B" without an article or a short form could be one name
        is_clear = partners[-1].startswith("the ") or partners[-2:][0].endswith(")")
        joined = _joined(partners, pen.one((", and ", " and ")) if is_clear else ", and ")
        lead = f"{lead}, in partnership with {joined},"
    sentence = f"{_capital(lead)} {pen.one(_OFFERED)}." if is_named else ""
    facilitates = pen.yes()
    pen.facts["organizations"] = organizations[not facilitates :]
    return sentence, called if facilitates else ""


def _prose(pen: _Pen, parts: list[str]) -> tuple[dict[str, list[str]], str]:
    """Draw the sentences of each part, and the lead-in of the sessions."""
    shares: dict[str, list[str]] = {part: [] for part in parts}
    if not parts:
        return shares, ""
    facts, sentences, lead_in = pen.facts, list[str](), ""
    sessions, numbers = facts.get("sessions", []), [each.number for each in facts["groups"]]
    if pen.yes():
        facts["definition"] = pen.text(_DEFINITIONS)
        sentences.append(facts["definition"])
    if pen.yes():
        goal, what = pen.one(("goal", "purpose", "aim")), pen.one((facts["title"], "series"))
        facts["goal"] = f"to {pen.aim()}"
        sentences.append(f"The {goal} of the {what} was {facts['goal']}.")
    if pen.yes():
        phases = [f"{each} phase" for each in pen.some(_PHASES, 2, 3)]
        every = _joined([f"states in the {each}" for each in phases], " and ")
        counts = _counts(len(phases)) if max([0, *numbers]) <= len(phases) else ()
        sentences.append(f"The {pen.one(('P2P', *counts))} groups included {every}.")
        if len(phases) == len(numbers):
            pairs = zip(numbers, phases, strict=True)
            facts["groups"] = [Group(number=number, phase=phase) for number, phase in pairs]
        else:  # the page leaves open which group had which phase
            pen.unread.append(sentences[-1])
    sentence, called = _organizations(pen, alone="background" in parts)
    if "in partnership" in sentence:
        sentences.append(sentence)
    elif sentence:
        shares["background"].append(sentence)
    counted = f"{pen.one(_counts(len(sessions) or 4))} session{'s'[: len(sessions) != 1]}"
    who = "both" if numbers in ([], [1, 2]) and pen.yes() else "all"
    tailored = f"{counted}, each tailored to the needs and interests of {who} groups of SEAs"
    what = pen.one((counted, tailored))
    if sessions:
        lead_in = pen.one(("", "We met for these:", f"The series consisted of {what}:"))
        if called and pen.yes():
            lead_in, called = f"{_capital(called)} facilitated {what}:", ""
    if called:
        what = "the series" if what in lead_in else what
        by = f"The calls were facilitated by {called}."
        sentences.append(pen.one((by, f"{_capital(called)} facilitated {what}.")))
    if tailored in " ".join([lead_in, *sentences]):
        facts["sessions"] = [attrs.evolve(each, groups=each.groups or numbers) for each in sessions]
    for each in sentences:
        shares[pen.one(parts)].append(each)
    return {part: pen.draw(st.permutations(each)) for part, each in shares.items()}, lead_in


def _counts(number: int) -> tuple[str, str]:
    return "zero one two three four".split()[number], str(number)


def _printed(pen: _Pen, title: str, parts: list[tuple[str, list[_Block]]]) -> str:
    """Write title and parts; a label comes before its part, or has its own line."""
    case, colon = pen.one(_CASES), pen.one((": ", ":", " : ", "  :  "))
    under = pen.one(("", *_LINES))
    alone = pen.one((colon.rstrip(), ""))
    gap, step = pen.one(_LINES), pen.one(_LINES)
    indent, hang = pen.one(("", "  ", "\t", "\u00a0\u00a0")), pen.one(("", "  ", "    "))
    text = pen.written(title)
    for part, (first, *others) in parts:
        label, before = case(pen.one(_LABELS[part])), gap
        if under or first.is_item:
            text += gap + pen.written(label + alone)
            before = under or "\n"
        else:
            first = _Block(f"{label}{colon}{first.text}")
        for words, is_item in (first, *others):
            before = before or (step if is_item else "\n\n")
            text += before + (pen.written(words, indent, hang) if is_item else pen.written(words))
            before = ""
    return text


def _passages(text: str, unread: list[str]) -> tuple[str, ...]:
    """Return the passages of texts on a page; those with only blank space between them are one."""
    some = "|".join(r"\s+".join(map(re.escape, each.split())) for each in unread)
    return tuple(filter(None, map(str.rstrip, re.findall(rf"(?:(?:{some})\s*)+", text))))
