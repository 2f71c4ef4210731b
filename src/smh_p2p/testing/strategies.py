"""Hypothesis strategies for every record, and for whole exchanges.

What is drawn is valid by construction, and nothing is drawn to be thrown away: a reference is laid
on one of the groups that are there, and what must be unique is changed until it is.

Each strategy draws the attributes of its record by their annotations. Each takes, as a keyword, a
strategy for any attribute in place of that, and the alphabet that texts are made of.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from itertools import count, product
from operator import attrgetter
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any, TypeAlias, TypeVar

import attrs
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import DrawFn, SearchStrategy

import smh_p2p
from smh_p2p import (
    SEA,
    Exchange,
    Group,
    Objective,
    Organization,
    Period,
    Role,
    Session,
    Source,
    YearMonth,
    fold,
)
from smh_p2p.record import Field, fields_of
from smh_p2p.records import CODES
from smh_p2p.values import (
    ADDRESS,
    IDENTIFIER,
    ISO_3166_2,
    SHA256,
    TEXT,
    TWO_DIGITS,
    TWO_LETTERS,
    Part,
    Scalar,
)

T = TypeVar("T")
Alphabet: TypeAlias = str | SearchStrategy[str]

# Every character that a text may have: what XML 1.0 calls one.
CHARACTERS = st.characters(
    codec="utf-8",
    exclude_characters="".join(map(chr, {*range(32), 0xFFFE, 0xFFFF} - set(b"\t\n\r"))),
)
# What tools trip over, and chance would seldom bring: case that changes the length or the letter,
# other forms of the same character, blank space, what CSV, HTML and spreadsheets take for theirs.
AWKWARD = (
    *"ß İ \u017f µ K ς ﬁ é e\u0301 \u2019 日 \U0001f600 \" ' , ; < & = + - @ / \\".split(),
    "\n",
    "\u00a0",
    "\u200f",
)


def _legal(text: str) -> str:
    """Return a text without the characters that no text may have."""
    return "".join(character for character in text if TEXT.accepts(f"0{character}"))


def _texts(alphabet: Alphabet) -> SearchStrategy[str]:
    if isinstance(alphabet, str) and not any(map(TEXT.accepts, alphabet)):
        raise InvalidArgument(f"no text can be made of {alphabet!r}: it needs {TEXT.expected}")
    some = st.text(alphabet, min_size=1)
    if alphabet is not CHARACTERS:
        some = some.map(_legal)
    else:
        some |= st.builds("{}{}".format, st.text(alphabet), st.sampled_from(AWKWARD))
    return _visible(some, alphabet)


@st.composite
def _visible(draw: DrawFn, some: SearchStrategy[str], alphabet: Alphabet) -> str:
    text = draw(some)
    if TEXT.accepts(text):
        return text
    characters = st.sampled_from(alphabet) if isinstance(alphabet, str) else alphabet
    return text + draw(characters.filter(TEXT.accepts))


_IN_ADDRESSES = "".join(c for c in map(chr, range(128)) if ADDRESS.accepts(f"https://{c}"))

# The same values as of their patterns, in a few choices where a pattern takes one a character.
_LETTERS = st.sampled_from([*map("".join, product(ascii_uppercase, repeat=2))])
_QUICKER: dict[Scalar, SearchStrategy[str]] = {
    TEXT: _texts(CHARACTERS),
    TWO_DIGITS: st.sampled_from([*map("".join, product(digits, repeat=2))]),
    TWO_LETTERS: _LETTERS,
    ISO_3166_2: st.builds(
        "{}-{}".format, _LETTERS, st.text(ascii_uppercase + digits, min_size=1, max_size=3)
    ),
    SHA256: st.binary(min_size=32, max_size=32).map(bytes.hex),
    IDENTIFIER: st.lists(st.text(ascii_lowercase + digits, min_size=1), min_size=1, max_size=3).map(
        "-".join
    ),
    ADDRESS: st.builds(
        "{}{}".format,
        st.sampled_from(["https://", "http://"]),
        st.text(_IN_ADDRESSES, min_size=1),
    ),
}
MORE = 6  # how many more than the fewest there may be, where the most is not said
MORE_SEAS = 10  # an exchange has more of these than of anything else
MORE_VALUES = 4  # of an array in a record


def year_months(**parts: SearchStrategy[Any]) -> SearchStrategy[YearMonth]:
    """Return a strategy for months from the year 1 to 9999.

    Args:
        parts: A strategy for any attribute: `year=st.integers(2000, 2030)`.
    """
    return _records(YearMonth, CHARACTERS, parts)


def periods(**parts: SearchStrategy[YearMonth]) -> SearchStrategy[Period]:
    """Return a strategy for periods; the drawn end is never before the start.

    Args:
        parts: A strategy for `start` or `end` or both; the other one is laid on its right side.
    """
    months = {"start": year_months(), "end": year_months()}
    return _periods(_attributes(Period, CHARACTERS, months | parts), parts.keys())


@st.composite
def _periods(
    draw: DrawFn, months: dict[str, SearchStrategy[YearMonth]], fixed: Collection[str]
) -> Period:
    start, end = draw(months["start"]), draw(months["end"])
    return Period(
        start=start if "start" in fixed else min(start, end),
        end=end if "end" in fixed else max(start, end),
    )


def sources(
    *, alphabet: Alphabet = CHARACTERS, **parts: SearchStrategy[Any]
) -> SearchStrategy[Source]:
    """Return a strategy for the documents that exchanges are known from.

    Args:
        alphabet: What texts are made of: characters, or a strategy for one.
        parts: A strategy for any attribute: `sha256=st.none()`.
    """
    return _records(Source, alphabet, parts)


def organizations(
    *, alphabet: Alphabet = CHARACTERS, **parts: SearchStrategy[Any]
) -> SearchStrategy[Organization]:
    """Return a strategy for organizations, facilitators and partners.

    Args:
        alphabet: What texts are made of: characters, or a strategy for one.
        parts: A strategy for any attribute: `role=st.just(Role.PARTNER)`.
    """
    return _records(Organization, alphabet, parts)


def groups(
    *, alphabet: Alphabet = CHARACTERS, **parts: SearchStrategy[Any]
) -> SearchStrategy[Group]:
    """Return a strategy for groups, with and without a phase.

    Args:
        alphabet: What texts are made of: characters, or a strategy for one.
        parts: A strategy for any attribute: `phase=st.none()`.
    """
    return _records(Group, alphabet, parts)


def sessions(
    *, alphabet: Alphabet = CHARACTERS, **parts: SearchStrategy[Any]
) -> SearchStrategy[Session]:
    """Return a strategy for sessions, tailored to any groups or none.

    Args:
        alphabet: What texts are made of: characters, or a strategy for one.
        parts: A strategy for any attribute: `groups=st.just(())`.

    >>> from hypothesis import find, strategies as st
    >>> find(sessions(groups=st.just((1, 2))), lambda session: True)
    Session(number=1, title='0', groups=(1, 2))
    """
    return _records(Session, alphabet, parts)


def objectives(
    *, alphabet: Alphabet = CHARACTERS, **parts: SearchStrategy[Any]
) -> SearchStrategy[Objective]:
    """Return a strategy for objectives, marked for any groups or none.

    Args:
        alphabet: What texts are made of: characters, or a strategy for one.
        parts: A strategy for any attribute: `number=st.integers(1, 9)`.
    """
    return _records(Objective, alphabet, parts)


def seas(
    *,
    codes: bool | None = None,
    alphabet: Alphabet = CHARACTERS,
    **parts: SearchStrategy[Any],
) -> SearchStrategy[SEA]:
    """Return a strategy for SEAs.

    Args:
        codes: Whether every one has all of its codes, or none has any; each is there or not if
            this is not said.
        alphabet: What texts are made of: characters, or a strategy for one.
        parts: A strategy for any attribute: `kind=st.just(JurisdictionKind.STATE)`.
    """
    if codes is not None:
        parts = {name: _stated(SEA, name) if codes else st.none() for name in CODES} | parts
    return _records(SEA, alphabet, parts)


def exchanges(
    *,
    min_partners: int = 0,
    max_partners: int | None = None,
    min_groups: int = 0,
    max_groups: int | None = None,
    min_sessions: int = 0,
    max_sessions: int | None = None,
    min_objectives: int = 0,
    max_objectives: int | None = None,
    min_seas: int = 0,
    max_seas: int | None = None,
    codes: bool | None = None,
    membership: bool | None = None,
    alphabet: Alphabet = CHARACTERS,
    **parts: SearchStrategy[Any],
) -> SearchStrategy[Exchange]:
    """Return a strategy for whole exchanges.

    Args:
        min_partners: The fewest partners, and so on for each kind of record.
        max_partners: The most partners, six more than the fewest if it is not said (ten of SEAs);
            `max_groups=0` is an exchange without groups.
        min_groups: The fewest groups.
        max_groups: The most groups.
        min_sessions: The fewest sessions.
        max_sessions: The most sessions.
        min_objectives: The fewest objectives.
        max_objectives: The most objectives.
        min_seas: The fewest SEAs.
        max_seas: The most SEAs.
        codes: Whether every SEA has all of its codes, or none has any.
        membership: Whether the group of every SEA is stated (so that there is at least one group),
            or of none; each is stated or not if this is not said.
        alphabet: What texts are made of: characters, or a strategy for one.
        parts: A strategy for any attribute, taken as it is: `title=st.just("A title")`. Drawn
            references are laid on the groups of `groups=...`.

    Raises:
        InvalidArgument: A keyword is no attribute of an exchange, or nothing could be drawn.

    >>> from hypothesis import find
    >>> smallest = find(exchanges(min_seas=2, max_groups=0), lambda exchange: True)
    >>> [sea.name for sea in smallest.seas], smallest.groups
    (['0', '00'], ())
    """
    stated = {None: {}, True: {"group": _stated(SEA, "group")}, False: {"group": st.none()}}
    drawn: dict[str, SearchStrategy[Any]] = {
        "period": st.none() | periods(),
        "organizations": _staff(alphabet, min_partners, max_partners),
        "groups": _several(
            "groups",
            groups(alphabet=alphabet),
            min_groups or int(membership is True),
            max_groups,
        ),
        "sessions": _several("sessions", sessions(alphabet=alphabet), min_sessions, max_sessions),
        "objectives": _several(
            "objectives", objectives(alphabet=alphabet), min_objectives, max_objectives
        ),
        "seas": _several(
            "seas",
            seas(codes=codes, alphabet=alphabet, **stated[membership]),
            min_seas,
            max_seas,
            MORE_SEAS,
        ),
        "source": sources(alphabet=alphabet),
    }
    to_fit = [name for name in drawn.keys() - parts.keys() if field_of(Exchange, name).many]
    attributes = _attributes(Exchange, alphabet, drawn | parts)
    return _fitted(attributes, to_fit)


def _several(
    name: str, record: SearchStrategy[T], fewest: int, most: int | None, more: int = MORE
) -> SearchStrategy[list[T]]:
    top = fewest + more if most is None else most
    if not 0 <= fewest <= top:
        raise InvalidArgument(f"cannot draw {fewest} to {top} {name}")
    return _rows(record, fewest, top)


@st.composite
def _rows(draw: DrawFn, record: SearchStrategy[T], fewest: int, most: int) -> list[T]:
    # The size first: of such a list Hypothesis can drop any record, of `st.lists` the last ones.
    return [draw(record) for _ in range(draw(st.integers(fewest, most)))]


def _staff(alphabet: Alphabet, fewest: int, most: int | None) -> SearchStrategy[list[Organization]]:
    """Return a strategy for one facilitator or none, with partners before and after it."""
    facilitator, partner = (
        organizations(alphabet=alphabet, role=st.just(role))
        for role in (Role.FACILITATOR, Role.PARTNER)
    )
    drawn = st.tuples(
        _several("facilitators", facilitator, 0, 1),
        _several("partners", partner, fewest, most),
        st.integers(0, MORE),
    )
    return drawn.map(lambda staff: [*staff[1][: staff[2]], *staff[0], *staff[1][staff[2] :]])


def _records(
    record: type[T], alphabet: Alphabet, parts: dict[str, SearchStrategy[Any]]
) -> SearchStrategy[T]:
    return st.builds(record, **_attributes(record, alphabet, parts))


def _attributes(
    record: type[Any], alphabet: Alphabet, parts: dict[str, SearchStrategy[Any]]
) -> dict[str, SearchStrategy[Any]]:
    """Return a strategy for each attribute: the given one, or else one by its annotation."""
    names = [field.name for field in fields_of(record)]
    for name, part in parts.items():
        if name not in names:
            known = ", ".join(names)
            raise InvalidArgument(f"{record.__name__} has no attribute {name!r}; it has {known}")
        if not isinstance(part, SearchStrategy):
            raise InvalidArgument(f"{name}={part!r} is no strategy: write st.just({part!r})")
    return {
        field.name: parts[field.name] if field.name in parts else _values(field, alphabet)
        for field in fields_of(record)
    }


def field_of(record: type[Any], name: str) -> Field:
    """Return what an attribute of a record holds."""
    return next(field for field in fields_of(record) if field.name == name)


def _stated(record: type[Any], name: str) -> SearchStrategy[Any]:
    return strategy_of(field_of(record, name).item)


def _values(field: Field, alphabet: Alphabet) -> SearchStrategy[Any]:
    values: SearchStrategy[Any]
    if not isinstance(field.item, Scalar):
        values = st.sampled_from(field.item)
    elif field.is_text:
        values = _texts(alphabet)
    else:
        values = strategy_of(field.item)
    if field.many:
        return st.lists(values, max_size=MORE_VALUES, unique=True).map(tuple)
    return st.none() | values if field.optional else values


def strategy_of(mark: Scalar | Part) -> SearchStrategy[Any]:
    """Return the strategy for what an annotation is marked with: a rule, or a part of a record.

    Hypothesis looks for it where it finds such an annotation.
    """
    if isinstance(mark, Part):
        whole = STRATEGIES[getattr(smh_p2p, mark.record)]()
        return st.shared(whole, key=mark.record).map(attrgetter(mark.part))
    if mark in _QUICKER:
        return _QUICKER[mark]
    if isinstance(mark.allowed, range):
        return st.integers(mark.allowed.start, mark.allowed.stop - 1)
    return st.from_regex(mark.allowed, fullmatch=True)


@st.composite
def _fitted(
    draw: DrawFn, attributes: dict[str, SearchStrategy[Any]], to_fit: Collection[str]
) -> Exchange:
    """Make an exchange of records that are drawn apart, by fitting these to each other."""
    parts = {name: draw(attribute) for name, attribute in attributes.items()}
    if "groups" in to_fit:
        parts["groups"] = tuple(fit(parts["groups"], []))
    numbers = [group.number for group in parts["groups"]]
    for name in to_fit:
        parts[name] = tuple(fit(parts[name], numbers))
    return Exchange(**parts)


def fit(records: Iterable[Any], groups: list[int]) -> Iterator[Any]:
    """Lay what refers to a group on one that is there, and change what is there already."""
    taken: dict[str, set[Hashable]] = defaultdict(set)
    for record in records:
        changes = {}
        for field in fields_of(type(record)):
            value = given = getattr(record, field.name)
            if field.refers:
                value = _laid(given, groups)
            if field.unique and given is not None:
                value = unused(given, field.item, taken[field.name])
            if value != given:
                changes[field.name] = value
        yield attrs.evolve(record, **changes) if changes else record


def _laid(reference: Any, groups: list[int]) -> Any:
    if isinstance(reference, tuple):
        return tuple(dict.fromkeys(_laid(each, groups) for each in reference)) if groups else ()
    return groups[(reference - 1) % len(groups)] if reference and groups else None


def unused(value: Any, scalar: Scalar, taken: set[Hashable]) -> Any:
    """Return the value or one near it that is not taken, and take it; `None` if all codes are."""
    for each in _neighbours(value, scalar):
        key = fold(each) if isinstance(each, str) else each
        if key not in taken:
            taken.add(key)
            return each
    return None


def _neighbours(value: Any, scalar: Scalar) -> Iterator[Any]:
    """Yield a value, and then others that its rule allows."""
    if isinstance(scalar.allowed, range):
        yield from range(value, scalar.allowed.stop)
        yield from range(scalar.allowed.start, value)
    elif scalar is TEXT:
        yield from (value * times for times in count(1))
    else:
        yield value
        other = _next_code(value)
        while other != value:
            yield other
            other = _next_code(other)


def _next_code(code: str) -> str:
    """Count a code up, digits among digits and letters among letters: after 'AZ' comes 'BA'."""
    for at in reversed(range(len(code))):
        for row in (digits, ascii_uppercase):
            if code[at] in row:
                up = row[(row.index(code[at]) + 1) % len(row)]
                code = code[:at] + up + code[at + 1 :]
                if up != row[0]:
                    return code
    return code


STRATEGIES: dict[type[Any], Callable[..., SearchStrategy[Any]]] = {
    YearMonth: year_months,
    Period: periods,
    Source: sources,
    Organization: organizations,
    Group: groups,
    Session: sessions,
    Objective: objectives,
    SEA: seas,
    Exchange: exchanges,
}
