"""An exchange as a Data Package (version 2): CSV files of its tables, which say what they hold."""

import csv
import hashlib
import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from smh_p2p.errors import InvalidDocumentError, Problem, Rule
from smh_p2p.exchange import Exchange
from smh_p2p.files import write_folder
from smh_p2p.jsontext import MAX_BYTES
from smh_p2p.provenance import Cited, parts
from smh_p2p.record import Field
from smh_p2p.records import YearMonth
from smh_p2p.tables import CITATIONS, Row, Table, from_tables, tables, to_tables, value_type

# A spreadsheet runs a cell that begins like this as a formula; it shows an apostrophe before it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "'")


def _cell(value: str | int | None) -> str | int | None:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _csv(table: Table, rows: list[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(column.name for column in table.columns)
    writer.writerows(map(_cell, row.values()) for row in rows)
    return text.getvalue().encode()


def write_data_package(given: Cited, folder: str | os.PathLike[str]) -> None:
    """Write an exchange as a Data Package (version 2): a CSV file for each table, and their schema.

    The folder is made, or one that holds such a package is replaced, whole or not at all. A text
    that a spreadsheet would run as a formula has an apostrophe before it.

    Args:
        given: An exchange; or a summary, whose citations are two tables more.
        folder: Where the files go; the folder above it is there.

    Raises:
        FileExistsError: The folder holds something else.
        OSError: The files cannot be written.
    """
    rows = to_tables(given)
    files = {f"{name}.csv": _csv(tables()[name], rows[name]) for name in rows}
    package = json.dumps(_descriptor(given, files), indent=2, ensure_ascii=False) + "\n"
    files["datapackage.json"] = package.encode()
    write_folder(files, folder)


def read_data_package(folder: str | os.PathLike[str]) -> Exchange:
    """Return the exchange of a Data Package that `write_data_package` wrote.

    Raises:
        OSError: A file cannot be read.
        InvalidDocumentError: With every problem of the document that the tables make.
    """
    known = (table for name, table in tables().items() if name not in CITATIONS)
    return from_tables({each.name: list(_read(folder, each)) for each in known})


def _read(folder: str | os.PathLike[str], table: Table) -> Iterator[Row]:
    file = Path(folder, f"{table.name}.csv")
    columns = {column.name: column for column in table.columns}
    limit = csv.field_size_limit(MAX_BYTES)
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                yield {name: _value(cell, columns.get(name)) for name, cell in row.items()}
    except (csv.Error, UnicodeDecodeError) as error:
        problem = Problem("", Rule.SYNTAX, f"{error} in {file.name}", "CSV in UTF-8")
        raise InvalidDocumentError((problem,)) from error
    finally:
        csv.field_size_limit(limit)


def _value(cell: str | None, column: Field | None) -> str | int | None:
    if not cell or column is None:  # `from_tables` refuses an unknown column
        return None
    if value_type(column.item)[0] == "integer" and re.fullmatch("[0-9]{1,18}", cell):
        return int(cell)
    return cell[1:] if cell.startswith("'") else cell


def _descriptor(given: Cited, files: dict[str, bytes]) -> Any:
    exchange, summary = parts(given)
    return without_empty(
        {
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
                _resource(table, files[f"{name}.csv"]) for name, table in tables().items()
            ],
        }
    )


def without_empty(node: Any) -> Any:
    """Return a JSON value without members that are null or empty: its format allows none.

    >>> without_empty({"title": "T", "path": None, "sources": []})
    {'title': 'T'}
    """
    if isinstance(node, dict):
        members = {key: without_empty(value) for key, value in node.items()}
        return {key: value for key, value in members.items() if value not in (None, [], {})}
    return [*map(without_empty, node)] if isinstance(node, list) else node


def _resource(table: Table, content: bytes) -> dict[str, Any]:
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
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {
            "fields": [_field(column) for column in table.columns],
            "primaryKey": list(table.key),
            "foreignKeys": references,
        },
    }


def _field(column: Field) -> dict[str, Any]:
    kind, constraints = value_type(column.item)
    if column.is_text:
        constraints = {}  # its pattern has escapes that XML Schema has not, as Table Schema asks
    return {
        "name": column.name,
        "type": "yearmonth" if column.item is YearMonth else kind,
        "description": column.description,
        "constraints": {**constraints, "required": None if column.optional else True},
    }
