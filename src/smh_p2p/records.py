"""The records of a peer-to-peer exchange."""

from collections.abc import Iterator
from typing import Annotated, Self

from attrs import field, frozen

from smh_p2p.errors import Problem, Rule
from smh_p2p.record import Record, about, fields_of, lists_taken
from smh_p2p.values import (
    PERIOD_TEXT,
    YEAR_MONTH_TEXT,
    Address,
    Iso3166,
    JurisdictionKind,
    Month,
    Number,
    Part,
    Role,
    Scalar,
    Sha256,
    Text,
    TwoDigits,
    TwoLetters,
)


@frozen(kw_only=True, order=True)
class YearMonth(Record):
    """A month of a year, without a day.

    >>> YearMonth(year=2019, month=8) < YearMonth.parse("2019-09")
    True
    """

    year: Number = field(metadata=about("From 1 to 9999."))
    month: Month = field(metadata=about("From 1 to 12."))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `YYYY-MM` (ISO 8601).

        Raises:
            InvalidRecordError: The text is not of that form, or there is no such month.
        """
        year, month = YEAR_MONTH_TEXT.checked(text).split("-")
        return cls(year=int(year), month=int(month))

    def __str__(self) -> str:
        """Return `YYYY-MM` (ISO 8601)."""
        return f"{self.year:04}-{self.month:02}"


@frozen(kw_only=True, order=True)
class Period(Record):
    """The months from `start` through `end`, both included.

    >>> str(Period.parse("2019-08/2019-09").end)
    '2019-09'
    """

    start: Annotated[YearMonth, Part("Period", "start")] = field(metadata=about("The first month."))
    end: Annotated[YearMonth, Part("Period", "end")] = field(
        metadata=about("The last month, not before the first.")
    )

    def _broken_rules(self) -> Iterator[Problem]:
        start, end = self.start, self.end
        if (end.year, end.month) < (start.year, start.month):
            expected = f"a month not before the start, {start}"
            yield Problem("/end", Rule.ORDER, repr(str(end)), expected)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `YYYY-MM/YYYY-MM` (ISO 8601).

        Raises:
            InvalidRecordError: The text is not of that form, or the end is before the start.
        """
        start, end = PERIOD_TEXT.checked(text).split("/")
        return cls(start=YearMonth.parse(start), end=YearMonth.parse(end))

    def __str__(self) -> str:
        """Return the interval as ISO 8601 writes it."""
        return f"{self.start}/{self.end}"


@frozen(kw_only=True, eq=False, repr=False)
class Source(Record):
    """The publication that describes an exchange."""

    title: Text = field(metadata=about("Its title."))
    publisher: Text | None = field(default=None, metadata=about("The publisher."))
    address: Address | None = field(default=None, metadata=about("The web address."))
    sha256: Sha256 | None = field(
        default=None, metadata=about("The SHA-256 of the text in UTF-8, in hexadecimal.")
    )


@frozen(kw_only=True, eq=False, repr=False)
class Organization(Record):
    """An organization that ran an exchange or helped to run it."""

    name: Text = field(metadata=about("The name, unique in an exchange.", unique=True))
    abbreviation: Text | None = field(
        default=None, metadata=about("The short form that the source gives.")
    )
    role: Role = field(metadata=about("Facilitator or partner."))

    @property
    def keys(self) -> tuple[str, ...]:
        """The name and the abbreviation that a lookup finds the organization by."""
        return (self.name, *filter(None, [self.abbreviation]))


@frozen(kw_only=True, eq=False, repr=False)
class Group(Record):
    """A group of SEAs that met as peers."""

    number: Number = field(metadata=about("Unique in an exchange.", unique=True))
    phase: Text | None = field(default=None, metadata=about("What its SEAs had in common."))


@frozen(kw_only=True, eq=False, repr=False, field_transformer=lists_taken)
class Session(Record):
    """One facilitated session of an exchange."""

    number: Number = field(metadata=about("Unique in an exchange.", unique=True))
    title: Text = field(metadata=about("Its title."))
    groups: tuple[Number, ...] = field(
        default=(),
        metadata=about("The numbers of the groups that the session was for.", refers=True),
    )


@frozen(kw_only=True, eq=False, repr=False, field_transformer=lists_taken)
class Objective(Record):
    """One objective of an exchange."""

    number: Number = field(metadata=about("Unique in an exchange.", unique=True))
    text: Text = field(metadata=about("The text."))
    groups: tuple[Number, ...] = field(
        default=(),
        metadata=about("The numbers of the groups that the objective is marked for.", refers=True),
    )


@frozen(kw_only=True, eq=False, repr=False, field_transformer=lists_taken)
class SEA(Record):
    """A state educational agency (SEA), identified by the jurisdiction that it serves."""

    name: Text = field(
        metadata=about("The name as the source prints it, unique in an exchange.", unique=True)
    )
    abbreviation: Text | None = field(
        default=None, metadata=about("The short form, if the source prints one.")
    )
    kind: JurisdictionKind | None = field(
        default=None, metadata=about("The kind of jurisdiction, if it is known.")
    )
    usps: TwoLetters | None = field(
        default=None,
        metadata=about("USPS abbreviation, two letters.", unique=True, code="USPS"),
    )
    fips: TwoDigits | None = field(
        default=None,
        metadata=about(
            'FIPS state code (INCITS 38), two digits as text: `"02"`.', unique=True, code="FIPS"
        ),
    )
    iso_3166_2: Iso3166 | None = field(
        default=None,
        metadata=about('ISO 3166-2 code: `"US-AK"`.', unique=True, code="ISO 3166-2"),
    )
    ccd: TwoDigits | None = field(
        default=None,
        metadata=about(
            "NCES Common Core of Data (CCD) number, two digits as text.", unique=True, code="CCD"
        ),
    )
    ccd_abbreviation: TwoLetters | None = field(
        default=None,
        metadata=about("CCD abbreviation, two letters.", unique=True, code="CCD abbr."),
    )
    aliases: tuple[Text, ...] = field(
        default=(), metadata=about("Other names that a lookup finds.")
    )
    group: Number | None = field(
        default=None,
        metadata=about("The number of the group of the SEA, if the source states it.", refers=True),
    )

    @property
    def codes(self) -> dict[str, str]:
        """The codes of the SEA, by the usual name of the code set.

        >>> import smh_p2p
        >>> smh_p2p.load().sea("BIE").codes
        {'CCD': '59', 'CCD abbr.': 'BI'}
        """
        codes = ((str(each.code), getattr(self, each.name)) for each in CODES.values())
        return {name: code for name, code in codes if code}

    @property
    def names(self) -> tuple[str, ...]:
        """The name, the abbreviation and the aliases."""
        return (self.name, *filter(None, [self.abbreviation]), *self.aliases)

    @property
    def keys(self) -> tuple[str, ...]:
        """The codes and the names that a lookup finds the SEA by."""
        return (*self.codes.values(), *self.names)


# The attributes of a SEA that hold codes, by name.
CODES = {each.name: each for each in fields_of(SEA) if each.code}


def spelled_codes(sea: SEA) -> Iterator[tuple[Scalar, str]]:
    """Yield each code of a SEA, preceded by the rule of its code set."""
    for each in CODES.values():
        if value := getattr(sea, each.name):
            yield each.item, value
