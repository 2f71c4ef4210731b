"""What each refusal says, word for word; docs/errors.md has an example for each rule."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

import smh_p2p
from smh_p2p import SEA, Exchange, Period, Session, Source, Standard, Summary, YearMonth
from smh_p2p.provenance import read_origins

PACKAGED = smh_p2p.load_summary()
TABLES = smh_p2p.to_tables(PACKAGED)
TITLE = "School Mental Health Peer-to-Peer (P2P) Exchange Series"
PAGE = "A P2P Exchange\n\nBackground: One."


def exchange(**changes: Any) -> Callable[[], Exchange]:
    return lambda: attrs.evolve(PACKAGED.exchange, **changes)


def rows(**tables: Any) -> Callable[[], Exchange]:
    return lambda: smh_p2p.from_tables(TABLES | tables)


def changed(where: str, **changes: Any) -> Summary:
    """A summary with another origin of a fact."""
    origin = attrs.evolve(PACKAGED.cite(where), **changes)
    return attrs.evolve(PACKAGED, origins={**PACKAGED.origins, where: origin})


def labelled(**changes: Any) -> Callable[[], object]:
    first, *others = PACKAGED.labels
    return attrs.evolve(PACKAGED, labels=(attrs.evolve(first, **changes), *others)).verify


def origins(where: str = "/title", **changes: Any) -> Callable[[], object]:
    """A file of origins with a change of one."""
    file = json.loads(PACKAGED.files()["provenance.json"])
    file["origins"][where] |= changes
    return lambda: read_origins(json.dumps(file).encode())


def labels(**changes: Any) -> Callable[[], object]:
    file = json.loads(PACKAGED.files()["provenance.json"])
    file["labels"][0] |= changes
    return lambda: read_origins(json.dumps(file).encode())


MESSAGES: dict[str, Callable[[], object]] = {
    # Values
    "/identifier: found 'A b', expected lower-case words and numbers joined by '-'": (
        exchange(identifier="A b")
    ),
    "/month: found 13, expected a month from 1 to 12": lambda: YearMonth(year=2019, month=13),
    "(whole): found '2019', expected two months, such as '2019-08/2019-09'": (
        lambda: Period.parse("2019")
    ),
    "/address: found 'x', expected a web address in the characters of RFC 3986": (
        lambda: Source(title="T", address="x")
    ),
    "/sha256: found 'x', expected 64 lower-case hexadecimal digits": (
        lambda: Source(title="T", sha256="x")
    ),
    "/fips: found 'x', expected two digits in text, such as '02'": lambda: SEA(name="A", fips="x"),
    "/iso_3166_2: found 'x', expected an ISO 3166-2 code, such as 'US-AK'": (
        lambda: SEA(name="A", iso_3166_2="x")
    ),
    # Documents and tables
    "(whole): found 7, expected JSON as text or bytes": lambda: smh_p2p.from_json(7),  # type: ignore[arg-type]
    "/sessions/1/number: found a number of 5000 digits, expected a whole number from 1 to 9999": (
        lambda: smh_p2p.from_json(
            smh_p2p.to_json(PACKAGED.exchange).replace(
                '"number": 2,\n      "title"', f'"number": {"9" * 5_000},\n      "title"'
            )
        )
    ),
    "(whole): found nesting too deep to parse, expected fewer levels": (
        lambda: smh_p2p.from_json("[[]," * 100_000)
    ),
    "(whole): found 7, expected a mapping of tables": lambda: smh_p2p.from_tables(7),  # type: ignore[arg-type]
    "/sea/0: found 7, expected a mapping of columns to values": rows(sea=[7]),
    "/exchange/1: found another row, expected one exchange": rows(
        exchange=[*TABLES["exchange"], {}]
    ),
    "/session_group/0/session: found 9, expected the number of a row of 'session'": rows(
        session_group=[{"session": 9, "group": 1}]
    ),
    "/group/0: found more cells than columns, expected a cell for each column": rows(
        group=[{None: ["x"]}]
    ),
    "/group/0: found a byte order mark, expected text that is read as 'utf-8-sig'": rows(
        group=[{"\ufeffnumber": 1}]
    ),
    "/group/0: found columns separated by ';', expected columns separated by ','": rows(
        group=[{"number;phase": "1;early"}]
    ),
    "/group/0: found a column without a name, expected one of number, phase": rows(group=[{"": 1}]),
    # Pages
    "1:1: found 7, expected a page as text or bytes": lambda: smh_p2p.read_summary(7),  # type: ignore[arg-type]
    "1:1: found more than 1048576 bytes or characters, expected a shorter page": (
        lambda: smh_p2p.read_summary("x" * (2**20 + 1))
    ),
    "2:1: found b'\\xff', expected UTF-8: save the page as UTF-8 text": (
        lambda: smh_p2p.read_summary(b"A P2P Exchange\n\xff")
    ),
    "5:1: found another label 'Background:', expected each part once": (
        lambda: smh_p2p.read_summary(f"{PAGE}\n\nBackground: Two.")
    ),
    "5:1: found no title above the first label, expected one": (
        lambda: smh_p2p.read_summary("One\n\nTwo\n\nBackground: One.")
    ),
    # Files of origins
    "(whole): found byte 3 of the text, expected UTF-8": lambda: Summary.from_files(
        PACKAGED.files()["exchange.json"], PACKAGED.files()["provenance.json"], b"One\xff"
    ),
    "/origins/~1title: found no 'origin', expected one": lambda: read_origins(
        b'{"standards": {}, "origins": {"/title": {}}, "labels": []}'
    ),
    "/labels: found the key twice, expected it once": lambda: read_origins(
        b'{"standards": {}, "origins": {}, "labels": [], "labels": []}'
    ),
    "/labels/0/start: found '0', expected a whole number": labels(start="0"),
    "/origins/~1title/value: found an array, expected text or a whole number": origins(value=[]),
    "/origins/~1title/because: found '\\ud800', expected text without surrogates": origins(
        because="\ud800"
    ),
    "/origins/~1title/standard: found 'x', expected a known standard": origins(standard="x"),
    "/origins/~1title/origin: found 'x', expected one of quoted, inferred, reference, assigned": (
        origins(origin="x")
    ),
    (
        "/origins/~1title/x: found 1, "
        "expected one of the keys origin, reading, because, standard, value, spans"
    ): origins(x=1),
    # Origins
    "/x: found the origin of no leaf, expected a pointer to a leaf": attrs.evolve(
        PACKAGED, origins={**PACKAGED.origins, "/x": PACKAGED.cite("/title")}
    ).verify,
    "/title: found no origin, expected one": attrs.evolve(
        PACKAGED, origins={at: each for at, each in PACKAGED.origins.items() if at != "/title"}
    ).verify,
    "/title: found quoted without spans or a known reading, expected both": changed(
        "/title", reading=None
    ).verify,
    "/groups/0/phase: found inferred without a reason, expected one": changed(
        "/groups/0/phase", because=None
    ).verify,
    "/seas/1/fips: found reference without a standard, expected one": changed(
        "/seas/1/fips", standard=None
    ).verify,
    f"/title: found {TITLE!r}, expected 'Other', the value of its origin": changed(
        "/title", value="Other"
    ).verify,
    "/labels/0: found '\\n\\nBackground: ' at [63, 77), expected 'x', which is at 41": (
        labelled(quote="x")
    ),
    "/labels/0: found '\\n\\nBackground: ' at [63, 77), expected '?', which is not on the page": (
        labelled(quote="?")
    ),
    f"/labels/40: found {TITLE!r}, expected a passage without a fact": attrs.evolve(
        PACKAGED, labels=(*PACKAGED.labels, *PACKAGED.cite("/title").spans)
    ).verify,
    "/seas/1/fips: found another standard 'fips', expected one of each name": changed(
        "/seas/1/fips", standard=Standard(name="fips", title="FIPS", edition="another")
    ).files,
    "no citation '/seas/13/fips' in this exchange, which gives no value there": (
        lambda: smh_p2p.cite("/seas/13/fips")
    ),
    # Lookups and searches
    "the source does not state which SEAs were in group 1": lambda: smh_p2p.load().seas_in(1),
    "the source does not state which SEAs took part": lambda: attrs.evolve(
        PACKAGED.exchange, seas=()
    ).seas_in(1),
    "the source does not state the kind of jurisdiction of Nowhere": lambda: attrs.evolve(
        PACKAGED.exchange, seas=(SEA(name="Nowhere"),)
    ).seas_of("state"),
    "the source does not state which groups session 1 was for": lambda: attrs.evolve(
        PACKAGED.exchange, sessions=(Session(number=1, title="One"),)
    ).sessions_for(1),
    "the source does not state the objectives of the exchange": lambda: attrs.evolve(
        PACKAGED.exchange, objectives=()
    ).objectives_for(1),
    "the source does not state who facilitated the exchange": lambda: (
        attrs.evolve(PACKAGED.exchange, organizations=()).facilitator
    ),
    "no resource 'exchang.json' in this package; did you mean 'exchange.json'?": (
        lambda: smh_p2p.resource("exchang.json")
    ),
    "cannot search for 10000: give some text to look for": lambda: smh_p2p.load().find(10_000),  # type: ignore[arg-type]
    (
        "cannot search for 9999: give some text to look for; "
        "session(9999), objective(9999) and group(9999) look up a number"
    ): lambda: smh_p2p.load().find(9_999),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("message", MESSAGES)
def test_a_refusal(message: str) -> None:
    with pytest.raises((smh_p2p.SmhP2pError, ValueError)) as caught:
        MESSAGES[message]()
    assert str(caught.value) == message


# The header of a table of a Data Package, a row of it, and what the refusal says.
GROUPS = {
    "number,number\n1,1\n": (
        "group.csv:1: found the column 'number' 2 times, expected each column once"
    ),
    "number,name\n": "group.csv:1: found the column 'name', expected one of number, phase",
    "number\n": "group.csv:1: found no column phase, expected every column of the table",
    "number,phase\n1,2,3\n": (
        "group.csv:2: found a row of 3, expected 2 cells, one for each column"
    ),
    'number,phase\n1",2\n': (
        "group.csv:2: found a quote out of place in '1\",2\\n', "
        "expected quotes around the whole of a cell, and each quote in it twice"
    ),
}


@pytest.mark.parametrize("text", GROUPS)
def test_a_refusal_of_a_table(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "folder"
    smh_p2p.write_data_package(PACKAGED, folder)
    (folder / "group.csv").write_text(text)
    with pytest.raises(smh_p2p.InvalidDocumentError) as caught:
        smh_p2p.read_data_package(folder)
    assert str(caught.value) == GROUPS[text]


def test_a_refusal_of_a_table_that_is_not_as_it_was_written(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    smh_p2p.write_data_package(PACKAGED, folder)
    (folder / "group.csv").write_text("number,phase\n1,\n")
    with pytest.raises(smh_p2p.InvalidDocumentError) as caught:
        smh_p2p.read_data_package(folder)
    assert str(caught.value) == (
        'group.csv: found "rows": 1, expected "rows": 2, as in datapackage.json; '
        "delete that file if the change is meant"
    )
