import ast
import copy
import operator
import pickle
from typing import Any

import attrs
import pytest
from hypothesis import given, strategies as st

import smh_p2p
from conftest import needs_docstrings
from smh_p2p import (
    SEA,
    Exchange,
    InvalidRecordError,
    JurisdictionKind,
    Organization,
    Period,
    Problem,
    Rule,
    Session,
    Source,
    YearMonth,
)
from smh_p2p.errors import MAX_PROBLEMS
from smh_p2p.exchange import RECORDS
from smh_p2p.record import fields_of
from smh_p2p.testing import exchanges, periods, year_months


def problems(make: Any, **parts: Any) -> list[Problem]:
    with pytest.raises(InvalidRecordError) as caught:
        make(**parts)
    assert isinstance(caught.value, ValueError)
    return [*caught.value.problems]


def broken(make: Any, **parts: Any) -> list[tuple[str, Rule]]:
    return [(problem.where, problem.rule) for problem in problems(make, **parts)]


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


@given(exchanges())
def test_a_record_is_printed_as_the_call_that_makes_it(exchange: Exchange) -> None:
    names = {name: getattr(smh_p2p, name) for name in dir(smh_p2p)}
    for record in records(exchange):
        text = repr(record)
        if isinstance(record, Exchange) and text.startswith("<"):
            assert record.identifier[:20] in text
            assert len(text) < 150
        else:
            assert eval(text, names) == record  # noqa: S307 - our own text
            (call,) = (each.value for each in ast.parse(text).body if isinstance(each, ast.Expr))
            assert isinstance(call, ast.Call)
            assert [each.arg for each in call.keywords] == [
                each.name
                for each in attrs.fields(type(record))
                if getattr(record, each.name) != each.default
            ]


def test_a_default_is_not_printed() -> None:
    assert repr(SEA(name="Guam", usps="GU", group=None)) == "SEA(name='Guam', usps='GU')"
    session = Session(number=1, title="T", groups=(1,))
    assert repr(session) == "Session(number=1, title='T', groups=(1,))"
    guam = smh_p2p.jurisdiction("GU")
    assert repr(guam).startswith("SEA(name='Guam', kind=JurisdictionKind.OUTLYING_AREA, usps='GU'")


def test_a_large_exchange_is_printed_as_what_it_holds(exchange: Exchange) -> None:
    name = "'school-mental-health-p2p-exchange-series-2019'"
    assert repr(exchange) == f"<Exchange {name}: 4 sessions, 4 objectives, 14 SEAs>"
    one = attrs.evolve(exchange, sessions=exchange.sessions[:1], objectives=(), seas=())
    assert repr(one) == f"<Exchange {name}: 1 session, 0 objectives, 0 SEAs>"


@given(year_months(), year_months())
def test_months_sort_as_their_text_does(one: YearMonth, other: YearMonth) -> None:
    assert (one < other) == (str(one) < str(other))
    assert YearMonth.parse(str(one)) == one


@given(periods(), periods())
def test_periods_sort_as_their_text_does(one: Period, other: Period) -> None:
    assert (one < other) == (str(one) < str(other))
    assert Period.parse(str(one)) == one


@given(exchanges())
def test_only_months_and_periods_have_an_order(exchange: Exchange) -> None:
    for record in records(exchange):
        if not isinstance(record, YearMonth | Period):
            with pytest.raises(TypeError, match="'<' not supported between"):
                operator.lt(record, record)


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
        (Session, {"number": 1, "title": "T", "groups": "1"}, "/groups", Rule.TYPE),
        (Session, {"number": 1, "title": "T", "groups": {1}}, "/groups", Rule.TYPE),
        (Session, {"number": 1, "title": "T", "groups": [0]}, "/groups/0", Rule.NUMBER),
        (Session, {"number": 1, "title": "T", "groups": (1, 1)}, "/groups/1", Rule.UNIQUE),
        (SEA, {"name": "A", "kind": "state"}, "/kind", Rule.TYPE),
        (SEA, {"name": "A", "kind": JurisdictionKind.STATE, "fips": "2"}, "/fips", Rule.CODE),
        (SEA, {"name": "A", "kind": "province"}, "/kind", Rule.CHOICE),
        (Source, {"title": "a\0"}, "/title", Rule.TEXT),
    ],
)
def test_a_record_that_breaks_a_rule_cannot_be_made(
    make: Any, parts: Any, where: str, rule: Rule
) -> None:
    assert broken(make, **parts) == [(where, rule)]


def test_a_record_tells_every_problem_of_its_values_at_once() -> None:
    assert broken(
        SEA, name=" ", kind="state", fips=2, usps="ak", aliases=("A", 1, "A"), group=0
    ) == [
        ("/name", Rule.TEXT),
        ("/kind", Rule.TYPE),
        ("/usps", Rule.CODE),
        ("/fips", Rule.TYPE),
        ("/aliases/1", Rule.TYPE),
        ("/aliases/2", Rule.UNIQUE),
        ("/group", Rule.NUMBER),
    ]


def test_a_record_among_others_is_told_by_its_index(exchange: Exchange) -> None:
    guam = exchange.sea("GU")
    seas: Any = [guam, "Ohio", guam, None]
    assert problems(Exchange, identifier="x", title="X", source=exchange.source, seas=seas) == [
        Problem("/seas/1", Rule.TYPE, "'Ohio'", "a SEA"),
        Problem("/seas/3", Rule.TYPE, "null", "a SEA"),
    ]


