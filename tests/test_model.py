import copy
import pickle
import unicodedata
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import smh_p2p
from smh_p2p import (
    SEA,
    AmbiguousKeyError,
    Exchange,
    InvalidRecordError,
    JurisdictionKind,
    NotFoundError,
    NotStatedError,
    Period,
    Role,
    Rule,
    Session,
    YearMonth,
)
from smh_p2p.query import fold
from smh_p2p.testing import exchanges, year_months


def broken(make: Any, **parts: Any) -> list[tuple[str, Rule]]:
    with pytest.raises(InvalidRecordError) as caught:
        make(**parts)
    assert isinstance(caught.value, ValueError)
    return [(problem.where, problem.rule) for problem in caught.value.problems]


def records(value: Any) -> list[Any]:
    if attrs.has(type(value)):
        parts = [getattr(value, each.name) for each in attrs.fields(type(value))]
        return [value, *records(tuple(parts))]
    return [each for item in value for each in records(item)] if isinstance(value, tuple) else []


@given(exchanges())
def test_every_record_is_frozen_hashable_and_equal_to_its_copies(exchange: Exchange) -> None:
    for record in records(exchange):
        assert not hasattr(record, "__dict__")
        assert pickle.loads(pickle.dumps(record)) == record  # noqa: S301 - our own bytes
        assert copy.copy(record) == copy.deepcopy(record) == attrs.evolve(record) == record
        assert hash(copy.deepcopy(record)) == hash(record)
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(record, attrs.fields(type(record))[0].name, None)


def test_an_index_does_not_outlive_its_exchange(exchange: Exchange) -> None:
    assert exchange.session(4).number == 4
    shorter = attrs.evolve(exchange, sessions=exchange.sessions[:1])
    assert [session.number for session in shorter.sessions] == [1]
    with pytest.raises(NotFoundError):
        shorter.session(4)
    assert pickle.loads(pickle.dumps(exchange)) == exchange  # noqa: S301 - our own bytes


@given(year_months(), year_months())
def test_months_sort_as_their_text_does(one: YearMonth, other: YearMonth) -> None:
    assert (one < other) == (str(one) < str(other))
    assert YearMonth.parse(str(one)) == one


@given(st.text("0123456789-", max_size=8) | st.none())
def test_only_what_a_month_prints_is_read_as_a_month(text: Any) -> None:
    try:
        month = YearMonth.parse(text)
    except InvalidRecordError:
        return
    assert str(month) == text


@pytest.mark.parametrize(
    ("make", "parts", "where", "rule"),
    [
        (YearMonth, {"year": 0, "month": 1}, "/year", Rule.NUMBER),
        (YearMonth, {"year": 2019, "month": 13}, "/month", Rule.NUMBER),
        (YearMonth, {"year": True, "month": 1}, "/year", Rule.TYPE),
        (Session, {"number": "1", "title": "T"}, "/number", Rule.TYPE),
        (Session, {"number": 1, "title": " "}, "/title", Rule.TEXT),
        (Session, {"number": 1, "title": "T", "groups": [1]}, "/groups", Rule.TYPE),
        (Session, {"number": 1, "title": "T", "groups": (1, 1)}, "/groups/1", Rule.UNIQUE),
        (SEA, {"name": "A", "kind": "state"}, "/kind", Rule.TYPE),
        (SEA, {"name": "A", "kind": JurisdictionKind.STATE, "fips": "2"}, "/fips", Rule.CODE),
        (Period, {"start": "2019-08", "end": None}, "/start", Rule.TYPE),
    ],
)
def test_a_record_that_breaks_a_rule_cannot_be_made(
    make: Any, parts: Any, where: str, rule: Rule
) -> None:
    assert broken(make, **parts) == [(where, rule)]


