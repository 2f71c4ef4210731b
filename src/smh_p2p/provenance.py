"""The origin of every fact of an exchange, and the proof of it in the text of a page.

Every leaf of the document of an exchange has one origin. A span is a range `[start, end)` of code
points of the page with the exact quote, as in the selectors of W3C Web Annotation.
"""

import json
import os
import re
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property, partial
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Self, TypeAlias

from attrs import asdict, converters, field, frozen

from smh_p2p.document import Doubled, from_dict, to_dict
from smh_p2p.errors import (
    InvalidDocumentError,
    InvalidOriginError,
    NotFoundError,
    Problem,
    Rule,
    brief,
)
from smh_p2p.exchange import Exchange, Hit, advice_on, counted
from smh_p2p.files import check_suffix, write_folder
from smh_p2p.jsontext import parsed, to_json
from smh_p2p.pointer import Json, join, leaves, position
from smh_p2p.record import Record, Shown, walk
from smh_p2p.values import SURROGATES

FILES = ("exchange.json", "provenance.json", "source.txt")  # the files of a summary in a folder
Range: TypeAlias = tuple[int, int]  # of code points of a page
MAX_PAGE = 1024 * 1024  # code points or bytes of a page; the canonical page has 2,672
MAX_ORIGINS = 64 * MAX_PAGE  # bytes of a file of origins


class Origin(StrEnum):
    """Where a fact comes from."""

    QUOTED = "quoted"
    INFERRED = "inferred"
    REFERENCE = "reference"
    ASSIGNED = "assigned"


@frozen(kw_only=True)
class Span:
    """A passage of a page.

    Attributes:
        start: The first code point, counted from 0.
        end: The code point after the last.
        quote: The exact text.
    """

    start: int
    end: int
    quote: str


@frozen(kw_only=True)
class Unread(Span):
    """A passage of a page that no fact cites and that is not a label.

    Attributes:
        line: The line of its start, counted from 1.
        column: The column of its start, counted from 1.
    """

    line: int
    column: int


@frozen(kw_only=True)
class Standard:
    """An outside standard or publication that a fact comes from.

    Attributes:
        name: Its short name in a file of origins.
        title: Its title.
        edition: Its edition, and where and when it was checked.
    """

    name: str
    title: str
    edition: str

    def __str__(self) -> str:
        return f"{self.title}, {self.edition}"


@frozen(kw_only=True)
class Citation(Shown):
    """The origin of one leaf of a document.

    Attributes:
        pointer: JSON Pointer of the leaf.
        origin: The kind of origin.
        value: The value that the origin gives.
        spans: The passages of a quoted or inferred fact. The first gives the value, and the others
            show that it belongs to this leaf.
        reading: How the passages give the value: a key of `READINGS`.
        because: Why a reader would conclude an inferred fact.
        standard: The standard of a reference.
    """

    pointer: str
    origin: Origin
    value: Json = None
    spans: tuple[Span, ...] = ()
    reading: str | None = None
    because: str | None = None
    standard: Standard | None = None

    def __repr__(self) -> str:
        return f"<Citation {brief(self.pointer)}: {self.origin} {brief(self.value)}>"

    @property
    def quote(self) -> str | None:
        """The passage that gives the value, or `None` if the page is not the origin.

        >>> import smh_p2p
        >>> smh_p2p.cite("/seas/3/name").quote
        'Guam'
        """
        return self.spans[0].quote if self.spans else None


@frozen
class Coverage:
    """How much of a summary is accounted for, in shares from 0 to 1.

    Attributes:
        leaves: The leaves of the document that have a sound origin.
        cited: The code points of the page that a fact cites.
        labels: The labels, bullets, joining words and blank space.
        unread: All other code points.
    """

    leaves: float
    cited: float
    labels: float
    unread: float


MONTHS = """january february march april may june july august september october november
december""".split()
FIRST_LETTERS = [month[:3] for month in MONTHS]
_ROLES = {"facilitated": "facilitator", "in partnership with": "partner"}


