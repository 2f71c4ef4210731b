"""The rules between the records of an exchange, checked once each record is sound."""

from collections.abc import Hashable, Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any

from smh_p2p.errors import Problem, Rule, brief, listed
from smh_p2p.record import Field, Record, fields_of, walk
from smh_p2p.spelling import fold
from smh_p2p.values import Role


def broken_rules(exchange: Any) -> Iterator[Problem]:
    """Yield the problems between the records of an exchange.

    - No two records of a sequence have the same number, name or code. Names are compared folded.
    - Each reference to a group is the number of a group.
    - There is at most one facilitator.
    """
    numbers = {group.number for group in exchange.groups}
    for sequence in fields_of(exchange.__class__):
        if not (sequence.many and isinstance(sequence.item, type)):
            continue
        records: Sequence[Record] = getattr(exchange, sequence.name)
        for field in fields_of(sequence.item) if records else ():
            if field.unique and len(records) > 1:
                yield from _doubled(records, sequence, field)
            if field.refers:
                yield from _dangling(records, sequence, field, numbers)
    facilitators = sum(each.role is Role.FACILITATOR for each in exchange.organizations)
    if facilitators > 1:
        found = f"{facilitators} facilitators"
        yield Problem("/organizations", Rule.FACILITATOR, found, "one facilitator at most")


def _doubled(records: Sequence[Record], sequence: Field, field: Field) -> Iterator[Problem]:
    values: list[Any] = list(map(attrgetter(field.name), records))
    keys: list[Hashable] = list(map(fold, values)) if field.is_text else values
    if len({*keys}) == len(keys):
        return
    first: dict[Hashable, int] = {}
    for index, (key, value) in enumerate(zip(keys, values, strict=True)):
        if key is not None and (earlier := first.setdefault(key, index)) != index:
            where, other = (f"/{sequence.name}/{at}/{field.name}" for at in (index, earlier))
            expected = f"a {field.name} other than that of {other}"
            yield Problem(where, Rule.UNIQUE, brief(value), expected)


def _dangling(
    records: Sequence[Record], sequence: Field, field: Field, numbers: set[int]
) -> Iterator[Problem]:
    values: list[Any] = list(map(attrgetter(field.name), records))
    if numbers.issuperset(chain.from_iterable(values) if field.many else {*values} - {None}):
        return
    expected = f"the number of a group; there are {listed(sorted(numbers), ', ') or 'none'}"
    for index, record in enumerate(records):
        for where, attribute, value in walk(record, f"/{sequence.name}/{index}"):
            if attribute is field and value is not None and value not in numbers:
                yield Problem(where, Rule.REFERENCE, brief(value), expected)
