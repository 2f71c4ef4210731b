"""The records of a peer-to-peer exchange, and the rules that make an exchange whole.

Every record is frozen, slotted, hashable and keyword-only; sequences are tuples. The rules of
single values are in the annotations (see `forms`); those between records are in the metadata of
the attributes and in `broken_rules`. They hold for any exchange of this kind.
"""

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Self

from attrs import field, fields, frozen, has

from smh_p2p.errors import InvalidRecordError, NotStatedError, Problem, Rule, listed
from smh_p2p.forms import (
    Address,
    Identifier,
    Iso3166,
    Month,
    Number,
    PartOf,
    Sha256,
    Text,
    TwoDigits,
    TwoLetters,
    YearMonthText,
    check,
    checked,
    shape,
    shown,
)
from smh_p2p.pointer import join
from smh_p2p.query import Index, fold, fold_case

_UNIQUE = {"unique": True}  # no two records of a sequence have the same value here
_GROUPS = {"refers": True}  # the value is the number of a group, or several


class JurisdictionKind(StrEnum):
    """The kind of jurisdiction that a SEA serves.

    `STATE` counts the District of Columbia with the states, as federal education law does.
    """

    STATE = "state"
    OUTLYING_AREA = "outlying area"
    FEDERAL = "federal"


class Role(StrEnum):
    """What an organization did in an exchange."""

    FACILITATOR = "facilitator"
    PARTNER = "partner"


