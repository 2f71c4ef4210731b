import json
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from unittest import SkipTest

import attrs
import pytest
from hypothesis import assume, find, settings, strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase
from hypothesis.errors import Flaky, InvalidArgument

import smh_p2p
from smh_p2p import SEA, Exchange, JurisdictionKind, Role, Rule, Session
from smh_p2p.pointer import leaves
from smh_p2p.testing import (
    InvalidDocument,
    LawError,
    check_function,
    check_query,
    check_reading,
    check_refusal,
    check_round_trip,
    exchanges,
)
from smh_p2p.testing.laws import QUESTIONS

LEAST: Exchange = find(exchanges(), lambda _: True, settings=settings(database=None))
AFRESH = settings(database=None, max_examples=200)  # enough to find what is planted, always
FEW = settings(AFRESH, max_examples=30)  # enough where most examples break the law
# Of exchanges with little but SEAs, the least that breaks a law is found sooner.
of_seas = partial(exchanges, max_partners=0, max_sessions=0, max_objectives=0)


def broken(check: Any, *functions: Any, **options: Any) -> LawError:
    with pytest.raises(LawError) as caught:
        check(*functions, **{"settings": AFRESH} | options)
    assert caught.value.law in str(caught.value)
    assert not getattr(caught.value, "__notes__", [])  # nothing is said twice
    return caught.value


def test_smh_p2p_keeps_its_own_laws() -> None:
    check_round_trip(smh_p2p.from_json, smh_p2p.to_json)
    check_round_trip(smh_p2p.from_dict, smh_p2p.to_dict)
    check_reading(smh_p2p.from_json)
    check_refusal(
        smh_p2p.from_json, where=lambda error: [problem.where for problem in error.problems]
    )
    check_function(smh_p2p.to_json)


@pytest.mark.parametrize("like", QUESTIONS)
def test_the_queries_of_smh_p2p_answer_like_themselves(like: str) -> None:
    check_query(getattr(Exchange, like), like)


def test_a_query_can_be_asked_for_every_answer_that_takes_an_argument() -> None:
    methods = {
        name
        for name, value in vars(Exchange).items()
        if callable(value) and not name.startswith("_")
    }
    assert set(QUESTIONS) == methods


# Five planted bugs, and exactly the exchange that shows each best.


def test_a_reader_that_drops_the_last_session() -> None:
    def read(document: str) -> Exchange:
        exchange = smh_p2p.from_json(document)
        return attrs.evolve(exchange, sessions=exchange.sessions[:-1])

    error = broken(check_round_trip, read, smh_p2p.to_json)
    assert error.law == "What is written reads back equal."
    assert error.example == attrs.evolve(LEAST, sessions=(Session(number=1, title="0"),))
    assert isinstance(error.example, Exchange)
    assert str(error).endswith(smh_p2p.to_json(error.example).strip())
    document = broken(check_reading, lambda given: read(given.decode("utf-8-sig"))).example
    assert isinstance(document, bytes)
    assert smh_p2p.from_json(document) == error.example


def sea_by_name(exchange: Exchange, key: str) -> SEA:
    sea = exchange.sea(key)
    if smh_p2p.fold(key) == smh_p2p.fold(sea.name) and key.lower() != sea.name.lower():
        raise KeyError(key)
    return sea


def test_a_query_that_ignores_case_wrongly() -> None:
    error = broken(check_query, sea_by_name, "sea", exchanges=exchanges(alphabet="0ß"))
    assert error.law == "The query answers as Exchange.sea does."
    assert error.example == attrs.evolve(LEAST, seas=(SEA(name="ß"),))
    assert error.found.startswith("Asked for 'SS', it raises KeyError('SS'), and does not answer")


def test_such_a_query_is_caught_whatever_the_texts_are_made_of() -> None:
    example = broken(check_query, sea_by_name, "sea").example
    assert isinstance(example, Exchange)
    (sea,) = example.seas
    assert len(sea.name) == 1
    assert example == attrs.evolve(LEAST, seas=(SEA(name=sea.name),))


def test_one_that_assumes_that_groups_exist() -> None:
    error = broken(check_function, lambda exchange: min(each.number for each in exchange.groups))
    assert error.example == LEAST
    assert "ValueError" in error.found


def test_one_that_assumes_that_every_sea_has_a_fips_code() -> None:
    error = broken(check_function, lambda exchange: sorted(sea.fips + "" for sea in exchange.seas))
    assert error.example == attrs.evolve(LEAST, seas=(SEA(name="0"),))
    assert "TypeError" in error.found


def write_ascii(exchange: Exchange) -> bytes:
    return smh_p2p.to_json(exchange).encode("ascii", "ignore")


def test_a_writer_that_loses_text_that_is_not_ascii() -> None:
    def read(document: bytes) -> Exchange:
        return smh_p2p.from_json(document)

    some = exchanges(title=st.just("0") | st.just("é"), alphabet="0")
    error = broken(check_round_trip, read, write_ascii, exchanges=some)
    assert error.example == attrs.evolve(LEAST, title="é")


