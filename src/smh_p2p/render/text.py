"""An exchange as text, in the sections that the page shares."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any
from unicodedata import category, east_asian_width

from attrs import evolve, frozen

from smh_p2p.errors import brief
from smh_p2p.provenance import MONTHS, Cited, Origin, folded, parts
from smh_p2p.records import CODES, SEA, Group, Organization, Period
from smh_p2p.spelling import escaped
from smh_p2p.values import Role

SEAS = "Participating SEAs"  # the heading above them


@frozen
class Entry:
    """One fact of an exchange, in words."""

    where: str  # JSON Pointer of the record or the value
    text: str
    labels: tuple[str, ...] = ()  # the groups of the fact, and whether it is inferred
    details: tuple[str, ...] = ()  # the kind, the codes and the group of a SEA

    def paragraphs(self) -> list[list[str]]:
        """Return the words of each paragraph of the text; a label or a detail counts as one."""
        text = f"{self.text}:" if self.details else self.text
        lines = (map(escaped, re.split("[ \t]+", line.strip(" \t"))) for line in text.splitlines())
        paragraphs = [words for line in lines if any(words := [*line])]
        for texts, start, end in ((self.details, "", ""), (self.labels, "(", ")")):
            if texts:
                *before, last = [f"{start}{texts[0]}", *texts[1:]]
                paragraphs[-1] += [*(f"{each}," for each in before), f"{last}{end}"]
        return paragraphs

    def __str__(self) -> str:
        """Return one line: `Group 1: early (inferred)`."""
        return " ".join(chain(*self.paragraphs()))


def to_text(given: Cited, width: int = 80) -> str:
    """Return an exchange as plain text.

    The SEAs are a table if most of their names fit beside their codes, and a list otherwise.

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
    step = " " * min(width // 20, 2)  # a narrow terminal has no room for deep indents
    for heading, entries in sections(given):
        if heading:
            lines += ["", *_filled(heading.split(), width)]
        if heading == SEAS and (table := _table(entries, parts(given)[0].seas, width)):
            lines += table
            continue
        indent = step if heading else ""
        hang = indent * 2 if len(entries) > 1 else indent
        for entry in entries:
            for number, words in enumerate(entry.paragraphs()):
                lines += _filled(words, width, hang if number else indent, hang)
    return "\n".join(lines) + "\n"


def _filled(words: Iterable[str], width: int, indent: str = "", hang: str = "") -> Iterator[str]:
    """Yield lines of words. Only a label that is too long for a line is broken at its spaces."""
    line: list[str] = []
    room = width - len(indent)
    for word in words:
        for piece in [word] if columns(word) <= width - len(hang) else word.split(" "):
            size = columns(piece)
            if line and size + 1 > room:
                yield indent + " ".join(line)
                line, indent, room = [], hang, width - len(hang)
            room -= size + bool(line)
            line.append(piece)
    yield indent + " ".join(line)


def columns(text: str) -> int:
    r"""Return how many columns of a terminal a text takes.

    >>> columns("\u30b0\u30a2\u30e0"), columns("e\u0301")
    (6, 1)
    """
    if text.isascii():
        return len(text)
    wide = sum(east_asian_width(each) in "WF" for each in text)
    return len(text) + wide - sum(category(each) in ("Mn", "Me", "Cf") for each in text)


def _table(entries: list[Entry], seas: Sequence[SEA], width: int) -> list[str]:
    """Return the lines of a table of SEAs; none if most names do not fit beside the codes.

    A name that does not fit has a line of its own, above its codes.
    """
    titles, rows = sea_table(seas)
    names = [str(evolve(each, details=())) for each in entries]
    sizes = sorted([len("Name"), *map(columns, names)])
    heads = [title.split() for title in titles]  # a word a line, so that columns are narrow
    cells = zip(heads, zip(*rows, strict=True), strict=True)
    widths = [max(map(len, chain(*each))) for each in cells]
    room = width - sum(widths) - 2 * len(widths)
    if not titles or sizes[len(sizes) // 2] > room:
        return []
    widths.insert(0, min(sizes[-1], room))
    heads.insert(0, ["Name"])
    depth = max(map(len, heads))
    above = ([""] * (depth - len(head)) + head for head in heads)
    lines = [_row(each, widths) for each in zip(*above, strict=True)]
    for name, row in zip(names, rows, strict=True):
        if columns(name) > room:
            lines += _filled(name.split(" "), width)
            name = ""
        lines.append(_row([name, *row], widths))
    return lines


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (size - columns(cell)) for cell, size in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()


def sea_table(seas: Sequence[SEA]) -> tuple[list[str], list[list[str]]]:
    """Return the titles of the columns that have values, and a row for each SEA.

    >>> sea_table([SEA(name="Guam", usps="GU"), SEA(name="Ohio")])
    (['USPS'], [['GU'], ['-']])
    """
    grouped = any(sea.group for sea in seas)
    table = {
        "Kind": [sea.kind and sea.kind.value for sea in seas],
        **{str(each.code): [getattr(sea, each.name) for sea in seas] for each in CODES.values()},
        "Group": [str(sea.group or "not stated") if grouped else None for sea in seas],
    }
    stated = {title: values for title, values in table.items() if any(values)}
    rows = [[values[at] or "-" for values in stated.values()] for at in range(len(seas))]
    return [*stated], rows


def months(period: Period) -> str:
    """Return a period in words.

    >>> months(Period.parse("2019-08/2019-09"))
    'August to September 2019'
    """
    ends = (period.start, period.end)
    start, end = (f"{MONTHS[each.month - 1].title()} {each.year}" for each in ends)
    if period.start.year == period.end.year:
        start = start.partition(" ")[0]
    return end if period.start == period.end else f"{start} to {end}"


def sections(given: Cited) -> Iterator[tuple[str, list[Entry]]]:
    """Yield each heading with its entries, in reading order; the title has no heading."""
    exchange, summary = parts(given)
    origins = summary.origins.values() if summary else ()
    inferred = {place_of(each.pointer) for each in origins if each.origin is Origin.INFERRED}

    def entry(where: str, text: str | None, groups: Sequence[int] | None = None) -> Entry:
        labels = [f"group {number}" for number in groups or ()]
        if groups == () and exchange.groups:
            labels = ["group not stated"]
        return Entry(where, text or "", (*labels, *["inferred"] * (where in inferred)))

    def entries(sequence: str, text: Callable[[Any], str]) -> list[Entry]:
        return [
            entry(f"/{sequence}/{index}", text(each), getattr(each, "groups", None))
            for index, each in enumerate(getattr(exchange, sequence))
        ]

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
        SEAS: [
            evolve(each, details=_details(sea))
            for sea, each in zip(exchange.seas, entries("seas", named), strict=True)
        ],
        "The source does not state": entries("not_stated", str),
        "Unread on the page": [
            Entry("", f"{each.line}:{each.column}: {folded(each.quote)}")
            for each in (summary.unread if summary else ())
        ],
        "Source": [
            entry("/source", source.title),
            *(Entry("", text or "") for text in (source.publisher, source.address)),
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
    first, index, *_ = f"{pointer[1:]}/".split("/")
    return f"/{first}/{index}" if index.isdecimal() else f"/{first}"


def named(record: SEA | Organization) -> str:
    """Return a name with its abbreviation, if it has one."""
    return f"{record.name} ({record.abbreviation})" if record.abbreviation else record.name


def _group(group: Group) -> str:
    return f"Group {group.number}: {group.phase}" if group.phase else f"Group {group.number}"


def _details(sea: SEA) -> tuple[str, ...]:
    codes = (f"{title} {code}" for title, code in sea.codes.items())
    return (*filter(None, [sea.kind]), *codes, *[f"group {sea.group}"] * bool(sea.group))


def sea_line(sea: SEA) -> str:
    """Return a SEA as one line of text."""
    return str(Entry("", named(sea), details=_details(sea)))
