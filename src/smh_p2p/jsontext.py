"""Exchanges as JSON text and JSON files.

The reader coerces nothing and ignores nothing unknown. The writer gives the same bytes for the same
exchange, and they read back equal.
"""

import json
import os
import re
from collections import Counter
from json.encoder import encode_basestring
from typing import Any

from attrs import frozen

from smh_p2p.document import Doubled, from_dict, to_dict
from smh_p2p.errors import InvalidDocumentError, Problem, Rule, brief
from smh_p2p.exchange import Exchange
from smh_p2p.files import check_suffix, path_of, write_file
from smh_p2p.pointer import Json

MAX_BYTES = 16 * 1024 * 1024  # a document of 10,000 SEAs has about 2 MiB
MAX_DEPTH = 32  # a document of this format has 4


def to_json(exchange: Exchange) -> str:
    """Return an exchange as JSON text, indented for people and for diffs.

    It has no indents if they make it too long to read back, as with 200,000 SEAs.

    Raises:
        TypeError: The value is not an exchange; `to_dict` takes any record.

    >>> import smh_p2p
    >>> smh_p2p.to_json(smh_p2p.load()).splitlines()[:2]
    ['{', '  "format": 1,']
    """
    if not isinstance(exchange, Exchange):
        raise TypeError(
            f"{brief(exchange)} is not an exchange; a summary has one: summary.exchange; "
            "to_dict takes any record"
        )
    document = to_dict(exchange)
    text = _indented(document, "\n") + "\n"
    if len(text.encode()) <= MAX_BYTES:
        return text
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"


def _indented(value: Any, margin: str) -> str:
    """Return what `json.dumps` returns with `indent=2`, in half the time."""
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, int):
        return str(value)
    inner = f"{margin}  "
    items: list[Any] = value
    if isinstance(value, list):
        return f"[{inner}{f',{inner}'.join([_indented(each, inner) for each in items])}{margin}]"
    members = [f'"{key}": {_indented(each, inner)}' for key, each in value.items()]
    return f"{{{inner}{f',{inner}'.join(members)}{margin}}}"


def from_json(document: str | bytes) -> Exchange:
    """Return the exchange of a JSON document in text or UTF-8, with or without a byte order mark.

    Raises:
        InvalidDocumentError: The document breaks a rule; the error holds every problem.

    >>> from_json("[]")
    Traceback (most recent call last):
        ...
    smh_p2p.InvalidDocumentError: (whole): found an array, expected an object
    """
    return from_dict(parsed(document))


def read(path: str | os.PathLike[str]) -> Exchange:
    """Return the exchange of a JSON file.

    Raises:
        OSError: The system cannot read the file.
        InvalidDocumentError: The document breaks a rule; the error holds every problem.
    """
    with path_of(path).open("rb") as file:
        return from_json(file.read(MAX_BYTES + 1))


def write(exchange: Exchange, path: str | os.PathLike[str]) -> None:
    """Write an exchange as a JSON file, whole or not at all: a failure leaves the old file.

    Raises:
        OSError: The system cannot write the file.
        TypeError: The value is not an exchange.
        ValueError: The path ends in the suffix of another format, such as `.csv`.

    >>> import smh_p2p
    >>> smh_p2p.write(smh_p2p.load(), "exchange.csv")
    Traceback (most recent call last):
        ...
    ValueError: cannot write json to 'exchange.csv': end the name in .json, or use write_data_package for CSV, to_html for a page, to_svg for a map
    """  # noqa: E501 - the message has this length
    others = ", or use write_data_package for CSV, to_html for a page, to_svg for a map"
    check_suffix(path, "json", others)
    write_file(to_json(exchange).encode(), path)


def parsed(document: object, most: int = MAX_BYTES) -> Json:
    """Return the value of a JSON text; an object with doubled keys is a `Doubled`.

    Raises:
        InvalidDocumentError: The document is not JSON, or is too deep, or longer than `most`.
    """
    if not isinstance(document, str | bytes | bytearray):
        raise refused(Rule.TYPE, brief(document), "JSON as text or bytes")
    if len(document) > most:
        raise refused(Rule.SIZE, f"more than {most} bytes or characters", "a smaller document")
    try:
        text = document if isinstance(document, str) else document.decode()
    except UnicodeDecodeError as error:
        found = f"byte 0x{document[error.start]:02x} at offset {error.start}"
        raise refused(Rule.ENCODING, found, "UTF-8") from None
    try:
        value: Json = json.loads(
            text.removeprefix("\ufeff"), object_pairs_hook=_object, parse_int=_integer
        )
        return value
    except json.JSONDecodeError as error:
        found = f"a mistake at line {error.lineno} column {error.colno} ({error.msg})"
        raise refused(Rule.SYNTAX, found, "JSON") from None
    except RecursionError:
        if not _is_deep(text):
            raise
        raise refused(Rule.DEPTH, "nesting too deep to parse", "fewer levels") from None


def refused(rule: Rule, found: str, expected: str, where: str = "") -> InvalidDocumentError:
    """Return the error of a document with one problem."""
    return InvalidDocumentError((Problem(where, rule, found, expected),))


def _is_deep(text: str) -> bool:
    depth = 0
    for token in re.finditer(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', text):  # strings come whole
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if depth > MAX_DEPTH:
            return True
    return False


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(members)
    if len(values) == len(members):
        return values
    doubled, times = Doubled(values), Counter(key for key, _ in members)
    doubled.keys_again = [key for key in values if times[key] > 1]
    return doubled


@frozen(repr=False)
class _LongNumber:
    """A number that no rule accepts."""

    digits: str

    def __repr__(self) -> str:
        return f"a number of {len(self.digits)} digits"


def _integer(digits: str) -> int | _LongNumber:
    return int(digits) if len(digits) < 19 else _LongNumber(digits)
