import unicodedata
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

import smh_p2p
from smh_p2p import SEA, AmbiguousKeyError, Exchange, JurisdictionKind, NotFoundError
from smh_p2p.records import CODES
from smh_p2p.spelling import fold
from smh_p2p.testing import exchanges


def names(record: Any) -> set[str]:
    several = getattr(record, "aliases", ())
    return {fold(key) for key in (record.name, record.abbreviation, *several) if key}


def codes(record: Any) -> set[tuple[object, str]]:
    return {(CODES[name].item, code) for name in CODES if (code := getattr(record, name, None))}


def meant(records: tuple[Any, ...], key: str) -> list[Any]:
    """Return the records that have a key: as a name, or as a code of one of the code sets."""
    read = {(field.item, field.item.code(key)) for field in CODES.values()}
    return [each for each in records if fold(key) in names(each) or read & codes(each)]


@given(exchanges())
def test_every_record_is_found_by_its_names_and_codes(exchange: Exchange) -> None:
    for sea in exchange.seas:
        check_keys(exchange.sea, exchange.seas, sea, sea.keys)
    for each in exchange.organizations:
        keys = [key for key in (each.name, each.abbreviation) if key]
        check_keys(exchange.organization, exchange.organizations, each, keys)


def check_keys(
    find: Callable[[str], Any], records: tuple[Any, ...], record: Any, keys: Any
) -> None:
    """A key means the one record that has it in any spelling; of more than one, it names all."""
    for key in keys:
        for spelling in (key, unicodedata.normalize("NFD", key), f" {key}\t"):
            having = meant(records, spelling)
            if having == [record]:
                assert find(spelling) is record
            else:
                with pytest.raises(AmbiguousKeyError) as caught:
                    find(spelling)
                assert set(caught.value.names) == {each.name for each in having}


@given(exchanges(min_seas=1), st.text() | st.integers() | st.floats() | st.none())
def test_a_key_that_nothing_has_is_not_found(exchange: Exchange, key: object) -> None:
    if not (isinstance(key, str) and meant(exchange.seas, key)):
        with pytest.raises(NotFoundError) as caught:
            exchange.sea(key)  # type: ignore[arg-type]
        assert caught.value.key is key
        assert set(caught.value.near) <= {sea.name for sea in exchange.seas}
        assert not exchange.has_sea(key)  # type: ignore[arg-type]
        assert str(caught.value)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("us-ak", "Alaska"),
        ("US_AK", "Alaska"),
        (" ak\n", "Alaska"),
        ("A.K.", "Alaska"),
        ("Ak.", "Alaska"),
        ("02", "Alaska"),
        ("\u00a059", "Bureau of Indian Education"),
        ("bi", "Bureau of Indian Education"),
        ("B.I.E.", "Bureau of Indian Education"),
        ("northern-marianas", "Northern Mariana Islands"),
    ],
)
def test_a_code_is_read_by_the_grammar_of_its_code_set(
    exchange: Exchange, key: str, name: str
) -> None:
    assert exchange.sea(key).name == name
    assert exchange.has_sea(key)


@pytest.mark.parametrize(
    "key",
    [
        *"1.3 0.2 1/7 c/o 2.0 02.0 0-2 +2 1e1 a-k a/k a_k A..K ..AK a.k.. (AK) #02 02%".split(),
        *"US/AK US--AK US.AK USAK U.S.-AK \uff10\uff12 \u0660\u0662 \u212aA 0\u00b2".split(),
        *("0 2", "a k", "US AK", "'02'", "", " "),
    ],
)
def test_nothing_else_is_read_as_a_code(exchange: Exchange, key: str) -> None:
    with pytest.raises(NotFoundError):
        exchange.sea(key)


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        (2, "codes are text of two digits: did you mean '02'?"),
        ("2", "codes are text of two digits: did you mean '02'?"),
        ("002", "codes are text of two digits: did you mean '02'?"),
        (2.0, "codes are text of two digits: did you mean '02'?"),
        ("2.0", "codes are text of two digits: did you mean '02'?"),
        (66, "codes are text of two digits: did you mean '66'?"),
        (1, "codes are text of two digits, and '01' (Alabama) is not one of its SEAs"),
        ("Alabama", "Alabama is not one of its SEAs"),
        ("us-al", "Alabama is not one of its SEAs"),
        ("Washington DC", "District of Columbia is not one of its SEAs"),
        ("State of Ohio", "did you mean 'Ohio'?"),
        ("Penn.", "did you mean 'Pennsylvania'?"),
        ("Bureau of Indian Affairs", "did you mean 'Bureau of Indian Education'?"),
        ("Alasca", "did you mean 'Alaska'?"),
        ("CNMII", "did you mean 'Northern Mariana Islands'?"),
        ("99", "there are Alaska, Colorado, "),
        (None, "names and codes are text"),
        ([], "names and codes are text"),
        ({}, "names and codes are text"),
        (b"AK", "names and codes are text"),
        (True, "names and codes are text"),
        ("1e1", "there are Alaska, Colorado, "),
        pytest.param(10**5000, "names and codes are text", id="huge"),
        ("15", "Hawaii is not one of its SEAs"),
        (float("nan"), "names and codes are text"),
    ],
)
def test_a_miss_says_what_helps(exchange: Exchange, key: Any, hint: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        exchange.sea(key)
    missed, _, helping = str(caught.value).partition("; ")
    assert missed.startswith("no SEA ")
    assert helping.startswith(hint)


class Unhashable(str):
    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]


