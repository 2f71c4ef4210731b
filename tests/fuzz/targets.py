"""What must hold for whatever comes from outside.

A target takes the bytes of an input. It raises where something does not hold, and else returns
whether the package accepts the input. Several parts of an input stand apart by a line `--`; an edit
of a sound document is a line with a JSON Pointer and the new value in Python, or none to delete.
"""

import copy
import io
import json
import os
import re
import sys
import tempfile
from ast import literal_eval
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias
from unittest.mock import patch

import attrs

import smh_p2p
from smh_p2p import Exchange, InvalidDocumentError, InvalidOriginError, InvalidSummaryError, Summary
from smh_p2p.command import main
from smh_p2p.pointer import get, tokens
from smh_p2p.spelling import escaped, fold_case

Errors: TypeAlias = type[Exception] | tuple[type[Exception], ...]

# What is edited: a page with a little of everything.
PAGE = """Rural P2P Exchange

Background: The groups included states in the early phase and states in the late phase. The Network
(SSN) facilitated one session in partnership with the Rural Center.
- Session 1: Near and far (Group 1)

P2P Objectives:
- To see far (Group 2)

Participating SEAs: Ohio and Hawai`i

P2P Duration: May 2019
"""
SUMMARY = smh_p2p.read_summary(PAGE)
EXCHANGE = SUMMARY.exchange
LONGEST = 50_000  # characters of the message of an error
# The lines that an answer of the command has.
LINES = {
    **dict.fromkeys(["sessions", "objectives", "seas", "groups", "not-stated"], ".+"),
    "find": "/.*: .*",
    "sea": ".+",
    "cite": "(?:value|origin|quote|because|standard): .*",
    "validate": ".*: valid|.*:[0-9]+:[0-9]+: .*|.*: and [0-9]+ more problems",
}


# Inputs


def parts(data: bytes) -> list[bytes]:
    return data.split(b"\n--\n")


def value_of(text: str) -> Any:
    """Return the value of an expression in Python; any other text is itself."""
    try:
        return literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text


def edited(tree: Any, data: bytes) -> Any:
    """Return a tree of dicts and lists with the edits that an input has."""
    tree = {"": copy.deepcopy(tree)}
    for line in filter(None, data.decode(errors="surrogateescape").split("\n")):
        where, has_value, text = line.partition(" ")
        *path, last = ["", *tokens(where)]
        holder = tree
        try:
            for token in path:
                holder = holder[int(token) if isinstance(holder, list) else token]
            key: Any = int(last) if isinstance(holder, list) else last
            if not has_value:
                del holder[key]
            elif isinstance(holder, list):
                holder[key : key + 1] = [value_of(text)]
            else:
                holder[key] = value_of(text)
        except (LookupError, ValueError, TypeError):
            continue  # there is no such place
    return tree.get("")


# What must hold