def test_such_a_writer_is_caught_wherever_the_text_is() -> None:
    example = broken(check_round_trip, smh_p2p.from_json, write_ascii).example
    assert isinstance(example, Exchange)
    texts = [str(value) for _, value in leaves(smh_p2p.to_dict(example))]
    (lost,) = [text for text in texts if not text.isascii()]
    assert len(lost.replace("0", "")) == 1


def test_a_function_that_depends_on_the_order_of_the_seas() -> None:
    def names(exchange: Exchange) -> list[str]:
        return [sea.name for sea in exchange.seas]

    check_function(names)
    error = broken(check_function, names, any_order=True, exchanges=of_seas(), settings=FEW)
    assert error.law == "The function does not depend on the order of the SEAs."
    assert error.example == attrs.evolve(LEAST, seas=(SEA(name="0"), SEA(name="00")))
    check_function(lambda exchange: set(names(exchange)), any_order=True)


def test_a_function_that_changes_its_argument() -> None:
    def spoil(exchange: Exchange) -> None:
        object.__setattr__(exchange, "title", "changed")

    error = broken(check_function, spoil)
    assert error.law == "The function takes every exchange and never changes it."
    assert error.example == LEAST
    assert "changed" in error.found


def test_a_reader_that_takes_what_is_invalid() -> None:
    error = broken(check_refusal, json.loads)
    assert error.law == "Every invalid document is refused, at the place of its mistake."
    assert isinstance(error.example, InvalidDocument)
    assert "It is read as" in error.found


def test_a_reader_that_crashes_does_not_refuse() -> None:
    def crash(_: bytes) -> None:
        raise RecursionError

    assert "RecursionError" in broken(check_refusal, crash, rules={Rule.DEPTH}).found


def test_a_reader_that_complains_elsewhere() -> None:
    error = broken(check_refusal, smh_p2p.from_json, where=lambda _: "", rules={Rule.ORDER})
    assert isinstance(error.example, InvalidDocument)
    assert error.example.where == "/period/end"
    assert error.found.startswith("It is refused at [''], not at '/period/end': /period/end: found")


def test_a_query_that_answers_where_nothing_is_stated() -> None:
    def seas_in(exchange: Exchange, group: int) -> tuple[SEA, ...]:
        number = exchange.group(group).number
        return tuple(sea for sea in exchange.seas if sea.group == number)

    error = broken(check_query, seas_in, "seas_in")
    assert error.found.endswith("but the source does not state which SEAs took part")
    some = of_seas(min_seas=1)
    error = broken(check_query, seas_in, "seas_in", exchanges=some)
    assert error.found.endswith("but the source does not state which SEAs were in group 1")
    error = broken(check_query, lambda exchange, _kind: exchange.seas, "seas_of", exchanges=some)
    assert error.example == attrs.evolve(LEAST, seas=(SEA(name="0"),))
    assert error.found.endswith("but the source does not state the kind of jurisdiction of 0")


def test_a_query_that_guesses() -> None:
    def guess(exchange: Exchange, key: str) -> SEA | None:
        try:
            return exchange.sea(key)
        except smh_p2p.NotFoundError:
            return None

    error = broken(check_query, guess, "sea")
    assert error.found == (
        "Asked for '', it answers None, but no SEA '' in this exchange; "
        "the source does not state which SEAs took part"
    )


def test_a_query_that_answers_something_else() -> None:
    def every_sea(exchange: Exchange, kind: JurisdictionKind) -> tuple[SEA, ...]:
        exchange.seas_of(kind)  # which refuses what this query must refuse too
        return exchange.seas

    some = of_seas(min_seas=1, max_seas=2)  # often with the kind of each
    error = broken(check_query, every_sea, "seas_of", exchanges=some)
    sea = SEA(name="0", kind=JurisdictionKind.STATE)
    assert error.example == attrs.evolve(LEAST, seas=(sea,))
    assert error.found.startswith("Asked for <JurisdictionKind.OUTLYING_AREA: 'outlying area'>, ")
    assert error.found.endswith(", and not ()")


def test_only_queries_that_there_are_can_be_asked_for() -> None:
    with pytest.raises(
        InvalidArgument, match="'seat' is not a query of an exchange; there are 'sea'"
    ):
        check_query(Exchange.sea, "seat")


def lazily(exchange: Exchange) -> Iterator[str]:
    yield from lazy_map(exchange)


def lazy_map(exchange: Exchange) -> Iterator[str]:
    return map(str.lower, [sea.fips for sea in exchange.seas])  # type: ignore[arg-type]


async def later(*_: object) -> str:
    return "an answer"


async def bit_by_bit(*_: object) -> AsyncIterator[str]:
    yield "an answer"


@pytest.mark.parametrize("function", [lazily, lazy_map])
def test_a_function_that_gives_its_answer_bit_by_bit_is_run_to_its_end(function: Any) -> None:
    error = broken(check_function, function, exchanges=of_seas())
    assert "doesn't apply to a 'NoneType' object" in error.found
    assert isinstance(error.example, Exchange)
    assert [sea.fips for sea in error.example.seas] == [None]