@frozen(kw_only=True, order=True, field_transformer=checked)
class YearMonth:
    """A month of a year; no day is claimed.

    Attributes:
        year: From 1 to 9999.
        month: From 1 to 12.

    >>> YearMonth(year=2019, month=8) < YearMonth.parse("2019-09")
    True
    >>> str(YearMonth(year=2019, month=8))
    '2019-08'
    """

    year: Number
    month: Month

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `YYYY-MM` (ISO 8601).

        Raises:
            InvalidRecordError: The text is not of that form, or there is no such month.
        """
        if problems := tuple(check(YearMonthText)(text, "")):
            raise InvalidRecordError(problems)
        year, month = text.split("-")
        return cls(year=int(year), month=int(month))

    def __str__(self) -> str:
        """Return `YYYY-MM` (ISO 8601)."""
        return f"{self.year:04}-{self.month:02}"


@frozen(kw_only=True, order=True, field_transformer=checked)
class Period:
    """The months from `start` through `end`, both included.

    Attributes:
        start: The first month.
        end: The last month; not before the first.

    >>> str(Period(start=YearMonth.parse("2019-08"), end=YearMonth.parse("2019-09")))
    '2019-08/2019-09'
    """

    start: Annotated[YearMonth, PartOf("Period", "start")]
    end: Annotated[YearMonth, PartOf("Period", "end")]

    def __attrs_post_init__(self) -> None:
        if self.end < self.start:
            expected = f"a month not before the start, {self.start}"
            raise InvalidRecordError((Problem("/end", Rule.ORDER, repr(str(self.end)), expected),))

    def __str__(self) -> str:
        """Return the interval as ISO 8601 writes it."""
        return f"{self.start}/{self.end}"


@frozen(kw_only=True, field_transformer=checked)
class Source:
    """The document that an exchange is known from.

    Attributes:
        title: Its title.
        publisher: Who published it.
        address: Where it is published.
        sha256: The SHA-256 of its text in UTF-8, in hexadecimal.
    """

    title: Text
    publisher: Text | None = None
    address: Address | None = None
    sha256: Sha256 | None = None


@frozen(kw_only=True, field_transformer=checked)
class Organization:
    """An organization that ran an exchange or helped to.

    Attributes:
        name: Its name; unique in an exchange.
        abbreviation: The short form that the source gives.
        role: Facilitator or partner.
    """

    name: Text = field(metadata=_UNIQUE)
    abbreviation: Text | None = None
    role: Role


@frozen(kw_only=True, field_transformer=checked)
class Group:
    """A group of SEAs that met as peers.

    Attributes:
        number: Unique in an exchange.
        phase: What its SEAs had in common.
    """

    number: Number = field(metadata=_UNIQUE)
    phase: Text | None = None


@frozen(kw_only=True, field_transformer=checked)
class Session:
    """One facilitated session.

    Attributes:
        number: Unique in an exchange.
        title: Its title.
        groups: The numbers of the groups that it was tailored to.
    """

    number: Number = field(metadata=_UNIQUE)
    title: Text
    groups: tuple[Number, ...] = field(default=(), metadata=_GROUPS)


@frozen(kw_only=True, field_transformer=checked)
class Objective:
    """One objective.

    Attributes:
        number: Unique in an exchange.
        text: The objective in words.
        groups: The numbers of the groups that it is marked for: none, one or several.
    """

    number: Number = field(metadata=_UNIQUE)
    text: Text
    groups: tuple[Number, ...] = field(default=(), metadata=_GROUPS)


@frozen(kw_only=True, field_transformer=checked)
class SEA:
    """A state educational agency (SEA), by the jurisdiction that it serves.

    Attributes:
        name: As the source prints it; unique in an exchange, as is every code.
        abbreviation: The short form, where the source prints one.
        kind: The kind of jurisdiction.
        usps: USPS abbreviation, two letters.
        fips: FIPS state code (INCITS 38), two digits as text: `"02"`.
        iso_3166_2: ISO 3166-2 code: `"US-AK"`.
        ccd: NCES Common Core of Data (CCD) number, two digits as text.
        ccd_abbreviation: CCD abbreviation, two letters.
        aliases: Other names that a lookup knows.
        group: The number of the group that it was in, if that is stated.
    """

    name: Text = field(metadata=_UNIQUE)
    abbreviation: Text | None = None
    kind: JurisdictionKind
    usps: TwoLetters | None = field(default=None, metadata=_UNIQUE)
    fips: TwoDigits | None = field(default=None, metadata=_UNIQUE)
    iso_3166_2: Iso3166 | None = field(default=None, metadata=_UNIQUE)
    ccd: TwoDigits | None = field(default=None, metadata=_UNIQUE)
    ccd_abbreviation: TwoLetters | None = field(default=None, metadata=_UNIQUE)
    aliases: tuple[Text, ...] = ()
    group: Number | None = field(default=None, metadata=_GROUPS)

    @property
    def codes(self) -> dict[str, str]:
        """The codes that it has, by the names in `CODES`.

        >>> import smh_p2p
        >>> smh_p2p.load().sea("BIE").codes
        {'CCD': '59', 'CCD abbr.': 'BI'}
        """
        given = ((title, getattr(self, name)) for name, title in CODES.items())
        return {title: code for title, code in given if code}

    def _keys(self) -> Iterator[str]:
        yield self.name
        yield from filter(None, (self.abbreviation, *self.codes.values(), *self.aliases))


# The codes that a SEA may have, and what a person calls them.
CODES = {
    "usps": "USPS",
    "fips": "FIPS",
    "iso_3166_2": "ISO 3166-2",
    "ccd": "CCD",
    "ccd_abbreviation": "CCD abbr.",
}


@frozen
class Hit:
    """A text that a search found.

    Attributes:
        where: JSON Pointer of the text in the exchange's document.
        text: All of the text.
    """

    where: str
    text: str


@frozen(kw_only=True, field_transformer=checked)
class Exchange:
    """A peer-to-peer (P2P) exchange; one that exists is whole.

    Attributes:
        identifier: Lower-case words and numbers joined by `-`.
        title: The title.
        background: How it came about.
        definition: What a P2P exchange is.
        goal: What it was for.
        period: The months that it took.
        organizations: One facilitator, any number of partners.
        groups: The groups of SEAs; there may be none.
        sessions: The sessions.
        objectives: The objectives.
        seas: The participating SEAs.
        source: What the exchange is known from.
        not_stated: What the source leaves open, each as the end of "the source does not state".

    Raises:
        InvalidRecordError: A rule is broken; it holds every broken rule between the records.

    >>> import smh_p2p
    >>> smh_p2p.load().session(2).groups
    (1, 2)
    """

    identifier: Identifier
    title: Text
    background: Text | None = None
    definition: Text | None = None
    goal: Text | None = None
    period: Period
    organizations: Annotated[tuple[Organization, ...], PartOf("Exchange", "organizations")]
    groups: tuple[Group, ...] = ()
    sessions: tuple[Session, ...] = ()
    objectives: tuple[Objective, ...] = ()
    seas: tuple[SEA, ...] = ()
    source: Source
    not_stated: tuple[Text, ...] = ()

    def __attrs_post_init__(self) -> None:
        if problems := tuple(broken_rules(self)):
            raise InvalidRecordError(problems)

    def _repr_html_(self) -> str:
        from smh_p2p.render import to_fragment  # only a notebook asks for it

        return to_fragment(self)

    @property
    def facilitator(self) -> Organization:
        """The organization that facilitated the exchange."""
        (facilitator,) = self._in_role(Role.FACILITATOR)
        return facilitator

    @property
    def partners(self) -> tuple[Organization, ...]:
        """The organizations that took part in running it."""
        return self._in_role(Role.PARTNER)

    def _in_role(self, role: Role) -> tuple[Organization, ...]:
        return tuple(each for each in self.organizations if each.role is role)

    @cached_property
    def _groups(self) -> Index[Group]:
        return Index("group", ((group, [group.number]) for group in self.groups))

    @cached_property
    def _sessions(self) -> Index[Session]:
        return Index("session", ((session, [session.number]) for session in self.sessions))

    @cached_property
    def _objectives(self) -> Index[Objective]:
        return Index("objective", ((each, [each.number]) for each in self.objectives))

    @cached_property
    def _seas(self) -> Index[SEA]:
        return Index("SEA", ((sea, sea._keys()) for sea in self.seas))

    @cached_property
    def _organizations(self) -> Index[Organization]:
        entries = ((o, filter(None, (o.name, o.abbreviation))) for o in self.organizations)
        return Index("organization", entries)

    def group(self, number: int) -> Group:
        """Return the group with this number, or raise `NotFoundError`."""
        return self._groups[number]

    def session(self, number: int) -> Session:
        """Return the session with this number, or raise `NotFoundError`.

        >>> import smh_p2p
        >>> smh_p2p.load().session(5)
        Traceback (most recent call last):
            ...
        smh_p2p.NotFoundError: no session 5 in this exchange; there are 1, 2, 3, 4
        """
        return self._sessions[number]

    def objective(self, number: int) -> Objective:
        """Return the objective with this number, or raise `NotFoundError`."""
        return self._objectives[number]

    def sea(self, key: str) -> SEA:
        """Return the SEA that a key means.

        Args:
            key: Its name, abbreviation, USPS, FIPS, ISO 3166-2, CCD number or abbreviation, or an
                alias; case, spaces, punctuation and Unicode form do not matter. Never a guess.

        Raises:
            NotFoundError: No SEA has the key; it says what is near.
            AmbiguousKeyError: More than one SEA has it; it names them.

        >>> import smh_p2p
        >>> smh_p2p.load().sea("us-gu").name
        'Guam'
        """
        return self._seas[key]

    def organization(self, key: str) -> Organization:
        """Return the organization with this name or abbreviation, found as in `sea`.

        >>> import smh_p2p
        >>> smh_p2p.load().organization("samhsa").role
        <Role.PARTNER: 'partner'>
        """
        return self._organizations[key]

    def objectives_for(self, group: int) -> tuple[Objective, ...]:
        """Return the objectives marked for the group with this number, or raise `NotFoundError`."""
        number = self.group(group).number
        return tuple(objective for objective in self.objectives if number in objective.groups)

    def sessions_for(self, group: int) -> tuple[Session, ...]:
        """Return the sessions tailored to the group with this number, or raise `NotFoundError`."""
        number = self.group(group).number
        return tuple(session for session in self.sessions if number in session.groups)

    def seas_of(self, kind: JurisdictionKind | str) -> tuple[SEA, ...]:
        """Return the SEAs of this kind of jurisdiction, in the order of the source.

        Raises:
            NotFoundError: There is no such kind.

        >>> import smh_p2p
        >>> [sea.name for sea in smh_p2p.load().seas_of("outlying area")]
        ['Guam', 'Northern Mariana Islands']
        """
        kinds = Index("kind of jurisdiction", ((each, [each.value]) for each in JurisdictionKind))
        wanted = kinds[kind]
        return tuple(sea for sea in self.seas if sea.kind is wanted)

    def seas_in(self, group: int) -> tuple[SEA, ...]:
        """Return the SEAs that were in the group with this number.

        Raises:
            NotFoundError: There is no such group.
            NotStatedError: The group of some SEA is not stated, so no answer would be true.
        """
        number = self.group(group).number
        if any(sea.group is None for sea in self.seas):
            raise NotStatedError(f"which SEAs were in group {number}")
        return tuple(sea for sea in self.seas if sea.group == number)

    def find(self, text: str) -> tuple[Hit, ...]:
        """Return every text that contains this one; case and Unicode form do not matter.

        Codes, numbers and addresses are not searched: `sea` answers for codes.

        Raises:
            ValueError: The text is blank, and every text would contain it.

        >>> import smh_p2p
        >>> [hit.where for hit in smh_p2p.load().find("WORKFORCE")]
        ['/sessions/3/title']
        """
        wanted = fold_case(text)
        if not wanted.strip():
            raise ValueError(f"cannot search for {text!r}: give some text to look for")
        return tuple(Hit(w, t) for w, t in _texts(self, "") if wanted in fold_case(t))


def _texts(record: Any, where: str) -> Iterator[tuple[str, str]]:
    """Yield every value annotated as `Text`, with its pointer."""
    for attribute in fields(type(record)):
        value, place = getattr(record, attribute.name), join(where, attribute.name)
        many = isinstance(value, tuple)
        for each, at in _numbered(value, place) if many else [(value, place)]:
            if each is not None and shape(attribute.type).is_text:
                yield at, each
            elif has(type(each)):
                yield from _texts(each, at)


# The sequences of an exchange and the records in them: {"sessions": Session, ...}
SEQUENCES: dict[str, type[Any]] = {
    attribute.name: said.item
    for attribute in fields(Exchange)
    if (said := shape(attribute.type)).many and isinstance(said.item, type)
}

# Every class of records, each after those that it is made of.
RECORDS: tuple[type[Any], ...] = (YearMonth, Period, Source, *SEQUENCES.values(), Exchange)


def broken_rules(exchange: Exchange | Mapping[str, object]) -> Iterator[Problem]:
    """Yield the problems between the records of an exchange, or of a document that may be unsound.

    Values whose own form is wrong are passed over: they are reported where they are read.
    """
    groups = dict.fromkeys(number for _, number in _values(exchange, "groups", "number"))
    for sequence, record in SEQUENCES.items():
        for attribute in fields(record):
            values = tuple(_values(exchange, sequence, attribute.name))
            if attribute.metadata.get("unique"):
                yield from _doubled(values, attribute.name)
            if attribute.metadata.get("refers"):
                yield from _dangling(values, groups)
    organizations = _get(exchange, "organizations")
    if not isinstance(organizations, tuple | list):
        return
    roles = [role for _, role in _values(exchange, "organizations", "role") if role in {*Role}]
    count, unread = roles.count(Role.FACILITATOR), len(organizations) - len(roles)
    if not count <= 1 <= count + unread:
        yield Problem(
            "/organizations", Rule.FACILITATOR, f"{count} facilitators", "exactly one facilitator"
        )


def _get(node: Any, name: str) -> Any:
    return node.get(name) if isinstance(node, Mapping) else getattr(node, name, None)


def _numbered(items: Any, where: str) -> Iterator[tuple[Any, str]]:
    return ((item, join(where, index)) for index, item in enumerate(items))


def _values(exchange: Any, sequence: str, name: str) -> Iterator[tuple[str, str | int]]:
    """Yield the places and values of one attribute, of every record of a sequence."""
    records = _get(exchange, sequence)
    for record, place in _numbered(
        records if isinstance(records, tuple | list) else (), f"/{sequence}"
    ):
        value, where = _get(record, name), join(place, name)
        for each, at in (
            _numbered(value, where) if isinstance(value, tuple | list) else [(value, where)]
        ):
            if isinstance(each, str | int):
                yield at, each


def _doubled(values: tuple[tuple[str, str | int], ...], name: str) -> Iterator[Problem]:
    first: dict[str | int, str] = {}
    for where, value in values:
        earlier = first.setdefault(fold(value) if isinstance(value, str) else value, where)
        if earlier != where:
            yield Problem(
                where, Rule.UNIQUE, shown(value), f"a {name} other than that of {earlier}"
            )


def _dangling(
    values: tuple[tuple[str, str | int], ...], groups: Collection[str | int]
) -> Iterator[Problem]:
    there = listed(tuple(groups), ", ") or "none"
    for where, value in values:
        if value not in groups:
            yield Problem(
                where, Rule.REFERENCE, shown(value), f"the number of a group; there are {there}"
            )
