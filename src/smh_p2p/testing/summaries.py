# ruff: noqa: RUF001 - the pages have such quotes and dashes on purpose
"""A Hypothesis strategy for summary pages, in many spellings.

It draws the facts first and then writes a page with them, so that it knows the facts of the page
without a reader. The tables below have the words; a row of a table is one choice.
"""

import re
from calendar import month_name
from collections.abc import Callable, Iterable, Sequence
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


def summaries() -> SearchStrategy[Page]:
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
    return _summaries()


# Spellings

_LABELS = {
    "duration": ("P2P Duration", "Duration"),
    "seas": ("Participating SEAs", "Participating States"),
    "objectives": ("P2P Objectives", "Objectives"),
    "description": ("P2P Description", "Description"),
    "background": ("Background",),
}
_CASES: tuple[Callable[[str], str], ...] = (str, str.upper, str.lower)
_COLONS = (": ", ":", " : ", "  :  ")
_BULLETS = ("• ", "•", "- ", "* ", "– ", "o ", "")
_BETWEEN = ("- ", ": ", " – ")  # the number of a session and its title
_GROUPS: tuple[tuple[int, ...], ...] = ((1,), (1, 2), (2,), (1, 2), (1, 3), (1, 2, 3))
_LINES = ("\n\n", "\n")  # between parts, and between items
_STRAIGHT = str.maketrans("‘’“”", "''\"\"")
_SHORT_FORMS = ("{} ({})", "{} (“{}”)")

# Words; a short form comes after its name

_TOPICS = ("Rural", "Mental Health", "K–12", "Children’s", "“Grow Your Own”", "Niños & Families")
_KINDS = ("P2P Exchange", "Peer-to-Peer (P2P) Exchange Series", "Peer-to-Peer Exchange")
_SUMMARY = (" Summary", "", " SUMMARY", ": Summary")
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
_GOALS = ("goal", "purpose", "aim")
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
_HARD_SEAS = """District of Columbia|Washington|Virgin Islands|Virginia|Rhode Island|Hawaii|Alabama
Northern Mariana Islands|Bureau of Indian Education""".replace("\n", "|").split("|")
_SPELLINGS = {"District of Columbia": "Washington DC", "Hawaii": "Hawai‘i"}
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
    """The draw function of Hypothesis, and the style of one page."""

    draw: DrawFn
    quotes: dict[int, int]  # the replacements of curly quotes
    spaces: Random | None  # where non-breaking spaces come from, if there are any
    width: int | None  # of the lines, if they are wrapped

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

    def written(self, text: str, indent: str = "", hang: str = "") -> str:
        if chance := self.spaces:
            text = re.sub(" ", lambda _: "\u00a0" if chance.random() < 0.05 else " ", text)
        if not self.width:
            return indent + text
        wrapper = TextWrapper(self.width, indent, indent + hang)
        wrapper.break_on_hyphens = wrapper.break_long_words = False
        return wrapper.fill(text)


def _joined(texts: Sequence[str], last: str) -> str:
    *others, end = texts
    return last.join([", ".join(others), end]) if others else end


# Facts of each kind, with their passages


def _duration(pen: _Pen) -> tuple[Period, str]:
    year, month, more = pen.number(2010, 2029), pen.number(1, 12), pen.number(0, 14)
    years, months = divmod(month - 1 + more, 12)
    start, end = YearMonth(year=year, month=month), YearMonth(year=year + years, month=months + 1)
    first, last = (f"{month_name[each.month]} {each.year}" for each in (start, end))
    if more and not years and pen.yes():
        first = month_name[month]
    words = pen.one((" through ", " – ", " to ")).join([first, last] if more else [first])
    return Period(start=start, end=end), words


