"""The one writer and the one reader of documents: records to plain dicts and lists, and back.

The reader shapes a document: objects, keys, arrays, months, closed lists. The constructors of the
records check everything else.
"""

from collections.abc import Callable, Iterable
from enum import Enum
from functools import cache, partial, reduce
from itertools import repeat
from operator import is_
from typing import Any, TypeAlias, TypeVar

from attrs import evolve

from smh_p2p.errors import (
    MAX_PROBLEMS,
    InvalidDocumentError,
    InvalidRecordError,
    Problem,
    Rule,
    brief,
)
from smh_p2p.exchange import Exchange
from smh_p2p.pointer import join
from smh_p2p.record import Field, Record, fields_of
from smh_p2p.records import YearMonth
from smh_p2p.values import Scalar

R = TypeVar("R", bound=Record)

FORMAT = 1  # the newest format of documents


def to_dict(record: Record) -> dict[str, Any]:
    """Return an exchange as a document of plain dicts, lists, texts and integers.

    The document leaves out absent and empty values. Each call returns new objects.

    Args:
        record: An exchange, or any other record as a part of a document.

    Raises:
        TypeError: The value is not a record.

    >>> import smh_p2p
    >>> smh_p2p.to_dict(smh_p2p.load())["period"]
    {'start': '2019-08', 'end': '2019-09'}
    """
    if not isinstance(record, Record):
        raise TypeError(f"{brief(record)} is not a record; a summary has one: summary.exchange")
    written = _written(record)
    return {"format": FORMAT, **written} if isinstance(record, Exchange) else written


def _written(record: Record) -> dict[str, Any]:
    written: dict[str, Any] = {}
    kind: Any = type(record)  # to mypy, a class with `__hash__` is not hashable
    for name, write in _writers(kind):
        value = getattr(record, name)
        if value is not None and value != ():
            written[name] = write(value) if write else value
    return written


Writer: TypeAlias = Callable[[Any], Any]


@cache
def _writers(record: type[Record]) -> tuple[tuple[str, Writer | None], ...]:
    return tuple((field.name, _writer(field)) for field in fields_of(record))


def _writer(field: Field) -> Writer | None:
    """Return the function that writes an attribute, or `None` if it is written as it is."""
    if isinstance(field.item, Scalar):
        return list if field.many else None
    if issubclass(field.item, Enum):
        return lambda member: member.value
    if field.item is YearMonth:
        return str
    return (lambda records: [*map(_written, records)]) if field.many else _written


# The place of a value: that of its parent, and its key or index there. Only problems need pointers.
Place: TypeAlias = "tuple[Place, str | int] | None"


def _pointer(place: Place) -> str:
    tokens: list[str | int] = []
    while place is not None:
        place, token = place
        tokens.append(token)
    return reduce(join, reversed(tokens), "")


class _Problems:
    """The first problems of a document while it is read, and the count of all."""

    def __init__(self) -> None:
        self.kept: list[Problem] = []
        self.count = 0

    def add(self, place: Place, rule: Rule, found: str, expected: str = "") -> None:
        self.extend(place, [Problem("", rule, found, expected)])

    def extend(self, place: Place, problems: Iterable[Problem], more: int = 0) -> None:
        """Add problems whose pointers start at a place."""
        self.count += more
        for each in problems:
            self.count += 1
            if len(self.kept) < MAX_PROBLEMS:
                self.kept.append(evolve(each, where=_pointer(place) + each.where))


class Doubled(dict[Any, Any]):
    """A JSON object whose text has the keys `keys_again` more than once."""

    keys_again: list[str]


def from_dict(document: object) -> Exchange:
    """Return the exchange of a document of plain dicts and lists.

    Raises:
        InvalidDocumentError: The document breaks a rule; the error holds every problem.

    >>> from_dict({"format": 2})
    Traceback (most recent call last):
        ...
    smh_p2p.InvalidDocumentError: /format: found 2, expected 1, the newest known format
    """
    return read_record(Exchange, document)