def test_a_key_that_has_no_hash_is_not_found(exchange: Exchange) -> None:
    for find in (exchange.sea, exchange.organization, smh_p2p.jurisdiction):
        with pytest.raises(NotFoundError):
            find(Unhashable("AK"))


def test_a_key_of_two_seas_names_both() -> None:
    def sea(name: str) -> SEA:
        return SEA(name=name, kind=JurisdictionKind.STATE, abbreviation="MDE")

    pair = attrs.evolve(smh_p2p.load(), seas=(sea("Maryland"), sea("Michigan")))
    with pytest.raises(AmbiguousKeyError, match="'Maryland' and 'Michigan'"):
        pair.sea("mde")
    with pytest.raises(AmbiguousKeyError):
        pair.has_sea("mde")


def test_a_name_and_a_code_of_another_are_two_meanings() -> None:
    one = SEA(name="D.C.", kind=JurisdictionKind.STATE)
    other = SEA(name="Delta", kind=JurisdictionKind.STATE, usps="DC")
    pair = attrs.evolve(smh_p2p.load(), seas=(one, other))
    for key in ("D.C.", "DC", "dc"):
        with pytest.raises(AmbiguousKeyError):
            pair.sea(key)
    assert pair.sea("d/c") is one  # no code


def exchange_of(*seas: SEA) -> Exchange:
    return attrs.evolve(smh_p2p.load(), seas=seas)


def state(name: str, **parts: Any) -> SEA:
    return SEA(name=name, kind=JurisdictionKind.STATE, **parts)


@pytest.mark.parametrize(
    ("seas", "key", "hint"),
    [
        ([state("Hawai\u02bbi")], "HI", "did you mean 'Hawai\u02bbi'?"),
        ([state("ALASKA")], "State of Alaska", "did you mean 'ALASKA'?"),
        ([state("ALASKA")], "02", "did you mean 'ALASKA'?"),
        ([state("State of Ohio")], "Ohio", "did you mean 'State of Ohio'?"),
        ([state("State of Ohio")], 39, "did you mean 'State of Ohio'?"),
        ([state("New York State")], "N.Y.", "did you mean 'New York State'?"),
        ([state("AK"), state("Alaska", usps="AK")], "State of Alaska", "did you mean 'Alaska'?"),
        ([state("AK"), state("Alaska", usps="AK")], "US-AK", "did you mean 'Alaska'?"),
        ([state("Alaska"), state("Foo", fips="02")], "State of Alaska", "did you mean 'Alaska'?"),
        ([state("Alaska"), state("Foo", aliases=("AK",))], "02", "did you mean 'Alaska'?"),
    ],
)
def test_a_jurisdiction_is_known_by_whatever_the_page_prints(
    seas: list[SEA], key: Any, hint: str
) -> None:
    exchange = exchange_of(*seas)
    with pytest.raises(NotFoundError) as caught:
        exchange.sea(key)
    assert caught.value.hint == hint
    assert not exchange.has_sea(key)


def test_a_message_stays_short_however_long_a_name_is() -> None:
    exchange = exchange_of(*(state(f"{letter}" * 100_000) for letter in "abcdefgh"))
    with pytest.raises(NotFoundError) as caught:
        exchange.sea("Nowhere at all")
    assert len(str(caught.value)) < 3_000