@pytest.mark.parametrize("facilitators", [0, 2])
def test_an_exchange_has_exactly_one_facilitator(exchange: Exchange, facilitators: int) -> None:
    role = [Role.PARTNER, Role.FACILITATOR][facilitators // 2]
    same = tuple(attrs.evolve(each, role=role) for each in exchange.organizations[:2])
    with pytest.raises(InvalidRecordError, match=f"found {facilitators} facilitators"):
        attrs.evolve(exchange, organizations=same)


def test_an_exchange_of_another_shape_is_whole() -> None:
    smallest = smh_p2p.from_dict(
        {
            "format": 1,
            "identifier": "x",
            "title": "X",
            "period": {"start": "2020-01", "end": "2020-01"},
            "organizations": [{"name": "A", "role": "facilitator"}],
            "sessions": [{"number": n, "title": f"S{n}"} for n in range(1, 6)],
            "seas": [{"name": "District of Columbia", "kind": "state"}],
            "source": {"title": "X Summary"},
        }
    )
    assert smallest.partners == ()
    assert smallest.session(5).groups == ()
    assert smallest.sea("district of columbia").fips is None
    with pytest.raises(NotFoundError, match=r"^no group 1 in this exchange$"):
        smallest.seas_in(1)


@given(exchanges())
def test_lookups_find_every_record_by_its_keys(exchange: Exchange) -> None:
    for session in exchange.sessions:
        assert exchange.session(session.number) is session
    for group in exchange.groups:
        assert exchange.group(group.number) is group
    for objective in exchange.objectives:
        assert exchange.objective(objective.number) is objective
    for sea in exchange.seas:
        check_keys(exchange.sea, exchange.seas, sea)
    for organization in exchange.organizations:
        check_keys(exchange.organization, exchange.organizations, organization)


def check_keys(ask: Callable[[str], Any], records: tuple[Any, ...], record: Any) -> None:
    """A key means the one record that has it in any spelling; of more than one, it names all."""
    for key in keys(record):
        meant = [each for each in records if fold(key) in map(fold, keys(each))]
        for spelling in (key, unicodedata.normalize("NFD", key), f" {key}\t"):
            if len(meant) == 1:
                assert ask(spelling) is record
            else:
                with pytest.raises(AmbiguousKeyError) as caught:
                    ask(spelling)
                assert set(caught.value.names) == {each.name for each in meant}


def keys(record: Any) -> list[str]:
    names = "name abbreviation usps fips iso_3166_2 ccd ccd_abbreviation".split()
    several = getattr(record, "aliases", ())
    return [key for name in names if (key := getattr(record, name, None))] + list(several)


@given(exchanges(), st.text())
def test_a_key_that_nothing_has_is_not_found(exchange: Exchange, key: str) -> None:
    if not any(fold(key) in map(fold, keys(sea)) for sea in exchange.seas):
        with pytest.raises(NotFoundError) as caught:
            exchange.sea(key)
        assert caught.value.key == key
        assert set(caught.value.near) <= {sea.name for sea in exchange.seas}


@given(exchanges())
def test_relations_are_what_the_records_say(exchange: Exchange) -> None:
    for group in exchange.groups:
        n = group.number
        assert all(n in each.groups for each in exchange.sessions_for(n))
        assert all(
            n not in each.groups for each in set(exchange.sessions) - set(exchange.sessions_for(n))
        )
        assert all(n in each.groups for each in exchange.objectives_for(n))
        if all(sea.group for sea in exchange.seas):
            assert exchange.seas_in(n) == tuple(s for s in exchange.seas if s.group == n)
        else:
            with pytest.raises(NotStatedError):
                exchange.seas_in(n)
    by_kind = [sea for kind in JurisdictionKind for sea in exchange.seas_of(kind)]
    assert sorted(by_kind, key=exchange.seas.index) == list(exchange.seas)


def test_what_is_asked_of_the_canonical_exchange(exchange: Exchange) -> None:
    assert [session.number for session in exchange.sessions_for(1)] == [1, 2, 3, 4]
    assert [sea.name for sea in exchange.seas_of("Federal")] == ["Bureau of Indian Education"]
    assert exchange.facilitator.name == "State Support Network"
    assert exchange.organization("the network") is exchange.facilitator
    assert [p.abbreviation for p in exchange.partners] == ["OESE", "NCSSLE", "SAMHSA", "NCSMH"]
    with pytest.raises(
        NotFoundError, match="no session '3' in this exchange; there are 1, 2, 3, 4"
    ):
        exchange.session("3")  # type: ignore[arg-type]
    with pytest.raises(NotFoundError, match="there are state, outlying area, federal"):
        exchange.seas_of("province")
    with pytest.raises(NotFoundError, match="no SEA 66 in"):
        exchange.sea(66)  # type: ignore[arg-type]


def test_a_key_of_two_seas_names_both() -> None:
    def sea(name: str) -> SEA:
        return SEA(name=name, kind=JurisdictionKind.STATE, abbreviation="MDE")

    pair = attrs.evolve(smh_p2p.load(), seas=(sea("Maryland"), sea("Michigan")))
    with pytest.raises(AmbiguousKeyError, match="'Maryland' and 'Michigan'"):
        pair.sea("mde")


@given(exchanges(), st.data())
def test_every_part_of_a_text_is_found_in_any_case_and_form(
    exchange: Exchange, data: st.DataObject
) -> None:
    where, text = data.draw(
        st.sampled_from([("/title", exchange.title), ("/source/title", exchange.source.title)])
    )
    folded = text.casefold()
    spelling = data.draw(st.sampled_from([folded, unicodedata.normalize("NFD", text)]))
    hits = exchange.find(spelling)
    assert (where, text) in [(hit.where, hit.text) for hit in hits]


def test_search_finds_texts_and_not_codes(exchange: Exchange) -> None:
    assert [hit.where for hit in exchange.find("CNMI")] == ["/seas/8/aliases/1"]
    assert exchange.find("US-AK") == ()
    with pytest.raises(ValueError, match="cannot search for ' '"):
        exchange.find(" ")
