"""A Hypothesis strategy for valid exchanges that differ by one edit from another.

Use it to test a tool that caches or compares exchanges.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any, TypeAlias

import attrs
from hypothesis import assume, strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

import smh_p2p
from smh_p2p import Exchange, Group, Organization, Role, Source
from smh_p2p.exchange import SEQUENCES
from smh_p2p.pointer import join, tokens
from smh_p2p.record import Field, Record, fields_of, walk
from smh_p2p.testing import strategies


class Edit(StrEnum):
    """The kind of change to an exchange."""

    CHANGE = "change"  # another value
    GIVE = "give"  # a value for an absent one
    TAKE = "take"  # no value
    ADD = "add"  # one more record
    DROP = "drop"  # one record less
    MOVE = "move"  # a record to the front


@attrs.frozen
class Variation:
    """An exchange that differs by one edit from another.

    Attributes:
        exchange: The exchange after the edit; it never equals the one before.
        edit: The kind of edit.
        where: JSON Pointer of the edit in the new document; in the old one if it drops a record or
            takes a value.
    """

    exchange: Exchange
    edit: Edit
    where: str


def variations(exchange: Exchange | None = None) -> SearchStrategy[Variation]:
    """Return a strategy for valid exchanges that differ by one edit from another.

    Args:
        exchange: The exchange to edit; the canonical one by default.

    >>> from hypothesis import find
    >>> find(variations(), lambda variation: variation.edit is Edit.DROP).where
    '/organizations/1'
    """
    exchange = smh_p2p.load() if exchange is None else exchange
    return _variations(exchange, st.sampled_from([*_edits(exchange)]))


# The edit, its pointer, the pointer of the edited attribute, and the new values.
Choice: TypeAlias = tuple[Edit, str, str, SearchStrategy[Any]]


@st.composite
def _variations(draw: DrawFn, exchange: Exchange, choices: SearchStrategy[Choice]) -> Variation:
    edit, where, place, values = draw(choices)
    varied = _put(exchange, [*tokens(place)], draw(values))
    assume(varied != exchange)  # equal if every code is taken
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
    """Yield every possible edit of an exchange."""
    kinds = (Source, *SEQUENCES.values())  # a period counts as one value
    records: dict[str, Record] = {"": exchange}
    records |= {at: each for at, _, each in walk(exchange) if type(each) in kinds}
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
    """Yield every possible edit of the items of an array and of their order."""
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

    As an exchange has one facilitator at most, a role stays and a new organization is a partner.
    """
    item = field.item
    if field.refers:
        free = [number for number in numbers if number not in taken]
        return st.sampled_from(free) if free else None
    if item in (Role, Source):
        return None
    if item is Organization:
        values = strategies.organizations(role=st.just(Role.PARTNER))
    else:
        values = strategies.strategy_of(item)
    if item in SEQUENCES.values():
        return values.map(lambda record: [*strategies.fit([*taken, record], numbers)][-1])
    if field.unique:
        keys = {*map(strategies.compared, taken)}
        return values.map(lambda value: strategies.unused(value, field.item, {*keys}))
    return values.filter(lambda value: value not in taken)
