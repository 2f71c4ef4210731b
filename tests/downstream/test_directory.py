import pytest
from hypothesis import given
from sea_directory import code, code_by_name, directory, read, read_carelessly

import smh_p2p
from smh_p2p import Exchange
from smh_p2p.testing import (
    InvalidDocument,
    LawError,
    check_function,
    check_query,
    check_reading,
    check_refusal,
)


def test_the_directory_keeps_the_laws() -> None:
    check_reading(read, answer=directory)
    check_refusal(read, where=lambda error: [problem.where for problem in error.problems])
    check_query(code, "sea", answer=lambda sea: sea.usps)
    check_function(directory, any_order=True)


def test_a_careless_reader_is_caught() -> None:
    with pytest.raises(LawError, match="Every valid document means the same") as caught:
        check_reading(read_carelessly, answer=directory)
    assert isinstance(caught.value.example, bytes)
    with pytest.raises(LawError, match="Every invalid document is refused") as caught:
        check_refusal(read_carelessly)
    assert isinstance(caught.value.example, InvalidDocument)


def test_a_query_that_knows_names_alone_is_caught() -> None:
    with pytest.raises(LawError, match=r"The query answers as Exchange\.sea does") as caught:
        check_query(code_by_name, "sea", answer=lambda sea: sea.usps)
    assert isinstance(caught.value.example, Exchange)
    assert len(caught.value.example.seas) == 1


@given(...)  # with nothing imported for it
def test_every_sea_is_in_the_directory(exchange: Exchange) -> None:
    assert len(directory(exchange)) == len(exchange.seas)


def test_the_canonical_directory() -> None:
    assert directory(smh_p2p.load())["Guam"] == "GU"
