"""An exchange as normalised tables.

The tables and their columns are those of the records: an attribute with one value is a column, one
with many is a table of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias

import attrs

from smh_p2p.document import FORMAT, from_dict, to_dict
from smh_p2p.errors import InvalidDocumentError, Problem, Rule, brief
from smh_p2p.exchange import SEQUENCES, Exchange
from smh_p2p.pointer import join
from smh_p2p.provenance import Citation, Origin, cited
from smh_p2p.record import Field, Record, fields_of

Row: TypeAlias = dict[str, str | int | None]
# Rows from outside, by their tables.
Rows: TypeAlias = Mapping[str, Sequence[Mapping[str, str | int | None]]]


@attrs.frozen
class Table:
    """A table.

    Attributes:
        name: Its name.
        columns: What each of its columns holds.
        key: The names of the columns that tell its rows apart.
        references: By the name of a column, the table and the column that has all of its values.
    """

    name: str
    columns: tuple[Field, ...]
    key: tuple[str, ...]
    references: dict[str, tuple[str, str]]


# The tables of attributes with many values: the sequence of the records that have it (the exchange
# itself, where that is empty), the attribute, and the column of its values.
_LISTS = {
    "session_group": ("sessions", "groups", "group"),
    "objective_group": ("objectives", "groups", "group"),
    "alias": ("seas", "aliases", "alias"),
    "not_stated": ("", "not_stated", "what"),
}
# The records of each sequence, and the exchange itself.
_RECORDS: dict[str, type[Record]] = {"": Exchange, **SEQUENCES}

_GROUP = ("group", "number")  # what a number of a group refers to

# The parts of an exchange whose attributes are columns of its own: {"period": ..., "source": ...}
_NESTED = {
    field.name: field
    for field in fields_of(Exchange)
    if not field.many and isinstance(field.item, type)
}


def _columns(record: type[Record]) -> Iterator[Field]:
    for field in fields_of(record):
        if field.name in _NESTED:
            for each in fields_of(field.item):
                optional = each.optional or field.optional
                yield attrs.evolve(each, name=f"{field.name}_{each.name}", optional=optional)
        elif not field.many:
            yield field


def _name(sequence: str) -> str:
    return _RECORDS[sequence].__name__.lower()


def _key(sequence: str) -> str:
    """Return the attribute that tells the records of a sequence apart: their first."""
    return fields_of(_RECORDS[sequence])[0].name


def _record_table(sequence: str) -> Table:
    columns = tuple(_columns(_RECORDS[sequence]))
    references = {column.name: _GROUP for column in columns if column.refers}
    return Table(_name(sequence), columns, (_key(sequence),), references)


def _list_table(name: str) -> Table:
    sequence, attribute, column = _LISTS[name]
    (values,) = (each for each in fields_of(_RECORDS[sequence]) if each.name == attribute)
    columns = [attrs.evolve(values, name=column, many=False)]
    references = {column: _GROUP} if values.refers else {}
    if sequence:
        owner, key = _name(sequence), next(_columns(_RECORDS[sequence]))
        described = f"The {key.name} of the row of {owner!r} that it belongs to."
        columns.insert(0, attrs.evolve(key, name=owner, description=described))
        references = {owner: (owner, key.name), **references}
    return Table(name, tuple(columns), tuple(column.name for column in columns), references)


def _column(name: str, description: str, item: type = str, *, optional: bool = False) -> Field:
    return Field(name=name, description=description, item=item, optional=optional)


_CITATION = Table(
    "citation",
    (
        _column("pointer", "JSON Pointer of the fact in the document."),
        _column("origin", "Where its value comes from.", Origin),
        _column("value", "The value, as text."),
        _column("reading", "How the value is read from the first span.", optional=True),
        _column("because", "Why a reader would conclude it.", optional=True),
        _column("standard", "The standard that it is taken from.", optional=True),
        _column("edition", "The edition of the standard.", optional=True),
    ),
    ("pointer",),
    {},
)
_SPAN = Table(
    "span",
    (
        _column("pointer", "JSON Pointer of the fact."),
        _column("number", "The value is read from span 1.", int),
        _column("start", "Its first code point of the source, counted from 0.", int),
        _column("end", "The code point after its last.", int),
        _column("quote", "Exactly what stands there."),
    ),
    ("pointer", "number"),
    {"pointer": ("citation", "pointer")},
)


CITATIONS = (_CITATION.name, _SPAN.name)  # the tables that say where an exchange comes from


@cache
def tables() -> dict[str, Table]:
    """Return every table by its name; a table refers only to those before it.

    >>> list(tables())[:4]
    ['exchange', 'organization', 'group', 'session']
    >>> [column.name for column in tables()["group"].columns]
    ['number', 'phase']
    """
    made = (*map(_record_table, _RECORDS), *map(_list_table, _LISTS), _CITATION, _SPAN)
    return {table.name: table for table in made}


def to_tables(exchange: Exchange) -> dict[str, list[Row]]:
    """Return the rows of every table: mappings of texts, whole numbers and `None`.

    Codes are texts, months too. The citations are those of the canonical exchange; another exchange
    has none.

    >>> import smh_p2p
    >>> to_tables(smh_p2p.load())["session_group"][:2]
    [{'session': 1, 'group': 1}, {'session': 1, 'group': 2}]
    """
    document = to_dict(exchange)
    rows: dict[str, list[Row]] = {name: [] for name in tables()}
    for sequence in _RECORDS:
        rows[_name(sequence)] += (_row(_name(sequence), each) for each in _of(document, sequence))
    for name, (sequence, attribute, column) in _LISTS.items():
        for record in _of(document, sequence):
            owner = {_name(sequence): record[_key(sequence)]} if sequence else {}
            rows[name] += ({**owner, column: value} for value in record.get(attribute, ()))
    for citation in cited(exchange).values():
        rows["citation"].append(_citation_row(citation))
        rows["span"] += (
            {"pointer": citation.pointer, "number": number, **attrs.asdict(span)}
            for number, span in enumerate(citation.spans, 1)
        )
    return rows


def _of(document: Any, sequence: str) -> Any:
    return document.get(sequence, ()) if sequence else [document]


def _row(table: str, record: dict[str, Any]) -> Row:
    flat = dict(record)
    for name, value in record.items():
        if isinstance(value, dict):
            flat |= {f"{name}_{inner}": each for inner, each in value.items()}
    return {column.name: flat.get(column.name) for column in tables()[table].columns}


def _citation_row(citation: Citation) -> Row:
    return {
        "pointer": citation.pointer,
        "origin": citation.origin.value,
        "value": str(citation.value),
        "reading": citation.reading,
        "because": citation.because,
        "standard": citation.standard.title if citation.standard else None,
        "edition": citation.standard.edition if citation.standard else None,
    }


def from_tables(rows: Rows) -> Exchange:
    """Return the exchange that `to_tables` gave these rows of; citations are not needed.

    Raises:
        InvalidDocumentError: With every row that belongs nowhere, by its table, number and column;
            where there is none, with every problem of the document that the rows make.

    >>> import smh_p2p
    >>> from_tables(to_tables(smh_p2p.load())) == smh_p2p.load()
    True
    """
    rows = {name: list(given) for name, given in rows.items()}  # an iterator is read only once
    if problems := tuple(_misplaced(rows)):
        raise InvalidDocumentError(problems)
    records = {
        sequence: [_record(row) for row in rows.get(_name(sequence), ())] for sequence in _RECORDS
    }
    document: dict[str, Any] = {"format": FORMAT, **next(iter(records.pop("")), {}), **records}
    for name, (sequence, attribute, column) in _LISTS.items():
        owners = {record.get(_key(sequence)): record for record in _of(document, sequence)}
        for row in rows.get(name, ()):
            owner = owners[row.get(_name(sequence))] if sequence else document
            owner.setdefault(attribute, []).append(row.get(column))
    return from_dict(document)


def _misplaced(rows: Rows) -> Iterator[Problem]:
    """Yield the tables, columns and rows that would be lost on the way to a document."""
    for name in rows:
        if name not in tables():
            known = f"one of {', '.join(tables())}"
            yield Problem(join("", name), Rule.UNKNOWN_KEY, f"the table {name!r}", known)
    for where, _ in _numbered(rows, "exchange")[1:]:
        yield Problem(where, Rule.UNIQUE, "another row", "one exchange")
    for name, table in tables().items():
        if name not in CITATIONS:
            yield from _misplaced_in(table, rows)


def _misplaced_in(table: Table, rows: Rows) -> Iterator[Problem]:
    names = [column.name for column in table.columns]
    first = table.columns[0]
    owner = table.references.get(first.name) if table.name in _LISTS else None
    keys = {row.get(owner[1]) for _, row in _numbered(rows, owner[0])} if owner else set()
    for where, row in _numbered(rows, table.name):
        for name in row:
            if name not in names:
                found, known = f"the column {name!r}", f"one of {', '.join(names)}"
                yield Problem(join(where, name), Rule.UNKNOWN_KEY, found, known)
        value = row.get(first.name)
        if owner and value not in keys:
            expected = f"the {owner[1]} of a row of {owner[0]!r}"
            yield Problem(join(where, first.name), Rule.REFERENCE, brief(value), expected)


def _numbered(rows: Rows, table: str) -> list[tuple[str, Mapping[str, str | int | None]]]:
    """Return the rows of a table, each with its place."""
    return [(join(f"/{table}", index), row) for index, row in enumerate(rows.get(table, ()))]


def _record(row: Mapping[str, str | int | None]) -> dict[str, Any]:
    """Return the record that `_row` was given."""
    record: dict[str, Any] = {}
    for name, value in row.items():
        part, _, inner = name.partition("_")
        if value is None:
            continue
        if part in _NESTED:
            record.setdefault(part, {})[inner] = value
        else:
            record[name] = value
    return record
