"""An exchange, and the questions that it answers."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TypeVar

from attrs import evolve, field, frozen

from smh_p2p.errors import NotFoundError, NotStatedError, Problem, brief
from smh_p2p.lookup import Index, number_in
from smh_p2p.record import Record, about, fields_of, lists_taken, walk
from smh_p2p.records import (
    SEA,
    Group,
    Objective,
    Organization,
    Period,
    Session,
    Source,
    YearMonth,
    spelled_codes,
)
from smh_p2p.rules import broken_rules
from smh_p2p.spelling import fold_case
from smh_p2p.values import Identifier, JurisdictionKind, Role, Text

Grouped = TypeVar("Grouped", Session, Objective)
SHORT = 400  # the most characters, five lines, of an exchange that `repr` shows whole


@frozen
class Hit:
    """A text that a search found.

    Attributes:
        where: JSON Pointer of the text in the document of the exchange.
        text: The whole text.
    """

    where: str
    text: str

    def __str__(self) -> str:
        """Return the pointer and the text on one line."""
        return f"{self.where}: {' '.join(self.text.split())}"


@frozen(kw_only=True, eq=False, repr=False, field_transformer=lists_taken)
class Exchange(Record):
    """A peer-to-peer (P2P) exchange that keeps every rule.

    >>> import smh_p2p
    >>> smh_p2p.load().session(2).groups
    (1, 2)
    """

    identifier: Identifier = field(metadata=about("Lower-case words and numbers joined by `-`."))
    title: Text = field(metadata=about("The title."))
    background: Text | None = field(default=None, metadata=about("How the exchange came about."))
    definition: Text | None = field(default=None, metadata=about("What a P2P exchange is."))
    goal: Text | None = field(default=None, metadata=about("The goal of the exchange."))
    period: Period | None = field(default=None, metadata=about("The months of the exchange."))
    organizations: tuple[Organization, ...] = field(
        default=(), metadata=about("At most one facilitator, and any number of partners.")
    )
    groups: tuple[Group, ...] = field(
        default=(), metadata=about("The groups of SEAs, if there are any.")
    )
    sessions: tuple[Session, ...] = field(default=(), metadata=about("The sessions."))
    objectives: tuple[Objective, ...] = field(default=(), metadata=about("The objectives."))
    seas: tuple[SEA, ...] = field(default=(), metadata=about("The participating SEAs."))
    source: Source = field(metadata=about("The publication that describes the exchange."))
    not_stated: tuple[Text, ...] = field(
        default=(),
        metadata=about(
            'What the source leaves open: each text completes "the source does not state".'
        ),
    )

    def _broken_rules(self) -> Iterator[Problem]:
        return broken_rules(self)

    def __repr__(self) -> str:
        """Return the call that makes the exchange, or what it holds if the call is long."""
        call = super().__repr__()
        return call if len(call) <= SHORT else f"<{type(self).__name__} {counted(self)}>"

    @property
    def facilitator(self) -> Organization:
        """The organization that facilitated the exchange.

        Raises:
            NotStatedError: The exchange has none.
        """
        for each in self.organizations:
            if each.role is Role.FACILITATOR:
                return each
        raise NotStatedError("who facilitated the exchange")

    @property
    def partners(self) -> tuple[Organization, ...]:
        """The organizations that helped to run the exchange."""
        return tuple(each for each in self.organizations if each.role is Role.PARTNER)

    @cached_property
    def _numbered(self) -> tuple[Index[Group], Index[Session], Index[Objective]]:
        return (
            Index("group", ((each, each.number, (), ()) for each in self.groups)),
            Index("session", ((each, each.number, (), ()) for each in self.sessions)),
            Index("objective", ((each, each.number, (), ()) for each in self.objectives)),
        )

    @cached_property
    def _places(self) -> dict[str, tuple[object, Record]]:
        """The value and its record, by pointer. A month is a value, not a record."""
        places: dict[str, tuple[object, Record]] = {"": (self, self)}
        for where, attribute, value in walk(self):
            if isinstance(value, Record) and not isinstance(value, YearMonth):
                places[where] = value, value
            elif value is not None:
                holder, record = places[where.rpartition(f"/{attribute.name}")[0]]
                if holder is record:
                    places[where] = value, record
        return places

    @cached_property
    def _seas(self) -> Index[SEA]:
        return Index(
            "SEA", ((each, each.name, each.names, spelled_codes(each)) for each in self.seas)
        )

    @cached_property
    def _organizations(self) -> Index[Organization]:
        return Index(
            "organization", ((each, each.name, each.keys, ()) for each in self.organizations)
        )

    def group(self, number: int) -> Group:
        """Return the group with this number, or raise `NotFoundError`.

        >>> import smh_p2p
        >>> smh_p2p.load().group(3)
        Traceback (most recent call last):
            ...
        smh_p2p.NotFoundError: no group 3 in this exchange; there are 1, 2
        """
        return self._numbered[0].find(number)

    def session(self, number: int) -> Session:
        """Return the session with this number, or raise `NotFoundError`."""
        return self._numbered[1].find(number)

    def objective(self, number: int) -> Objective:
        """Return the objective with this number, or raise `NotFoundError`."""
        return self._numbered[2].find(number)

    def sea(self, key: str) -> SEA:
        """Return the SEA that has a name or a code.

        Args:
            key: Its name, its abbreviation or an alias, in any case, spacing, punctuation and
                Unicode form; or its USPS, FIPS, ISO 3166-2 or CCD code, in any case (`"us-ak"`,
                `"D.C."`). The lookup never guesses: `"2.0"` is not a FIPS code.

        Raises:
            NotFoundError: No SEA has the key. The error names SEAs with similar keys, or the
                jurisdiction that has the key and did not take part.
            AmbiguousKeyError: More than one SEA has the key. The error names them.

        >>> import smh_p2p
        >>> smh_p2p.load().sea("us-gu").name
        'Guam'
        >>> smh_p2p.load().sea("Alabama")
        Traceback (most recent call last):
            ...
        smh_p2p.NotFoundError: no SEA 'Alabama' in this exchange; Alabama is not one of its SEAs
        """
        try:
            return self._seas[key]
        except (NotFoundError, TypeError):  # a value without a hash is not a key
            from smh_p2p.jurisdiction_table import help_with  # only a miss needs it

            miss = self._seas.miss(key)
            advice = help_with(key, self._seas) if self.seas else str(self._no_seas())
            raise evolve(miss, hint=miss.hint or advice) from None

    def has_sea(self, key: str) -> bool:
        """Return whether a SEA has this name or code, by the rules of `sea`.

        Raises:
            AmbiguousKeyError: More than one SEA has the key.
            NotStatedError: The exchange states no SEAs.

        >>> import smh_p2p
        >>> smh_p2p.load().has_sea("AK"), smh_p2p.load().has_sea("AL")
        (True, False)
        """
        try:
            return bool(self.sea(key))
        except NotFoundError:
            if not self.seas:
                raise self._no_seas() from None
            return False

    def _no_seas(self) -> NotStatedError:
        return NotStatedError("which SEAs took part")

    def organization(self, key: str) -> Organization:
        """Return the organization with this name or abbreviation, by the rules of `sea`.

        >>> import smh_p2p
        >>> smh_p2p.load().organization("samhsa").role
        <Role.PARTNER: 'partner'>
        """
        return self._organizations.find(key)

    def objectives_for(self, group: int) -> tuple[Objective, ...]:
        """Return the objectives marked for the group with this number.

        Raises:
            NotFoundError: There is no such group.
            NotStatedError: No objective is stated, or one has no groups.
        """
        return self._of_group(group, "objective", self.objectives)

    def sessions_for(self, group: int) -> tuple[Session, ...]:
        """Return the sessions tailored to the group with this number.

        Raises:
            NotFoundError: There is no such group.
            NotStatedError: No session is stated, or one has no groups.
        """
        return self._of_group(group, "session", self.sessions)

    def _of_group(self, group: int, what: str, records: tuple[Grouped, ...]) -> tuple[Grouped, ...]:
        number = self.group(group).number
        if not records:
            raise NotStatedError(f"the {what}s of the exchange")
        for each in records:
            if not each.groups:
                raise NotStatedError(f"which groups {what} {each.number} was for")
        return tuple(each for each in records if number in each.groups)

    def seas_of(self, kind: JurisdictionKind | str) -> tuple[SEA, ...]:
        """Return the SEAs of this kind of jurisdiction, in the order of the source.

        Raises:
            NotFoundError: There is no such kind.
            NotStatedError: No SEA is stated, or one has no kind.

        >>> import smh_p2p
        >>> [sea.usps for sea in smh_p2p.load().seas_of("outlying area")]
        ['GU', 'MP']
        """
        kinds = ((each, each.value, (), ()) for each in JurisdictionKind)
        wanted = Index("kind of jurisdiction", kinds).find(kind)
        if not self.seas:
            raise self._no_seas()
        for sea in self.seas:
            if sea.kind is None:
                raise NotStatedError(f"the kind of jurisdiction of {sea.name}")
        return tuple(sea for sea in self.seas if sea.kind is wanted)

    def seas_in(self, group: int) -> tuple[SEA, ...]:
        """Return the SEAs that were in the group with this number.

        Raises:
            NotFoundError: There is no such group.
            NotStatedError: No SEA is stated, or one has no group.
        """
        number = self.group(group).number
        if not self.seas:
            raise self._no_seas()
        if any(sea.group is None for sea in self.seas):
            raise NotStatedError(f"which SEAs were in group {number}")
        return tuple(sea for sea in self.seas if sea.group == number)

    def find(self, text: str) -> tuple[Hit, ...]:
        """Return every text that contains this one, in any case and Unicode form.

        The search leaves out codes, numbers and addresses. `sea` finds codes.

        Raises:
            ValueError: The text is blank, so every text would contain it.

        >>> import smh_p2p
        >>> smh_p2p.load().find("WORKFORCE")[0].where
        '/sessions/3/title'
        """
        if not isinstance(text, str) or not text.strip():
            message, number = "give some text to look for", number_in(text)
            if number is not None:
                lookups = f"session({number}), objective({number}) and group({number})"
                message += f"; {lookups} look up a number"
            raise ValueError(f"cannot search for {brief(text)}: {message}")
        wanted = fold_case(text)
        return tuple(
            Hit(where, value)
            for where, field, value in walk(self)
            if field.is_text and value is not None and wanted in fold_case(value)
        )

    def record(self, where: str | Hit) -> Record:
        """Return the record that a value is in.

        Args:
            where: A `Hit`, or the JSON Pointer of the value or of the record.

        Raises:
            NotFoundError: The exchange has nothing there, or not the text of the hit.

        >>> import smh_p2p
        >>> smh_p2p.load().record("/seas/3/fips") is smh_p2p.load().sea("Guam")
        True
        """
        pointer = where.where if isinstance(where, Hit) else where
        if isinstance(pointer, str) and (place := self._places.get(str(pointer))):
            value, record = place
            if not isinstance(where, Hit) or where.text == value:
                return record
        if isinstance(where, Hit):
            raise NotFoundError("text", where.text, (), f"this exchange at {pointer}")
        keys = {each: each for each in self._places}
        raise NotFoundError("record", where, (), keys=keys, hint=advice_on(where, self))


def counted(exchange: Exchange) -> str:
    """Return `"'identifier': 4 sessions, 4 objectives, 14 SEAs"`."""
    every = {"session": exchange.sessions, "objective": exchange.objectives, "SEA": exchange.seas}
    counts = (f"{len(each)} {name}{'s' * (len(each) != 1)}" for name, each in every.items())
    return f"{brief(exchange.identifier)}: {', '.join(counts)}"


def advice_on(key: object, exchange: Exchange) -> str:
    """Return advice on a key that seems to give the number of a record: "objective 3"."""
    text = key if isinstance(key, str) else ""
    found = re.match(r"\W*([a-z]+?)s?[\W_]+(\d{1,4})\b", text.lower())
    if not found or f"{found[1]}s" not in SEQUENCES:
        return ""
    sequence, number = f"{found[1]}s", int(found[2])
    numbers = [getattr(each, "number", None) for each in getattr(exchange, sequence)]
    last = len(numbers) - 1
    if number in numbers and not (text.startswith("/") and number <= last):
        return f"{found[1]} {number} is /{sequence}/{numbers.index(number)}"
    beyond = number > last or "/" not in text
    return f"they are /{sequence}/0 to /{sequence}/{last}" if numbers and beyond else ""


# The class of the records of each sequence: {"sessions": Session, ...}
SEQUENCES: dict[str, type[Record]] = {
    each.name: each.item
    for each in fields_of(Exchange)
    if each.many and isinstance(each.item, type)
}

# Every class of records, each after the classes of its parts.
RECORDS: tuple[type[Record], ...] = (YearMonth, Period, Source, *SEQUENCES.values(), Exchange)
