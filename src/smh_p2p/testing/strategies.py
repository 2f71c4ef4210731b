"""Hypothesis strategies for every record, and for whole exchanges.

Each strategy draws the attributes of its record by their annotations. Its keywords replace the
strategy of an attribute, or set the alphabet of texts. No record is thrown away: a reference moves
to an existing group, and a value that must be unique changes until it is.

>>> from hypothesis import find, strategies as st
>>> find(sessions(groups=st.just((1, 2))), lambda session: True)
Session(number=1, title='0', groups=(1, 2))
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from itertools import count, cycle, islice, product
from operator import attrgetter
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any, TypeAlias

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
from smh_p2p.exchange import SEQUENCES
from smh_p2p.record import Field, Record, fields_of
from smh_p2p.records import CODES
from smh_p2p.values import (
    ADDRESS,
    IDENTIFIER,
    ISO_3166_2,
    NUMBER,
    SHA256,
    TEXT,
    TWO_DIGITS,
    TWO_LETTERS,
    Part,
    Scalar,
)

Alphabet: TypeAlias = str | SearchStrategy[str]

# Every character that a text may have: those of XML 1.0.
CHARACTERS = st.characters(
    codec="utf-8",
    exclude_characters="".join(map(chr, {*range(32), 0xFFFE, 0xFFFF} - set(b"\t\n\r"))),
)
# Texts that break tools and are rare by chance: letters whose case changes the length or the
# letter, other forms of a character, blank space, and special characters of CSV, HTML and sheets.
AWKWARD = (
    *"ß İ \u017f µ K ς ﬁ é e\u0301 \u2019 日 \U0001f600 \" ' , ; < & = + - @ / \\".split(),
    "\n",
    "\u00a0",
    "\u200f",
)


def _texts(alphabet: Alphabet) -> SearchStrategy[str]:
    if isinstance(alphabet, str) and not any(map(TEXT.accepts, alphabet)):
        raise InvalidArgument(f"no text can be made of {alphabet!r}: it needs {TEXT.expected}")
    texts = st.text(alphabet, min_size=1)
    if alphabet is CHARACTERS:
        texts |= st.builds("{}{}".format, st.text(alphabet), st.sampled_from(AWKWARD))
    else:  # remove characters that no text may have
        texts = texts.map(lambda text: "".join(c for c in text if TEXT.accepts(f"0{c}")))
    return _visible(texts, alphabet)


@st.composite
def _visible(draw: DrawFn, texts: SearchStrategy[str], alphabet: Alphabet) -> str:
    text = draw(texts)
    if TEXT.accepts(text):
        return text
    characters = st.sampled_from(alphabet) if isinstance(alphabet, str) else alphabet
    return text + draw(characters.filter(TEXT.accepts))


_IN_ADDRESSES = "".join(c for c in map(chr, range(128)) if ADDRESS.accepts(f"https://{c}"))


def _pairs(characters: str) -> SearchStrategy[str]:
    return st.sampled_from([*map("".join, product(characters, repeat=2))])


# The same values as from their patterns, but with fewer choices to draw.
_some = partial(st.text, min_size=1)
_QUICKER: dict[Scalar, SearchStrategy[str]] = {
    TWO_DIGITS: _pairs(digits),
    TWO_LETTERS: _pairs(ascii_uppercase),
    ISO_3166_2: st.builds(
        "{}-{}".format, _pairs(ascii_uppercase), _some(ascii_uppercase + digits, max_size=3)
    ),
    SHA256: st.binary(min_size=32, max_size=32).map(bytes.hex),
    IDENTIFIER: st.lists(_some(ascii_lowercase + digits), min_size=1, max_size=3).map("-".join),
    ADDRESS: st.builds(
        "{}{}".format, st.sampled_from(["https://", "http://"]), _some(_IN_ADDRESSES)
    ),
}
MORE = 6  # the default maximum is the minimum and this
MORE_SEAS = 10  # the same for SEAs, of which an exchange has the most
MORE_VALUES = 4  # the most values of an array in a record
MOST_DRAWN = 50  # the most records to draw; Hypothesis has no room for many more


def year_months(
    *, alphabet: Alphabet = CHARACTERS, **parts: SearchStrategy[Any]
) -> SearchStrategy[YearMonth]:
    """Return a strategy for `YearMonth` records.

    Args:
        alphabet: The characters of texts, or a strategy for one.
        parts: A strategy for any attribute: `year=st.integers(2000, 2030)`.
    """
    return st.builds(YearMonth, **_attributes(YearMonth, alphabet, parts))


def sources(
    *, alphabet: Alphabet = CHARACTERS, **parts: SearchStrategy[Any]
) -> SearchStrategy[Source]:
    """Return a strategy for `Source` records.

    Args:
        alphabet: The characters of texts, or a strategy for one.
        parts: A strategy for any attribute: `sha256=st.none()`.
    """
    return st.builds(Source, **_attributes(Source, alphabet, parts))


def organizations(
    *, alphabet: Alphabet = CHARACTERS, **parts: SearchStrategy[Any]
) -> SearchStrategy[Organization]:
    """Return a strategy for `Organization` records.

    Args:
        alphabet: The characters of texts, or a strategy for one.
        parts: A strategy for any attribute: `role=st.just(Role.PARTNER)`.
    """
    return st.builds(Organization, **_attributes(Organization, alphabet, parts))


def groups(
    *, alphabet: Alphabet = CHARACTERS, **parts: SearchStrategy[Any]
) -> SearchStrategy[Group]:
    """Return a strategy for `Group` records.

    Args:
        alphabet: The characters of texts, or a strategy for one.
        parts: A strategy for any attribute: `phase=st.none()`.
    """
    return st.builds(Group, **_attributes(Group, alphabet, parts))


def sessions(
    *, alphabet: Alphabet = CHARACTERS, **parts: SearchStrategy[Any]
) -> SearchStrategy[Session]:
    """Return a strategy for `Session` records.

    Args:
        alphabet: The characters of texts, or a strategy for one.
        parts: A strategy for any attribute: `groups=st.just(())`.
    """
    return st.builds(Session, **_attributes(Session, alphabet, parts))


def objectives(
    *, alphabet: Alphabet = CHARACTERS, **parts: SearchStrategy[Any]
) -> SearchStrategy[Objective]:
    """Return a strategy for `Objective` records.

    Args:
        alphabet: The characters of texts, or a strategy for one.
        parts: A strategy for any attribute: `number=st.integers(1, 9)`.
    """
    return st.builds(Objective, **_attributes(Objective, alphabet, parts))


def periods(
    *, alphabet: Alphabet = CHARACTERS, **parts: SearchStrategy[Any]
) -> SearchStrategy[Period]:
    """Return a strategy for `Period` records; the end is never before the start.

    Args:
        alphabet: Not used: a period has no texts.
        parts: A strategy for `start` or `end` or both.
    """

    def period(start: YearMonth, end: YearMonth) -> Period:
        return Period(
            start=start if "start" in parts else min(start, end),
            end=end if "end" in parts else max(start, end),
        )

    return st.builds(period, **_attributes(Period, alphabet, parts))


def seas(
    *, codes: bool | None = None, alphabet: Alphabet = CHARACTERS, **parts: SearchStrategy[Any]
) -> SearchStrategy[SEA]:
    """Return a strategy for `SEA` records.

    Args:
        codes: Whether each SEA has all codes or none; by default, it may have any of them.
        alphabet: The characters of texts, or a strategy for one.
        parts: A strategy for any attribute: `kind=st.just(JurisdictionKind.STATE)`.
    """
    parts = _stated(CODES.values(), every=codes) | parts
    return st.builds(SEA, **_attributes(SEA, alphabet, parts))


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
        min_partners: The fewest partners.
        max_partners: The most partners; by default, six more than the fewest, and ten for SEAs.
        min_groups: The fewest groups.
        max_groups: The most groups.
        min_sessions: The fewest sessions.
        max_sessions: The most sessions.
        min_objectives: The fewest objectives.
        max_objectives: The most objectives.
        min_seas: The fewest SEAs.
        max_seas: The most SEAs.
        codes: Whether each SEA has all codes or none; by default, it may have any of them.
        membership: Whether every SEA has a group (of at least one) or none has; by default, each
            may have one.
        alphabet: The characters of texts, or a strategy for one.
        parts: A strategy for any attribute: `title=st.just("A title")`. References are to the
            groups of `groups=...`; if it gives none, no SEA has one.

    Raises:
        InvalidArgument: A keyword is not an attribute, or no exchange fits the arguments.

    >>> from hypothesis import find
    >>> smallest = find(exchanges(min_seas=2, max_groups=0), lambda exchange: True)
    >>> [sea.name for sea in smallest.seas], smallest.groups
    (['0', '00'], ())
    """
    facilitator, partner = (organizations(alphabet=alphabet, role=st.just(role)) for role in Role)
    group = _stated([each for each in fields_of(SEA) if each.refers], every=membership)
    sea = seas(codes=codes, alphabet=alphabet, **group)
    rows: dict[str, SearchStrategy[Any]] = {}
    numbers = len(NUMBER.allowed), "numbers"
    room = dict[str, tuple[int, str]](groups=numbers, sessions=numbers, objectives=numbers)
    if codes:
        room["seas"] = 100, "FIPS codes"
    for name, record, fewest, most in (
        ("partners", partner, min_partners, max_partners),
        ("groups", groups(alphabet=alphabet), min_groups or int(bool(membership)), max_groups),
        ("sessions", sessions(alphabet=alphabet), min_sessions, max_sessions),
        ("objectives", objectives(alphabet=alphabet), min_objectives, max_objectives),
        ("seas", sea, min_seas, max_seas),
    ):
        top = fewest + (MORE_SEAS if name == "seas" else MORE) if most is None else most
        message = f"cannot draw {fewest} to {top} {name}"
        if name in room:
            limit, what = room[name]
            if max(fewest, most or 0) > limit:
                raise InvalidArgument(f"{message}: there are only {limit} {what}")
            top = min(top, limit)
        if not 0 <= fewest <= top:
            raise InvalidArgument(message)
        rows[name] = _rows(record, fewest, top)
    facilitators, partners = _rows(facilitator, 0, 1), rows.pop("partners")
    rows["organizations"] = st.builds(_inserted, facilitators, partners, st.integers(0, MORE))
    attributes = _attributes(Exchange, alphabet, rows | parts)
    return _fitted(attributes, [name for name in SEQUENCES if name not in parts])


