"""Hypothesis strategies for JSON documents: of valid exchanges, and one mistake away from them.

The places for a mistake are those of the records, and the values that are wrong there are wrong by
the form of the place, so that a new attribute has its mistakes without a line here.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from enum import Enum
from functools import cache, reduce
from random import Random
from typing import Any, TypeAlias

import attrs
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import DrawFn, SearchStrategy

import smh_p2p
from smh_p2p import Exchange, Role, Rule, YearMonth, fold
from smh_p2p.document import FORMAT
from smh_p2p.exchange import SEQUENCES
from smh_p2p.jsontext import MAX_BYTES
from smh_p2p.pointer import join
from smh_p2p.record import Record, fields_of
from smh_p2p.testing import strategies
from smh_p2p.values import YEAR_MONTH_TEXT, Scalar

Place: TypeAlias = tuple[str | int, ...]  # the tokens of a JSON Pointer


@attrs.frozen
class InvalidDocument:
    """A document one mistake away from valid.

    Attributes:
        document: The document.
        rule: The rule that it breaks.
        where: JSON Pointer of the place where a correct reader complains.
    """

    document: bytes
    rule: Rule
    where: str


class _Long(bytes):
    """Very many bytes, most of them one byte again and again, whose `repr` is short.

    Args:
        pieces: Bytes, and how often they stand one after the other.
    """

    _pieces: tuple[tuple[bytes, int], ...]

    def __new__(cls, *pieces: tuple[bytes, int]) -> "_Long":
        made = super().__new__(cls, b"".join(piece * times for piece, times in pieces))
        made._pieces = pieces
        return made

    def __repr__(self) -> str:
        return " + ".join(
            repr(piece) if times == 1 else f"{piece!r} * {times}" for piece, times in self._pieces
        )


def documents(exchanges: SearchStrategy[Exchange] | None = None) -> SearchStrategy[bytes]:
    r"""Return a strategy for JSON documents of exchanges, in their varied spellings.

    Keys come in any order, tokens with any blank space between them, characters with and without
    escapes; empty arrays are there or left out, and there may be a byte order mark.

    Args:
        exchanges: The exchanges to write; any, if they are not given.

    >>> from hypothesis import find
    >>> import smh_p2p
    >>> canonical = st.just(smh_p2p.load())
    >>> find(documents(canonical), lambda document: b"\t" in document)[:15]
    b'{\t"format" :1\n,'
    """
    return _documents(strategies.exchanges() if exchanges is None else exchanges)


def invalid_documents(rules: Collection[Rule] | None = None) -> SearchStrategy[InvalidDocument]:
    """Return a strategy for documents one mistake away from valid, in their varied spellings.

    Args:
        rules: The rules that may be broken; any of a document's, if they are not given.

    Raises:
        InvalidArgument: One of them is no rule of documents.

    >>> from hypothesis import find
    >>> find(invalid_documents({Rule.ORDER}), lambda _: True).where
    '/period/end'
    """
    if unknown := sorted(set(rules or ()) - _MISTAKES.keys()):
        raise InvalidArgument(f"{unknown[0]!r} is no rule of documents; one of {list(_MISTAKES)}")
    return st.one_of(*(_MISTAKES[rule] for rule in _MISTAKES if rules is None or rule in rules))


@st.composite
def _documents(draw: DrawFn, exchanges: SearchStrategy[Exchange]) -> bytes:
    document = smh_p2p.to_dict(draw(exchanges))
    if draw(st.booleans()):
        _add_empty(document, Exchange)
    return draw(_spelled(document))


def _add_empty(document: Any, record: type[Any]) -> None:
    for field in fields_of(record):
        if field.many:
            document.setdefault(field.name, [])
    for sequence, part in SEQUENCES.items() if record is Exchange else ():
        for each in document[sequence]:
            _add_empty(each, part)


# Spelling


@st.composite
def _spelled(draw: DrawFn, value: Any) -> bytes:
    """Write a JSON value; each way of writing is one choice, of which the first is the plain one.

    An object may be given as its members in a tuple, and so hold a key twice.
    """
    ways = st.none() | st.integers(0, 999).map(Random)
    order, blanks, escapes = draw(st.tuples(ways, ways, ways))

    def blank() -> str:
        return blanks.choice(["", " ", "\n", "\t", "\r\n  "]) if blanks else ""

    def listed(items: Iterator[str]) -> str:
        return f"{blank()},{blank()}".join(items)

    def character(c: str) -> str:
        if "\ud800" <= c <= "\udfff" or (escapes and escapes.random() < 0.5):
            units = c.encode("utf-16-be", "surrogatepass").hex()
            return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
        return r"\/" if escapes and c == "/" else json.dumps(c, ensure_ascii=False)[1:-1]

    def written(value: Any) -> str:
        match value:
            case dict() | tuple():
                members = list(value.items() if isinstance(value, dict) else value)
                if order:
                    order.shuffle(members)
                inside = (
                    f"{written(key)}{blank()}:{blank()}{written(each)}" for key, each in members
                )
                return f"{{{blank()}{listed(inside)}{blank()}}}"
            case list():
                return f"[{blank()}{listed(map(written, value))}{blank()}]"
            case str():
                return f'"{"".join(map(character, value))}"'
            case _:
                return json.dumps(value)

    mark = draw(st.sampled_from(["", "\ufeff"]))
    return f"{mark}{blank()}{written(value)}{blank()}".encode()


# Mistakes in a value: what may not be at a place


def _places(document: Any, record: type[Any], at: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Yield the place of every value, and what belongs there: a rule, a class, or a `list`."""
    yield at, record
    for field in fields_of(record):
        if field.name not in document:
            continue
        value, place = document[field.name], (*at, field.name)
        if field.many:
            yield place, list
        item = YEAR_MONTH_TEXT if field.item is YearMonth else field.item
        for each, where in _numbered(value, place) if field.many else [(value, place)]:
            if isinstance(item, type) and issubclass(item, Record):
                yield from _places(each, item, where)
            else:
                yield where, item


