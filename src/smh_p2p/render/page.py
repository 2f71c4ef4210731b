"""An exchange as HTML: a page, the page in a frame, and a fragment for notebooks.

On the page of a summary, a raised number after each fact opens a card with its passage. The number
is that of the paragraph of the source. The card is a popover, which needs no script: beside the
fact, or at the foot of a small screen. On paper, the paragraphs are numbered notes.
"""

from bisect import bisect, bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain, pairwise, starmap
from operator import itemgetter
from typing import Any
from xml.etree.ElementTree import Element

from attrs import frozen

from smh_p2p.exchange import Exchange
from smh_p2p.provenance import Citation, Cited, Range, Summary, merged, parts
from smh_p2p.record import Shown, fields_of
from smh_p2p.render.markup import Content, element, written
from smh_p2p.render.text import SEAS, Entry, place_of, sea_table, sections
from smh_p2p.render.tilemap import tile_map
from smh_p2p.resources import content

# Code points on a card: before and after a passage, and the most from its start
NEAR, MOST = 80, 600
# The parts of an exchange that are open in a notebook
MAIN = ("Goal", "Groups", "Sessions", "Objectives", SEAS, "Unread on the page")


def to_fragment(given: Shown) -> str:
    """Return a record, a summary or a citation as a piece of HTML for a notebook.

    >>> import smh_p2p
    >>> to_fragment(smh_p2p.load().session(3))[-55:]
    '<tr><th scope="row">groups</th><td>1, 2</td></tr></table></div>'
    """
    if isinstance(given, Exchange | Summary):
        piece = [*_outline(given)]
    else:
        rows = (
            element("tr", element("th", name, scope="row"), element("td", value))
            for name, value in _facts(given)
            if value is not None
        )
        piece = [element("table", element("caption", type(given).__name__), *rows)]
    style = element("style", content("piece.css").decode())
    return written(element("div", style, *piece, class_="smh-piece"))


def _outline(given: Cited) -> Iterator[Element]:
    """Yield the title and the parts of an exchange; the main parts are open."""
    exchange, summary = parts(given)
    page = _Page(exchange, None)  # without cards, whose names would be the same in each cell
    (_, (title, *period)), *rest = sections(given)
    months = chain(*((element("br"), *page.entry(each)) for each in period))
    yield element("p", element("b", *page.entry(title)), *months)
    for heading, entries in rest:
        is_open = "" if heading in MAIN else None
        body = page.part(heading, entries)
        yield element("details", element("summary", heading), body, open=is_open)
    if summary:
        cited, unread = len(summary.origins), len(summary.unread)
        yield element("p", f"Citations: {cited}. Unread passages: {unread}.")


def _facts(given: Any) -> Iterator[tuple[str, Any]]:
    """Yield the values of a record or a citation with their names; `None` if one is absent."""
    if isinstance(given, Citation):
        yield "fact", given.pointer
        yield "value", None if given.value is None else str(given.value)
        yield "origin", given.origin.value
        for number, quote in enumerate(span.quote for span in given.spans):
            text = quote if len(quote) <= MOST else f"{quote[:MOST]}…"
            yield "passage", text if number else element("mark", text)  # the first gives the value
        yield "reason", given.because
        yield "standard", given.standard and str(given.standard)
    else:
        for field in fields_of(given.__class__):
            value = getattr(given, field.name)
            text = ", ".join(map(str, value)) if field.many else value and str(value)
            yield field.code or field.name.replace("_", " "), text or None


def to_html(given: Cited) -> str:
    """Return an exchange as one self-contained page, which fetches nothing and runs no script.

    Args:
        given: An exchange; or a summary, to show the source and the passage of each fact.

    >>> import smh_p2p
    >>> to_html(smh_p2p.load_summary()).splitlines()[0]
    '<!DOCTYPE html>'
    """
    return f"<!DOCTYPE html>\n{written(_Page(*parts(given)).whole())}\n"


