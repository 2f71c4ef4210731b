import json
from collections import Counter
from typing import Any

import attrs
import pytest
from hypothesis import find, given, settings, strategies as st

import smh_p2p
from conftest import SEARCH
from smh_p2p import Exchange
from smh_p2p.pointer import get, leaves
from smh_p2p.testing import Edit, Variation, exchanges, variations


@given(st.data(), exchanges() | st.just(smh_p2p.load()))
def test_a_variation_is_another_exchange_and_differs_only_where_it_says(
    data: st.DataObject, exchange: Exchange
) -> None:
    variation = data.draw(variations(exchange))
    assert variation.exchange != exchange
    assert smh_p2p.from_json(smh_p2p.to_json(variation.exchange)) == variation.exchange
    before, after = (smh_p2p.to_dict(each) for each in (exchange, variation.exchange))
    parent, _, last = variation.where.rpartition("/")
    outside = [
        [(at, value) for at, value in leaves(document) if not at.startswith(parent)]
        for document in (before, after)
    ]
    assert outside[0] == outside[1]
    check_edit(variation, at_pointer(before, parent), at_pointer(after, parent), last)


def at_pointer(document: Any, where: str) -> Any:
    try:
        return get(document, where)
    except LookupError:
        return []  # an array without items is not written


def check_edit(variation: Variation, before: Any, after: Any, last: str) -> None:
    match variation.edit:
        case Edit.CHANGE:
            assert before | {last: after[last]} == after
        case Edit.GIVE:
            assert last not in before
            assert before | {last: after[last]} == after
        case Edit.TAKE:
            assert last not in after
            assert after | {last: before[last]} == before
        case Edit.ADD:
            assert after[:-1] == before
            assert int(last) == len(before)
        case Edit.DROP:
            assert before[: int(last)] + before[int(last) + 1 :] == after
        case Edit.MOVE:
            assert after[0] in before
            assert sorted(map(json.dumps, before)) == sorted(map(json.dumps, after))


@pytest.mark.long
def test_the_canonical_exchange_is_varied_in_every_part() -> None:
    done: Counter[tuple[Edit, str]] = Counter()

    @settings(max_examples=2_000, database=None)
    @given(variations())
    def collect(variation: Variation) -> None:
        part = "/".join("*" if each.isdigit() else each for each in variation.where.split("/"))
        done[variation.edit, part] += 1

    collect()
    assert {edit for edit, _ in done} == set(Edit)
    for sequence in ("organizations", "groups", "sessions", "objectives", "seas"):
        assert (Edit.ADD, f"/{sequence}/*") in done
    for attribute in attrs.fields(smh_p2p.SEA):
        assert any(f"/seas/*/{attribute.name}" in part for _, part in done), attribute.name
    assert (Edit.CHANGE, "/period") in done
    assert (Edit.TAKE, "/source/sha256") in done
    assert (Edit.CHANGE, "/groups/*/number") not in done  # all that refer to it would change too
    assert (Edit.DROP, "/groups/*") not in done


def test_a_code_that_a_sea_lacks_can_be_given() -> None:
    guam = smh_p2p.SEA(name="Guam")
    exchange = attrs.evolve(smh_p2p.load(), groups=(), sessions=(), objectives=(), seas=(guam,))
    given_fips = (Edit.GIVE, "/seas/0/fips")
    find(variations(exchange), lambda each: (each.edit, each.where) == given_fips, settings=SEARCH)


def test_a_group_that_only_a_sea_refers_to_stays() -> None:
    guam = smh_p2p.SEA(name="Guam", kind=smh_p2p.JurisdictionKind.OUTLYING_AREA, group=2)
    groups = (smh_p2p.Group(number=1), smh_p2p.Group(number=2))
    exchange = attrs.evolve(
        smh_p2p.load(), groups=groups, sessions=(), objectives=(), seas=(guam,), not_stated=()
    )

    @settings(max_examples=300)
    @given(variations(exchange))
    def check(variation: Variation) -> None:
        assert 2 in {group.number for group in variation.exchange.groups}

    check()


@pytest.mark.parametrize("edit", Edit)
def test_the_edit_is_named_in_plain_words(edit: Edit) -> None:
    assert str(edit).islower()
