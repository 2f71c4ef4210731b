"""An exchange as HTML: a page of its own, and a fragment for notebooks.

On the page of the canonical exchange each fact that the source says is a link into the text of the
source beside it, and its passage is marked where the fact is pointed at, focused or followed. That
needs no script; a few lines of one bring a passage into sight.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from xml.etree.ElementTree import Element

from attrs import field, frozen

from smh_p2p.exchange import Exchange
from smh_p2p.pointer import join
from smh_p2p.provenance import Citation, Origin, Span, cited
from smh_p2p.records import CODES, SEA, Organization
from smh_p2p.render.markup import Content, element, written
from smh_p2p.render.text import PROSE, sections
from smh_p2p.render.tilemap import tile_map
from smh_p2p.resources import content


def to_fragment(exchange: Exchange) -> str:
    """Return an exchange as a piece of HTML for a notebook.

    >>> import smh_p2p
    >>> to_fragment(smh_p2p.load())[:34]
    '<div style="max-width: 60em"><p><b'
    """
    months: list[Content] = [element("br"), str(exchange.period)] if exchange.period else []
    head = element("p", element("b", exchange.title), *months)
    parts = [
        element(
            "details",
            element("summary", heading),
            element("ul", *(element("li", entry) for entry in entries)),
        )
        for heading, entries in sections(exchange)
    ]
    return written(element("div", head, *parts, style="max-width: 60em"))


def to_html(exchange: Exchange) -> str:
    """Return an exchange as one self-contained page, which fetches nothing.

    Of the canonical exchange each fact shows its passage in the text of the source beside it.

    >>> import smh_p2p
    >>> to_html(smh_p2p.load()).splitlines()[0]
    '<!DOCTYPE html>'
    """
    return f"<!DOCTYPE html>\n{written(_Page(exchange).whole())}\n"


@frozen
class _Page:
    """A page while it is made.

    Attributes:
        exchange: The exchange.
        citations: The citation of each fact, by its pointer; none of an exchange that is not ours.
        source: The text of the source; empty where it is not known.
    """

    exchange: Exchange
    citations: dict[str, Citation] = field(init=False)
    source: str = field(init=False)

    @citations.default
    def _citations(self) -> dict[str, Citation]:
        return cited(self.exchange)

    @source.default
    def _source(self) -> str:
        return content("source.txt").decode() if self.citations else ""

    @cached_property
    def _passages(self) -> dict[tuple[Span, ...], int]:
        """The passages that facts rest on, numbered; facts that rest on the same share them."""
        spans = dict.fromkeys(each.spans for each in self.citations.values() if each.spans)
        return {each: number for number, each in enumerate(spans)}

    @cached_property
    def _edges(self) -> list[int]:
        """Where a passage begins or ends: between two of them the source is one piece."""
        spans = [span for each in self._passages for span in each]
        inner = {edge for span in spans for edge in (span.start, span.end)}
        return sorted(inner | {0, len(self.source)})

    def whole(self) -> Element:
        style = content("page.css").decode() + "".join(self._marks())
        main = element("main", *self._main())
        sides = [main]
        if self.source:
            sides += [self._source_text(), element("script", content("page.js").decode())]
        return element(
            "html",
            element(
                "head",
                element("meta", charset="utf-8"),
                element("meta", name="viewport", content="width=device-width, initial-scale=1"),
                element("title", self.exchange.title),
                element("style", style),
            ),
            element("body", element("div", *sides, class_="sides")),
            lang="en",
        )

    # A fact, and the passage that it rests on

    def _fact(self, where: str, value: object, shown: str | None = None) -> Content:
        """Return a fact as a link to its passage; as plain text, where the source is not known."""
        text = str(value) if shown is None else shown
        citation = self.citations.get(where)
        if citation is None or not citation.spans:
            return text
        number = self._passages[citation.spans]
        passage = f"{citation.origin.value}: “{citation.quote}”"
        link = element("a", text, href=f"#q{number}", class_=f"fact f{number}", title=passage)
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
        for index, (start, end) in enumerate(zip(self._edges, self._edges[1:], strict=False)):
            pieces += (
                element("a", id=f"q{number}")
                for spans, number in self._passages.items()
                if spans[0].start == start
            )
            pieces.append(element("span", self.source[start:end], id=f"p{index}"))
        return element(
            "aside",
            element("h2", "The source", id="source"),
            element("pre", *pieces),
            class_="source",
            aria_labelledby="source",
            tabindex=0,
        )

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
        if self.source:
            note = "Each underlined fact leads to its passage in the source."
            yield element("p", note, class_="soft")
        yield from self._section("Participating SEAs", self._seas() if exchange.seas else [])
        yield from self._list("Run by", map(self._organization, range(len(exchange.organizations))))
        yield from self._list("Groups", map(self._group, range(len(exchange.groups))))
        yield from self._section("Sessions", list(self._of_groups("sessions", "title")))
        yield from self._section("Objectives", list(self._of_groups("objectives", "text")))
        left_open = enumerate(exchange.not_stated)
        facts = ([self._fact(join("/not_stated", index), text)] for index, text in left_open)
        yield from self._list("What the source does not state", facts)
        yield from self._section("Where this comes from", list(self._sources()))

    def _section(self, heading: str, content: Sequence[Element]) -> Iterator[Element]:
        if content:
            yield element("section", element("h2", heading), *content)

    def _list(self, heading: str, items: Iterable[Iterable[Content]]) -> Iterator[Element]:
        if entries := [element("li", *item) for item in items]:
            yield from self._section(heading, [element("ul", *entries)])

    def _named(self, where: str, record: SEA | Organization) -> Iterator[Content]:
        yield self._fact(f"{where}/name", record.name)
        if record.abbreviation:
            yield from (" (", self._fact(f"{where}/abbreviation", record.abbreviation), ")")

    def _organization(self, index: int) -> Iterator[Content]:
        organization, where = self.exchange.organizations[index], f"/organizations/{index}"
        yield from self._named(where, organization)
        yield from (", ", self._fact(f"{where}/role", organization.role.value))

    def _group(self, index: int) -> Iterator[Content]:
        group = self.exchange.groups[index]
        yield self._fact(f"/groups/{index}/number", group.number, f"Group {group.number}")
        if group.phase:
            yield from (": ", self._fact(f"/groups/{index}/phase", group.phase))

    def _of_groups(self, sequence: str, attribute: str) -> Iterator[Element]:
        """Yield the records of a sequence under the group that they are for."""
        records = list(enumerate(getattr(self.exchange, sequence)))
        for group in self.exchange.groups:
            items = [
                self._record(sequence, index, attribute, group.number)
                for index, record in records
                if group.number in record.groups
            ]
            if items:
                yield element("h3", f"For group {group.number}")
                yield element("ul", *items, class_="numbered")
        if rest := [
            self._record(sequence, index, attribute, None)
            for index, record in records
            if not record.groups
        ]:
            if self.exchange.groups:
                yield element("h3", "Marked for no group")
            yield element("ul", *rest, class_="numbered")

    def _record(self, sequence: str, index: int, attribute: str, group: int | None) -> Element:
        record, where = getattr(self.exchange, sequence)[index], f"/{sequence}/{index}"
        content: list[Content] = [
            self._fact(f"{where}/number", record.number),
            ". ",
            self._fact(f"{where}/{attribute}", getattr(record, attribute)),
        ]
        if group is not None:
            marked = f"{where}/groups/{record.groups.index(group)}"
            content += [" (", self._fact(marked, group, f"group {group}"), ")"]
        return element("li", *content)

    def _seas(self) -> list[Element]:
        exchange = self.exchange
        given = {code for sea in exchange.seas for code in sea.codes}
        codes = [each.code for each in CODES.values() if each.code and each.code in given]
        grouped = any(sea.group for sea in exchange.seas)
        titles = ["SEA", "Kind", *codes, *["Group"] * grouped]
        rows = []
        for index, sea in enumerate(exchange.seas):
            name = element("th", *self._named(f"/seas/{index}", sea), scope="row")
            values = [sea.kind.value, *map(sea.codes.get, codes)]
            values += [str(sea.group or "not stated")] * grouped
            cells = (
                element("td", value) if value else element("td", "-", title="not given")
                for value in values
            )
            rows.append(element("tr", name, *cells))
        head = element("tr", *(element("th", title, scope="col") for title in titles))
        table = element("table", element("thead", head), element("tbody", *rows))
        return [tile_map(exchange), table]

    def _sources(self) -> Iterator[Element]:
        source = self.exchange.source
        named: Content = source.title
        if source.address:
            named = element("a", source.title, href=source.address)
        yield element("p", named, *([f", {source.publisher}"] if source.publisher else []))
        standards = dict.fromkeys(
            each.standard for each in self.citations.values() if each.standard
        )
        if standards:
            yield element("p", "Kinds, codes and the address are not in the source. They are from:")
            yield element(
                "ul", *(element("li", f"{each.title}, {each.edition}") for each in standards)
            )
