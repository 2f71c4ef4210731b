"""Hypothesis strategies for JSON documents: valid ones, and ones with one mistake.

The places of mistakes and the wrong values follow from the attributes of the records.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache, partial
from random import Random
from typing import Any, Self, TypeAlias

import attrs
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import DrawFn, SearchStrategy

import smh_p2p
from smh_p2p import Exchange, Role, Rule, YearMonth, fold
from smh_p2p.document import FORMAT
from smh_p2p.jsontext import MAX_BYTES
from smh_p2p.pointer import get, join, tokens
from smh_p2p.record import Field, Record, fields_of
from smh_p2p.testing import strategies
from smh_p2p.values import YEAR_MONTH_TEXT, Scalar

# The JSON Pointer of a mistake, and the wrong value there.
Mistake: TypeAlias = tuple[str, Any]


@attrs.frozen
class InvalidDocument:
    """A document with one mistake.

    Attributes:
        document: The document.
        rule: The rule that it breaks.
        where: JSON Pointer of the place that a correct reader reports.
    """

    document: bytes
    rule: Rule
    where: str


class _Long(bytes):
    """Repeated pieces of bytes, with a short `repr`."""

    _pieces: tuple[tuple[bytes, int], ...]

    def __new__(cls, *pieces: tuple[bytes, int]) -> Self:
        long = super().__new__(cls, b"".join(piece * times for piece, times in pieces))
        long._pieces = pieces
        return long

    def __repr__(self) -> str:
        return " + ".join(
            repr(piece) if times == 1 else f"{piece!r} * {times}" for piece, times in self._pieces
        )


def documents(exchanges: SearchStrategy[Exchange] | None = None) -> SearchStrategy[bytes]:
    r"""Return a strategy for JSON documents of exchanges, in many spellings.

    Keys have any order, tokens have any blank space between them, and characters may be escaped. A
    document may have empty arrays and a byte order mark.

    Args:
        exchanges: The exchanges to write; any by default.

    >>> from hypothesis import find
    >>> import smh_p2p
    >>> canonical = st.just(smh_p2p.load())
    >>> find(documents(canonical), lambda document: b"\t" in document)[:15]
    b'{\t"format" :1\n,'
    """
    return _documents(_exchanges() if exchanges is None else exchanges)


def invalid_documents(rules: Collection[Rule] | None = None) -> SearchStrategy[InvalidDocument]:
    """Return a strategy for documents with one mistake, in many spellings.

    Args:
        rules: The rules to break; any rule of documents by default.

    Raises:
        InvalidArgument: A rule is not a rule of documents.

    >>> from hypothesis import find
    >>> find(invalid_documents({Rule.ORDER}), lambda _: True).where
    '/period/end'
    """
    known = [*_SPOILERS, *_DAMAGES]
    if unknown := sorted(set(rules or ()) - set(known)):
        raise InvalidArgument(f"{unknown[0]!r} is not a rule of documents; use one of {known}")
    return st.one_of(*(_invalid(rule) for rule in known if rules is None or rule in rules))


@st.composite
def _documents(draw: DrawFn, exchanges: SearchStrategy[Exchange]) -> bytes:
    document = smh_p2p.to_dict(draw(exchanges))
    if draw(st.booleans()):
        for _, record, field in _attributes(document):
            if field.many:
                record.setdefault(field.name, [])
    return draw(_spelled(document))


# Spelling


@st.composite
def _spelled(draw: DrawFn, value: Any) -> bytes:
    """Write a JSON value. Each way to write it is one choice, and the first one is plain."""
    ways = st.none() | st.integers(0, 999).map(Random)
    order, blanks, escapes = draw(st.tuples(ways, ways, ways))

    def blank() -> str:
        return blanks.choice(["", " ", "\n", "\t", "\r\n  "]) if blanks else ""

    def listed(items: Iterable[str]) -> str:
        return blank() + f"{blank()},{blank()}".join(items) + blank()

    def character(c: str) -> str:
        if "\ud800" <= c <= "\udfff" or (escapes and escapes.random() < 0.5):
            return f"\\u{ord(c):04x}" if c.isascii() else json.dumps(c)[1:-1]
        return r"\/" if escapes and c == "/" else json.dumps(c, ensure_ascii=False)[1:-1]

    def written(value: Any) -> str:
        given: Any = value
        if isinstance(value, dict):
            members: list[Any] = list(given.items())
            if order:
                order.shuffle(members)
            inside = (f"{written(key)}{blank()}:{blank()}{written(each)}" for key, each in members)
            return f"{{{listed(inside)}}}"
        if isinstance(value, list):
            return f"[{listed(map(written, given))}]"
        if isinstance(value, str):
            return f'"{"".join(map(character, value))}"'
        return json.dumps(value)

    mark = draw(st.sampled_from(["", "\ufeff"]))
    return f"{mark}{blank()}{written(value)}{blank()}".encode()


# Mistakes in a value


def _places(value: Any, item: Any = Exchange, where: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield the pointer of every value, its type (a rule, a class or `list`), and the value."""
    yield where, item, value
    for field in _fields(item):
        if field.name not in value:
            continue
        part, place = value[field.name], join(where, field.name)
        kind = YEAR_MONTH_TEXT if field.item is YearMonth else field.item
        if field.many:
            yield place, list, part
            for index, each in enumerate(part):
                yield from _places(each, kind, join(place, index))
        else:
            yield from _places(part, kind, place)


