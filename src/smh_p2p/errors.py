"""Every exception of the package, and the problem that some of them carry.

All derive from `SmhP2pError`. Each also derives from the built-in that a caller would catch:
`LookupError` for a question without an answer, `ValueError` for data that breaks a rule.
"""

import reprlib
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import islice
from typing import Self

from attrs import field, frozen

from smh_p2p.spelling import near

MAX_PROBLEMS = 1_000  # the most that an error holds; it counts the others
_LISTED = 20  # problems or names that a message lists before it only counts them
_ENDS = 100  # characters of each end of a long text that a message shows
_LONG = 10**18  # a message describes a larger number

_brief = reprlib.Repr()
_brief.maxstring = _brief.maxother = 60


def brief(value: object) -> str:
    """Return a value as an error shows it: short, and in JSON terms.

    >>> brief(None), brief("ab"), brief({"a": 1}), brief(10**5000)
    ('null', "'ab'", 'an object', 'a whole number of 16610 bits')
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case dict():
            return "an object"
        case list():
            return "an array"
        case tuple():
            return "a tuple"
        case int() if not -_LONG < value < _LONG:
            return f"a whole number of {value.bit_length()} bits"
        case _:
            return _shortened(_brief.repr(value))


class Rule(StrEnum):
    """The rules of records, documents and pages: each `Problem` breaks exactly one."""

    TYPE = "type"
    TEXT = "text"
    NUMBER = "number"
    CODE = "code"
    CHOICE = "choice"
    ORDER = "order"
    UNIQUE = "unique"
    REFERENCE = "reference"
    FACILITATOR = "facilitator"
    MISSING_KEY = "missing key"
    UNKNOWN_KEY = "unknown key"
    DOUBLED_KEY = "doubled key"
    FORMAT = "format"
    SIZE = "size"
    ENCODING = "encoding"
    SYNTAX = "syntax"
    DEPTH = "depth"
    ORIGIN = "origin"
    PART = "part"
    COUNT = "count"


@frozen
class Problem:
    """One broken rule, at one place.

    Attributes:
        where: JSON Pointer (RFC 6901) of the place in the record or document (`""` is the whole);
            in a page, the line and the column: `"3:14"`; in a folder, the file and the line:
            `"sea.csv:3"`.
        rule: The broken rule.
        found: The wrong value, quoted or in words; or the mistake, if no value is wrong.
        expected: What the rule requires; empty if `found` already says it.

    >>> print(Problem("/sessions/0/number", Rule.NUMBER, "0", "a whole number from 1 to 9999"))
    /sessions/0/number: found 0, expected a whole number from 1 to 9999
    """

    where: str
    rule: Rule
    found: str
    expected: str

    @property
    def words(self) -> str:
        """What is wrong, without the place."""
        return f"found {self.found}, expected {self.expected}" if self.expected else self.found

    def __str__(self) -> str:
        """Return the problem as one line for a person."""
        return f"{_shortened(self.where) or '(whole)'}: {self.words}"


def _shortened(text: str) -> str:
    """Return a text on one line; a very long one as its beginning and its end."""
    if len(text) > 2 * _ENDS:
        text = f"{text[:_ENDS]}...{text[-_ENDS:]}"
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def listed(items: Sequence[object], separator: str, more: int = 0) -> str:
    """Return the first items in a row, and how many more there are.

    >>> listed(range(29), " ")[-16:]
    '18 19 and 9 more'
    """
    first = separator.join(map(str, items[:_LISTED]))
    more += max(len(items) - _LISTED, 0)
    return f"{first}{separator}and {more} more" if more else first


class SmhP2pError(Exception):
    """The base of every exception that this package raises on purpose."""

    __module__ = "smh_p2p"  # from which users import it, so that tracebacks and pickles name it too

    def __init_subclass__(cls) -> None:
        """Set the module of each exception in this file, too."""
        if cls.__module__ == __name__:
            cls.__module__ = SmhP2pError.__module__


@frozen
class NotFoundError(SmhP2pError, LookupError):
    """Nothing has this key.

    Attributes:
        what: The kind of thing: `"SEA"`, `"session"`, `"citation"`.
        key: The key that the caller gave.
        choices: The names or numbers that exist.
        place: Where the lookup searched.
        keys: Each key that exists, with the name that it stands for; by default the choices.
        hint: Advice about this key, if there is more than similar names.

    >>> str(NotFoundError("SEA", "Alasca", ("Alaska", "Ohio"), "this exchange"))
    "no SEA 'Alasca' in this exchange; did you mean 'Alaska'?"
    """

    what: str
    key: object
    choices: tuple[object, ...]
    place: str = "this exchange"
    keys: Mapping[str, str] | None = field(default=None, repr=False)
    hint: str = ""

    @property
    def near(self) -> tuple[str, ...]:
        """The names of the things with a similar key, the most similar first."""
        names = {name: name for name in self.choices if isinstance(name, str)}
        return near(self.key, self.keys or names) if isinstance(self.key, str) else ()

    def __str__(self) -> str:
        hint = self.hint
        if not hint and (near := self.near):
            hint = f"did you mean {' or '.join(map(brief, near))}?"
        if not hint and self.choices:
            choices = [_shortened(str(choice)) for choice in self.choices]
            hint = f"there are {listed(choices, ', ')}"
        missed = f"no {self.what} {brief(self.key)} in {self.place}"
        return f"{missed}; {hint}" if hint else missed


@frozen
class AmbiguousKeyError(SmhP2pError, LookupError):
    """A key means more than one thing.

    Attributes:
        what: The kind of thing: `"SEA"`.
        key: The key that the caller gave.
        names: The names of what it could mean.

    >>> str(AmbiguousKeyError("SEA", "MDE", ("Maryland", "Michigan")))
    "'MDE' could be more than one SEA: 'Maryland' and 'Michigan'; use another key"
    """

    what: str
    key: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        names = listed([*map(brief, self.names)], " and ")
        return f"{brief(self.key)} could be more than one {self.what}: {names}; use another key"


@frozen
class NotStatedError(SmhP2pError, LookupError):
    """The source does not state the answer, and an empty answer would be false.

    Attributes:
        what: What the source does not state.

    >>> str(NotStatedError("who spoke"))
    'the source does not state who spoke'
    """

    what: str

    def __str__(self) -> str:
        return f"the source does not state {self.what}"


@frozen
class InvalidError(SmhP2pError, ValueError):
    """Data breaks at least one rule; the base of the four errors below.

    Attributes:
        problems: The first problems, from one to a thousand, in the order of discovery.
        more: How many more problems there are.
    """

    problems: tuple[Problem, ...]
    more: int = 0

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> Self | None:
        """Return the error with these problems, or `None` if there are none."""
        rest = iter(problems)
        first = tuple(islice(rest, MAX_PROBLEMS))
        return cls(first, sum(1 for _ in rest)) if first else None

    def __str__(self) -> str:
        """Return one line for each problem, under a heading if there are several."""
        if len(self.problems) == 1:
            return str(self.problems[0])
        lines = listed(self.problems, "\n  ", self.more)
        return f"{len(self.problems) + self.more} problems:\n  {lines}"


class InvalidRecordError(InvalidError):
    """The values of a record break a rule, and no record exists."""


class InvalidDocumentError(InvalidError):
    """A document breaks a rule, and gives no record."""


class InvalidOriginError(InvalidError):
    """The origins do not support the data, or are not in their format."""


class InvalidSummaryError(InvalidError):
    """A text is not a summary page, or contradicts itself."""