def to_iframe(given: Cited) -> str:
    """Return the page of `to_html` in a frame, for another page or a notebook.

    Neither page changes the other: styles, names and links stay separate.

    >>> import smh_p2p
    >>> to_iframe(smh_p2p.load_summary())[:8]
    '<iframe '
    """
    exchange, _ = parts(given)
    frame = element(
        "iframe",
        srcdoc=to_html(given),
        title=exchange.title,
        sandbox="allow-popups allow-popups-to-escape-sandbox",  # its links open, no script runs
        style="width: 100%; height: 40rem; border: 0; resize: vertical",
    )
    return f"{written(frame)}\n"


@frozen
class _Page:
    exchange: Exchange
    summary: Summary | None

    @cached_property
    def _text(self) -> str:
        return self.summary.text if self.summary else ""

    @cached_property
    def _cited(self) -> dict[str, list[Citation]]:
        """The citations with passages, by the pointers of their entries."""
        found: dict[str, list[Citation]] = {}
        for each in self.summary.citations() if self.summary else ():
            if each.spans:
                found.setdefault(place_of(each.pointer), []).append(each)
        return found

    @cached_property
    def _paragraphs(self) -> list[Range]:
        """The paragraphs of the source. Each begins after a blank line, or with a bullet."""
        starts: list[int] = []
        at, before = 0, ""
        for line in self._text.splitlines(keepends=True):
            first = line.split(maxsplit=1)[:1]
            if first and (not before.strip() or (len(first[0]) == 1 and not first[0].isalnum())):
                starts.append(at)
            at, before = at + len(line), line
        edges = pairwise([*(starts or [0]), at])
        return [(start, start + len(self._text[start:end].rstrip())) for start, end in edges]

    def whole(self) -> Element:
        sides = [element("main", *self._main())]
        if self.summary:
            sides.append(self._source(self.summary))
        head = element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("title", self.exchange.title),
            element("style", content("page.css").decode()),
        )
        body = element("body", element("div", *sides, class_="smh-page"))
        return element("html", head, body, lang="en")

    def _main(self) -> Iterator[Element]:
        (_, (title, *period)), *rest = sections(self.summary or self.exchange)
        yield element("header", element("h1", title.text), *self._after(title))
        yield from (element("p", *self.entry(each), class_="months") for each in period)
        if self.summary:
            note = "Raised numbers point to the numbered paragraphs of the source."
            yield element("p", note, class_="soft")
        for heading, entries in rest:
            tiles = [tile_map(self.exchange)] if heading == SEAS else []
            yield element("section", element("h2", heading), *tiles, self.part(heading, entries))
        citations = self.summary.citations() if self.summary else ()
        if standards := dict.fromkeys(each.standard for each in citations if each.standard):
            yield element(
                "section",
                element("h2", "Outside standards"),
                element("p", "What is not in the source, such as codes, is from:"),
                element("ul", *(element("li", str(each)) for each in standards)),
            )

    def part(self, heading: str, entries: list[Entry]) -> Element:
        """Return the entries below a heading: the table of SEAs, a paragraph or a list."""
        if heading == SEAS:
            return self._table(entries)
        if len(entries) == 1:
            return element("p", *self.entry(entries[0]))
        return element("ul", *(element("li", *self.entry(each)) for each in entries))

    def entry(self, entry: Entry) -> Iterator[Content]:
        if entry.text == self.exchange.source.address:
            yield element("a", entry.text, href=entry.text, target="_blank")
        else:
            yield entry.text
        yield from self._after(entry)

    def _after(self, entry: Entry) -> Iterator[Content]:
        """Yield the elements after the text of an entry: the card of its passages, and labels."""
        if citations := self._cited.get(entry.where):
            yield from self._card(entry.where[1:].replace("/", "-"), citations)
        for label in entry.labels:
            yield from (" ", element("span", label, class_="label"))

    def _table(self, entries: Sequence[Entry]) -> Element:
        titles, rows = sea_table(self.exchange.seas)
        body: list[Element] = []
        for entry, row in zip(entries, rows, strict=True):
            cells = (
                element("td", value, title="not given" if value == "-" else None) for value in row
            )
            body.append(element("tr", element("th", *self.entry(entry), scope="row"), *cells))
        head = element("tr", *(element("th", title, scope="col") for title in ("SEA", *titles)))
        return element("table", element("thead", head), element("tbody", *body))

    # The source and its passages

    def _card(self, name: str, citations: list[Citation]) -> Iterator[Element]:
        """Yield the numbers of the cited paragraphs as a button, and the card that it opens."""
        cited = merged((span.start, span.end) for each in citations for span in each.spans)
        numbers = ", ".join(dict.fromkeys(self._number(*each) for each in cited))
        label = f"source, paragraph {numbers}"
        yield element("button", numbers, popovertarget=name, aria_label=label, class_="number")
        reasons = dict.fromkeys(each.because for each in citations if each.because)
        yield element(
            "span",
            element("button", "Close", popovertarget=name, popovertargetaction="hide"),
            *(self._excerpt(*each, cited) for each in merged(starmap(self._around, cited))),
            *(element("span", f"Inferred: {reason}") for reason in reasons),
            id=name,
            popover="auto",
            class_="card",
        )

    def _excerpt(self, start: int, end: int, cited: list[Range]) -> Element:
        first, last = self._edges(start, end)
        return element(
            "span",
            element("b", self._number(start, end)),
            " …" if start > first else " ",
            *self._piece(start, end, cited, "mark"),
            "…" if end < last else "",
        )

    def _around(self, start: int, end: int) -> Range:
        """Return the range of a passage with some words around it, in its paragraphs."""
        first, last = self._edges(start, end)
        low, high = max(first, start - NEAR), min(last, end + NEAR, start + MOST)
        if low > first:
            low = self._text.find(" ", low, start) + 1 or start
        if high < last:
            high = max(self._text.rfind(" ", high - NEAR, high), high - NEAR)
        return low, high

    def _edges(self, start: int, end: int) -> Range:
        """Return where the first paragraph of a range starts, and where its last one ends."""
        return self._paragraphs[self._index(start)][0], self._paragraphs[self._index(end - 1)][1]

    def _index(self, at: int) -> int:
        """Return the index of the paragraph that contains a code point, or is before it."""
        return max(bisect(self._paragraphs, at, key=itemgetter(0)) - 1, 0)

    def _number(self, start: int, end: int) -> str:
        """Return the number of the paragraph of a range, or those of the first and the last."""
        return " to ".join(dict.fromkeys(str(self._index(at) + 1) for at in (start, end - 1)))

    def _piece(
        self, start: int, end: int, ranges: list[Range], tag: str, title: str | None = None
    ) -> Iterator[Content]:
        """Yield a piece of the source, with some ranges in elements."""
        first = bisect(ranges, start, key=itemgetter(1))
        for low, high in ranges[first : bisect_left(ranges, end, key=itemgetter(0))]:
            yield self._text[start : max(low, start)]
            yield element(tag, self._text[max(low, start) : min(high, end)], title=title)
            start = min(high, end)
        yield self._text[start:end]

    def _source(self, summary: Summary) -> Element:
        unread = [(each.start, each.end) for each in summary.unread]
        paragraphs: list[Content] = [self._text[: self._paragraphs[0][0]]]
        for (start, end), (after, _) in pairwise([*self._paragraphs, (len(self._text), 0)]):
            paragraphs.append(element("li", *self._piece(start, end, unread, "u", "Unread")))
            paragraphs.append(self._text[end:after])
        heading = element("h2", "The source, in numbered paragraphs")
        note = element("p", "A dotted line marks what is unread.") if unread else ""
        items = element("ol", *paragraphs)
        return element("aside", heading, note, items, aria_label="The source", tabindex=0)