def _inserted(first: list[Any], partners: list[Any], at: int) -> list[Any]:
    return [*partners[:at], *first, *partners[at:]]


@st.composite
def _rows(draw: DrawFn, record: SearchStrategy[Any], fewest: int, most: int) -> list[Any]:
    # The size comes first, so that Hypothesis can drop any record, and not only the last ones.
    size = draw(st.integers(fewest, most))
    drawn = [draw(record) for _ in range(min(size, MOST_DRAWN))]
    return [*islice(cycle(drawn), size)]  # `fit` makes them differ


def _stated(fields: Iterable[Field], *, every: bool | None) -> dict[str, SearchStrategy[Any]]:
    """Return strategies for attributes that are all stated or all absent; none for `None`."""
    if every is None:
        return {}
    return {each.name: strategy_of(each.item) if every else st.none() for each in fields}


def _attributes(
    record: type[Record], alphabet: Alphabet, parts: dict[str, SearchStrategy[Any]]
) -> dict[str, SearchStrategy[Any]]:
    """Return the strategy of each attribute: the one in `parts`, or one by its annotation."""
    fields = {field.name: field for field in fields_of(record)}
    for name, part in parts.items():
        if name not in fields:
            known = ", ".join(fields)
            raise InvalidArgument(f"{record.__name__} has no attribute {name!r}; it has {known}")
        if not isinstance(part, SearchStrategy):
            raise InvalidArgument(f"{name}={part!r} is not a strategy: write st.just({part!r})")
    return {
        name: parts[name] if name in parts else _values(field, alphabet)
        for name, field in fields.items()
    }


