"""An exchange as a Data Package (version 2): CSV files of its tables, which say what they hold."""

import csv
import hashlib
import io
import json
import os
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from smh_p2p.canonical import is_canonical
from smh_p2p.errors import InvalidDocumentError, Problem, Rule
from smh_p2p.exchange import Exchange
from smh_p2p.files import write_folder
from smh_p2p.jsontext import MAX_BYTES
from smh_p2p.record import Field
from smh_p2p.records import YearMonth
from smh_p2p.resources import LICENCE, version
from smh_p2p.tables import (
    CITATIONS,
    Row,
    Table,
    from_tables,
    tables,
    to_tables,
)
from smh_p2p.values import Scalar

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


def write_data_package(exchange: Exchange, folder: str | os.PathLike[str]) -> None:
    """Write an exchange as a Data Package (version 2): a CSV file for each table, and their schema.

    The folder is made, or one that holds such a package is replaced, whole or not at all. A text
    that a spreadsheet would run as a formula has an apostrophe before it.

    Args:
        exchange: Any exchange.
        folder: Where the files go; the folder above it is there.

    Raises:
        FileExistsError: The folder holds something else.
        OSError: The files cannot be written.
    """
    rows = to_tables(exchange)
    files = {f"{name}.csv": _csv(tables()[name], rows[name]) for name in rows}
    package = json.dumps(_descriptor(exchange, files), indent=2, ensure_ascii=False) + "\n"
    files["datapackage.json"] = package.encode()
    write_folder(files, folder)


def read_data_package(folder: str | os.PathLike[str]) -> Exchange:
    """Return the exchange of a Data Package that `write_data_package` wrote.

    Raises:
        OSError: A file cannot be read.
        InvalidDocumentError: With every problem of the document that the tables make.
    """
    return from_tables(
        {
            name: list(_read(Path(folder, f"{name}.csv"), table))
            for name, table in tables().items()
            if name not in CITATIONS
        }
    )


def _read(file: Path, table: Table) -> Iterator[Row]:
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
    if not cell or column is None:  # a column that is not ours is told of where rows are read
        return None
    if _type(column.item)[0] == "integer" and re.fullmatch("[0-9]{1,18}", cell):
        return int(cell)
    return cell[1:] if cell.startswith("'") else cell


def _descriptor(exchange: Exchange, files: dict[str, bytes]) -> dict[str, Any]:
    source = {"title": exchange.source.title}
    if exchange.source.address:
        source["path"] = exchange.source.address
    about: dict[str, Any] = {}
    if exchange.definition or exchange.background:
        about["description"] = exchange.background or exchange.definition
    if is_canonical(exchange):
        about |= {"licenses": [LICENCE], "version": version()}
    if exchange.organizations:  # the profile of descriptors allows no empty array
        about["contributors"] = [
            {"title": each.name, "roles": [each.role.value]} for each in exchange.organizations
        ]
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": exchange.identifier,
        "title": exchange.title,
        **about,
        "sources": [source],
        "resources": [_resource(table, files[f"{name}.csv"]) for name, table in tables().items()],
    }


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
            **({"foreignKeys": references} if references else {}),
        },
    }


def _field(column: Field) -> dict[str, Any]:
    kind, rules = _type(column.item)
    if not column.optional:
        rules["required"] = True
    return {
        "name": column.name,
        "type": kind,
        "description": column.description,
        **({"constraints": rules} if rules else {}),
    }


def _type(item: Any) -> tuple[str, dict[str, Any]]:
    """Return the type of a field and its constraints, as Table Schema has them."""
    match item:
        case Scalar(allowed=range() as numbers):
            return "integer", {"minimum": numbers.start, "maximum": numbers.stop - 1}
        case Scalar(rule=Rule.CODE, allowed=str() as pattern):
            return "string", {"pattern": pattern}
        case type() if issubclass(item, Enum):
            return "string", {"enum": [member.value for member in item]}
        case type() if item is YearMonth:
            return "yearmonth", {}
        case type() if item is int:
            return "integer", {}
        case _:
            return "string", {}