def test_iterators_of_equal_items_are_equal_answers() -> None:
    def names(exchange: Exchange) -> Iterator[str]:
        return iter([sea.name for sea in exchange.seas])

    check_function(names)
    error = broken(check_function, names, any_order=True, exchanges=of_seas(), settings=FEW)
    assert "It gives ['0', " in error.found
    check_query(lambda exchange, kind: iter(exchange.seas_of(kind)), "seas_of", answer=list)


@pytest.mark.parametrize(
    ("check", "functions"),
    [
        (check_function, [later]),
        (check_function, [bit_by_bit]),
        (check_round_trip, [smh_p2p.from_json, later]),
        (check_round_trip, [later, smh_p2p.to_json]),
        (check_reading, [later]),
        (check_refusal, [later]),
        (check_query, [later, "sea"]),
        (check_query, [bit_by_bit, "seas_of"]),
    ],
)
@pytest.mark.filterwarnings("error")
def test_an_answer_that_nobody_awaits_is_none(check: Any, functions: list[Any]) -> None:
    kind = "async_generator" if bit_by_bit in functions else "coroutine"
    assert broken(check, *functions).found == (
        f"It returns {kind!r}, which does nothing before it is awaited; "
        "give a function that awaits it, as with asyncio.run"
    )


@pytest.mark.parametrize(
    ("check", "functions", "options"),
    [
        (check_function, [lambda _: Frame()], {"any_order": True, "settings": FEW}),
        (check_round_trip, [lambda _: Frame(), smh_p2p.to_json], {}),
        (check_reading, [lambda _: Frame()], {}),
        (check_query, [lambda *_: Frame(), "find"], {}),
    ],
)
def test_an_answer_that_cannot_be_compared_is_named(
    check: Any, functions: list[Any], options: dict[str, Any]
) -> None:
    assert broken(check, *functions, **options).found == (
        "It gives 'Frame', which == cannot compare (ValueError('the truth of a frame')); "
        "give a function with another answer, such as a list of dicts"
    )


class Frame:
    """A table as pandas has them, whose truth is not defined."""

    def __eq__(self, other: object) -> Any:
        return self

    def __hash__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        raise ValueError("the truth of a frame")


def test_each_function_has_examples_of_its_own(tmp_path: Path) -> None:
    remembered = settings(database=DirectoryBasedExampleDatabase(tmp_path), max_examples=200)

    def fewer(exchange: Exchange) -> None:
        assert len(exchange.seas) < 3

    def never(_: Exchange) -> None:
        raise RuntimeError

    for function, seas in {fewer: 3, never: 0}.items():
        for _ in range(2):
            error = broken(check_function, function, exchanges=of_seas(), settings=remembered)
            example = error.example
            assert isinstance(example, Exchange)
            assert len(example.seas) == seas


def test_what_breaks_a_law_some_of_the_time_breaks_it() -> None:
    calls = iter(range(10_000))

    def once(_: Exchange) -> None:
        if next(calls) == 3:
            raise RuntimeError("the fourth time")

    error = broken(check_function, once)
    assert error.found.startswith("It breaks the law only some of the time")
    assert isinstance(error.__cause__, Flaky)


def test_a_strategy_that_fails_some_of_the_time_breaks_no_law() -> None:
    calls = iter(range(10_000))

    def once(exchange: Exchange) -> Exchange:
        if next(calls) == 3:
            raise RuntimeError("the fourth time")
        return exchange

    with pytest.raises(Flaky):
        check_function(str, exchanges=exchanges().map(once), settings=AFRESH)


def test_what_a_function_cannot_take_can_be_passed_over() -> None:
    def assumes(exchange: Exchange) -> None:
        assume(exchange.groups)
        assert exchange.groups

    check_function(assumes)

    def asks(exchange: Exchange, key: str) -> SEA:
        assume(not exchange.objectives)
        return exchange.sea(key)

    for seas in (0, 1):  # a miss, and a hit
        some = exchanges(min_seas=seas, max_seas=seas, max_objectives=1)
        check_query(asks, "sea", exchanges=some, error=Exception)

    def reads(document: bytes) -> Exchange:
        assume(len(document) % 5)
        return smh_p2p.from_json(document)

    check_refusal(reads, error=Exception, rules={Rule.TEXT})

    def skips(_: Exchange) -> None:
        raise SkipTest("elsewhere")

    with pytest.raises(SkipTest):
        check_function(skips)


def test_settings_and_exchanges_pass_through() -> None:
    seen: list[Exchange] = []
    some = exchanges(min_partners=1)
    check_function(seen.append, exchanges=some, settings=settings(max_examples=7))
    assert len(seen) == 7
    assert all(each.organizations[-1].role in Role and each.partners for each in seen)
    check_reading(
        lambda document: smh_p2p.from_json(document).title,
        answer=lambda exchange: exchange.title,
        exchanges=some,
        settings=settings(max_examples=7),
    )
