import csv
import io
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pytest
from hypothesis import given

import smh_p2p
from smh_p2p import Exchange, Rule, Summary
from smh_p2p.tables import tables
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
        ("sea", {"name": "x", "FIPS": "01"}, "/sea/14/FIPS: found the column 'FIPS', expected on"),
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


# Codes stay text in other people's tables, from the rows and through CSV.


def through_csv(rows: Any) -> io.StringIO:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    text.seek(0)
    return text


def test_pandas_takes_the_rows(exchange: Exchange) -> None:
    rows = smh_p2p.to_tables(exchange)["sea"]
    frame = pd.DataFrame(rows)
    assert list(frame["fips"])[:3] == ["02", "08", "13"]
    assert frame["fips"].isna().sum() == 1
    again = pd.read_csv(through_csv(rows), dtype={"fips": str, "ccd": str})
    assert list(again["fips"])[:3] == ["02", "08", "13"]


def test_polars_takes_the_rows(exchange: Exchange) -> None:
    rows = smh_p2p.to_tables(exchange)["sea"]
    frame = pl.DataFrame(rows)
    assert frame["fips"].to_list()[:3] == ["02", "08", "13"]
    again = pl.read_csv(through_csv(rows), schema_overrides={"fips": pl.String, "ccd": pl.String})
    assert again["fips"].to_list() == frame["fips"].to_list()


def test_pyarrow_takes_the_rows(exchange: Exchange) -> None:
    rows = smh_p2p.to_tables(exchange)
    for name in NAMES:
        assert pa.Table.from_pylist(rows[name]).to_pylist() == rows[name]
    table = pa.Table.from_pylist(rows["sea"])
    assert table.schema.field("fips").type == pa.string()
    types = pa.csv.ConvertOptions(column_types={"fips": pa.string(), "ccd": pa.string()})
    text = io.BytesIO(through_csv(rows["sea"]).getvalue().encode())
    again = pa.csv.read_csv(text, convert_options=types)
    assert again["fips"].to_pylist()[:3] == ["02", "08", "13"]