def _numbered(items: list[Any], at: Place) -> Iterator[tuple[Any, Place]]:
    return ((each, (*at, index)) for index, each in enumerate(items))


_WRONG_TYPES: tuple[Any, ...] = (None, True, 0.5, "text", 7, [], {})
_WRONG_VALUES: dict[Rule, tuple[Any, ...]] = {
    Rule.TEXT: ("", " ", "\u200b", "a\0", "\x1f", "\ud800", "\uffff"),
    Rule.NUMBER: (0, -1, 13, 10_000, 10**17),
    Rule.CODE: ("", " ", "a", "A", "us-gu", "0000-01", "2019-13", "٠٢", "javascript:1"),
    Rule.CHOICE: ("", "other", "STATE"),
}


def _wrong(rule: Rule, item: Any) -> list[Any]:
    """Return values that break this rule and no other where `item` is asked for."""
    if rule is Rule.TYPE:
        right = item.type if isinstance(item, Scalar) else list if item is list else dict
        right = str if isinstance(item, type) and issubclass(item, Enum) else right
        return [value for value in _WRONG_TYPES if type(value) is not right]
    if isinstance(item, Scalar) and item.rule is rule:
        return [value for value in _WRONG_VALUES[rule] if not item.accepts(value)]
    if rule is Rule.CHOICE and isinstance(item, type) and issubclass(item, Enum):
        return list(_WRONG_VALUES[rule])
    return []


def _value(draw: DrawFn, document: Any, rule: Rule) -> tuple[Place, Any]:
    wrong = {
        at: values for at, item in _places(document, Exchange) if (values := _wrong(rule, item))
    }
    at = _one_of(draw, wrong)
    return at, _put(document, at, draw(st.sampled_from(wrong[at])))


def _one_of(draw: DrawFn, places: Iterable[Place]) -> Place:
    """Draw a place: each part of a document is as likely, however many items it has."""
    parts: dict[Place, list[Place]] = defaultdict(list)
    for at in places:
        parts[tuple("*" if isinstance(token, int) else token for token in at)].append(at)
    return draw(st.sampled_from(parts[draw(st.sampled_from(list(parts)))]))


def _put(document: Any, at: Place, value: Any) -> Any:
    """Put a value at a place, and return the document."""
    if not at:
        return value
    if at[0] == "groups" and at[2:] in [(), ("number",)]:
        _drop_references(document)  # to what would not be there: a mistake of its own
    *parents, last = at
    _at(document, parents)[last] = value
    return document


