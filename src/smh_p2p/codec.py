"""Documents to records and back: dict, JSON, file.

Reading is strict: nothing is coerced, nothing unknown is passed over, and an `InvalidDocumentError`
holds every problem with its JSON Pointer. Writing is stable: the same exchange gives the same
bytes, and what is written reads back equal.
"""

import errno
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias, cast

import attrs
from cattrs import ClassValidationError, Converter
from cattrs.gen import make_dict_structure_fn, override

from smh_p2p.errors import InvalidDocumentError, InvalidRecordError, Problem, Rule
from smh_p2p.files import write_file
from smh_p2p.forms import Form, choices, shape, shown
from smh_p2p.model import (
    RECORDS,
    Exchange,
    JurisdictionKind,
    Role,
    YearMonth,
    broken_rules,
)
from smh_p2p.pointer import join

FORMAT = 1  # the newest format of documents, and so far the only one
MAX_BYTES = 16 * 1024 * 1024  # a document of 10,000 SEAs has about 2 MiB
MAX_DEPTH = 32  # a document of this format has 4


def to_dict(exchange: Exchange) -> dict[str, Any]:
    """Return an exchange as a document of plain dicts, lists, texts and integers.

    What is absent or empty is left out. Nothing is shared with a later call.

    >>> import smh_p2p
    >>> smh_p2p.to_dict(smh_p2p.load())["period"]
    {'start': '2019-08', 'end': '2019-09'}
    """
    return {"format": FORMAT, **_plain(exchange)}


def _plain(record: Any) -> dict[str, Any]:
    return attrs.asdict(record, filter=_is_given, value_serializer=_serialize)


def _is_given(attribute: "attrs.Attribute[Any]", value: object) -> bool:
    return value != attribute.default


def _serialize(_record: object, _attribute: object, value: Any) -> Any:
    match value:
        case YearMonth():
            return str(value)
        case Enum():
            return value.value
        case tuple():
            return list(value)
        case _:
            return value


def from_dict(document: object) -> Exchange:
    """Return the exchange of a document of plain dicts and lists.

    Raises:
        InvalidDocumentError: With every problem of the document; no record came out.

    >>> from_dict({"format": 2})
    Traceback (most recent call last):
        ...
    smh_p2p.InvalidDocumentError: /format: found 2, expected 1, the newest format known here
    """
    try:
        return _converter().structure(document, Exchange)
    except InvalidRecordError as error:
        raise InvalidDocumentError(error.problems) from None  # the same problems


def to_json(exchange: Exchange) -> str:
    """Return an exchange as JSON text, indented for people and for diffs.

    >>> import smh_p2p
    >>> smh_p2p.to_json(smh_p2p.load()).splitlines()[:2]
    ['{', '  "format": 1,']
    """
    return json.dumps(to_dict(exchange), indent=2, ensure_ascii=False) + "\n"


def from_json(document: str | bytes) -> Exchange:
    """Return the exchange of a JSON document in text or in UTF-8; a byte order mark is passed over.

    Raises:
        InvalidDocumentError: With every problem of the document; no record came out.

    >>> from_json('{"format" 1}')
    Traceback (most recent call last):
        ...
    smh_p2p.InvalidDocumentError: (whole): found a mistake at line 1 column 11 (Expecting ':' delimiter), expected JSON
    """  # noqa: E501 - a message as it is
    parsed, doubled = _parse(document)
    try:
        exchange = from_dict(parsed)
    except InvalidDocumentError as error:
        raise InvalidDocumentError(doubled + error.problems) from None  # the same, with more
    if doubled:
        raise InvalidDocumentError(doubled)
    return exchange


def read(path: str | os.PathLike[str]) -> Exchange:
    """Return the exchange of a JSON file.

    Raises:
        OSError: The file cannot be read.
        InvalidDocumentError: With every problem of the document; no record came out.
    """
    try:
        file = Path(path).open("rb")  # noqa: SIM115 - closed below
    except (TypeError, ValueError) as error:  # no text, or text that no path can have
        raise OSError(errno.EINVAL, "not a path", shown(path)) from error
    with file:
        return from_json(file.read(MAX_BYTES + 1))


def write(exchange: Exchange, path: str | os.PathLike[str]) -> None:
    """Write an exchange as a JSON file, whole or not at all: a failure leaves the old file.

    Raises:
        OSError: The file cannot be written.
    """
    write_file(to_json(exchange).encode(), path)