def _attributes(document: Any) -> list[tuple[str, Any, Field]]:
    """Return the pointer, the record and the field of every attribute, also of absent ones."""
    return [
        (join(where, field.name), record, field)
        for where, item, record in _places(document)
        for field in _fields(item)
    ]


def _fields(item: Any) -> tuple[Field, ...]:
    """Return the attributes of a class of records; of another type, none."""
    return fields_of(item) if isinstance(item, type) and issubclass(item, Record) else ()


_WRONG_TYPES: tuple[Any, ...] = (None, True, 0.5, "text", 7, [], {})
_WRONG_VALUES: dict[Rule, tuple[Any, ...]] = {
    Rule.TEXT: ("", " ", "\u200b", "a\0", "\x1f", "\ud800", "\uffff"),
    Rule.NUMBER: (0, -1, 13, 10_000, 10**17),
    Rule.CODE: ("", " ", "a", "A", "us-gu", "0000-01", "2019-13", "٠٢", "javascript:1"),
    Rule.CHOICE: ("", "other", "STATE"),
}


@cache
def _wrong(rule: Rule, item: Any) -> list[Any]:
    """Return values that break only this rule at a place of the type `item`."""
    scalar = item if isinstance(item, Scalar) else None
    kind = scalar.type if scalar else list if item is list else dict if _fields(item) else str
    own = scalar.rule if scalar else Rule.CHOICE if kind is str else None
    if rule is Rule.TYPE:
        return [value for value in _WRONG_TYPES if type(value) is not kind]
    values = _WRONG_VALUES[rule] if rule is own else ()
    return [value for value in values if not (scalar and scalar.accepts(value))]


def _value(rule: Rule, draw: DrawFn, document: Any) -> Mistake:
    places = _places(document)
    wrong = {where: values for where, item, _ in places if (values := _wrong(rule, item))}
    where = _one_of(draw, wrong)
    return where, draw(st.sampled_from(wrong[where]))


def _one_of(draw: DrawFn, places: Iterable[str]) -> str:
    """Draw a place. Each part of a document is equally likely, however many items it has."""
    parts: dict[str, list[str]] = defaultdict(list)
    for where in places:
        parts[_part(where)].append(where)
    return draw(st.sampled_from(draw(st.sampled_from([*parts.values()]))))


def _part(where: str) -> str:
    return re.sub("/[0-9]+", "/*", where)


def _put(document: Any, where: str, value: Any) -> Any:
    """Put a value at a place, and return the document."""
    if not where:
        return value
    if _part(where) in {"/groups", "/groups/*", "/groups/*/number"}:
        # A reference to a missing group would be a second mistake.
        for _, record, field in _attributes(document):
            if field.refers:
                record.pop(field.name, None)
    *_, last = tokens(where)
    holder = get(document, where.rpartition("/")[0])
    if isinstance(holder, list):
        holder[int(last) : int(last) + 1] = [value]  # or at its end
    else:
        holder[last] = value
    return document


# Mistakes between values, and in keys


def _order(draw: DrawFn, document: Any) -> Mistake:
    early, late = sorted(draw(st.lists(strategies.year_months(), min_size=2, unique=True))[:2])
    document["period"] = {"start": str(late)}
    return "/period/end", str(early)


def _unique(draw: DrawFn, document: Any) -> Mistake:
    """Repeat an item of a plain array, or a value that must be unique in a sequence."""
    taken: dict[str, list[Any]] = {  # the values to repeat, by the place of the second
        join(where, len(items)): items
        for where, item, items in _places(document)
        if item is list and not isinstance(items[0], dict)
    }
    earlier: dict[str, list[Any]] = defaultdict(list)
    for where, record, field in _attributes(document):
        if field.unique:
            values = earlier[_part(where)]
            if values:
                taken[where] = [*values]
            if field.name in record:
                values.append(record[field.name])
    where = _one_of(draw, taken)
    value = draw(st.sampled_from(taken[where]))
    spellings = [value]
    if where.endswith("/name"):  # another spelling of a name also counts as the same name
        spellings += [each for each in (value.swapcase(), f" {value}") if fold(each) == fold(value)]
    return where, draw(st.sampled_from(spellings))