def _at(document: Any, at: Collection[str | int]) -> Any:
    for token in at:
        document = document[token]
    return document


def _marked(mark: str) -> Iterator[tuple[str, str]]:
    """Yield each sequence of an exchange with the attributes of its records that have a mark."""
    for sequence, record in SEQUENCES.items():
        for field in fields_of(record):
            if getattr(field, mark):
                yield sequence, field.name


def _drop_references(document: Any) -> None:
    for sequence, name in _marked("refers"):
        for record in document.get(sequence, ()):
            record.pop(name, None)


# Mistakes between values, and in keys


def _order(draw: DrawFn, document: Any, _: Rule) -> tuple[Place, Any]:
    early, late = sorted(draw(st.lists(strategies.year_months(), min_size=2, unique=True))[:2])
    document["period"] = {"start": str(late), "end": str(early)}
    return ("period", "end"), document


def _unique(draw: DrawFn, document: Any, _: Rule) -> tuple[Place, Any]:
    """Repeat an item of a plain array, or what only one record of a sequence may have."""
    taken: dict[Place, list[Any]] = {  # what would be there twice, by the place of the second
        (*at, len(items)): items
        for at, item in _places(document, Exchange)
        if item is list and not isinstance((items := _at(document, at))[0], dict)
    }
    for sequence, name in _marked("unique"):
        values: list[Any] = []
        for index, record in enumerate(document.get(sequence, ())):
            if values:
                taken[sequence, index, name] = [*values]
            values += [record[name]] if name in record else []
    at = _one_of(draw, taken)
    value = draw(st.sampled_from(taken[at]))
    if isinstance(at[-1], int):
        _at(document, at[:-1]).append(value)
        return at, document
    return at, _put(document, at, draw(st.sampled_from(_respelled(value, at[-1]))))


def _respelled(value: Any, name: str) -> list[Any]:
    """Return a value as it is and, of a name, in other spellings that mean the same."""
    if name != "name":
        return [value]
    return [each for each in (value, value.swapcase(), f" {value}") if fold(each) == fold(value)]


def _reference(draw: DrawFn, document: Any, _: Rule) -> tuple[Place, Any]:
    numbers = [group["number"] for group in document.get("groups", ())]
    places: list[Place] = [
        (sequence, index, name)
        for sequence, name in _marked("refers")
        for index in range(len(document.get(sequence, ())))
    ]
    at = _one_of(draw, places)
    missing = draw(st.sampled_from([n for n in range(1, len(numbers) + 3) if n not in numbers]))
    record = _at(document, at[:-1])
    if at[-1] == "groups":
        record.setdefault("groups", []).append(missing)
        return (*at, len(record["groups"]) - 1), document
    record[at[-1]] = missing
    return at, document


def _facilitator(draw: DrawFn, document: Any, _: Rule) -> tuple[Place, Any]:
    organizations = document["organizations"]
    for organization in organizations[: draw(st.integers(2, len(organizations)))]:
        organization["role"] = Role.FACILITATOR.value
    return ("organizations",), document


def _objects(document: Any) -> dict[Place, tuple[list[str], list[str]]]:
    """Return, by the places of objects, the keys that one may have and those that it must."""
    found: dict[Place, tuple[list[str], list[str]]] = {}
    for at, record in _places(document, Exchange):
        if isinstance(record, type) and issubclass(record, Record):
            own = [] if at else ["format"]
            may = own + [field.name for field in fields_of(record)]
            must = own + [field.name for field in fields_of(record) if field.required]
            found[at] = (may, must)
    return found


def _missing_key(draw: DrawFn, document: Any, _: Rule) -> tuple[Place, Any]:
    places = [(*at, key) for at, (_, must) in _objects(document).items() for key in must]
    at = _one_of(draw, places)
    _put(document, at, None)
    del _at(document, at[:-1])[at[-1]]
    return at[:-1], document


def _unknown_key(draw: DrawFn, document: Any, _: Rule) -> tuple[Place, Any]:
    objects = _objects(document)
    at = _one_of(draw, objects)
    may, _must = objects[at]
    key = draw(st.sampled_from(["x", "", "a/b~c", "é", "@id", may[0].upper()]))
    _at(document, at)[key] = draw(st.sampled_from([None, 1, "x"]))
    return (*at, key), document


