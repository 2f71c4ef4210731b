"""Where every fact of the canonical exchange comes from, and the proof that it does.

Every leaf of `exchange.json` has one origin in `provenance.json`. Spans are Unicode code points
`[start, end)` of `source.txt`, kept with the exact quote, as the selectors of W3C Web Annotation.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import StrEnum
from functools import cache
from hashlib import sha256
from typing import Any

from attrs import frozen

from smh_p2p.canonical import is_canonical, load
from smh_p2p.errors import InvalidOriginError, NotFoundError, Problem, Rule, brief
from smh_p2p.exchange import Exchange
from smh_p2p.pointer import Json, leaves
from smh_p2p.record import Record, walk
from smh_p2p.resources import content


class Origin(StrEnum):
    """Where a fact comes from."""

    QUOTED = "quoted"
    INFERRED = "inferred"
    REFERENCE = "reference"
    ASSIGNED = "assigned"


@frozen(kw_only=True)
class Span:
    """A passage of the source text.

    Attributes:
        start: Its first code point, counted from 0.
        end: The code point after its last.
        quote: Exactly what stands there.
    """

    start: int
    end: int
    quote: str


@frozen(kw_only=True)
class Standard:
    """An outside standard or publication that a fact is taken from.

    Attributes:
        title: Its title.
        edition: Its edition, and where and when it was checked.
    """

    title: str
    edition: str


@frozen(kw_only=True)
class Citation:
    """The origin of one leaf of the canonical document.

    Attributes:
        pointer: JSON Pointer of the leaf.
        origin: Where its value comes from.
        value: The value that the origin gives; read from the source where it is quoted or inferred.
        spans: The passages it rests on: the value is read from the first, the others say that it
            belongs here. Empty unless quoted or inferred.
        reading: How the value is read from the passage: `verbatim`, `integer`, `month`, `role`.
        because: Why a reader would conclude it, where it is inferred.
        standard: The standard, where it is a reference.
    """

    pointer: str
    origin: Origin
    value: Json = None
    spans: tuple[Span, ...] = ()
    reading: str | None = None
    because: str | None = None
    standard: Standard | None = None

    @property
    def quote(self) -> str | None:
        """The passage that the value is read from; `None` where the source is not the origin.

        >>> cite("/seas/3/name").quote
        'Guam'
        """
        return self.spans[0].quote if self.spans else None


@frozen
class Coverage:
    """How much is borne out, each as a share from 0 to 1.

    Attributes:
        leaves: Of the leaves of the document, those with an origin that verifies.
        source: Of the code points of the source, those that a span which verifies cites, or else
            declares connective.
    """

    leaves: float
    source: float


_MONTHS = """January February March April May June July August September October November
December""".split()
_ROLES = {"facilitated": "facilitator", "in partnership with": "partner"}


def _integer(quote: str) -> int:
    (digits,) = re.findall("[0-9]+", quote)
    return int(digits)


def _month(quote: str) -> str:
    name, year = quote.split()
    return f"{int(year):04}-{_MONTHS.index(name) + 1:02}"


# How a value is read from a quote; each raises LookupError or ValueError where it cannot be.
_READINGS: dict[str, Callable[[str], Json]] = {
    "verbatim": str,
    "integer": _integer,
    "month": _month,
    "role": _ROLES.__getitem__,
}


@frozen(kw_only=True)
class Provenance:
    """A document, the text that it is known from, and the origin of every leaf of it.

    Attributes:
        document: The document, as parsed from JSON.
        source: The text of the source.
        citations: The citation of each leaf, by its pointer.
        connective: The passages that state no fact: labels, bullets, joining words, blank space.
    """

    document: Json
    source: str
    citations: dict[str, Citation]
    connective: tuple[Span, ...]

    @classmethod
    def from_json(cls, document: str | bytes, origins: str | bytes, source: bytes) -> "Provenance":
        """Read the three files `exchange.json`, `provenance.json` and `source.txt`."""
        entries = json.loads(origins)
        standards = {name: Standard(**each) for name, each in entries["standards"].items()}
        citations = (
            _citation(pointer, entry, standards) for pointer, entry in entries["origins"].items()
        )
        return cls(
            document=json.loads(document),
            source=source.decode(),
            citations={citation.pointer: citation for citation in citations},
            connective=tuple(Span(**each) for each in entries["connective"]),
        )

    def problems(self) -> Iterator[Problem]:
        """Yield everything that the origins do not bear out, place by place."""
        found = dict(leaves(self.document))
        for leaf in found.items():
            yield from self._leaf_problems(*leaf)
        for pointer in self.citations.keys() - found.keys():
            yield _problem(pointer, "an origin", "a leaf that it is the origin of")
        for index, span in enumerate(self.connective):
            yield from self._span_problems(f"/connective/{index}", span)
        for at, kinds in enumerate(self._cover()):
            if len(kinds) != 1:
                expected = f"{self.source[at]!r} to be cited, or else connective"
                cover = " and ".join(sorted(kinds)) or "neither"
                yield _problem(f"/code point/{at}", cover, expected)
        stated, real = found.get("/source/sha256"), sha256(self.source.encode()).hexdigest()
        if stated not in (None, real):
            yield _problem("/source/sha256", brief(stated), f"{real}, as the source text has it")

    def verify(self) -> None:
        """Check every origin.

        Raises:
            InvalidOriginError: With everything that the origins do not bear out.
        """
        if problems := tuple(self.problems()):
            raise InvalidOriginError(problems)

    def coverage(self) -> Coverage:
        """Measure how much of the document and of the source is borne out."""
        sound = [not any(self._leaf_problems(*leaf)) for leaf in leaves(self.document)]
        covered = sum(len(kinds) == 1 for kinds in self._cover())
        return Coverage(sum(sound) / len(sound), covered / len(self.source))

    def _leaf_problems(self, where: str, value: Json) -> Iterator[Problem]:
        if not (citation := self.citations.get(where)):
            yield _problem(where, "no origin", "one")
            return
        for span in citation.spans:
            yield from self._span_problems(where, span)
        origin, given = citation.origin, citation.value
        readable = citation.spans and citation.reading in _READINGS
        if origin in (Origin.QUOTED, Origin.INFERRED) and not readable:
            yield _problem(where, f"{origin} alone", "spans and a reading that is known")
        elif origin is Origin.INFERRED and not citation.because:
            yield _problem(where, "inferred alone", "the reason why")
        elif origin is Origin.REFERENCE and not citation.standard:
            yield _problem(where, "reference alone", "the standard")
        elif (type(value), value) != (type(given), given):
            yield _problem(where, brief(value), f"{brief(given)}, as its origin gives it")

    def _span_problems(self, where: str, span: Span) -> Iterator[Problem]:
        start, end, quote = span.start, span.end, span.quote
        passage = self.source[max(start, 0) : max(end, 0)]
        if not (0 <= start < end <= len(self.source) and passage == quote):
            right = self.source.find(quote)
            hint = f"; it stands at {right}" if right >= 0 else ", which is nowhere in the source"
            yield _problem(where, f"{brief(passage)} at [{start}, {end})", brief(quote) + hint)

    def _cover(self) -> list[set[str]]:
        """Return for each code point of the source whether it is `cited`, `connective` or both."""
        cover: list[set[str]] = [set() for _ in self.source]
        cited = (span for citation in self.citations.values() for span in citation.spans)
        for kind, spans in (("cited", cited), ("connective", self.connective)):
            for span in spans:
                if not any(self._span_problems("", span)):
                    for kinds in cover[span.start : span.end]:
                        kinds.add(kind)
        return cover


def _problem(where: str, found: str, expected: str) -> Problem:
    return Problem(where, Rule.ORIGIN, found, expected)


def _citation(pointer: str, entry: dict[str, Any], standards: dict[str, Standard]) -> Citation:
    value, reading = entry.get("value"), entry.get("reading")
    spans = tuple(Span(**each) for each in entry.get("spans", ()))
    if spans and reading in _READINGS:
        with suppress(LookupError, ValueError):  # left None, which verify tells from the value
            value = _READINGS[reading](spans[0].quote)
    return Citation(
        pointer=pointer,
        origin=Origin(entry["origin"]),
        value=value,
        spans=spans,
        reading=reading,
        because=entry.get("because"),
        standard=standards.get(entry.get("standard", "")),
    )


@cache
def _canonical() -> Provenance:
    return Provenance.from_json(*map(content, ("exchange.json", "provenance.json", "source.txt")))


def cite(pointer: str) -> Citation:
    """Return the citation of a leaf of the canonical document.

    Args:
        pointer: JSON Pointer of the leaf, as `find` and `citations` give it.

    Raises:
        NotFoundError: No leaf is there.

    >>> cite("/seas/3/fips").standard.title
    'FIPS state codes (INCITS 38)'
    """
    known, place = _canonical().citations, "the canonical document"
    if pointer in known:
        return known[pointer]
    at = str(pointer)
    while not (near := tuple(each for each in known if each.startswith(f"{at}/"))):
        at = at.rpartition("/")[0]
    if at == str(pointer).rpartition("/")[0] and _anywhere(pointer) in map(_anywhere, known):
        near, place = (), f"{place}, which gives no value there"
    raise NotFoundError("citation", pointer, near, place)


def _anywhere(pointer: object) -> str:
    """Return a pointer for all items of the arrays that it leads through."""
    return re.sub("/[0-9]+", "/*", str(pointer))


def citations(record: object = None) -> tuple[Citation, ...]:
    """Return the citations of a record of the canonical exchange, or all of them.

    Args:
        record: The exchange or any record in it, of `load()` or `load(inferred=False)`.

    Raises:
        NotFoundError: The canonical exchange does not hold this record.

    >>> import smh_p2p
    >>> guam = smh_p2p.load().sea("GU")
    >>> [citation.pointer for citation in citations(guam)][:2]
    ['/seas/3/name', '/seas/3/kind']
    """
    if record is None:
        return tuple(_canonical().citations.values())
    for exchange in (load(), load(inferred=False)):
        for where, _, each in (("", None, exchange), *walk(exchange)):
            if isinstance(each, Record) and each == record:
                known = cited(exchange).values()
                return tuple(c for c in known if f"{c.pointer}/".startswith(f"{where}/"))
    raise NotFoundError("record", record, (), "the canonical exchange")


def cited(exchange: Exchange) -> dict[str, Citation]:
    """Return the citations of the facts in an exchange, by their pointers.

    Those of the canonical exchange are known, with or without what is inferred; of no other.

    >>> len(cited(load())) - len(cited(load(inferred=False)))
    2
    """
    if not is_canonical(exchange):
        return {}
    every = _canonical().citations
    if exchange == load():
        return dict(every)
    return {key: each for key, each in every.items() if each.origin is not Origin.INFERRED}


def verify() -> None:
    """Check every origin of the canonical exchange; raise `InvalidOriginError` if one fails."""
    _canonical().verify()


def coverage() -> Coverage:
    """Measure the canonical exchange.

    >>> coverage()
    Coverage(leaves=1.0, source=1.0)
    """
    return _canonical().coverage()
