import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

import smh_p2p
from smh_p2p import Exchange, Rule, Summary
from smh_p2p.errors import brief
from smh_p2p.tables import tables, value_type
from smh_p2p.testing import check_function, check_round_trip, exchanges

NAMES = """exchange organization group session objective sea session_group objective_group alias
not_stated citation span""".split()


def test_there_is_a_table_for_each_record_and_for_each_list() -> None:
    assert list(tables()) == NAMES


def test_rows_read_back_as_the_exchange() -> None:
    check_round_trip(smh_p2p.from_tables, smh_p2p.to_tables)
    check_function(smh_p2p.to_tables)


@given(exchanges())
def test_every_row_has_the_columns_of_its_table_and_plain_values(exchange: Exchange) -> None:
    rows = smh_p2p.to_tables(exchange)
    assert list(rows) == NAMES
    for name, table in tables().items():
        for row in rows[name]:
            assert list(row) == [column.name for column in table.columns]
            assert {type(value) for value in row.values()} <= {str, int, type(None)}
            assert all(
                row[column.name] is not None for column in table.columns if not column.optional
            )
        keys = [tuple(row[name] for name in table.key) for row in rows[name]]
        assert len(set(keys)) == len(keys)


@given(exchanges())
def test_every_reference_is_there(exchange: Exchange) -> None:
    rows = smh_p2p.to_tables(exchange)
    for name, table in tables().items():
        for column, (other, key) in table.references.items():
            keys = {row[key] for row in rows[other]} | {None}
            assert all(row[column] in keys for row in rows[name])


def test_every_fact_of_a_summary_is_cited_and_none_of_an_exchange_alone(summary: Summary) -> None:
    rows = smh_p2p.to_tables(summary)
    assert [row["pointer"] for row in rows["citation"]] == list(summary.origins)
    guam = next(row for row in rows["span"] if row["pointer"] == "/seas/3/name")
    assert guam["quote"] == "Guam"
    stated = smh_p2p.to_tables(smh_p2p.load_summary(inferred=False))["citation"]
    assert {row["origin"] for row in stated} == {"quoted", "reference", "assigned"}
    uncited: dict[str, Any] = {"citation": [], "span": []}
    assert smh_p2p.to_tables(summary.exchange) == rows | uncited
    assert smh_p2p.from_tables(rows) == summary.exchange


def test_rows_that_make_no_exchange_are_refused() -> None:
    with pytest.raises(smh_p2p.InvalidDocumentError) as caught:
        smh_p2p.from_tables({"sea": [{"name": "Guam", "fips": 66}]})
    assert ("/seas/0/fips", Rule.TYPE) in {
        (each.where, each.rule) for each in caught.value.problems
    }


def test_neither_the_order_of_columns_nor_that_of_tables_matters(exchange: Exchange) -> None:
    rows = smh_p2p.to_tables(exchange)
    turned = {
        name: [dict(sorted(row.items(), reverse=True)) for row in rows[name]]
        for name in reversed(rows)
    }
    assert smh_p2p.from_tables(turned) == exchange
    once: Any = {name: iter(given) for name, given in rows.items()}
    assert smh_p2p.from_tables(once) == exchange


@pytest.mark.parametrize(
    ("table", "row", "problem"),
    [
        (
            "alias",
            {"sea": "Nowhere", "alias": "x"},
            "/alias/4/sea: found 'Nowhere', expected",
        ),
        ("session_group", {"session": 77, "group": 1}, "/session_group/8/session: found 77"),
        ("sesion_group", {}, "/sesion_group: found the table 'sesion_group', expected one of exc"),
        ("sea", {"name": "x", "FIPS": "01"}, "/sea/14: found the column 'FIPS', expected one of "),
        ("exchange", {}, "/exchange/1: found another row, expected one exchange"),
    ],
)
def test_a_row_that_belongs_nowhere_is_refused_and_not_lost(
    exchange: Exchange, table: str, row: dict[str, Any], problem: str
) -> None:
    rows = smh_p2p.to_tables(exchange)
    rows.setdefault(table, []).append(row)
    with pytest.raises(smh_p2p.InvalidDocumentError, match=problem):
        smh_p2p.from_tables(rows)


def problems(rows: Any) -> list[str]:
    """Return what is wrong with rows that make no exchange, each on one line."""
    with pytest.raises(smh_p2p.InvalidDocumentError) as caught:
        smh_p2p.from_tables(rows)
    lines = list(map(str, caught.value.problems))
    assert all(line.isprintable() for line in lines)
    return lines


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "number;phase\n1;early\n2;late",
            "columns separated by ';', expected columns separated by",
        ),
        ("number\tphase\n1\tearly\n2\tlate", "columns separated by '\\t', expected columns separa"),
        ("\ufeffnumber,phase\n1,early\n2,late", "a byte order mark, expected text that is read as"),
        ("number,phase,,\n1,early,,\n2,late,,", "a column without a name, expected one of number"),
        ("number,phase\n1,early,x\n2,late,x,y", "more cells than columns, expected a cell for eac"),
        ("number,stage\n1,early\n2,late", "the column 'stage', expected one of number, phase"),
    ],
)
def test_a_file_that_people_made_is_one_problem_in_words(
    exchange: Exchange, text: str, problem: str
) -> None:
    rows: Any = {**smh_p2p.to_tables(exchange), "group": csv.DictReader(io.StringIO(text))}
    (line,) = problems(rows)
    assert line.startswith(f"/group/0: found {problem}")


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (None, "(whole): found null, expected a mapping of tables"),
        ([{"name": "Guam"}], "(whole): found an array, expected a mapping of tables"),
        ({"sea": None}, "/sea/0: found null, expected a mapping of columns to values"),
        ({"sea": 5}, "/sea/0: found 5, expected a mapping of columns to values"),
        ({"sea": "Guam"}, "/sea/0: found 'G', expected a mapping of columns to values"),
        ({"sea": pd.DataFrame({"name": ["Guam"]})}, "/sea/0: found 'name', expected a mapping of"),
        (
            {"sea": pa.table({"name": ["Guam"]})},
            "/sea/0: found pyarrow.Table\\nname: string\\n----",
        ),
        ({"sea": [{"name": "Guam"}, ["Ohio"]]}, "/sea/1: found an array, expected a mapping of"),
        ({"sea": [{pd.NA: 1}]}, "/sea/0: found the column <NA>, expected one of name, abbrevia"),
        ({7: []}, "/7: found the table 7, expected one of exchange, organization"),
    ],
)
def test_what_is_no_table_or_no_row_is_refused(rows: Any, problem: str) -> None:
    (line,) = problems(rows)
    assert line.startswith(problem)