def _doubled_key(draw: DrawFn, document: Any, _: Rule) -> tuple[Place, Any]:
    at = _one_of(draw, _objects(document))
    members = tuple(_at(document, at).items())
    again = draw(st.sampled_from(members))
    doubled = (*members, again)
    if not at:
        return (again[0],), doubled
    _at(document, at[:-1])[at[-1]] = doubled
    return (*at, again[0]), document


def _format(draw: DrawFn, document: Any, _: Rule) -> tuple[Place, Any]:
    document["format"] = draw(st.sampled_from([FORMAT + 1, 0, -1, 10**17]))
    return ("format",), document


# Mistakes in the bytes


def _size(draw: DrawFn, document: bytes) -> bytes:
    more = draw(st.integers(1, 9))
    return _Long((document, 1), (b" ", MAX_BYTES + more - len(document)))


def _depth(draw: DrawFn, document: bytes) -> bytes:
    levels = draw(st.integers(100_000, 100_009))  # more than any parser of Python goes down
    text = document.removeprefix("\ufeff".encode())
    return _Long((b"[", levels), (text, 1), (b"]", levels))


def _encoding(draw: DrawFn, document: bytes) -> bytes:
    text = document.decode()
    at = draw(st.integers(0, len(text)))
    bad = draw(st.sampled_from([b"\xff", b"\x80", b"\xc3", b"\xc0\x80", b"\xed\xa0\x80"]))
    return text[:at].encode() + bad + text[at:].encode()


def _syntax(draw: DrawFn, document: bytes) -> bytes:
    text = document.decode().rstrip()
    kept = draw(st.integers(0, len(text) - 1))
    junk = draw(st.sampled_from(["}", ",", "x", "{}", "//"]))
    comma = text[:-1] + ",}"
    return draw(st.sampled_from([text[:kept], text + junk, comma])).encode()


@st.composite
def _spoiled(draw: DrawFn, rule: Rule) -> InvalidDocument:
    spoil, needs = _SPOILERS[rule]
    at, document = spoil(draw, smh_p2p.to_dict(draw(_exchanges(**needs))), rule)
    where = reduce(join, at, "")
    return InvalidDocument(draw(_spelled(document)), rule, where)


@cache  # made once, not for each example
def _exchanges(**needs: Any) -> SearchStrategy[Exchange]:
    return strategies.exchanges(**needs)


@st.composite
def _damaged(draw: DrawFn, rule: Rule) -> InvalidDocument:
    return InvalidDocument(_DAMAGERS[rule](draw, draw(documents(_exchanges()))), rule, "")


# What makes the mistake, and what an exchange must have for it.
_SPOILERS: dict[Rule, tuple[Callable[[DrawFn, Any, Rule], tuple[Place, Any]], dict[str, Any]]] = {
    Rule.TYPE: (_value, {}),
    Rule.TEXT: (_value, {}),
    Rule.NUMBER: (_value, {"min_sessions": 1}),
    Rule.CODE: (_value, {}),
    Rule.CHOICE: (_value, {"min_partners": 1}),
    Rule.ORDER: (_order, {}),
    Rule.UNIQUE: (_unique, {"min_partners": 2}),
    Rule.REFERENCE: (_reference, {"min_sessions": 1}),
    Rule.FACILITATOR: (_facilitator, {"min_partners": 2}),
    Rule.MISSING_KEY: (_missing_key, {}),
    Rule.UNKNOWN_KEY: (_unknown_key, {}),
    Rule.DOUBLED_KEY: (_doubled_key, {}),
    Rule.FORMAT: (_format, {}),
}
_DAMAGERS: dict[Rule, Callable[[DrawFn, bytes], bytes]] = {
    Rule.SIZE: _size,
    Rule.DEPTH: _depth,
    Rule.ENCODING: _encoding,
    Rule.SYNTAX: _syntax,
}
_MISTAKES = {
    **{rule: _spoiled(rule) for rule in _SPOILERS},
    **{rule: _damaged(rule) for rule in _DAMAGERS},
}