def _seas(pen: _Pen) -> tuple[list[SEA], str]:
    seas: list[SEA] = []
    words, was_plain = "", False
    known = smh_p2p.jurisdictions()
    if pen.yes(3):
        known = tuple(each for each in known if each.name in _HARD_SEAS)
    drawn = pen.some((*known, *_UNKNOWN_SEAS), 1, 8)
    for left, sea in zip(reversed(range(len(drawn))), drawn, strict=True):
        others = (*sea.aliases, *filter(None, [_SPELLINGS.get(sea.name)]))
        name = pen.one(others) if others and pen.yes() else sea.name
        short = sea.abbreviation or sea.usps
        short = short if short != name and pen.yes(4) else None
        article = pen.one(("", "the ")) if re.search(r"\bof\b|Islands", name) else ""
        is_plain = bool(sea.kind) and not short and not article and name == sea.name
        if words and is_plain and was_plain and pen.yes(4):
            words += " "  # the comma is missing
        elif words:
            words += pen.one((", ", " , ") if left else (", ", " and ", ", and ", " , "))
        words += f"{article}{name}" + (f" ({short})" if short else "")
        was_plain = is_plain
        aliases = () if fold(name) == fold(sea.name) else (sea.name,)
        seas.append(attrs.evolve(sea, name=name, abbreviation=short, aliases=aliases))
    return seas, words if words.endswith(".") or pen.yes() else f"{words}."


def _mark(pen: _Pen) -> tuple[tuple[int, ...], str]:
    """Draw the groups of an item, and their mark."""
    groups = pen.one(_GROUPS)
    each, before = ("Group {}", "") if pen.yes() else ("{}", "Groups " if groups[1:] else "Group ")
    words = _joined([*map(each.format, groups)], pen.one((" and ", ", ", ", and ", " & ")))
    return groups, f" ({before}{words})"


def _objectives(pen: _Pen, *, marks: bool) -> tuple[list[Objective], list[str]]:
    objectives: list[Objective] = []
    items: list[str] = []
    for number in range(1, pen.number(1, 4) + 1):
        text = f"To {pen.one(_VERBS)} {pen.text(_OBJECTS)}{pen.one(('.', ''))}"
        groups, mark = _mark(pen) if marks and pen.yes() else ((), "")
        objectives.append(Objective(number=number, text=text, groups=groups))
        items.append(text + mark)
    return objectives, items


def _sessions(pen: _Pen, *, marks: bool) -> tuple[list[Session], list[str]]:
    sessions: list[Session] = []
    items: list[str] = []
    between, first = pen.one(_BETWEEN), pen.one((1, 1, 3))
    for number in range(first, first + pen.number(1, 4)):
        title = f"{pen.one(_VERBS).capitalize()} {pen.text(_OBJECTS)}{pen.one(_TAILS)}"
        groups, mark = _mark(pen) if marks and pen.yes(4) else ((), "")
        sessions.append(Session(number=number, title=title, groups=groups))
        items.append(f"Session {number}{between}{title}{mark}")
    return sessions, items


def _organizations(pen: _Pen, *, alone: bool) -> tuple[list[Organization], str, str]:
    """Draw organizations, a sentence that names them, and the later name of the facilitator.

    With `alone`, the page may have such a sentence without a partner.
    """
    rows = pen.some(_ORGANIZATIONS, 1, 4)
    is_named, facilitates = len(rows) > 1 or (alone and pen.yes()), pen.yes()
    organizations: list[Organization] = []
    words: list[str] = []
    for index, (name, short) in enumerate(pen.text((row,)).split("|") for row in rows):
        has_short = " and " in name or (is_named and not index) or pen.yes()
        words.append(pen.text(_SHORT_FORMS).format(name, short) if has_short else name)
        organizations.append(
            Organization(
                name=name.removeprefix("the "),
                abbreviation=short if has_short else None,
                role=Role.PARTNER if index else Role.FACILITATOR,
            )
        )
    lead, *partners = words
    called = lead
    if is_named:
        name, short = rows[0].translate(pen.quotes).split("|")
        called = pen.one((f"the {short.removeprefix('the ')}", name))
    if partners:  # "A and B" without an article or a short form could be one name
        is_clear = partners[-1].startswith("the ") or partners[-2:][0].endswith(")")
        joined = _joined(partners, pen.one((", and ", " and ")) if is_clear else ", and ")
        lead = f"{lead}, in partnership with {joined},"
    sentence = f"{_capital(lead)} {pen.one(_OFFERED)}." if is_named else ""
    return organizations[not facilitates :], sentence, called if facilitates else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


