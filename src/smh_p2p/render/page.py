"""An exchange as HTML: a page of its own, and a fragment for notebooks.

On the page of a summary each fact that the source says is a link into the text of the source beside
it. Its passage is marked where the fact is pointed at, focused or followed. That needs no script; a
few lines of one bring a passage into sight. What is unread in the source is struck through.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeAlias
from xml.etree.ElementTree import Element

from attrs import frozen

from smh_p2p.exchange import Exchange
from smh_p2p.provenance import Citation, Cited, Origin, Span, Summary, Unread, parts
from smh_p2p.records import CODES, SEA, Group, Organization
from smh_p2p.render.markup import Content, element, written
from smh_p2p.render.text import PROSE, sections
from smh_p2p.render.tilemap import tile_map
from smh_p2p.resources import content

Entry: TypeAlias = Callable[[str, Any], Iterable[Content]]  # of a value, after its pointer


def to_fragment(exchange: Exchange) -> str:
    """Return an exchange as a piece of HTML for a notebook.

    >>> import smh_p2p
    >>> to_fragment(smh_p2p.load())[:34]
    '<div style="max-width: 60em"><p><b'
    """
    months: list[Content] = [element("br"), str(exchange.period)] if exchange.period else []
    parts = [element("p", element("b", exchange.title), *months)]
    for heading, entries in sections(exchange):
        items = (element("li", entry) for entry in entries)
        parts.append(element("details", element("summary", heading), element("ul", *items)))
    return written(element("div", *parts, style="max-width: 60em"))


def to_html(given: Cited) -> str:
    """Return an exchange as one self-contained page, which fetches nothing.

    Args:
        given: An exchange; or a summary, each fact of which shows its passage in the text of the
            source beside it.

    >>> import smh_p2p
    >>> to_html(smh_p2p.load_summary()).splitlines()[0]
    '<!DOCTYPE html>'
    """
    return f"<!DOCTYPE html>\n{written(_Page(*parts(given)).whole())}\n"


@frozen
class _Page:
    """The page of an exchange."""

    exchange: Exchange
    summary: Summary | None

    @cached_property
    def _citations(self) -> Mapping[str, Citation]:
        return self.summary.origins if self.summary else {}

    @cached_property
    def _source(self) -> str:
        """The text of the source; empty where it is not known."""
        return self.summary.text if self.summary else ""

    @cached_property
    def _unread(self) -> dict[int, Unread]:
        """The unread passages of the source, by their first code points."""
        return {each.start: each for each in (self.summary.unread if self.summary else ())}

    @cached_property
    def _passages(self) -> dict[tuple[Span, ...], int]:
        """The passages that facts rest on, numbered; facts that rest on the same share them."""
        spans = dict.fromkeys(each.spans for each in self._citations.values() if each.spans)
        return {each: number for number, each in enumerate(spans)}

    @cached_property
    def _edges(self) -> list[int]:
        """Where a passage begins or ends: between two of them the source is one piece."""
        spans = [span for each in self._passages for span in each]
        spans += self._unread.values()
        inner = {edge for span in spans for edge in (span.start, span.end)}
        return sorted(inner | {0, len(self._source)})

    def whole(self) -> Element:
        sides = [element("main", *self._main())]
        if self._source:
            sides += [self._source_text(), element("script", content("page.js").decode())]
        return element(
            "html",
            element(
                "head",
                element("meta", charset="utf-8"),
                element("meta", name="viewport", content="width=device-width, initial-scale=1"),
                element("title", self.exchange.title),
                element("style", content("page.css").decode(), *self._marks()),
            ),
            element("body", element("div", *sides, class_="sides")),
            lang="en",
        )

    # A fact, and the passage that it rests on

    def _fact(self, where: str, value: object) -> Content:
        """Return a fact as a link to its passage; as plain text, where the source is not known."""
        citation = self._citations.get(where)
        if not citation or not citation.spans:
            return str(value)
        number = self._passages[citation.spans]
        passage = f"{citation.origin.value}: “{citation.quote}”"
        link = element("a", str(value), href=f"#q{number}", class_=f"fact f{number}", title=passage)
        if citation.origin is Origin.INFERRED:
            return element("span", link, element("i", " (inferred)", title=citation.because))
        return link

    def _marks(self) -> Iterator[str]:
        for spans, number in self._passages.items():
            pieces = ", ".join(
                f"#p{index}"
                for index, start in enumerate(self._edges)
                if any(span.start <= start < span.end for span in spans)
            )
            yield (
                f":root:has(.f{number}:hover, .f{number}:focus, #q{number}:target) :is({pieces}) "
                "{ background: var(--mark); color: var(--mark-ink); outline: 1px solid }\n"
            )

    def _source_text(self) -> Element:
        pieces: list[Content] = []
        for index, (start, end) in enumerate(pairwise(self._edges)):
            pieces += (
                element("a", id=f"q{number}")
                for spans, number in self._passages.items()
                if spans[0].start == start
            )
            text = self._source[start:end]
            if start in self._unread:
                pieces.append(
                    element("s", text, title="Unread: no fact of the page rests on this.")
                )
            else:
                pieces.append(element("span", text, id=f"p{index}"))
        source = element("h2", "The source", id="source"), element("pre", *pieces)
        return element("aside", *source, class_="source", aria_labelledby="source", tabindex=0)

    # What the page says

    def _main(self) -> Iterator[Element]:
        exchange = self.exchange
        yield element("h1", self._fact("/title", exchange.title))
        if exchange.period:
            start = self._fact("/period/start", exchange.period.start)
            yield element("p", start, " to ", self._fact("/period/end", exchange.period.end))
        for name, heading in PROSE.items():
            if text := getattr(exchange, name):
                yield element("p", element("b", f"{heading}: "), self._fact(f"/{name}", text))
        if self._source:
            note = "Each underlined fact leads to its passage in the source."
            if self._unread:
                note += " What is struck through there was not read."
            yield element("p", note, class_="soft")
        sections = {
            "Participating SEAs": self._seas(),
            "Run by": self._list("organizations", self._organization),
            "Groups": self._list("groups", self._group),
            "Sessions": self._of_groups("sessions", "title"),
            "Objectives": self._of_groups("objectives", "text"),
            "What the source does not state": self._list(
                "not_stated", lambda where, text: [self._fact(where, text)]
            ),
            "Where this comes from": self._sources(),
        }
        for heading, section in sections.items():
            if parts := list(section):
                yield element("section", element("h2", heading), *parts)

    def _list(self, sequence: str, entry: Entry) -> Iterator[Element]:
        """Yield the list of a sequence of the exchange, if there is anything in it."""
        if values := getattr(self.exchange, sequence):
            entries = (entry(f"/{sequence}/{index}", each) for index, each in enumerate(values))
            yield element("ul", *(element("li", *each) for each in entries))

    def _named(self, where: str, record: SEA | Organization) -> Iterator[Content]:
        yield self._fact(f"{where}/name", record.name)
        if record.abbreviation:
            yield from (" (", self._fact(f"{where}/abbreviation", record.abbreviation), ")")

    def _organization(self, where: str, organization: Organization) -> Iterator[Content]:
        yield from self._named(where, organization)
        yield from (", ", self._fact(f"{where}/role", organization.role.value))

    def _group(self, where: str, group: Group) -> Iterator[Content]:
        yield self._fact(f"{where}/number", f"Group {group.number}")
        if group.phase:
            yield from (": ", self._fact(f"{where}/phase", group.phase))

    def _of_groups(self, sequence: str, text: str) -> Iterator[Element]:
        """Yield the records of a sequence, by their attribute of text, under their groups."""
        records = getattr(self.exchange, sequence)
        for group in (*(each.number for each in self.exchange.groups), None):
            items = [
                element("li", *self._record(f"/{sequence}/{index}", record, text, group))
                for index, record in enumerate(records)
                if (group in record.groups if group else not record.groups)
            ]
            if items and self.exchange.groups:
                yield element("h3", f"For group {group}" if group else "Marked for no group")
            if items:
                yield element("ul", *items, class_="numbered")

    def _record(self, where: str, record: Any, text: str, group: int | None) -> Iterator[Content]:
        yield self._fact(f"{where}/number", record.number)
        yield from (". ", self._fact(f"{where}/{text}", getattr(record, text)))
        if group:
            marked = f"{where}/groups/{record.groups.index(group)}"
            yield from (" (", self._fact(marked, f"group {group}"), ")")

    def _seas(self) -> Iterator[Element]:
        seas = self.exchange.seas
        if not seas:
            return
        given = {code for sea in seas for code in sea.codes}
        codes = [each.code for each in CODES.values() if each.code and each.code in given]
        grouped = any(sea.group for sea in seas)
        rows = []
        for index, sea in enumerate(seas):
            name = element("th", *self._named(f"/seas/{index}", sea), scope="row")
            values = [sea.kind and sea.kind.value, *map(sea.codes.get, codes)]
            values += [str(sea.group or "not stated")] * grouped
            cells = (
                element("td", value) if value else element("td", "-", title="not given")
                for value in values
            )
            rows.append(element("tr", name, *cells))
        titles = ["SEA", "Kind", *codes, *["Group"] * grouped]
        head = element("tr", *(element("th", title, scope="col") for title in titles))
        yield tile_map(self.exchange)
        yield element("table", element("thead", head), element("tbody", *rows))

    def _sources(self) -> Iterator[Element]:
        source = self.exchange.source
        title = element("a", source.title, href=source.address) if source.address else source.title
        yield element("p", title, f", {source.publisher}" if source.publisher else "")
        standards = [each.standard for each in self._citations.values() if each.standard]
        if standards:
            yield element("p", "Kinds, codes and the address are not in the source. They are from:")
            lines = (f"{each.title}, {each.edition}" for each in dict.fromkeys(standards))
            yield element("ul", *(element("li", line) for line in lines))