def folded(quote: str) -> str:
    r"""Return a passage on one line: each run of white space becomes one space.

    A line that ends in a hyphen after a letter or digit joins the next line without a space.

    >>> folded("mental-\n  health\u00a0needs")
    'mental-health needs'
    """
    if ("\n" in quote or "\r" in quote) and "-" in quote:
        quote = re.sub(r"(?<=\w-)[\r\n]\s*+(?=\w)", "", quote)
    return " ".join(quote.split())


_DIGITS = re.compile("[0-9]+")


def integer(quote: str) -> int:
    """Return the only number in a passage.

    >>> integer("Session 4")
    4
    """
    (digits,) = _DIGITS.findall(quote)
    return int(digits[:9])  # a number of the page has fewer digits


def month(quotes: Sequence[str]) -> str:
    """Return the month in the first passage, with the year in that or the second passage."""
    (name,) = re.findall("[a-z]{3,}", quotes[0].lower())
    year = re.findall("[0-9]{4}", " ".join(quotes[:2]))[0]
    return f"{year}-{FIRST_LETTERS.index(name[:3]) + 1:02}"


# How passages give a value. A reading raises LookupError or ValueError if it cannot read them.
READINGS: dict[str, Callable[[Sequence[str]], Json]] = {
    "verbatim": lambda quotes: quotes[0],
    "folded": lambda quotes: folded(quotes[0]),
    "integer": lambda quotes: integer(quotes[0]),
    "month": month,
    "role": lambda quotes: _ROLES[folded(quotes[0]).lower().removesuffix(" by")],
}


def value_of(reading: str | None, spans: Iterable[Span]) -> Json:
    """Return the value that passages give, or `None`, which is never the value of a leaf."""
    try:
        return READINGS[reading or ""]([span.quote for span in spans])
    except (LookupError, ValueError):
        return None


