"""A Hypothesis strategy for exchanges one edit away from a given one.

A tool that keeps what it has seen, or tells exchanges apart, is tested with pairs that differ in
one thing. Every edit leaves a valid exchange, so that none is thrown away.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import lru_cache, reduce
from typing import Any, TypeAlias

import attrs
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

import smh_p2p
from smh_p2p import (
    SEA,
    Exchange,
    Group,
    JurisdictionKind,
    Objective,
    Organization,
    Period,
    Role,
    Session,
    Source,
    fold,
)
from smh_p2p.exchange import SEQUENCES
from smh_p2p.pointer import join
from smh_p2p.record import Field, Record, fields_of
from smh_p2p.testing import strategies
from smh_p2p.values import Scalar


class Edit(StrEnum):
    """What was done to an exchange."""

    CHANGE = "change"  # another value in place of one
    GIVE = "give"  # a value where there was none
    TAKE = "take"  # none where there was a value
    ADD = "add"  # a record more
    DROP = "drop"  # a record less
    MOVE = "move"  # a record to the front


@attrs.frozen
class Variation:
    """An exchange one edit away from another.

    Attributes:
        exchange: The exchange after the edit; it never equals the one before.
        edit: What was done.
        where: JSON Pointer of the place where it was done: in the document after it, and of a
            dropped record or a taken value in the document before it.
    """

    exchange: Exchange
    edit: Edit
    where: str


def variations(exchange: Exchange | None = None) -> SearchStrategy[Variation]:
    """Return a strategy for valid exchanges one edit away from a given one.

    Args:
        exchange: The exchange to vary; the canonical one, if it is not given.

    >>> from hypothesis import find
    >>> find(variations(), lambda variation: variation.edit is Edit.DROP).where
    '/organizations/1'
    """
    return _variations(smh_p2p.load() if exchange is None else exchange)


Place: TypeAlias = tuple[Any, ...]  # attribute names and indices
# What was done and where, the place of the attribute that it is done to, and its new values.
Choice: TypeAlias = tuple[Edit, Place, Place, SearchStrategy[Any]]


@st.composite
def _variations(draw: DrawFn, exchange: Exchange) -> Variation:
    edit, where, place, values = draw(st.sampled_from(_choices(exchange)))
    varied = _put(exchange, place, draw(values))
    assume(varied != exchange)  # a code given where every one is taken
    return Variation(varied, edit, reduce(join, where, ""))


def _put(record: Any, place: Place, value: Any) -> Any:
    """Return a record with a value at a place in it."""
    if not place:
        return value
    first, *rest = place
    if isinstance(record, tuple):
        return (*record[:first], _put(record[first], tuple(rest), value), *record[first + 1 :])
    return attrs.evolve(record, **{first: _put(getattr(record, first), tuple(rest), value)})


def _records(record: Any, place: Place, rows: tuple[Any, ...]) -> Iterator[tuple[Place, Any, Any]]:
    """Yield every record in a record, itself first: its place, itself, and the rows it is among."""
    yield place, record, rows
    for field in fields_of(type(record)):
        value = getattr(record, field.name)
        for index, each in enumerate(value) if isinstance(value, tuple) else ():
            if isinstance(each, Record):
                yield from _records(each, (*place, field.name, index), value)
        if isinstance(value, Source):
            yield from _records(value, (*place, field.name), (value,))


@lru_cache(maxsize=1)  # asked for with the same exchange, example after example
def _choices(exchange: Exchange) -> tuple[Choice, ...]:
    """Return everything that can be done to an exchange."""
    return tuple(_edits(exchange))


def _edits(exchange: Exchange) -> Iterator[Choice]:
    records = list(_records(exchange, (), (exchange,)))
    numbers = [group.number for group in exchange.groups]
    used = {number for _, record, _ in records for number in _references(record)}
    for at, record, rows in records:
        for field in fields_of(type(record)):
            place, value = (*at, field.name), getattr(record, field.name)
            if isinstance(value, tuple):
                yield from _item_edits(field, value, place, numbers, used)
            elif not (isinstance(record, Group) and {value} & used):
                siblings = rows if field.unique else (record,)
                taken = [getattr(each, field.name) for each in siblings]
                others = _others(field, taken, numbers)
                if others is not None:
                    yield Edit.GIVE if value is None else Edit.CHANGE, place, place, others
                if value is not None and field.optional:
                    yield Edit.TAKE, place, place, st.none()


def _references(record: Any) -> tuple[int, ...]:
    """Return the numbers of the groups that a record refers to."""
    match record:
        case Session() | Objective():
            return record.groups
        case SEA(group=int(number)):
            return (number,)
        case _:
            return ()


def _item_edits(
    field: Field, items: tuple[Any, ...], place: Place, numbers: list[int], used: set[int]
) -> Iterator[Choice]:
    """Yield what can be done to the items of an array, and to their order."""
    for index, item in enumerate(items):
        others = (*items[:index], *items[index + 1 :])
        if not (isinstance(item, Group) and item.number in used):
            yield Edit.DROP, (*place, index), place, st.just(others)
        if index:
            yield Edit.MOVE, (*place, 0), place, st.just((item, *others))
    more = _others(field, items, numbers)
    if more is not None:
        yield Edit.ADD, (*place, len(items)), place, more.map(lambda item: (*items, item))


def _others(field: Field, taken: Sequence[Any], numbers: list[int]) -> SearchStrategy[Any] | None:
    """Return a strategy for values of an attribute that are not taken, or `None` if there is none.

    An organization keeps its role and a new one is a partner, because an exchange has one
    facilitator at most.
    """
    if field.refers:
        free = [number for number in numbers if number not in taken]
        return st.sampled_from(free) if free else None
    item = field.item
    if isinstance(item, Scalar):
        values = strategies.strategy_of(item)
        if not field.unique:
            return values.filter(lambda value: value not in taken)
        keys = [fold(each) if isinstance(each, str) else each for each in taken]
        return values.map(lambda value: strategies.unused(value, item, set(keys)))
    if item is JurisdictionKind:
        return st.sampled_from([kind for kind in JurisdictionKind if kind not in taken])
    if item is Period:
        return strategies.periods().filter(lambda period: period not in taken)
    if item in SEQUENCES.values():
        role = {"role": st.just(Role.PARTNER)} if item is Organization else {}
        return strategies.STRATEGIES[item](**role).map(
            lambda record: list(strategies.fit([*taken, record], numbers))[-1]
        )
    return None