class _Sentence(NamedTuple):
    text: str
    is_read: bool = True
    part: str = ""  # the only part that may have it; any part by default


def _prose(pen: _Pen, facts: dict[str, Any], *, alone: bool) -> tuple[list[_Sentence], str]:
    """Draw the prose (sentences, and the lead-in of the sessions), and add its facts to `facts`."""
    sentences: list[_Sentence] = []
    sessions, lead_in = facts.get("sessions", []), ""
    numbers = [each.number for each in facts["groups"]]
    if pen.yes():
        facts["definition"] = pen.text(_DEFINITIONS)
        sentences.append(_Sentence(facts["definition"]))
    if pen.yes():
        what = pen.one((facts["title"], "series"))
        facts["goal"] = f"to {pen.one(_VERBS)} {pen.text(_OBJECTS)}"
        sentences.append(_Sentence(f"The {pen.one(_GOALS)} of the {what} was {facts['goal']}."))
    if pen.yes():
        phases = [f"{each} phase" for each in pen.some(_PHASES, 2, 3)]
        every = _joined([f"states in the {each}" for each in phases], " and ")
        counts = _counts(len(phases)) if max([0, *numbers]) <= len(phases) else ()
        # Otherwise the page leaves open which group had which phase.
        is_read = len(phases) == len(numbers)
        groups = f"The {pen.one(('P2P', *counts))} groups included {every}."
        sentences.append(_Sentence(groups, is_read))
        if is_read:
            pairs = zip(numbers, phases, strict=True)
            facts["groups"] = [Group(number=number, phase=phase) for number, phase in pairs]
    facts["organizations"], sentence, called = _organizations(pen, alone=alone)
    if sentence:
        part = "" if "in partnership" in sentence else "background"
        sentences.append(_Sentence(sentence, part=part))
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
        sentences.append(_Sentence(pen.one((by, f"{_capital(called)} facilitated {what}."))))
    if any(tailored in each for each in (lead_in, *(each.text for each in sentences))):
        facts["sessions"] = [attrs.evolve(each, groups=each.groups or numbers) for each in sessions]
    return sentences, lead_in


def _counts(number: int) -> tuple[str, str]:
    return "zero one two three four".split()[number], str(number)


# The page


class _Block(NamedTuple):
    text: str
    is_item: bool = False


def _paragraphs(pen: _Pen, texts: Sequence[str]) -> list[_Block]:
    """Join sentences into one or more paragraphs."""
    blocks: list[_Block] = []
    for text in filter(None, texts):
        joins = blocks and not pen.yes(3)
        blocks.append(_Block(f"{blocks.pop().text} {text}" if joins else text))
    return blocks


def _list(pen: _Pen, items: Sequence[str]) -> list[_Block]:
    bullet = pen.one(_BULLETS)
    return [_Block(bullet + item, is_item=True) for item in items]