def _read_only(items: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType({**items})


@frozen(kw_only=True)
class Summary(Shown):
    """A page of text, the exchange that it describes, and the origin of every fact.

    Every passage of the page is cited, a label or unread.

    Attributes:
        text: The text of the page.
        exchange: The exchange that the page describes.
        origins: The citation of each leaf of the document of the exchange, by pointer.
        labels: The passages that state no fact: labels, bullets, joining words, blank space.
        licence: The open licence of the data, if known: its name, title and path.
        creator: The organization that made the data, if known.
        version: The version of the data, if it has one.
    """

    text: str
    exchange: Exchange
    origins: Mapping[str, Citation] = field(converter=_read_only)
    labels: tuple[Span, ...]
    licence: Mapping[str, str] | None = field(
        default=None, converter=converters.optional(_read_only)
    )
    creator: str | None = None
    version: str | None = None

    def __repr__(self) -> str:
        return f"<Summary {counted(self.exchange)}, {len(self.origins)} citations>"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle plain mappings, because a read-only one cannot be pickled."""
        values: dict[str, Any] = asdict(self, recurse=False)
        values |= {name: {**each} for name, each in values.items() if isinstance(each, Mapping)}
        return partial(type(self), **values), ()

    @classmethod
    def from_files(cls, document: bytes, origins: bytes, text: bytes) -> Self:
        """Read the contents of the files `exchange.json`, `provenance.json` and `source.txt`.

        Raises:
            InvalidDocumentError: The document breaks a rule.
            InvalidOriginError: The origins are not in their format, or the text is not UTF-8.
        """
        exchange = from_dict(parsed(document))
        citations, labels = read_origins(origins)
        try:
            page = text.decode()
        except UnicodeDecodeError as error:
            problem = _problem("", f"byte {error.start} of the text", "UTF-8")
            raise InvalidOriginError((problem,)) from None
        return cls(text=page, exchange=exchange, origins=citations, labels=labels)

    def files(self) -> dict[str, bytes]:
        """Return the contents that `from_files` reads, by the names of the files."""
        contents = (to_json(self.exchange), _origins_json(self), self.text)
        return {name: each.encode() for name, each in zip(FILES, contents, strict=True)}

    def write(self, folder: str | os.PathLike[str]) -> None:
        """Write a folder of three files (document, origins and text), whole or not at all.

        Raises:
            OSError: The system cannot write the folder, or it holds other files.
            ValueError: The name of the folder ends as the name of a file does: `x.json`.
        """
        check_suffix(folder, "a summary", "; smh_p2p.write writes the document of an exchange")
        write_folder(self.files(), folder)

    @cached_property
    def _leaves(self) -> dict[str, Json]:
        return dict(leaves(to_dict(self.exchange)))

    def cite(self, where: str | Hit) -> Citation:
        """Return the citation of a fact.

        Args:
            where: JSON Pointer of the fact, as `find` and `citations` return it; or a `Hit`.

        Raises:
            NotFoundError: The exchange has no fact at the pointer, or `where` is a record.

        >>> import smh_p2p
        >>> smh_p2p.cite("/seas/3/fips").standard.title
        'FIPS state codes (INCITS 38)'
        """
        if isinstance(where, Record):
            facts = sorted(self.citations(where), key=lambda each: not isinstance(each.value, str))
            such = "".join(f", such as {brief(each.pointer)}," for each in facts[:1])
            advice = f"give the pointer of one{such} or use citations(record)"
            hint = f"a record has several facts: {advice}"
            raise NotFoundError("citation", where, (), hint=hint)
        if isinstance(where, Hit):
            citation = self.origins.get(where.where)
            if citation and citation.value == where.text:
                return citation
            raise NotFoundError("text", where.text, (), f"this exchange at {where.where}")
        text = where if isinstance(where, str) else ""
        if text in self.origins:
            return self.origins[text]
        at = text[: max(map(len, self.origins), default=0)]  # a longer pointer has nothing near it
        while not (near := [each for each in self.origins if each.startswith(f"{at}/")]) and at:
            at = at.rpartition("/")[0]
        place = ""
        shape, *shapes = (re.sub("/[0-9]+", "/*", each) for each in (text, *self.origins))
        if at == text.rpartition("/")[0] and shape in shapes:
            near, place = [], ", which gives no value there"
        hint = advice_on(text, self.exchange)
        raise NotFoundError("citation", where, (*near,), f"this exchange{place}", hint=hint)

    def citations(self, record: object = None) -> tuple[Citation, ...]:
        """Return the citations of a record of the exchange, or all of them.

        Args:
            record: The exchange or any record in it.

        Raises:
            NotFoundError: The exchange does not have this record.
        """
        if record is None:
            return tuple(self.origins.values())
        for where, _, each in (("", None, self.exchange), *walk(self.exchange)):
            if isinstance(each, Record) and type(each) is type(record) and each == record:
                known = self.origins.values()
                return tuple(c for c in known if f"{c.pointer}/".startswith(f"{where}/"))
        raise NotFoundError("record", record, ())

    @cached_property
    def _cited(self) -> list[Range]:
        return self._covered(span for each in self.origins.values() for span in each.spans)

    def _covered(self, spans: Iterable[Span]) -> list[Range]:
        """Return the ranges of the text that spans cover, without what lies outside it."""
        ranges = {(each.start, min(each.end, len(self.text))) for each in spans}
        return merged(each for each in ranges if each[0] < each[1])

    @cached_property
    def unread(self) -> tuple[Unread, ...]:
        """The passages that no fact cites and that are not labels, in order."""
        known = [*self._cited, *self._covered(self.labels)]
        place = position(self.text)
        return tuple(
            Unread(start=start, end=end, quote=self.text[start:end], line=line, column=column)
            for start, end in between(known, len(self.text))
            for line, column in [place(start)]
        )

    def coverage(self) -> Coverage:
        """Measure how much of the document and of the page is accounted for.

        >>> import smh_p2p
        >>> smh_p2p.load_summary().coverage()  # doctest: +ELLIPSIS
        Coverage(leaves=1.0, cited=0.92..., labels=0.07..., unread=0.0)
        """
        sound = [not any(self._leaf_problems(*leaf)) for leaf in self._leaves.items()]
        every = len(self.text)
        cited = sum(end - start for start, end in self._cited)
        unread = sum(each.end - each.start for each in self.unread)
        shares = (each / (every or 1) for each in (cited, every - cited - unread, unread))
        return Coverage(sum(sound) / len(sound), *shares)

    def verify(self) -> None:
        """Check every origin.

        Raises:
            InvalidOriginError: An origin does not support the data; the error holds every problem.
        """
        if error := InvalidOriginError.of(self.problems()):
            raise error

    def problems(self) -> Iterator[Problem]:
        """Yield every problem of the origins, place by place."""
        for leaf in self._leaves.items():
            yield from self._leaf_problems(*leaf)
        for pointer in self.origins.keys() - self._leaves.keys():
            yield _problem(pointer, "the origin of no leaf", "a pointer to a leaf")
        for index, span in enumerate(self.labels):
            yield from self._span_problems(f"/labels/{index}", span)
            before = bisect(self._cited, (span.end,))
            if before and span.start < self._cited[before - 1][1]:
                yield _problem(f"/labels/{index}", brief(span.quote), "a passage without a fact")
        stated, real = self.exchange.source.sha256, sha256(self.text.encode()).hexdigest()
        if stated not in (None, real):
            yield _problem("/source/sha256", brief(stated), f"{real}, the SHA-256 of the text")

    def _leaf_problems(self, where: str, value: Json) -> Iterator[Problem]:
        if not (citation := self.origins.get(where)):
            yield _problem(where, "no origin", "one")
            return
        for span in citation.spans:
            yield from self._span_problems(where, span)
        origin, given = citation.origin, citation.value
        readable = citation.spans and citation.reading in READINGS
        if origin in (Origin.QUOTED, Origin.INFERRED) and not readable:
            yield _problem(where, f"{origin} without spans or a known reading", "both")
        elif origin is Origin.INFERRED and not citation.because:
            yield _problem(where, "inferred without a reason", "one")
        elif origin is Origin.REFERENCE and not citation.standard:
            yield _problem(where, "reference without a standard", "one")
        elif (type(value), value) != (type(given), given):
            yield _problem(where, brief(value), f"{brief(given)}, the value of its origin")

    def _span_problems(self, where: str, span: Span) -> Iterator[Problem]:
        start, end, quote = span.start, span.end, span.quote
        passage = self.text[max(start, 0) : max(end, 0)]
        if not (0 <= start < end <= len(self.text) and passage == quote):
            right = self.text.find(quote)
            hint = f", which is at {right}" if right >= 0 else ", which is not on the page"
            yield _problem(where, f"{brief(passage)} at [{start}, {end})", brief(quote) + hint)


Cited: TypeAlias = Exchange | Summary  # something to show or export, with or without citations


def parts(given: Cited) -> tuple[Exchange, Summary | None]:
    """Return the exchange to show, and its summary if the caller gave one.

    Raises:
        TypeError: The value is neither an exchange nor a summary.
    """
    if not isinstance(given, Cited):
        raise TypeError(f"{brief(given)} is neither an exchange nor a summary")
    return (given.exchange, given) if isinstance(given, Summary) else (given, None)


def merged(ranges: Iterable[Range]) -> list[Range]:
    """Return ranges from 0 on in order, with those that touch or overlap merged.

    >>> merged([(2, 4), (-1, 2), (7, 9)])
    [(0, 4), (7, 9)]
    """
    result: list[Range] = []
    first, last = 0, -1
    for start, end in sorted(ranges):
        if start > last:
            if last >= 0:
                result.append((first, last))
            first, last = start, end
        elif end > last:
            last = end
    return [*result, (first, last)] if last >= 0 else result


def between(ranges: Iterable[Range], end: int) -> list[Range]:
    """Return the ranges from 0 to `end` that other ranges do not cover, in order.

    >>> between([(7, 9), (0, 4)], 9)
    [(4, 7)]
    """
    edges = [0, *(edge for each in merged(ranges) for edge in each), end]
    return [each for each in zip(edges[::2], edges[1::2], strict=True) if each[0] < each[1]]


def _problem(where: str, found: str, expected: str) -> Problem:
    return Problem(where, Rule.ORIGIN, found, expected)


# The keys of the objects in a file of origins, with the types of their values. A key with "?" may
# be absent.
SHAPES: dict[str, dict[str, Any]] = {
    "origins": {"standards?": dict, "origins": dict, "labels?": list},
    "standard": {"title": str, "edition": str},
    "origin": {
        "origin": Origin,
        "reading?": str,
        "because?": str,
        "standard?": str,
        "value?": (str, int),
        "spans?": list,
    },
    "span": {"start": int, "end": int, "quote": str},
}
_NAMES: dict[Any, str] = {
    dict: "an object",
    list: "an array",
    str: "text",
    int: "a whole number",
    (str, int): "text or a whole number",
    Origin: f"one of {', '.join(Origin)}",
}


def read_origins(text: bytes) -> tuple[dict[str, Citation], tuple[Span, ...]]:
    """Return the citations and the labels of a file of origins.

    Raises:
        InvalidOriginError: The file is not in its format; the error holds every problem.
    """
    problems: list[Problem] = []

    def shaped(value: Any, shape: str, where: str) -> dict[str, Any]:
        members: dict[str, Any] = value
        if not isinstance(value, dict):
            problems.append(_problem(where, brief(value), "an object"))
            return {}
        missing = sorted(key for key in SHAPES[shape].keys() - members if not key.endswith("?"))
        problems.extend(_problem(where, f"no {key!r}", "one") for key in missing)
        inside = ((join(where, key), each) for key, each in members.items())
        for place, each in ((where, members), *inside):
            again = each.keys_again if isinstance(each, Doubled) else []
            problems.extend(_problem(join(place, key), "the key twice", "it once") for key in again)
        kinds = {key.rstrip("?"): kind for key, kind in SHAPES[shape].items()}
        sound: dict[str, Any] = {}
        for key, each in members.items():
            kind, texts = kinds.get(key, ()), each if type(each) in (str, dict) else ""
            if SURROGATES.search("".join(texts)):
                expected = "text without surrogates"
            elif (type(each) is not bool and isinstance(each, kind)) or (
                kind is Origin and each in [*Origin]
            ):
                sound[key] = each
                continue
            else:
                expected = _NAMES.get(kind) or f"one of the keys {', '.join(kinds)}"
            problems.append(_problem(join(where, key), brief(each), expected))
        return sound

    def spans(items: Any, where: str) -> tuple[Span, ...]:
        shapes = (shaped(each, "span", join(where, at)) for at, each in enumerate(items))
        return tuple(Span(**each) for each in shapes if len(each) == len(SHAPES["span"]))

    try:
        file = shaped(parsed(text, MAX_ORIGINS), "origins", "")
    except InvalidDocumentError as error:
        raise InvalidOriginError(error.problems, error.more) from None
    standards = {
        name: Standard(name=name, **members)
        for name, each in file.get("standards", {}).items()
        if len(members := shaped(each, "standard", join("/standards", name))) == 2
    }
    citations: dict[str, Citation] = {}
    for pointer, each in file.get("origins", {}).items():
        where = join("/origins", pointer)
        entry = shaped(each, "origin", where)
        cited = spans(entry.pop("spans", ()), join(where, "spans"))
        standard: Any = entry.pop("standard", None)
        if standard is not None and standard not in standards:
            problems.append(_problem(join(where, "standard"), brief(standard), "a known standard"))
        if "origin" in entry:
            entry["origin"] = Origin(entry["origin"])
            entry.setdefault("value", value_of(entry.get("reading"), cited))
            citations[pointer] = Citation(
                pointer=pointer, spans=cited, standard=standards.get(standard), **entry
            )
    labels = spans(file.get("labels", ()), "/labels")
    if broken := InvalidOriginError.of(problems):
        raise broken
    return citations, labels


def _origins_json(summary: Summary) -> str:
    """Return the file of the origins of a summary."""
    standards: dict[str, dict[str, str]] = {}
    origins: dict[str, Any] = {}
    for pointer, each in summary.origins.items():
        entry = asdict(each, filter=lambda _, value: value not in (None, ()))
        del entry["pointer"]
        if each.value == value_of(each.reading, each.spans):
            entry.pop("value", None)  # the spans give it
        if standard := entry.pop("standard", None):
            entry["standard"] = name = standard.pop("name")
            if standards.setdefault(name, standard) != standard:
                problem = _problem(pointer, f"another standard {name!r}", "one of each name")
                raise InvalidOriginError((problem,))
        origins[pointer] = entry
    labels = [*map(asdict, summary.labels)]
    file = {"standards": standards, "origins": origins, "labels": labels}
    return json.dumps(file, indent=2, ensure_ascii=False) + "\n"