def read_record(record: type[R], document: object) -> R:
    """Return the record of a document, or of the part of a document that holds such a record.

    Raises:
        InvalidDocumentError: The document breaks a rule; the error holds every problem.
    """
    problems = _Problems()
    read = _read_month if record is YearMonth else partial(_read, record)
    result: R = read(document, None, problems)
    if problems.count:
        raise InvalidDocumentError(tuple(problems.kept), problems.count - len(problems.kept))
    return result


_NEWEST = f"{FORMAT}, the newest known format"
# A function that shapes a value for a constructor, or adds a problem and returns `_FAILED`.
Reader: TypeAlias = Callable[[Any, Place, _Problems], Any]
_FAILED = object()


@cache
def _reader(item: Any) -> Reader | None:
    """Return the reader of one value, or `None` if it is read as it is."""
    if isinstance(item, Scalar):
        return None
    if issubclass(item, Enum):
        members = {member.value: member for member in item}
        return lambda value, _place, _problems: (  # the constructor refuses any other value
            members.get(value, value) if type(value) is str else value
        )
    return _read_month if item is YearMonth else partial(_read, item)


def _array_reader(read: Reader | None) -> Reader:
    def read_array(value: Any, place: Place, problems: _Problems) -> Any:
        values: list[Any] = value
        if not isinstance(value, list):
            problems.add(place, Rule.TYPE, brief(value), "an array")
            return _FAILED
        if read is None:
            return tuple(values)
        before = problems.count
        items = [read(each, (place, index), problems) for index, each in enumerate(values)]
        return tuple(items) if problems.count == before else _FAILED

    return read_array


@cache
def _plan(record: type[Record]) -> tuple[dict[str, Field], tuple[tuple[str, Reader], ...]]:
    fields = {field.name: field for field in fields_of(record)}
    readers = {
        name: _array_reader(_reader(field.item)) if field.many else _reader(field.item)
        for name, field in fields.items()
    }
    return fields, tuple((name, read) for name, read in readers.items() if read)


def _read(record: Any, value: Any, place: Place, problems: _Problems) -> Any:
    members: dict[Any, Any] = value
    if not isinstance(value, dict):
        problems.add(place, Rule.TYPE, brief(value), "an object")
        return _FAILED
    fields, readers = _plan(record)
    parts = dict(members)
    if record is Exchange:
        parts.pop("$schema", None)
        if "format" not in parts:
            problems.add(place, Rule.MISSING_KEY, "missing key 'format'")
        elif type(found := parts.pop("format")) is not int:
            problems.add((place, "format"), Rule.TYPE, brief(found), _NEWEST)
        elif found != FORMAT:
            problems.add((place, "format"), Rule.FORMAT, brief(found), _NEWEST)
            return _FAILED  # its rules are not known
    before = problems.count
    for key, read in readers:
        if key in parts:
            parts[key] = read(parts[key], (place, key), problems)
    unexplained = None
    # The constructor would take null for an absent value, and cannot see that a key is doubled.
    if problems.count == before and not (
        any(map(is_, parts.values(), repeat(None))) or isinstance(value, Doubled)
    ):
        try:
            return record(**parts)
        except InvalidRecordError as error:
            problems.extend(place, error.problems, error.more)
            return _FAILED
        except TypeError as error:  # a key is missing or unknown
            unexplained = error
    for key, each in parts.items():
        if key not in fields:
            known = "one of " + ", ".join(map(repr, fields))
            token = key if isinstance(key, str) else brief(key)
            problems.add((place, token), Rule.UNKNOWN_KEY, f"the unknown key {brief(key)}", known)
        elif each is None:
            problems.add((place, key), Rule.TYPE, "null", fields[key].expected)
    for name, field in fields.items():
        if field.required and name not in parts:
            problems.add(place, Rule.MISSING_KEY, f"missing key {name!r}")
    for key in value.keys_again if isinstance(value, Doubled) else ():
        problems.add((place, key), Rule.DOUBLED_KEY, f"duplicate key {brief(key)}")
    given = {key: each for key, each in parts.items() if each is not _FAILED and each is not None}
    problems.extend(place, record.problems_of(given))
    if unexplained and problems.count == before:
        raise unexplained
    return _FAILED


def _read_month(value: Any, place: Place, problems: _Problems) -> Any:
    try:
        return YearMonth.parse(value)
    except InvalidRecordError as error:
        problems.extend(place, error.problems)
        return _FAILED
