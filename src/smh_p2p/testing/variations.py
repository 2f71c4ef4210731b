"""A Hypothesis strategy for valid exchanges that differ by one edit from another.

Use it to test a tool that caches or compares exchanges.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, TypeAlias

import attrs
from hypothesis import assume, reject, strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

import smh_p2p
from smh_p2p import Exchange, InvalidRecordError, Source
from smh_p2p.exchange import SEQUENCES
from smh_p2p.pointer import join, tokens
from smh_p2p.record import Record, fields_of, walk
from smh_p2p.testing.strategies import fit, strategy_of


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
    before = smh_p2p.load() if exchange is None else exchange
    edits = st.sampled_from([*_edits(before)])

    @st.composite
    def variation(draw: DrawFn) -> Variation:
        edit, where, place, values = draw(edits)
        try:
            after = _put(before, [*tokens(place)], draw(values))
        except InvalidRecordError:  # such as a reference to a group that is no longer there
            reject()
        assume(after != before)
        return Variation(after, edit, where)

    return variation()


# The edit, its pointer, the pointer of the edited attribute, and the new values.
Choice: TypeAlias = tuple[Edit, str, str, SearchStrategy[Any]]


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
    """Yield every edit of an exchange, and some that give the same exchange."""
    kinds = (Source, *SEQUENCES.values())  # a period counts as one value
    numbers = [group.number for group in exchange.groups]
    records: dict[str, Record] = {"": exchange}
    records |= {where: each for where, _, each in walk(exchange) if type(each) in kinds}
    for where, record in records.items():
        for field in fields_of(type(record)):
            if field.refers and not numbers:
                continue
            place, value = join(where, field.name), getattr(record, field.name)
            values = st.sampled_from(numbers) if field.refers else strategy_of(field.item)
            if field.many:
                yield from _item_edits(value, place, values, numbers)
            else:
                yield Edit.GIVE if value is None else Edit.CHANGE, place, place, values
                if value is not None and field.optional:
                    yield Edit.TAKE, place, place, st.none()


def _item_edits(
    items: tuple[Any, ...], place: str, values: SearchStrategy[Any], numbers: list[int]
) -> Iterator[Choice]:
    """Yield every edit of the items of an array and of their order."""
    for index, item in enumerate(items):
        others = (*items[:index], *items[index + 1 :])
        yield Edit.DROP, join(place, index), place, st.just(others)
        if index:
            yield Edit.MOVE, join(place, 0), place, st.just((item, *others))

    def added(item: Any) -> tuple[Any, ...]:
        fitted = [*fit([*items, item], numbers)] if isinstance(item, Record) else [item]
        return (*items, fitted[-1])

    yield Edit.ADD, join(place, len(items)), place, values.map(added)
