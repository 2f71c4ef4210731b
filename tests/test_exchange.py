import pickle
import re
import unicodedata
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

import smh_p2p
from smh_p2p import (
    Exchange,
    Hit,
    InvalidRecordError,
    JurisdictionKind,
    NotFoundError,
    NotStatedError,
    Problem,
    Role,
    Rule,
)
from smh_p2p.exchange import SEQUENCES
from smh_p2p.pointer import leaves
from smh_p2p.testing import exchanges


def test_an_index_does_not_outlive_its_exchange(exchange: Exchange) -> None:
    assert exchange.session(4).number == 4
    shorter = attrs.evolve(exchange, sessions=exchange.sessions[:1])
    assert [session.number for session in shorter.sessions] == [1]
    with pytest.raises(NotFoundError):
        shorter.session(4)
    assert pickle.loads(pickle.dumps(exchange)) == exchange  # noqa: S301 - our own bytes


def problems(exchange: Exchange, **changes: Any) -> tuple[Problem, ...]:
    with pytest.raises(InvalidRecordError) as caught:
        attrs.evolve(exchange, **changes)
    return caught.value.problems


def test_an_exchange_has_one_facilitator_at_most(exchange: Exchange) -> None:
    facilitators = [
        attrs.evolve(each, role=Role.FACILITATOR) for each in exchange.organizations[:2]
    ]
    assert problems(exchange, organizations=facilitators) == (
        Problem("/organizations", Rule.FACILITATOR, "2 facilitators", "one facilitator at most"),
    )


def test_who_facilitated_may_not_be_stated(exchange: Exchange) -> None:
    without = attrs.evolve(exchange, organizations=exchange.partners)
    with pytest.raises(
        NotStatedError, match=r"^the source does not state who facilitated the exchange$"
    ):
        without.facilitator  # noqa: B018 - the access is the test
    assert without.partners == exchange.partners


def test_every_broken_rule_between_records_has_its_pointer(exchange: Exchange) -> None:
    alaska, colorado, *others = exchange.seas
    broken = problems(
        exchange,
        sessions=[exchange.session(1), attrs.evolve(exchange.session(1), groups=(2, 7))],
        seas=[alaska, attrs.evolve(colorado, name="ALASKA ", fips="02", group=9), *others],
    )
    assert broken == (
        Problem(
            "/sessions/1/number", Rule.UNIQUE, "1", "a number other than that of /sessions/0/number"
        ),
        Problem(
            "/sessions/1/groups/1", Rule.REFERENCE, "7", "the number of a group; there are 1, 2"
        ),
        Problem("/seas/1/name", Rule.UNIQUE, "'ALASKA '", "a name other than that of /seas/0/name"),
        Problem("/seas/1/fips", Rule.UNIQUE, "'02'", "a fips other than that of /seas/0/fips"),
        Problem("/seas/1/group", Rule.REFERENCE, "9", "the number of a group; there are 1, 2"),
    )


def test_an_exchange_of_another_shape_is_whole() -> None:
    smallest = smh_p2p.from_dict(
        {
            "format": 1,
            "identifier": "x",
            "title": "X",
            "sessions": [{"number": n, "title": f"S{n}"} for n in range(1, 6)],
            "seas": [{"name": "District of Columbia", "kind": "state"}],
            "source": {"title": "X Summary"},
        }
    )
    assert smallest.partners == ()
    assert smallest.period is None
    assert smallest.session(5).groups == ()
    assert smallest.sea("district of columbia").fips is None
    with pytest.raises(NotFoundError, match=r"^no group 1 in this exchange$"):
        smallest.seas_in(1)


@given(exchanges())
def test_every_record_is_found_by_its_number(exchange: Exchange) -> None:
    for session in exchange.sessions:
        assert exchange.session(session.number) is session
    for group in exchange.groups:
        assert exchange.group(group.number) is group
    for objective in exchange.objectives:
        assert exchange.objective(objective.number) is objective


@pytest.mark.parametrize("what", ["session", "objective", "group", "organization"])
def test_a_miss_names_what_was_looked_for(exchange: Exchange, what: str) -> None:
    with pytest.raises(NotFoundError, match=rf"^no {what} 77 in this exchange\b"):
        getattr(exchange, what)(77)


@pytest.mark.parametrize(
    "key", ["3", "three", True, 3.0, None, [3], {}, pytest.param(10**5000, id="huge"), 3j]
)
def test_what_is_no_number_finds_no_session(exchange: Exchange, key: Any) -> None:
    with pytest.raises(NotFoundError, match=r"^no session .+ in this exchange; ") as caught:
        exchange.session(key)
    assert (caught.value.hint == "did you mean 3, a whole number?") == (key in ("3", 3.0))


@given(exchanges())
def test_relations_are_what_the_records_state_of_each(exchange: Exchange) -> None:
    for group in exchange.groups:
        n = group.number
        marked: dict[Any, tuple[Any, ...]] = {
            exchange.sessions_for: exchange.sessions,
            exchange.objectives_for: exchange.objectives,
        }
        for question, records in marked.items():
            if records and all(each.groups for each in records):
                assert question(n) == tuple(each for each in records if n in each.groups)
            else:
                with pytest.raises(NotStatedError):
                    question(n)
        if exchange.seas and all(sea.group for sea in exchange.seas):
            assert exchange.seas_in(n) == tuple(s for s in exchange.seas if s.group == n)
        else:
            with pytest.raises(NotStatedError):
                exchange.seas_in(n)
    for kind in JurisdictionKind:
        if exchange.seas and all(sea.kind for sea in exchange.seas):
            assert exchange.seas_of(kind) == tuple(s for s in exchange.seas if s.kind is kind)
        else:
            with pytest.raises(NotStatedError):
                exchange.seas_of(kind)


