"""An exchange as normalised tables.

The tables and their columns are those of the records: an attribute with one value is a column, one
with many is a table of its own.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import cache
from numbers import Integral, Real
from types import MappingProxyType, NoneType
from typing import Any, TypeAlias

import attrs

from smh_p2p.document import FORMAT, from_dict, to_dict
from smh_p2p.errors import InvalidDocumentError, Problem, Rule, brief
from smh_p2p.exchange import SEQUENCES, Exchange
from smh_p2p.pointer import join
from smh_p2p.provenance import Citation, Cited, Origin, parts
from smh_p2p.record import Field, Record, fields_of
from smh_p2p.values import Scalar

Row: TypeAlias = dict[str, str | int | None]
# Rows from outside, by their tables.
Rows: TypeAlias = Mapping[str, Iterable[Mapping[Any, Any]]]


@attrs.frozen
class Table:
    """A table, and how it refers to others."""

    name: str
    columns: tuple[Field, ...]
    key: tuple[str, ...]  # the columns that tell the rows apart
    references: Mapping[str, tuple[str, str]]  # the table and column of the values of a column


# The records of each sequence, and the exchange itself.
_RECORDS: dict[str, type[Record]] = {"": Exchange, **SEQUENCES}

# The period and the source, whose attributes are columns of the exchange.
_NESTED = [
    field.name for field in fields_of(Exchange) if not field.many and isinstance(field.item, type)
]


def _name(sequence: str) -> str:
    return _RECORDS[sequence].__name__.lower()


def _key(sequence: str) -> Field:
    """Return the first attribute of the records of a sequence, which tells them apart."""
    return fields_of(_RECORDS[sequence])[0]


# The values of each table: the sequence of their records (empty for the exchange itself), the
# attribute, and the column (empty for records, whose attributes are columns).
_VALUES = {
    **{_name(each): ("", each, "") for each in _RECORDS},
    "session_group": ("sessions", "groups", "group"),
    "objective_group": ("objectives", "groups", "group"),
    "alias": ("seas", "aliases", "alias"),
    "not_stated": ("", "not_stated", "what"),
}


def _table(name: str, columns: Iterable[Field], keys: int, **references: tuple[str, str]) -> Table:
    columns = tuple(columns)
    groups = {column.name: ("group", "number") for column in columns if column.refers}
    key = tuple(column.name for column in columns[:keys])
    return Table(name, columns, key, MappingProxyType({**references, **groups}))


def _record_columns(record: type[Record]) -> Iterator[Field]:
    for field in fields_of(record):
        if field.name in _NESTED:
            for each in fields_of(field.item):
                optional = each.optional or field.optional
                yield attrs.evolve(each, name=f"{field.name}_{each.name}", optional=optional)
        elif not field.many:
            yield field


def _table_of(name: str) -> Table:
    sequence, attribute, column = _VALUES[name]
    if not column:
        return _table(name, _record_columns(_RECORDS[attribute]), 1)
    (values,) = (each for each in fields_of(_RECORDS[sequence]) if each.name == attribute)
    values = attrs.evolve(values, name=column, many=False)
    if not sequence:
        return _table(name, [values], 1)
    owner, key = _name(sequence), _key(sequence)
    described = f"The {key.name} of the row of {owner!r} that it belongs to."
    columns = attrs.evolve(key, name=owner, description=described), values
    return _table(name, columns, 2, **{owner: (owner, key.name)})


def _column(name: str, description: str, item: type = str, *, optional: bool = False) -> Field:
    return Field(name=name, description=description, item=item, optional=optional)


_CITATION = (
    _column("pointer", "JSON Pointer of the fact in the document."),
    _column("origin", "Where its value comes from.", Origin),
    _column("value", "The value, as text."),
    _column("reading", "How the value is read from the first span.", optional=True),
    _column("because", "Why a reader would conclude it.", optional=True),
    _column("standard", "The standard that it is taken from.", optional=True),
    _column("edition", "The edition of the standard.", optional=True),
)
_SPAN = (
    _column("pointer", "JSON Pointer of the fact."),
    _column("number", "The value is read from span 1.", int),
    _column("start", "Its first code point of the source, counted from 0.", int),
    _column("end", "The code point after its last.", int),
    _column("quote", "Exactly what stands there."),
)


def value_type(item: Any) -> tuple[str, dict[str, Any]]:
    """Return the type of a `Field.item` and its constraints, as Table and JSON Schema name them.

    >>> from smh_p2p.values import MONTH
    >>> value_type(MONTH)
    ('integer', {'minimum': 1, 'maximum': 12})
    """
    match item:
        case Scalar(allowed=range() as numbers):
            return "integer", {"minimum": numbers.start, "maximum": numbers.stop - 1}
        case Scalar(allowed=pattern):
            return "string", {"pattern": pattern}
        case type() if issubclass(item, Enum):
            return "string", {"enum": [member.value for member in item]}
        case _:
            return "integer" if item is int else "string", {}


CITATIONS = ("citation", "span")  # the tables that say where an exchange comes from


@cache
def tables() -> Mapping[str, Table]:
    """Return every table by its name; a table refers only to those before it.

    >>> [column.name for column in tables()["group"].columns]
    ['number', 'phase']
    """
    every = (
        *map(_table_of, _VALUES),
        _table("citation", _CITATION, 1),
        _table("span", _SPAN, 2, pointer=("citation", "pointer")),
    )
    return MappingProxyType({table.name: table for table in every})


def to_tables(given: Cited) -> dict[str, list[Row]]:
    """Return the rows of every table. Codes and months are texts; an absent value is `None`.

    Args:
        given: An exchange; or a summary, which has citations too.

    >>> import smh_p2p
    >>> to_tables(smh_p2p.load())["session_group"][:2]
    [{'session': 1, 'group': 1}, {'session': 1, 'group': 2}]
    """
    exchange, summary = parts(given)
    document = to_dict(exchange)
    document[""] = [document]  # the records of the exchange itself
    rows: dict[str, list[Row]] = {name: [] for name in tables()}
    for name, (sequence, attribute, column) in _VALUES.items():
        for record in document.get(sequence, ()):
            owner = {_name(sequence): record[_key(sequence).name]} if sequence else {}
            for value in record.get(attribute, ()):
                rows[name].append(owner | {column: value} if column else _row(name, value))
    origins: Mapping[str, Citation] = summary.origins if summary else {}
    for pointer, citation in origins.items():
        fact, standard = attrs.asdict(citation), citation.standard
        fact["value"] = str(citation.value)
        fact["standard"] = standard and standard.title
        fact["edition"] = standard and standard.edition
        rows["citation"].append(_row("citation", fact))
        for number, span in enumerate(fact["spans"], 1):
            rows["span"].append({"pointer": pointer, "number": number, **span})
    return rows


def _row(table: str, record: dict[str, Any]) -> Row:
    flat = {**record}
    for name in _NESTED:
        flat |= {f"{name}_{inner}": value for inner, value in record.get(name, {}).items()}
    return {column.name: flat.get(column.name) for column in tables()[table].columns}


def from_tables(rows: Rows) -> Exchange:
    """Return the exchange of rows that `to_tables` gave; citations are not needed.

    Texts and whole numbers may be of numpy or Arrow. NaN, and NA and NaT of pandas, mean no value.

    Raises:
        InvalidDocumentError: With every table, column and row that belongs nowhere; if there is
            none, with every problem of the document that the rows make.

    >>> import smh_p2p
    >>> from_tables(to_tables(smh_p2p.load())) == smh_p2p.load()
    True
    """
    document: dict[str, Any] = {"format": FORMAT, **{sequence: [] for sequence in _RECORDS}}
    if error := InvalidDocumentError.of(_add_tables(rows, document)):
        raise error
    exchange: list[dict[str, Any]] = document.pop("") or [{}]
    return from_dict(document | exchange[0])


def _add_tables(rows: Any, document: dict[str, Any]) -> Iterator[Problem]:
    """Add the rows to a document, and yield what belongs nowhere."""
    given: Mapping[Any, Any] = rows
    if not isinstance(rows, Mapping):
        yield Problem("", Rule.TYPE, brief(rows), "a mapping of tables")
        return
    strays = [name for name in given if name not in tables()]
    known = f"one of {', '.join(tables())}"
    for name in strays:
        yield Problem(join("", name), Rule.UNKNOWN_KEY, f"the table {name!r}", known)
    for name, table in tables().items():
        if name not in CITATIONS:
            yield from _add_rows(given.get(name, ()), table, document, strays)
    if len(document[""]) > 1:
        yield Problem("/exchange/1", Rule.UNIQUE, "another row", "one exchange")


def _add_rows(
    rows: Any, table: Table, document: dict[str, Any], strays: list[Any]
) -> Iterator[Problem]:
    """Add the rows of a table to the document; where strays were found, only look for more."""
    sequence, attribute, column = _VALUES[table.name]
    owner, key = _name(sequence), _key(sequence)
    records: list[dict[str, Any]] = document[sequence] if sequence else []
    owners = {each[key.name]: each for each in records if key.sound(each.get(key.name))}
    known: set[Any] = {each.name for each in table.columns}
    several: Iterable[Any] = rows
    for index, row in enumerate(several if isinstance(rows, Iterable) else [rows]):
        where = f"/{table.name}/{index}"
        cells: Mapping[Any, Any] = row
        if not isinstance(row, Mapping):
            strays.append(row)
            yield Problem(where, Rule.TYPE, brief(row), "a mapping of columns to values")
            return
        for each in cells:
            if each not in known:
                known.add(each)  # it is a problem once, and not at every row
                strays.append(each)
                yield unknown_column(each, table, where)
        if strays:
            continue
        record = _record(cells)
        value = record.get(owner)
        place: dict[str, Any] | None = document
        if sequence:
            place = owners.get(value) if key.sound(value) else None
        if place is not None:
            place.setdefault(attribute, []).append(record.get(column) if column else record)
        elif len(owners) == len(records):  # otherwise an owner has a problem itself
            expected = f"the {key.name} of a row of {owner!r}"
            yield Problem(f"{where}/{owner}", Rule.REFERENCE, brief(value), expected)


def unknown_column(column: object, table: Table, where: str) -> Problem:
    """Return the problem of a column that a table does not have.

    Cells beyond the last column have the name `None`, as in `csv.DictReader`.
    """
    names = [each.name for each in table.columns]
    found, expected = f"the column {brief(column)}", f"one of {', '.join(names)}"
    if column is None:
        found, expected = "more cells than columns", "a cell for each column"
    elif isinstance(column, str):
        if not column:
            found = "a column without a name"
        elif column.startswith("\ufeff"):
            found, expected = "a byte order mark", "text that is read as 'utf-8-sig'"
        for mark in ";\t":
            if column.partition(mark)[0] in names:
                found, expected = f"columns separated by {mark!r}", "columns separated by ','"
    return Problem(where, Rule.UNKNOWN_KEY, found, expected)


def _record(row: Mapping[str, Any]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for name, cell in row.items():
        part, _, inner = name.partition("_")
        if (value := _plain(cell)) is None:
            continue
        if part in _NESTED:
            record.setdefault(part, {})[inner] = value
        else:
            record[name] = value
    return record


def _plain(cell: Any) -> Any:
    """Return what a cell of another library stands for; what no table holds, as it is."""
    if type(cell) in (str, int, bool, NoneType):
        return cell
    if hasattr(cell, "as_py"):  # of Arrow
        return _plain(cell.as_py())
    if isinstance(cell, str):
        return str.__str__(cell)
    if isinstance(cell, Integral):
        return int(cell)
    if type(cell).__name__ in ("NAType", "NaTType") or (isinstance(cell, Real) and cell != cell):
        return None
    return cell
