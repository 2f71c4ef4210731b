"""An exchange as text, in the sections that the page shares."""

from collections.abc import Callable, Iterator
from textwrap import wrap
from typing import Any

from attrs import frozen

from smh_p2p.errors import brief
from smh_p2p.provenance import MONTHS, Cited, Origin, folded, parts
from smh_p2p.records import SEA, Group, Organization, Period
from smh_p2p.spelling import escaped
from smh_p2p.values import Role

SEAS = "Participating SEAs"  # the heading above them


@frozen
class Entry:
    """One fact of an exchange, in words.

    Attributes:
        where: JSON Pointer of the record or the value.
        text: The fact.
        labels: Short notes: the groups of the fact, and whether it is inferred.
    """

    where: str
    text: str
    labels: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the text with its labels: `Group 1: early (inferred)`."""
        return f"{self.text} ({', '.join(self.labels)})" if self.labels else self.text


def to_text(given: Cited, width: int = 80) -> str:
    """Return an exchange as plain text.

    Args:
        given: An exchange; or a summary, to show what is inferred and what is unread.
        width: The most columns of a line; a longer word stays whole.

    >>> import smh_p2p
    >>> print(to_text(smh_p2p.load(), width=40)[:80])
    School Mental Health Peer-to-Peer (P2P)
    Exchange Series
    August to September 2019
    """
    if not isinstance(width, int) or width < 1:
        raise ValueError(f"width is {brief(width)}: give a whole number from 1 on")
    lines: list[str] = []
    for heading, entries in sections(given):
        indent, hang = ("  ", "      ") if width >= 40 and heading else ("", "")
        lines += ["", *_wrapped(heading, width)] if heading else []
        for entry in entries:
            lines += _wrapped(str(entry), width, indent, hang)
    return "\n".join(lines) + "\n"


def _wrapped(text: str, width: int, indent: str = "", hang: str = "") -> Iterator[str]:
    for paragraph in text.splitlines():
        lines = wrap(
            paragraph,
            width,
            initial_indent=indent,
            subsequent_indent=hang,
            break_long_words=False,
            break_on_hyphens=False,
        )
        yield from map(escaped, lines)


def months(period: Period) -> str:
    """Return a period in words.

    >>> months(Period.parse("2019-08/2019-09")), months(Period.parse("2019-12/2020-01"))
    ('August to September 2019', 'December 2019 to January 2020')
    >>> months(Period.parse("2019-08/2019-08"))
    'August 2019'
    """
    ends = (period.start, period.end)
    start, end = (f"{MONTHS[each.month - 1].title()} {each.year}" for each in ends)
    if start == end:
        return end
    if period.start.year == period.end.year:
        start = start.partition(" ")[0]
    return f"{start} to {end}"


def sections(given: Cited) -> Iterator[tuple[str, list[Entry]]]:
    """Yield each heading with its entries, in reading order; the title has no heading."""
    exchange, summary = parts(given)
    origins = summary.origins.values() if summary else ()
    inferred = {place_of(each.pointer) for each in origins if each.origin is Origin.INFERRED}

    def entry(where: str, text: str | None, *labels: str) -> Entry:
        return Entry(where, text or "", (*labels, *["inferred"] * (where in inferred)))

    def entries(sequence: str, text: Callable[[Any], str]) -> list[Entry]:
        return [
            entry(f"/{sequence}/{index}", text(each), *labels(getattr(each, "groups", None)))
            for index, each in enumerate(getattr(exchange, sequence))
        ]

    def labels(groups: tuple[int, ...] | None) -> list[str]:
        if groups == () and exchange.groups:
            return ["for no group"]
        return [f"group {number}" for number in groups or ()]

    period, source = exchange.period, exchange.source
    staff = list(zip(exchange.organizations, entries("organizations", named), strict=True))
    lists = {
        "": [entry("/title", exchange.title), entry("/period", months(period) if period else "")],
        "Background": [entry("/background", exchange.background)],
        "What a P2P exchange is": [entry("/definition", exchange.definition)],
        "Goal": [entry("/goal", exchange.goal)],
        "Facilitator": [each for who, each in staff if who.role is Role.FACILITATOR],
        "Partners": [each for who, each in staff if who.role is Role.PARTNER],
        "Groups": entries("groups", _group),
        "Sessions": entries("sessions", lambda session: f"{session.number}. {session.title}"),
        "Objectives": entries("objectives", lambda each: f"{each.number}. {each.text}"),
        SEAS: entries("seas", sea_line),
        "The source does not state": entries("not_stated", str),
        "Unread on the page": [
            Entry("", f"{each.line}:{each.column}: {folded(each.quote)}")
            for each in (summary.unread if summary else ())
        ],
        "Source": [
            entry("/source", source.title),
            Entry("", source.publisher or ""),
            Entry("", source.address or ""),
        ],
    }
    for heading, every in lists.items():
        if stated := [each for each in every if each.text]:
            yield heading, stated


def place_of(pointer: str) -> str:
    """Return the pointer of the entry that contains the fact at a pointer.

    >>> place_of("/sessions/0/groups/1"), place_of("/period/start")
    ('/sessions/0', '/period')
    """
    first, _, rest = pointer[1:].partition("/")
    index = rest.partition("/")[0]
    return f"/{first}/{index}" if index.isdecimal() else f"/{first}"


def named(record: SEA | Organization) -> str:
    """Return a name with its abbreviation, if it has one."""
    return f"{record.name} ({record.abbreviation})" if record.abbreviation else record.name


def _group(group: Group) -> str:
    return f"Group {group.number}: {group.phase}" if group.phase else f"Group {group.number}"


def sea_line(sea: SEA) -> str:
    """Return a SEA as one line of text."""
    codes = [f"{title} {code}" for title, code in sea.codes.items()]
    group = [f"group {sea.group}"] if sea.group else []
    facts = [*filter(None, [sea.kind]), *codes, *group]
    return f"{named(sea)}: {', '.join(facts)}" if facts else named(sea)