def answer(errors: Errors, function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a function answers; nothing, if it refuses as it says."""
    try:
        return function(*arguments)
    except errors as error:
        message = str(error)
    check_text(message)
    assert len(message) < LONGEST
    return None


def check_text(text: str) -> None:
    """Check that a terminal obeys nothing in a text but ends of lines."""
    for line in text.split("\n"):
        assert line == escaped(line)


def check_written(given: Exchange | Summary) -> None:
    """Check that an exchange can be written for every tool, and reads back equal."""
    exchange = given.exchange if isinstance(given, Summary) else given
    text = smh_p2p.to_json(exchange)
    again = smh_p2p.from_json(text.encode())
    assert again == exchange
    assert smh_p2p.to_json(again) == text
    assert smh_p2p.from_dict(smh_p2p.to_dict(exchange)) == exchange
    assert smh_p2p.from_tables(smh_p2p.to_tables(given)) == exchange
    json.dumps(smh_p2p.to_jsonld(given), allow_nan=False).encode()
    smh_p2p.to_text(given).encode()
    smh_p2p.to_html(given).encode()  # which has the map, too


def check_page(summary: Summary) -> None:
    """Check that every fact is cited, and every code point is cited, a label or unread."""
    summary.verify()
    met = [0] * len(summary.text)
    cited = {span for each in summary.origins.values() for span in each.spans}
    for kind, spans in ((1, cited), (2, summary.labels), (4, summary.unread)):
        for span in spans:
            assert summary.text[span.start : span.end] == span.quote
            met[span.start : span.end] = [at | kind for at in met[span.start : span.end]]
    assert {*met} <= {1, 2, 4}
    assert summary.coverage().leaves == 1
    assert Summary.from_files(*summary.files().values()) == summary
    check_written(summary)
    document = smh_p2p.to_dict(summary.exchange)
    for where in summary.origins:
        assert summary.cite(where).value == get(document, where)
        str(smh_p2p.reference(summary, where)).encode()
    json.dumps(smh_p2p.citations_to_jsonld(summary), allow_nan=False).encode()


# Targets


def from_json(data: bytes) -> bool:
    exchange = answer(InvalidDocumentError, smh_p2p.from_json, data)
    text = data.decode(errors="surrogateescape")
    assert answer(InvalidDocumentError, smh_p2p.from_json, text) == exchange
    if exchange:
        check_written(exchange)
    return exchange is not None


def from_dict(data: bytes) -> bool:
    document = edited(smh_p2p.to_dict(EXCHANGE), data)
    exchange = answer(InvalidDocumentError, smh_p2p.from_dict, document)
    if exchange:
        check_written(exchange)
        assert smh_p2p.from_json(json.dumps(document)) == exchange
    return exchange is not None


def are_rows(tables: Any) -> bool:
    """Return whether something has the types of `Rows`."""
    if not isinstance(tables, dict) or not all(isinstance(each, list) for each in tables.values()):
        return False
    rows = [row for table in tables.values() for row in table]
    if not all(isinstance(row, dict) for row in rows):
        return False
    names = [name for each in (tables, *rows) for name in each]
    cells = [cell for row in rows for cell in row.values()]
    return all(isinstance(each, str) for each in names) and all(
        isinstance(each, str | int | None) for each in cells
    )


def from_tables(data: bytes) -> bool:
    tables = edited(smh_p2p.to_tables(EXCHANGE), data)
    if not are_rows(tables):
        return False
    exchange = answer(InvalidDocumentError, smh_p2p.from_tables, tables)
    if exchange:
        check_written(exchange)
    return exchange is not None


@contextmanager
def folder_of(files: dict[str, bytes]) -> Generator[Path]:
    """Give a folder, in a folder of its own, that has these files."""
    with tempfile.TemporaryDirectory() as outer:
        folder = Path(outer, "folder")
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
        yield folder


@cache
def package() -> dict[str, bytes]:
    """Return the files of the exchange as a Data Package."""
    with folder_of({}) as folder:
        smh_p2p.write_data_package(EXCHANGE, folder)
        return {each.name: each.read_bytes() for each in folder.iterdir()}


def read_data_package(data: bytes) -> bool:
    """Each part is the name of a file and what it holds; no more than the name, and it is gone."""
    files = dict(package())
    for part in parts(data):
        name, goes_on, content = part.partition(b"\n")
        if files.pop(name.decode(errors="replace"), None) is not None and goes_on:
            files[name.decode()] = content
    with folder_of(files) as folder:
        exchange = answer((InvalidDocumentError, OSError), smh_p2p.read_data_package, folder)
        if exchange:
            check_written(exchange)
            smh_p2p.write_data_package(exchange, folder / "again")
            assert smh_p2p.read_data_package(folder / "again") == exchange
    return exchange is not None


def read_summary(data: bytes) -> bool:
    summary = answer(InvalidSummaryError, smh_p2p.read_summary, data)
    text = data.decode(errors="surrogateescape")
    assert answer(InvalidSummaryError, smh_p2p.read_summary, text) == summary
    if summary:
        check_page(summary)
    return summary is not None


@cache
def files_of_summary() -> dict[str, Any]:
    document, origins, text = SUMMARY.files().values()
    return {"document": json.loads(document), "origins": json.loads(origins), "text": text.decode()}


def from_files(data: bytes) -> bool:
    """The input is a file of origins, or edits of document, origins and text."""
    files = edited(files_of_summary(), b"" if data.startswith(b"{") else data)
    if not isinstance(files, dict) or {*files} != {*files_of_summary()}:
        return False
    document, origins = (json.dumps(files[name], default=repr) for name in ("document", "origins"))
    page = str(files["text"]).encode(errors="surrogateescape")
    content = data if data.startswith(b"{") else origins.encode()
    errors = (InvalidDocumentError, InvalidOriginError)
    summary = answer(errors, Summary.from_files, document.encode(), content, page)
    if summary is None:
        return False
    assert Summary.from_files(*summary.files().values()) == summary
    assert all(0 <= share <= 1 for share in attrs.astuple(summary.coverage()))
    is_sound: bool = answer(InvalidOriginError, lambda: summary.verify() or True) is True
    if is_sound:
        check_written(summary)
    return is_sound


def lookups(data: bytes) -> bool:
    """The first part is what is asked for, the others are names of the SEAs of an exchange."""
    first, *names = (part.decode(errors="surrogateescape") for part in parts(data))
    seas = [{"name": name, "abbreviation": name[:3], "aliases": [name[::-1]]} for name in names]
    document = {"format": 1, "identifier": "x", "title": "X", "source": {"title": "X"}}
    other = answer(InvalidDocumentError, smh_p2p.from_dict, {**document, "seas": seas})
    value = value_of(first)
    keys = [first] if value == first else [first, value]
    found = []
    for key in keys:
        found.append(answer(smh_p2p.SmhP2pError, smh_p2p.cite, key))
        found.append(answer(smh_p2p.SmhP2pError, smh_p2p.jurisdiction, key))
        for exchange in filter(None, (smh_p2p.load(), other)):
            sea = answer(LookupError, exchange.sea, key)
            assert sea is None or sea in exchange.seas
            assert bool(answer(LookupError, exchange.has_sea, key)) == bool(sea)
            found += [sea, answer(LookupError, exchange.organization, key)]
            found.append(answer(LookupError, exchange.session, key))
            found.append(answer(LookupError, exchange.record, key))
            hits = answer(ValueError, exchange.find, key)
            assert (hits is None) == (not isinstance(key, str) or not key.strip())
            texts = smh_p2p.to_dict(exchange) if hits else {}
            for hit in hits or ():
                assert fold_case(key) in fold_case(hit.text)
                assert get(texts, hit.where) == hit.text
                assert exchange.record(hit) is exchange.record(hit.where)
                assert exchange is other or smh_p2p.cite(hit).value == hit.text
            found.append(hits)
    for sea in other.seas if other else ():  # each has its name, alone or with others
        assert answer(smh_p2p.AmbiguousKeyError, other.sea, sea.name) in (sea, None)
    return any(found)


def command(data: bytes) -> bool:
    """The first part has an argument a line; the second is standard input and two files."""
    first, _, content = data.partition(b"\n--\n")
    arguments = first.decode(errors="surrogateescape").replace("\0", "").split("\n")
    if arguments[0] != "cite":  # which writes no file; the others keep to their folder
        arguments = [each.replace("/", "") for each in arguments]
    streams = {
        name: io.TextIOWrapper(io.BytesIO(held), encoding="utf-8", newline="\n")
        for name, held in {"stdin": content, "stdout": b"", "stderr": b""}.items()
    }
    here = Path.cwd()
    with folder_of({"page": content, "page.json": content}) as folder:
        os.chdir(folder)
        try:
            with patch.dict(vars(sys), streams):
                status = main(arguments)
        finally:
            os.chdir(here)
    out, err = (streams[each].detach().getvalue().decode() for each in ("stdout", "stderr"))
    assert status in (0, 1, 2)
    assert bool(err) <= bool(status)
    assert (status == 0) or err or arguments[0] == "validate"
    for line in err.splitlines():
        assert line.startswith("smh-p2p: ")
    check_text(err)
    is_help = out.startswith("usage: ")
    is_json = "--json" in arguments and "--" not in arguments
    if is_json:
        assert not re.search(r"[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]", out)
    elif "export" not in arguments:
        check_text(out)
    if is_json and out and not is_help and "--version" not in arguments:
        json.loads(out)
    elif pattern := LINES.get(arguments[0]):
        every = out.split("\n")
        assert is_help or all(re.fullmatch(pattern, line) for line in every[:-1])
        assert every[-1] == ""
        assert arguments[0] != "sea" or len(every) <= 2 or is_help
    return status == 0


# Each target, and its share of the inputs: the slower, the less.
TARGETS: dict[Callable[[bytes], bool], int] = {
    from_json: 80,
    from_dict: 6,
    from_tables: 4,
    read_data_package: 1,
    read_summary: 2,
    from_files: 3,
    lookups: 3,
    command: 1,
}
