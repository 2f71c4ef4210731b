"""What leaves the package, of exchanges that lack what most have."""

from collections.abc import Callable
from pathlib import Path

import attrs
import pytest
from hypothesis import given, strategies as st

import smh_p2p
from smh_p2p import Exchange, InvalidDocumentError, Problem, Rule, Source
from smh_p2p.testing import exchanges, sources

# No part of a text that these letters make is "None", and no part of the address.
LETTERS = "ab é<&\"'=,;\n"
ADDRESSES = st.none() | st.just("https://example.org/?a=b&c")
ANY = exchanges(alphabet=LETTERS, source=sources(alphabet=LETTERS, address=ADDRESSES))
LEAST = Exchange(identifier="least", title="Least", source=Source(title="A page"))


@pytest.fixture(params=["nothing", "no facilitator", "no period"])
def lacking(request: pytest.FixtureRequest, exchange: Exchange) -> Exchange:
    return {
        "nothing": LEAST,
        "no facilitator": attrs.evolve(exchange, organizations=exchange.partners),
        "no period": attrs.evolve(exchange, period=None),
    }[request.param]


WRITERS: list[Callable[[Exchange], str]] = [
    smh_p2p.to_text,
    smh_p2p.to_html,
    smh_p2p.to_iframe,
    lambda exchange: "".join(
        each._repr_html_() for each in (exchange, exchange.source, *exchange.seas)
    ),
    smh_p2p.to_svg,
    smh_p2p.to_json,
    lambda exchange: str(smh_p2p.to_jsonld(exchange)),
]


@pytest.mark.parametrize("write", WRITERS)
def test_what_is_absent_is_not_printed(lacking: Exchange, write: Callable[[Exchange], str]) -> None:
    written = write(lacking)
    assert lacking.title in written
    assert "None" not in written


@pytest.mark.parametrize("write", WRITERS)
def test_what_is_absent_from_any_exchange_is_not_printed(write: Callable[[Exchange], str]) -> None:
    @given(ANY)
    def test(exchange: Exchange) -> None:
        assert "None" not in write(exchange)

    test()


def test_tables_and_packages_read_back_equal(lacking: Exchange, tmp_path: Path) -> None:
    assert smh_p2p.from_tables(smh_p2p.to_tables(lacking)) == lacking
    smh_p2p.write_data_package(lacking, tmp_path / "package")
    assert smh_p2p.read_data_package(tmp_path / "package") == lacking


def test_a_table_with_a_byte_order_mark_is_read_as_one_without(
    exchange: Exchange, tmp_path: Path
) -> None:
    folder = tmp_path / "package"
    smh_p2p.write_data_package(exchange, folder)
    (folder / "datapackage.json").unlink()  # it states the bytes of each file
    for table in folder.iterdir():
        table.write_bytes(b"\xef\xbb\xbf" + table.read_bytes())
    assert smh_p2p.read_data_package(folder) == exchange


def test_a_table_that_no_exchange_has_is_refused_with_those_it_has(exchange: Exchange) -> None:
    tables = smh_p2p.to_tables(exchange)
    with pytest.raises(InvalidDocumentError) as caught:
        smh_p2p.from_tables(tables | {"seas": []})
    known = f"one of {', '.join(tables)}"
    expected = Problem("/seas", Rule.UNKNOWN_KEY, "the table 'seas'", known)
    assert caught.value.problems == (expected,)