def test_very_many_problems_are_counted_and_not_kept() -> None:
    with pytest.raises(InvalidRecordError) as caught:
        Session(number=1, title="T", groups=(0,) * 5_000)
    assert (len(caught.value.problems), caught.value.more) == (MAX_PROBLEMS, 4_000)
    assert str(caught.value).startswith("5000 problems:\n  /groups/0: found 0, expected a whole")
    assert str(caught.value).endswith("\n  and 4980 more")


class Index:
    """Like a whole number of another library."""

    def __index__(self) -> int:
        return 1

    def __repr__(self) -> str:
        return "int64(1)"


class Name(str):
    __slots__ = ()


@pytest.mark.parametrize(
    ("make", "parts", "message"),
    [
        (
            SEA,
            {"name": "A", "kind": "state"},
            "found 'state', expected JurisdictionKind.STATE",
        ),
        (
            SEA,
            {"name": "A", "kind": "State"},
            "found 'State', expected one of 'state', 'outlying area', 'federal'",
        ),
        (
            Organization,
            {"name": "A", "role": 1},
            "found 1, expected one of 'facilitator', 'partner'",
        ),
        (
            Period,
            {"start": "2019-07", "end": YearMonth(year=2019, month=8)},
            "found '2019-07', expected a YearMonth: YearMonth.parse('2019-07')",
        ),
        (
            Session,
            {"number": Index(), "title": "T"},
            "found int64(1), expected a whole number from 1 to 9999, as a plain int",
        ),
        (
            Session,
            {"number": 1, "title": Name("T")},
            "found 'T', expected text that is not blank and has no control characters, "
            "as a plain str",
        ),
        (
            Session,
            {"number": 1, "title": "T", "groups": "1"},
            "found '1', expected a tuple or a list",
        ),
        (
            Session,
            {"number": True, "title": "T"},
            "found true, expected a whole number from 1 to 9999",
        ),
        pytest.param(
            Session,
            {"number": 10**5000, "title": "T"},
            "found a whole number of 16610 bits, expected a whole number from 1 to 9999",
            id="huge",
        ),
    ],
)
def test_a_refusal_says_what_to_write(make: Any, parts: Any, message: str) -> None:
    (problem,) = problems(make, **parts)
    assert str(problem).partition(": ")[2] == message


def test_a_list_is_taken_for_a_tuple(exchange: Exchange) -> None:
    assert Session(number=1, title="T", groups=[2, 1]).groups == (2, 1)  # type: ignore[arg-type]
    seas = [smh_p2p.jurisdiction(key) for key in ("AL", "CA")]
    assert attrs.evolve(exchange, seas=seas).seas == tuple(seas)  # type: ignore[arg-type]


@given(year_months(), year_months())
def test_a_period_is_read_as_it_is_printed(one: YearMonth, other: YearMonth) -> None:
    start, end = sorted([one, other])
    period = Period(start=start, end=end)
    assert Period.parse(str(period)) == period
    if start != end:
        assert broken(Period, start=end, end=start) == [("/end", Rule.ORDER)]


@pytest.mark.parametrize(
    "text", ["2019-08", "2019-08/", "/", "2019-08/2019-09/2019-10", "", None, 1]
)
def test_only_two_months_are_a_period(text: Any) -> None:
    with pytest.raises(InvalidRecordError):
        Period.parse(text)


@needs_docstrings
@pytest.mark.parametrize("record", RECORDS)
def test_every_attribute_is_described_once_and_listed_in_the_docstring(record: Any) -> None:
    assert [field.name for field in fields_of(record)] == [
        attribute.name for attribute in attrs.fields(record)
    ]
    for field in fields_of(record):
        assert field.description.endswith((".", '"'))
        assert f"\n    {field.name}: {field.description}" in record.__doc__


def test_a_text_that_cannot_be_parsed_is_not_suggested() -> None:
    (problem, _) = problems(Period, start="July", end="2019-08")
    assert problem.expected == "a YearMonth"


def test_another_default_in_a_subclass_keeps_the_rule_and_the_data() -> None:
    @attrs.frozen(kw_only=True, repr=False)
    class State(SEA):
        kind: JurisdictionKind = JurisdictionKind.STATE

    assert smh_p2p.to_dict(State(name="Ohio")) == {"name": "Ohio", "kind": "state"}
    assert repr(State(name="Ohio")) == "State(name='Ohio')"
    assert repr(State(name="Ohio", kind=None)) == "State(name='Ohio', kind=None)"  # type: ignore[arg-type]
    assert broken(State, name="Ohio", kind=3) == [("/kind", Rule.TYPE)]


def test_a_period_may_have_months_of_a_subclass() -> None:
    class Month(YearMonth):
        pass

    start, end = Month(year=2019, month=8), YearMonth(year=2019, month=9)
    assert str(Period(start=start, end=end)) == "2019-08/2019-09"
    assert broken(Period, start=end, end=start) == [("/end", Rule.ORDER)]


def test_a_subclass_keeps_the_rules_and_has_attributes_of_its_own() -> None:
    @attrs.frozen(kw_only=True)
    class Visited(SEA):
        on: Any = attrs.field(default=None, metadata={"description": "its own", "x": 1})

    assert broken(Visited, name=" ", kind=JurisdictionKind.STATE) == [("/name", Rule.TEXT)]
    visited = Visited(name="Ohio", kind=JurisdictionKind.STATE, on="Monday")
    assert smh_p2p.to_dict(visited) == {"name": "Ohio", "kind": "state"}


def test_a_wrong_keyword_of_evolve_is_refused_by_mypy_and_at_run_time(
    exchange: smh_p2p.Exchange,
) -> None:
    with pytest.raises(TypeError, match="fpis"):
        attrs.evolve(exchange.sea("AK"), fpis="02")  # type: ignore[call-arg]