def register_hooks(converter: Converter) -> None:
    """Teach a cattrs converter the records, so that other classes can hold them.

    The converter reads and writes them as documents, as strictly as `from_dict`; its other types
    stay as they are. With its detailed validation, its errors tell the place of every problem.

    >>> import smh_p2p
    >>> from cattrs import Converter
    >>> converter = Converter()
    >>> register_hooks(converter)
    >>> converter.structure({"number": 1, "phase": "early"}, smh_p2p.Group)
    Group(number=1, phase='early')
    """
    for kind in (JurisdictionKind, Role):
        converter.register_structure_hook(kind, _choose)
        converter.register_unstructure_hook(kind, lambda member: member.value)
    converter.register_structure_hook(YearMonth, lambda text, _: YearMonth.parse(text))
    converter.register_unstructure_hook(YearMonth, str)
    for record in {*RECORDS} - {YearMonth, Exchange}:  # each of these two is read in its own way
        converter.register_structure_hook(record, _read_record(record, converter))
        converter.register_unstructure_hook(record, _plain)
    converter.register_structure_hook(Exchange, _read_exchange(converter))
    converter.register_unstructure_hook(Exchange, to_dict)


@cache
def _converter() -> Converter:
    converter = Converter()
    register_hooks(converter)
    return converter


Hook: TypeAlias = Callable[[Any, Any], Any]  # what cattrs calls with a value and its type


def _invalid(where: str, rule: Rule, found: str, expected: str) -> InvalidRecordError:
    return InvalidRecordError((Problem(where, rule, found, expected),))


def _choose(value: object, kind: type[Enum]) -> Enum:
    if type(value) is not str:
        raise _invalid("", Rule.TYPE, shown(value), choices(kind))
    try:
        return kind(value)
    except ValueError:
        raise _invalid("", Rule.CHOICE, shown(value), choices(kind)) from None


def _read_exchange(converter: Converter) -> Hook:
    read_parts = _read_record(Exchange, converter, "format")

    def hook(document: object, _: object) -> Exchange:
        if not isinstance(document, dict):
            raise _invalid("", Rule.TYPE, shown(document), "an object")
        format_problems, wide = tuple(_format_problems(document)), tuple(broken_rules(document))
        parts = {key: value for key, value in document.items() if key != "format"}
        try:
            exchange: Exchange = read_parts(parts, Exchange)
        except InvalidRecordError as error:
            told = {problem.where for problem in error.problems}
            wide = *(problem for problem in wide if problem.where not in told), *error.problems
        if not (format_problems or wide):
            return exchange
        # What a newer format calls wrong is not known here.
        newer = tuple(problem for problem in format_problems if problem.rule is Rule.FORMAT)
        raise InvalidRecordError(newer or (*format_problems, *wide))

    return hook


def _format_problems(document: dict[str, object]) -> Iterator[Problem]:
    expected = f"{FORMAT}, the newest format known here"
    match document.get("format"):
        case bool() | float():
            yield Problem("/format", Rule.TYPE, shown(document["format"]), expected)
        case 1:
            pass
        case int(number):
            yield Problem("/format", Rule.FORMAT, str(number), expected)
        case None if "format" not in document:
            yield Problem("", Rule.MISSING_KEY, "no 'format'", f"'format': {FORMAT}")
        case other:
            yield Problem("/format", Rule.TYPE, shown(other), expected)


def _read_record(record: type[Any], converter: Converter, *also: str) -> Hook:
    """Return the hook for a record; keys that it may have also are somebody else's to read."""
    hooks = {each.name: _read_value(each.type, converter) for each in attrs.fields(record)}
    overrides: dict[str, Any] = {name: override(struct_hook=h) for name, h in hooks.items()}
    generated = make_dict_structure_fn(
        record,
        converter,
        _cattrs_detailed_validation=True,
        **overrides,
    )

    def hook(value: object, _: object) -> Any:
        if not isinstance(value, dict):
            raise _invalid("", Rule.TYPE, shown(value), "an object")
        known = "one of " + ", ".join(map(repr, (*also, *hooks)))
        problems = [
            Problem(join("", key), Rule.UNKNOWN_KEY, f"the key {shown(key)}", known)
            for key in value
            if key not in hooks
        ]
        try:
            made = generated(dict(value), record)  # a copy: a defaultdict would grow by a look
        except ClassValidationError as error:
            problems.extend(_problems(error))
        if problems:
            raise InvalidRecordError(tuple(problems))
        return made

    return hook