def _values(field: Field, alphabet: Alphabet) -> SearchStrategy[Any]:
    values = strategy_of(field.item, alphabet)
    if field.many:
        return st.lists(values, max_size=MORE_VALUES, unique=True).map(tuple)
    return st.none() | values if field.optional else values


def strategy_of(
    item: Scalar | Part | type[Any], alphabet: Alphabet = CHARACTERS
) -> SearchStrategy[Any]:
    """Return the strategy for the rule of an annotation, a part of a record, or a class."""
    if isinstance(item, Part):
        whole = strategy_of(getattr(smh_p2p, item.record))
        return st.shared(whole, key=item.record).map(attrgetter(item.part))
    if not isinstance(item, Scalar):
        return STRATEGIES[item](alphabet=alphabet) if item in STRATEGIES else st.sampled_from(item)
    if item is TEXT:
        return _texts(alphabet)
    if item in _QUICKER:
        return _QUICKER[item]
    if isinstance(item.allowed, range):
        return st.integers(item.allowed.start, item.allowed.stop - 1)
    return st.from_regex(item.allowed, fullmatch=True)


@st.composite
def _fitted(
    draw: DrawFn, attributes: dict[str, SearchStrategy[Any]], to_fit: Collection[str]
) -> Exchange:
    """Draw the parts of an exchange one by one, and fit their records to each other."""
    parts = {name: draw(attribute) for name, attribute in attributes.items()}
    for name in to_fit:  # the groups come before the references to them
        numbers = [group.number for group in parts["groups"]]
        parts[name] = tuple(fit(parts[name], numbers))
    return Exchange(**parts)


