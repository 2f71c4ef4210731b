"""An exchange as a Data Package (version 2)."""

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

from attrs import evolve

from smh_p2p.errors import InvalidDocumentError, Problem, Rule, brief
from smh_p2p.exchange import Exchange
from smh_p2p.files import check_suffix, open_folder, write_folder
from smh_p2p.jsontext import MAX_BYTES, parsed, refused
from smh_p2p.pointer import Json, position
from smh_p2p.provenance import Cited, parts
from smh_p2p.record import Field
from smh_p2p.records import YearMonth
from smh_p2p.tables import (
    CITATIONS,
    Row,
    Table,
    from_tables,
    tables,
    to_tables,
    unknown_column,
    value_type,
)

_DESCRIPTOR = "datapackage.json"
# A reader would guess wrong where a text is '";' or begins with a space.
_DIALECT = {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "skipInitialSpace": False}
_MAX_ROWS = 2**20  # a row of three bytes takes a hundred times as much memory

# A spreadsheet runs a cell that begins like this as a formula, unless an apostrophe is before it.
# A cell may also begin after a ';', a tab or a line break.
_BEGIN, _FORMULA = r"(^|[;\t\r\n])", "(?=\"*[-=+@\t\r\n\uff1d\uff0b\uff0d\uff20'])"
_UNMARKED, _MARKED = re.compile(_BEGIN + _FORMULA), re.compile(f"{_BEGIN}'{_FORMULA}")

# A cell and what ends it, by RFC 4180; a line ends as on any system.
_CELL = re.compile(r'(?:"((?:[^"]++|"")*+)"|([^",\r\n]*+))(,|\r\n?|\n|\Z)')


def _cell(value: str | int | None) -> str:
    text = _UNMARKED.sub(r"\1'", "" if value is None else str(value))
    # Quotes keep a cell whole for a reader that also separates at ';' or at tabs.
    return '"{}"'.format(text.replace('"', '""')) if re.search('[",;\t\r\n]', text) else text


def _csv(table: Table, rows: list[Row]) -> bytes:
    lines = [[column.name for column in table.columns], *(row.values() for row in rows)]
    return "".join(",".join(map(_cell, line)) + "\r\n" for line in lines).encode()


def write_data_package(given: Cited, folder: str | os.PathLike[str]) -> None:
    """Write an exchange as a Data Package (version 2): a CSV file for each table, and their schema.

    The function makes the folder, or replaces such a package, whole or not at all. It puts an
    apostrophe before a text that a spreadsheet would run as a formula, and before such a part of a
    text after a `;`, a tab or a line break.

    Args:
        given: An exchange; or a summary, whose citations fill two of the tables.
        folder: The folder of the files, in one that exists.

    Raises:
        FileExistsError: The folder holds something else.
        OSError: The system cannot write the files.
        ValueError: The name of the folder ends as the name of a file does: `x.csv`.
    """
    check_suffix(folder, "csv")
    rows = to_tables(given)
    files = {f"{name}.csv": _csv(tables()[name], rows[name]) for name in rows}
    package = json.dumps(_descriptor(given, rows, files), indent=2, ensure_ascii=False) + "\n"
    files[_DESCRIPTOR] = package.encode()
    write_folder(files, folder)


def read_data_package(folder: str | os.PathLike[str]) -> Exchange:
    """Return the exchange of a Data Package that `write_data_package` wrote.

    If there is a `datapackage.json`, the files must be what it states. They are all of one folder,
    even if a writer replaces it meanwhile.

    Raises:
        OSError: The system cannot read a file.
        InvalidDocumentError: With the first mistake of each damaged file, by its name and line; if
            there is none, with every problem of the document that the tables make.
    """
    names = {f"{name}.csv": name for name in tables() if name not in CITATIONS}
    contents = _contents(folder, [_DESCRIPTOR, *names])
    stated = _stated(contents[_DESCRIPTOR]) if _DESCRIPTOR in contents else {}
    rows: dict[str, list[Row]] = {}
    problems: list[Problem] = []
    left = _MAX_ROWS
    for file, name in names.items():
        try:
            rows[name] = list(islice(_rows(contents[file], tables()[name], file), left + 1))
            left -= len(rows[name])
            if left >= 0:
                _compare(contents[file], rows[name], stated.get(file, {}), file)
        except InvalidDocumentError as error:
            problems += error.problems
        if left < 0:
            raise _too_large(file, f"{_MAX_ROWS} rows")
    if problems:
        raise InvalidDocumentError(tuple(problems))
    return from_tables(rows)


def _too_large(file: str, most: str) -> InvalidDocumentError:
    found = f"more than {most} with the files before it"
    return refused(Rule.SIZE, found, "a package of a reasonable size", file)


def _line(file: str, text: str, at: int) -> str:
    return f"{file}:{position(text)(at)[0]}"


def _contents(folder: str | os.PathLike[str], names: list[str]) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    left = MAX_BYTES
    with open_folder(folder) as read:
        for name in names:
            with suppress(*[FileNotFoundError] if name == _DESCRIPTOR else []):
                contents[name] = read(name, left + 1)
                left -= len(contents[name])
            if left < 0:
                raise _too_large(name, f"{MAX_BYTES} bytes")
    return contents