def _problems(error: ClassValidationError) -> Iterator[Problem]:
    """Yield what is wrong with one record: cattrs tells a missing key, the hooks all the rest."""
    by_key, of_record = error.group_exceptions()
    for cause, note in by_key:
        if isinstance(cause, InvalidRecordError):
            yield from _below(join("", note.name), cause)
        else:
            yield Problem("", Rule.MISSING_KEY, f"no {note.name!r}", f"the key {note.name!r}")
    for cause in cast("list[InvalidRecordError]", of_record):
        yield from cause.problems


def _below(where: str, error: InvalidRecordError) -> Iterator[Problem]:
    for problem in error.problems:
        yield attrs.evolve(problem, where=where + problem.where)


def _read_value(annotation: Any, converter: Converter) -> Hook:
    """Return the hook for one attribute of a record, by its annotation."""
    asked = shape(annotation)  # an optional value that is absent is left out: it is never null
    item = asked.item
    read_item = _read_form(item) if isinstance(item, Form) else _read_by(converter, item)
    return _read_array(read_item) if asked.many else read_item


def _read_by(converter: Converter, kind: type[Any]) -> Hook:
    return lambda value, _: converter.structure(value, kind)


def _read_form(form: Form) -> Hook:
    def hook(value: object, _: object) -> object:
        if problems := tuple(form.problems(value, "")):
            raise InvalidRecordError(problems)
        return value

    return hook


def _read_array(read_item: Hook) -> Hook:
    def hook(value: object, _: object) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise _invalid("", Rule.TYPE, shown(value), "an array")
        items: list[Any] = []
        problems: list[Problem] = []
        for index, item in enumerate(value):
            try:
                items.append(read_item(item, None))
            except InvalidRecordError as error:
                problems.extend(_below(join("", index), error))
        if problems:
            raise InvalidRecordError(tuple(problems))
        return tuple(items)

    return hook


class _Object(dict[str, Any]):
    """A JSON object that remembers which of its keys were written more than once."""

    def __init__(self, members: list[tuple[str, Any]]) -> None:
        super().__init__(members)
        times = Counter(key for key, _ in members)
        self.doubled = [key for key in self if times[key] > 1]


@attrs.frozen(repr=False)
class _LongNumber:
    """A number of more digits than any value has; no form accepts it."""

    digits: str

    def __repr__(self) -> str:
        return f"a number of {len(self.digits)} digits"


def _integer(digits: str) -> int | _LongNumber:
    return int(digits) if len(digits) < 19 else _LongNumber(digits)


def _parse(document: object) -> tuple[object, tuple[Problem, ...]]:
    """Return the value of a JSON text, and the problems that its value does not show."""
    match document:
        case str() | bytes() | bytearray() if len(document) > MAX_BYTES:
            found = f"more than {MAX_BYTES} bytes or characters"
            problem = Problem("", Rule.SIZE, found, "a document of a reasonable size")
            raise InvalidDocumentError((problem,))
        case bytes() | bytearray():
            text = _decode(document)
        case str():
            text = document
        case _:
            raise InvalidDocumentError(
                (Problem("", Rule.TYPE, shown(document), "JSON in text or bytes"),)
            )
    try:
        parsed = json.loads(
            text.removeprefix("\ufeff"), object_pairs_hook=_Object, parse_int=_integer
        )
    except json.JSONDecodeError as error:
        found = f"a mistake at line {error.lineno} column {error.colno} ({error.msg})"
        raise InvalidDocumentError((Problem("", Rule.SYNTAX, found, "JSON"),)) from None
    except RecursionError:
        raise InvalidDocumentError((_too_deep(""),)) from None
    return parsed, tuple(_hidden_problems(parsed))


def _decode(document: bytes | bytearray) -> str:
    try:
        return document.decode()
    except UnicodeDecodeError as error:
        found = f"byte 0x{document[error.start]:02x} at offset {error.start}"
        raise InvalidDocumentError((Problem("", Rule.ENCODING, found, "UTF-8"),)) from None


def _too_deep(where: str) -> Problem:
    return Problem(where, Rule.DEPTH, "deep nesting", f"at most {MAX_DEPTH} levels")


def _hidden_problems(parsed: object) -> Iterator[Problem]:
    waiting: list[tuple[str, object, int]] = [("", parsed, 0)]
    while waiting:
        where, value, depth = waiting.pop()
        if depth > MAX_DEPTH:
            yield _too_deep(where)
        elif isinstance(value, _Object):
            for key in value.doubled:
                yield Problem(
                    join(where, key), Rule.DOUBLED_KEY, f"the key {key!r} again", "it once"
                )
            waiting += ((join(where, key), each, depth + 1) for key, each in value.items())
        elif isinstance(value, list):
            waiting += ((join(where, i), each, depth + 1) for i, each in enumerate(value))
