"""A Hypothesis strategy for exchanges one edit away from a given one.

A tool that keeps what it has seen, or tells exchanges apart, is tested with pairs that differ in
one thing. Every edit leaves a valid exchange, so that none is thrown away.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any, TypeAlias

import attrs
from hypothesis import assume, strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

import smh_p2p
from smh_p2p import Exchange, Group, Organization, Role, Source, fold
from smh_p2p.exchange import SEQUENCES
from smh_p2p.pointer import join, tokens
from smh_p2p.record import Field, fields_of, walk
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
    exchange = smh_p2p.load() if exchange is None else exchange
    return _variations(exchange, st.sampled_from([*_edits(exchange)]))


# What was done and where, the pointer of the attribute that it is done to, and its new values.
Choice: TypeAlias = tuple[Edit, str, str, SearchStrategy[Any]]


@st.composite
def _variations(draw: DrawFn, exchange: Exchange, choices: SearchStrategy[Choice]) -> Variation:
    edit, where, place, values = draw(choices)
    varied = _put(exchange, [*tokens(place)], draw(values))
    assume(varied != exchange)  # a code given where every one is taken
    return Variation(varied, edit, where)


def _put(record: Any, place: list[str], value: Any) -> Any:
    """Return a record with a value at a place in it."""
    if not place:
        return value
    token, *rest = place
    if isinstance(record, tuple):
        index = int(token)
        return (*record[:index], _put(record[index], rest, value), *record[index + 1 :])
    return attrs.evolve(record, **{token: _put(getattr(record, token), rest, value)})


def _edits(exchange: Exchange) -> Iterator[Choice]:
    """Yield everything that can be done to an exchange."""
    kinds = (Source, *SEQUENCES.values())  # a period is varied as one value
    records = {"": exchange} | {at: each for at, _, each in walk(exchange) if type(each) in kinds}
    numbers = [group.number for group in exchange.groups]
    used = {number for _, field, number in walk(exchange) if field.refers and number}
    for where, record in records.items():
        for field in fields_of(type(record)):
            place, value = join(where, field.name), getattr(record, field.name)
            if field.many:
                yield from _item_edits(field, value, place, numbers, used)
            elif not (isinstance(record, Group) and value in used):
                taken = [
                    getattr(each, field.name)
                    for each in records.values()
                    if each is record or (field.unique and type(each) is type(record))
                ]
                others = _others(field, taken, numbers)
                if others is not None:
                    yield Edit.GIVE if value is None else Edit.CHANGE, place, place, others
                if value is not None and field.optional:
                    yield Edit.TAKE, place, place, st.none()


def _item_edits(
    field: Field, items: tuple[Any, ...], place: str, numbers: list[int], used: set[int]
) -> Iterator[Choice]:
    """Yield what can be done to the items of an array, and to their order."""
    for index, item in enumerate(items):
        others = (*items[:index], *items[index + 1 :])
        if not (isinstance(item, Group) and item.number in used):
            yield Edit.DROP, join(place, index), place, st.just(others)
        if index:
            yield Edit.MOVE, join(place, 0), place, st.just((item, *others))
    more = _others(field, items, numbers)
    if more is not None:
        yield Edit.ADD, join(place, len(items)), place, more.map(lambda item: (*items, item))


def _others(field: Field, taken: Sequence[Any], numbers: list[int]) -> SearchStrategy[Any] | None:
    """Return a strategy for values of an attribute that are not taken, or `None` if there is none.

    An organization keeps its role and a new one is a partner, because an exchange has one
    facilitator at most.
    """
    if field.refers:
        free = [number for number in numbers if number not in taken]
        return st.sampled_from(free) if free else None
    item = field.item
    if item in SEQUENCES.values():
        role = {"role": st.just(Role.PARTNER)} if item is Organization else {}
        return strategies.STRATEGIES[item](**role).map(
            lambda record: list(strategies.fit([*taken, record], numbers))[-1]
        )
    if isinstance(item, Scalar) and field.unique:
        keys = [fold(each) if isinstance(each, str) else each for each in taken]
        return strategies.strategy_of(item).map(
            lambda value: strategies.unused(value, item, set(keys))
        )
    if item not in (Role, Source):
        return strategies.strategy_of(item).filter(lambda value: value not in taken)
    return None
