"""Exchanges of every kind, for the suite."""

from collections.abc import Hashable
from typing import TypeVar

from hypothesis import strategies as st

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
    YearMonth,
)
from smh_p2p.query import fold

T = TypeVar("T")

texts = st.builds(
    lambda first, rest: first + rest,
    st.sampled_from("aZß9é’"),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=8),
)
numbers = st.integers(1, 9999)


def some(part: st.SearchStrategy[T], by: str) -> st.SearchStrategy[tuple[T, ...]]:
    """Up to four records, no two with the same value of the attribute `by`."""

    def key(record: T) -> Hashable:
        value: Hashable = getattr(record, by)
        return fold(value) if isinstance(value, str) else value

    return st.lists(part, max_size=4, unique_by=key).map(tuple)


year_months = st.builds(YearMonth, year=numbers, month=st.integers(1, 12))
periods = st.tuples(year_months, year_months).map(
    lambda ends: Period(start=min(ends), end=max(ends))
)


@st.composite
def exchanges(draw: st.DrawFn) -> Exchange:
    groups = draw(some(st.builds(Group, number=numbers, phase=st.none() | texts), "number"))
    there = [group.number for group in groups]
    marks = st.lists(st.sampled_from(there), unique=True).map(tuple) if there else st.just(())
    seas = []
    names = draw(st.lists(texts, max_size=5, unique_by=fold))
    for index, name in enumerate(names):
        coded = draw(st.booleans())
        letters = "ABCDE"[index] * 2
        seas.append(
            SEA(
                name=name,
                kind=draw(st.sampled_from(JurisdictionKind)),
                usps=letters if coded else None,
                fips=f"0{index}" if coded else None,
                iso_3166_2=f"US-{letters}" if coded else None,
                aliases=tuple(draw(st.lists(texts, max_size=2, unique=True))),
                group=draw(st.none() | st.sampled_from(there)) if there else None,
            )
        )
    facilitator, *partners = draw(st.lists(texts, min_size=1, max_size=3, unique_by=fold))
    return Exchange(
        identifier="an-exchange-1",
        title=draw(texts),
        background=draw(st.none() | texts),
        period=draw(periods),
        organizations=(
            Organization(name=facilitator, role=Role.FACILITATOR),
            *(Organization(name=name, role=Role.PARTNER) for name in partners),
        ),
        groups=groups,
        sessions=draw(
            some(st.builds(Session, number=numbers, title=texts, groups=marks), "number")
        ),
        objectives=draw(
            some(st.builds(Objective, number=numbers, text=texts, groups=marks), "number")
        ),
        seas=tuple(seas),
        source=Source(title=draw(texts)),
    )