def _reference(draw: DrawFn, document: Any) -> Mistake:
    numbers = [group["number"] for group in document.get("groups", ())]
    where = _one_of(
        draw,
        (
            join(where, len(record.setdefault(field.name, []))) if field.many else where
            for where, record, field in _attributes(document)
            if field.refers
        ),
    )
    missing = [each for each in range(1, len(numbers) + 3) if each not in numbers]
    return where, draw(st.sampled_from(missing))


def _facilitator(draw: DrawFn, document: Any) -> Mistake:
    organizations = document["organizations"]
    for organization in organizations[: draw(st.integers(2, len(organizations)))]:
        organization["role"] = Role.FACILITATOR.value
    return "/organizations", organizations


def _missing_key(draw: DrawFn, document: Any) -> Mistake:
    required = [where for where, _, field in _attributes(document) if field.required]
    where = _one_of(draw, ["/format", *required])
    parent, key = where.rsplit("/", 1)
    members = get(document, parent)
    del members[key]
    return parent, members


def _object(draw: DrawFn, document: Any) -> Mistake:
    where = _one_of(draw, (where for where, item, _ in _places(document) if _fields(item)))
    return where, get(document, where)


def _unknown_key(draw: DrawFn, document: Any) -> Mistake:
    where, members = _object(draw, document)
    known = next(iter(members))
    key = draw(st.sampled_from(["x", "", "a/b~c", "é", "@id", known.upper()]))
    return join(where, key), draw(st.sampled_from([None, 1, "x"]))


class _Again(str):
    """A key of an object that also has a key with the same text."""

    __hash__ = object.__hash__


def _doubled_key(draw: DrawFn, document: Any) -> Mistake:
    where, members = _object(draw, document)
    key = draw(st.sampled_from([*members]))
    members[_Again(key)] = members[key]
    return join(where, key), members[key]


def _format(draw: DrawFn, _: Any) -> Mistake:
    return "/format", draw(st.sampled_from([FORMAT + 1, 0, -1, 10**17]))


# Mistakes in the bytes


def _size(draw: DrawFn, document: bytes) -> bytes:
    more = draw(st.integers(1, 9))
    return _Long((document, 1), (b" ", MAX_BYTES + more - len(document)))


def _depth(draw: DrawFn, document: bytes) -> bytes:
    levels = draw(st.integers(100_000, 100_009))  # deeper than any parser of Python can go
    text = document.removeprefix("\ufeff".encode())
    return _Long((b"[", levels), (text, 1), (b"]", levels))


def _encoding(draw: DrawFn, document: bytes) -> bytes:
    at = draw(st.integers(0, len(document)))
    bad = draw(st.sampled_from([b"\xff", b"\x80", b"\xc3", b"\xc0\x80", b"\xed\xa0\x80"]))
    return document[:at] + bad + document[at:]


def _syntax(draw: DrawFn, document: bytes) -> bytes:
    text = document.decode().rstrip()
    kept = draw(st.integers(0, len(text) - 1))
    junk = draw(st.sampled_from(["}", ",", "x", "{}", "//"]))
    comma = text[:-1] + ",}"
    return draw(st.sampled_from([text[:kept], text + junk, comma])).encode()


_exchanges = cache(strategies.exchanges)  # one strategy for all examples


# How to break a rule in a document, or in its bytes.
_SPOILERS: dict[Rule, Callable[[DrawFn, Any], Mistake]] = {
    **{rule: partial(_value, rule) for rule in (Rule.TYPE, *_WRONG_VALUES)},
    Rule.ORDER: _order,
    Rule.UNIQUE: _unique,
    Rule.REFERENCE: _reference,
    Rule.FACILITATOR: _facilitator,
    Rule.MISSING_KEY: _missing_key,
    Rule.UNKNOWN_KEY: _unknown_key,
    Rule.DOUBLED_KEY: _doubled_key,
    Rule.FORMAT: _format,
}
_DAMAGES = {Rule.SIZE: _size, Rule.DEPTH: _depth, Rule.ENCODING: _encoding, Rule.SYNTAX: _syntax}
# What a document needs, so that a rule can be broken in it.
_NEEDS = {
    Rule.NUMBER: {"min_sessions": 1},
    Rule.CHOICE: {"min_partners": 1},
    Rule.UNIQUE: {"min_partners": 2},
    Rule.REFERENCE: {"min_sessions": 1},
    Rule.FACILITATOR: {"min_partners": 2},
}


@st.composite
def _invalid(draw: DrawFn, rule: Rule) -> InvalidDocument:
    if rule in _DAMAGES:
        return InvalidDocument(_DAMAGES[rule](draw, draw(documents())), rule, "")
    exchange = draw(_exchanges(**_NEEDS.get(rule, {})))
    document = smh_p2p.to_dict(exchange)
    where, wrong = _SPOILERS[rule](draw, document)
    return InvalidDocument(draw(_spelled(_put(document, where, wrong))), rule, where)