def fit(records: Iterable[Any], groups: list[int]) -> Iterator[Any]:
    """Move each reference to an existing group, and change each value that must be unique."""
    taken: dict[str, set[str]] = defaultdict(set)
    for record in records:
        changes: dict[str, Any] = {}
        for field in fields_of(record.__class__):
            value = given = getattr(record, field.name)
            if field.refers and field.many:
                value = tuple(dict.fromkeys(_moved(each, groups) for each in given if groups))
            elif field.refers:
                value = _moved(given, groups)
            elif field.unique and given is not None:
                # Spellings that fold to the same are one name.
                keys = ((fold(str(each)), each) for each in _neighbours(given, field.item))
                free = ((key, each) for key, each in keys if key not in taken[field.name])
                key, value = next(free, ("", None))
                taken[field.name].add(key)
            if value != given:
                changes[field.name] = value
        yield attrs.evolve(record, **changes) if changes else record


def _moved(number: int | None, groups: list[int]) -> int | None:
    return groups[(number - 1) % len(groups)] if number and groups else None


# Each digit and letter, followed by the later ones and then by the earlier ones.
_ONWARDS = {
    row[at]: row[at:] + row[:at] for row in (digits, ascii_uppercase) for at in range(len(row))
}


def _neighbours(value: Any, scalar: Scalar) -> Iterator[Any]:
    """Yield a value, and then other values that its rule allows."""
    if isinstance(scalar.allowed, range):
        yield from range(value, scalar.allowed.stop)
        yield from range(scalar.allowed.start, value)
    elif scalar is TEXT:
        yield from (value * times for times in count(1))
    else:  # a code, digits for digits and letters for letters
        code: str = value
        yield from map("".join, product(*(_ONWARDS.get(each, each) for each in code)))


# The strategy for each class of records.
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