def _stated(content: bytes) -> dict[str, dict[str, Any]]:
    """Return what a descriptor states of each file."""
    try:
        package: Json = parsed(content)
    except InvalidDocumentError as error:
        problems = tuple(evolve(each, where=_DESCRIPTOR) for each in error.problems)
        raise InvalidDocumentError(problems) from error
    resources: Json = package.get("resources") if isinstance(package, dict) else None
    if isinstance(resources, list):
        return {str(each.get("path")): each for each in resources if isinstance(each, dict)}
    raise refused(Rule.TYPE, brief(package), "a Data Package with resources", _DESCRIPTOR)


def _compare(content: bytes, rows: list[Row], stated: dict[str, Any], file: str) -> None:
    for name, value in _measures(content, rows).items():
        if name in stated and stated[name] != value:
            found, expected = f'"{name}": {brief(value)}', f'"{name}": {brief(stated[name])}'
            expected += f", as in {_DESCRIPTOR}; delete that file if the change is meant"
            raise refused(Rule.COUNT, found, expected, file)


def _measures(content: bytes, rows: list[Row]) -> dict[str, Any]:
    """Return what shows that a file is whole."""
    digest = hashlib.sha256(content).hexdigest()
    return {"rows": len(rows), "bytes": len(content), "hash": f"sha256:{digest}"}


def _rows(content: bytes, table: Table, file: str) -> Iterator[Row]:
    """Yield the rows of a CSV file, or raise its first mistake."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = _line(file, content.decode("latin-1"), error.start)
        found = f"byte 0x{error.object[error.start]:02x}"
        raise refused(Rule.ENCODING, found, "UTF-8", where) from None
    lines = _lines(text, file)
    _, header = next(lines, (0, list[str]()))
    columns = {column.name: column for column in table.columns}
    for name, times in Counter(header).items():
        if name not in columns:
            raise InvalidDocumentError((unknown_column(name, table, f"{file}:1"),))
        if times > 1:
            found = f"the column {name!r} {times} times"
            raise refused(Rule.DOUBLED_KEY, found, "each column once", f"{file}:1")
    if missing := [name for name in columns if name not in header]:
        found = f"no column {', '.join(missing)}"
        raise refused(Rule.MISSING_KEY, found, "every column of the table", f"{file}:1")
    types = [value_type(columns[name].item)[0] for name in header]
    for at, cells in lines:
        if len(cells) != len(header):
            found, expected = f"a row of {len(cells)}", f"{len(header)} cells, one for each column"
            raise refused(Rule.SYNTAX, found, expected, _line(file, text, at))
        yield dict(zip(header, map(_value, cells, types), strict=True))


def _lines(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row of a CSV text, and where it begins."""
    at = begin = 0
    cells: list[str] = []
    while at < len(text) or cells:
        match = _CELL.match(text, at)
        if not match:
            found = f"a quote out of place in {brief(text[at : at + 60])}"
            expected = "quotes around the whole of a cell, and each quote in it twice"
            raise refused(Rule.SYNTAX, found, expected, _line(file, text, at))
        quoted, unquoted, end = match.groups()
        cells.append(unquoted if quoted is None else quoted.replace('""', '"'))
        at = match.end()
        if end != ",":
            yield begin, cells
            begin, cells = at, []


def _value(cell: str, kind: str) -> str | int | None:
    if not cell:
        return None
    if kind == "integer" and re.fullmatch("0|[1-9][0-9]{0,17}", cell):
        return int(cell)
    return _MARKED.sub(r"\1", cell)


def _descriptor(given: Cited, rows: dict[str, list[Row]], files: dict[str, bytes]) -> Any:
    exchange, summary = parts(given)
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": exchange.identifier,
        "title": exchange.title,
        "description": exchange.background or exchange.definition,
        "licenses": [{**summary.licence}] if summary and summary.licence else [],
        "version": summary and summary.version,
        "contributors": [
            {"title": each.name, "roles": [each.role.value]} for each in exchange.organizations
        ],
        "sources": [{"title": exchange.source.title, "path": exchange.source.address}],
        "resources": [
            _resource(table, files[f"{name}.csv"], rows[name]) for name, table in tables().items()
        ],
    }
    return without_empty(package)


def without_empty(node: Any) -> Any:
    """Return a JSON value without members that are null or empty.

    >>> without_empty({"title": "T", "path": None, "sources": []})
    {'title': 'T'}
    """
    objects: dict[str, Any] = node
    items: list[Any] = node
    if isinstance(node, dict):
        members = {key: without_empty(value) for key, value in objects.items()}
        return {key: value for key, value in members.items() if value not in (None, [], {})}
    return [*map(without_empty, items)] if isinstance(node, list) else node


def _resource(table: Table, content: bytes, rows: list[Row]) -> dict[str, Any]:
    references = [
        {"fields": [name], "reference": {"resource": resource, "fields": [column]}}
        for name, (resource, column) in table.references.items()
    ]
    return {
        "name": table.name,
        "path": f"{table.name}.csv",
        "type": "table",
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": _DIALECT,
        **_measures(content, rows),
        "schema": {
            "fields": [_field(column) for column in table.columns],
            "primaryKey": list(table.key),
            "foreignKeys": references,
        },
    }


def _field(column: Field) -> dict[str, Any]:
    kind, constraints = value_type(column.item)
    if column.is_text:
        constraints = {}  # Table Schema takes only the escapes of XML Schema
    return {
        "name": column.name,
        "type": "yearmonth" if column.item is YearMonth else kind,
        "description": column.description,
        "constraints": {**constraints, "required": None if column.optional else True},
    }