ABSENT = [None, float("nan"), np.float32("nan"), pd.NA, pd.NaT, pa.scalar(None, pa.string())]


def spellings(value: Any) -> Any:
    """Return what other libraries may have in place of a value of a row."""
    if value is None:
        return st.sampled_from(ABSENT)
    own = np.str_ if isinstance(value, str) else np.int64
    return st.sampled_from([value, own(value), pa.scalar(value)])


@given(st.data(), exchanges())
def test_a_value_of_another_library_is_what_it_stands_for(data: Any, exchange: Exchange) -> None:
    rows = {
        name: [{each: data.draw(spellings(row[each])) for each in row} for row in table]
        for name, table in smh_p2p.to_tables(exchange).items()
    }
    read = smh_p2p.from_tables(rows)
    assert read == exchange
    assert smh_p2p.to_json(read) == smh_p2p.to_json(exchange)


# What is no text and no whole number, though some of it is equal to 1.
NEITHER: list[Any] = [
    *(True, 1.0, Decimal(1), b"1", [1], {"a": 1}, {1}, object()),
    *(np.True_, np.float64(1), np.array(1), np.array([1]), np.array([1, 2]), np.array([])),
    *(np.datetime64("NaT"), pd.Timestamp("2019-08"), pd.Series([1, 2]), pd.DataFrame({"a": [1]})),
    *(pa.scalar(1.0), pa.scalar(True), pa.scalar([1]), pa.array([1])),
]
# The places in a document of what the first row of each table holds, by its columns.
PLACES = {
    "exchange": {
        each.name: f"/{each.name}".replace("_", "/") for each in tables()["exchange"].columns
    },
    **{
        name: {each.name: f"/{name}s/0/{each.name}" for each in tables()[name].columns}
        for name in ["organization", "group", "session", "objective", "sea"]
    },
    "session_group": {"session": "/session_group/0/session", "group": "/sessions/0/groups/0"},
    "objective_group": {
        "objective": "/objective_group/0/objective",
        "group": "/objectives/0/groups/0",
    },
    "alias": {"sea": "/alias/0/sea", "alias": "/seas/8/aliases/0"},
    "not_stated": {"what": "/not_stated/0"},
}


@pytest.mark.parametrize(
    ("table", "column"), [(table, column) for table in PLACES for column in PLACES[table]]
)
def test_what_is_neither_text_nor_a_whole_number_is_refused_at_its_place(
    exchange: Exchange, table: str, column: str
) -> None:
    (item,) = [each.item for each in tables()[table].columns if each.name == column]
    texts = ["1", "0001"] if value_type(item)[0] == "integer" else []
    values: list[Any] = [*NEITHER, *texts]
    for value in values:
        rows: Any = smh_p2p.to_tables(exchange)
        rows[table][0][column] = value
        found = brief(value.as_py() if isinstance(value, pa.Scalar) else value)
        lines = problems(rows)
        assert any(line.startswith(f"{PLACES[table][column]}: found {found}, ") for line in lines)


# Codes stay text in other people's tables.


def test_codes_stay_text(exchange: Exchange) -> None:
    rows = smh_p2p.to_tables(exchange)["sea"]
    codes = [row["fips"] for row in rows]
    assert codes[:3] == ["02", "08", "13"]
    assert pd.DataFrame(rows)["fips"].dropna().tolist() == [code for code in codes if code]
    assert pl.DataFrame(rows)["fips"].to_list() == codes
    assert pa.Table.from_pylist(rows)["fips"].to_pylist() == codes


DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(
    ("page", "frame_of", "rows_of"),
    [
        ("pandas.md", "pd.DataFrame(table)", 'frame.convert_dtypes().to_dict("records")'),
        ("polars.md", "pl.DataFrame(table, infer_schema_length=None)", "frame.to_dicts()"),
        ("polars.md", "pa.Table.from_pylist(table)", "frame.to_pylist()"),
    ],
)
def test_every_exchange_goes_through_data_frames_as_the_documentation_says(
    page: str, frame_of: str, rows_of: str
) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    assert frame_of in text
    assert rows_of in text
    to_frame = eval(f"lambda table: {frame_of}")  # noqa: S307 - it stands in our own documentation
    to_rows = eval(f"lambda frame: {rows_of}")  # noqa: S307

    def read(tables: Any) -> Exchange:
        return smh_p2p.from_tables(
            {name: to_rows(to_frame(table)) for name, table in tables.items()}
        )

    check_round_trip(read, smh_p2p.to_tables)
    # The first short form is in row 102.
    seas = [smh_p2p.SEA(name=f"SEA {number}") for number in range(101)]
    last = smh_p2p.SEA(name="Bureau of Indian Education", abbreviation="BIE")
    many = attrs.evolve(smh_p2p.load(), seas=(*seas, last))
    assert read(smh_p2p.to_tables(many)) == many