@st.composite
def _summaries(draw: DrawFn) -> Page:
    chance = st.none() | st.integers(0, 999).map(Random)
    quotes, width = st.sampled_from((dict[int, int](), _STRAIGHT)), st.none() | st.integers(50, 100)
    pen = _Pen(draw, draw(quotes), draw(chance), draw(width))
    parts, marks = pen.some(tuple(_LABELS), 1, 5), pen.yes()
    topics = " ".join(pen.some(_TOPICS, 1, 2)).translate(pen.quotes)
    title = f"{topics} {pen.one(_KINDS)}"
    facts: dict[str, Any] = {"title": title}
    bodies: dict[str, list[_Block]] = {}
    asides = [each.translate(pen.quotes) for each in pen.some(_ASIDES, 1, len(_ASIDES))]
    unread: list[str] = []
    sessions: list[str] = []
    if "duration" in parts:
        facts["period"], text = _duration(pen)
        bodies["duration"] = [_Block(text)]
    if "seas" in parts:
        facts["seas"], text = _seas(pen)
        bodies["seas"] = [_Block(text)]
    if "objectives" in parts:
        facts["objectives"], items = _objectives(pen, marks=marks)
        bodies["objectives"] = [*_paragraphs(pen, [pen.one(_LEAD_INS)]), *_list(pen, items)]
    if "description" in parts and pen.yes():
        facts["sessions"], sessions = _sessions(pen, marks=marks)
    records = [*facts.get("sessions", []), *facts.get("objectives", [])]
    numbers = sorted({number for each in records for number in each.groups})
    facts["groups"] = [Group(number=each) for each in numbers]
    prose = [each for each in parts if each in ("background", "description")]
    shares: dict[str, list[_Sentence]] = {part: [] for part in prose}
    lead_in = ""
    if prose:
        sentences, lead_in = _prose(pen, facts, alone="background" in parts)
        for sentence in draw(st.permutations(sentences)):
            shares[sentence.part or pen.one(prose)].append(sentence)
    if "background" in parts:
        texts = [each.text for each in shares["background"]] or [pen.text(_ORIGINS)]
        facts["background"] = " ".join(texts)
        # Below its last part, a page has text that belongs to no part.
        is_last = parts[-1] == "background"
        bodies["background"] = _paragraphs(pen, [facts["background"]] if is_last else texts)
    if "description" in parts:
        sentences = [*shares["description"]]
        if (sessions and pen.yes(3)) or not (sentences or sessions):
            sentences.append(_Sentence(asides.pop(), is_read=False))
        unread += [each.text for each in sentences if not each.is_read]
        below = [sentences.pop()] if sessions and sentences and pen.yes(3) else []
        above = _paragraphs(pen, [*(each.text for each in sentences), lead_in])
        listed = [*_list(pen, sessions), *(_Block(each.text) for each in below)]
        bodies["description"] = [*above, *listed]
    for part in parts:
        if part not in prose and asides and pen.yes(4):
            unread.append(asides.pop())
            bodies[part].append(_Block(unread[-1]))
    menu, footer = (pen.some(rows, 0, 3) if pen.yes() else [] for rows in (_MENU, _FOOTER))
    printed = title + pen.one(_SUMMARY)
    text = _printed(pen, printed, [(each, bodies[each]) for each in parts])
    between, end = pen.one(_LINES), pen.one(("\n\n", "\n\n\n"))
    text = "\n".join(menu) + (between if menu else "") + text + end + "\n".join(footer)
    text = pen.one(("", "\ufeff")) + text.replace("\n", pen.one(("\n", "\r\n")))
    year = facts["period"].end.year if "period" in facts else ""
    words = re.findall("[a-z0-9]+", f"{title} {year}".lower())
    source = Source(title=printed, sha256=sha256(text.encode()).hexdigest())
    exchange = Exchange(identifier="-".join(words), source=source, **facts)
    return Page(text, exchange, _passages(text, [*menu, *unread, *footer]))


def _printed(pen: _Pen, title: str, parts: list[tuple[str, list[_Block]]]) -> str:
    """Write title and parts; a label comes before its part, or has its own line."""
    case, colon, under = pen.one(_CASES), pen.one(_COLONS), pen.one(("", *_LINES))
    alone = pen.one((colon.rstrip(), ""))
    gap, step = pen.one(_LINES), pen.one(_LINES)
    indent, hang = pen.one(("", "  ", "\t", "\u00a0\u00a0")), pen.one(("", "  ", "    "))
    text = pen.written(title)
    for part, body in parts:
        label = case(pen.one(_LABELS[part]))
        first = under or "\n"
        if under or body[0].is_item:
            text += gap + pen.written(label + alone)
        else:
            body = [_Block(f"{label}{colon}{body[0].text}"), *body[1:]]
            first = gap
        for index, (words, is_item) in enumerate(body):
            before = "\n\n" if index and not is_item else step if index else first
            text += before + (pen.written(words, indent, hang) if is_item else pen.written(words))
    return text


def _passages(text: str, unread: Iterable[str]) -> tuple[str, ...]:
    """Return the passages of texts on a page; those with only blank space between them are one."""
    result: list[tuple[int, int]] = []
    patterns = (r"\s+".join(map(re.escape, each.split())) for each in unread)
    for start, end in sorted(each.span() for at in patterns for each in re.finditer(at, text)):
        joins = result and not text[result[-1][1] : start].strip()
        result.append((result.pop()[0] if joins else start, end))
    return tuple(text[start:end] for start, end in result)