def test_an_exchange_without_seas_does_not_say_that_one_did_not_take_part(
    exchange: Exchange,
) -> None:
    some = attrs.evolve(exchange, seas=())
    not_stated = "the source does not state which SEAs took part"
    with pytest.raises(NotFoundError, match=f"^no SEA 'Iowa' in this exchange; {not_stated}$"):
        some.sea("Iowa")
    for question in (
        lambda: some.has_sea("Iowa"),
        lambda: some.seas_in(1),
        lambda: some.seas_of("state"),
    ):
        with pytest.raises(NotStatedError, match=f"^{not_stated}$"):
            question()


def test_what_has_no_group_leaves_the_question_open(exchange: Exchange) -> None:
    first, *others = exchange.sessions
    some = attrs.evolve(exchange, sessions=(attrs.evolve(first, groups=()), *others), objectives=())
    with pytest.raises(
        NotStatedError, match=r"^the source does not state which groups session 1 was for$"
    ):
        some.sessions_for(2)
    with pytest.raises(
        NotStatedError, match=r"^the source does not state the objectives of the exchange$"
    ):
        some.objectives_for(2)


def test_a_kind_that_is_not_known_is_of_no_kind_and_says_whose_it_is(exchange: Exchange) -> None:
    guam = attrs.evolve(exchange.sea("GU"), kind=None)
    others = tuple(sea for sea in exchange.seas if sea.name != "Guam")
    some = attrs.evolve(exchange, seas=(*others, guam))
    for kind in ("state", JurisdictionKind.OUTLYING_AREA):
        with pytest.raises(
            NotStatedError, match=r"^the source does not state the kind of jurisdiction of Guam$"
        ):
            some.seas_of(kind)
    with pytest.raises(NotFoundError):
        some.seas_of("province")


def test_what_is_asked_of_the_canonical_exchange(exchange: Exchange) -> None:
    assert [session.number for session in exchange.sessions_for(1)] == [1, 2, 3, 4]
    assert [sea.name for sea in exchange.seas_of("Federal")] == ["Bureau of Indian Education"]
    assert exchange.facilitator.name == "State Support Network"
    assert exchange.organization("the network") is exchange.facilitator
    assert [p.abbreviation for p in exchange.partners] == ["OESE", "NCSSLE", "SAMHSA", "NCSMH"]
    with pytest.raises(NotFoundError, match="there are state, outlying area, federal"):
        exchange.seas_of("province")


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
    for blank in (" ", "", None, True, ["a"]):
        with pytest.raises(ValueError, match=r"^cannot search for .+: give some text to look for$"):
            exchange.find(blank)  # type: ignore[arg-type]


def test_a_search_for_a_number_names_the_lookups_by_number(exchange: Exchange) -> None:
    message = (
        "cannot search for 3: give some text to look for; "
        "session(3), objective(3) and group(3) look up a number"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        exchange.find(3)  # type: ignore[arg-type]


def test_a_hit_prints_as_its_place_and_its_text_on_one_line(exchange: Exchange) -> None:
    (hit,) = exchange.find("workforce")
    assert str(hit) == f"/sessions/3/title: {exchange.session(4).title}"
    (hit,) = attrs.evolve(exchange, goal="to plan\n  a zebra").find("zebra")
    assert str(hit) == "/goal: to plan a zebra"


@given(exchanges())
def test_every_pointer_of_a_record_leads_to_it(exchange: Exchange) -> None:
    parts: dict[str, Any] = {"/source": exchange.source}
    if exchange.period:
        parts |= {"/period": exchange.period}
    for name in SEQUENCES:
        parts |= {f"/{name}/{at}": each for at, each in enumerate(getattr(exchange, name))}
    own = {where for where, _ in leaves(smh_p2p.to_dict(exchange))} - {"/format"}
    for where, part in parts.items():
        inside = {f"{where}{place}" for place, _ in leaves(smh_p2p.to_dict(part))}
        assert all(exchange.record(each) is part for each in (where, *inside))
        own -= inside
    assert all(exchange.record(each) is exchange for each in ("", *own))


@given(exchanges())
def test_a_hit_leads_to_its_record(exchange: Exchange) -> None:
    for hit in exchange.find(exchange.title):
        assert exchange.record(hit) is exchange.record(hit.where)


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("/session/3/title", "no record '/session/3/title' in this exchange; did you mean"),
        (
            "/sessions/14/title",
            "no record '/sessions/14/title' in this exchange; they are /sessions/0 to /sessions/3",
        ),
        ("Objective 3", "no record 'Objective 3' in this exchange; objective 3 is /objectives/2"),
        ("SEA 3", "no record 'SEA 3' in this exchange; they are /seas/0 to /seas/13"),
        ("sea/3", "no record 'sea/3' in this exchange; did you mean '/seas/3'"),
        ("/sessions/-1", "no record '/sessions/-1' in this exchange"),
        ("/facilitator", "no record '/facilitator' in this exchange"),
        ("/seas/0/abbreviation", "no record '/seas/0/abbreviation' in this exchange"),
        ("/period/start/year", "no record '/period/start/year' in this exchange; did you mean"),
        (3, "no record 3 in this exchange"),
        ([], "no record an array in this exchange"),
        (Hit("/title", "Other"), "no text 'Other' in this exchange at /title"),
        (Hit("/nowhere", "Other"), "no text 'Other' in this exchange at /nowhere"),
    ],
)
def test_what_is_not_in_an_exchange_has_no_record(
    exchange: Exchange, where: Any, message: str
) -> None:
    with pytest.raises(NotFoundError, match=f"^{re.escape(message)}"):
        exchange.record(where)
