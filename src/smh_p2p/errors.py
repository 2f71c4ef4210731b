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
_LISTED = 20  # how many problems or names a message lists before it only counts them
_ENDS = 100  # how many characters of each end of a long text a message shows
_LONG = 10**18  # a message describes a larger number and does not write it out

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
            for a page of text, the line and the column: `"3:14"`; for a file in a folder, its name
            and the line: `"sea.csv:3"`.
        rule: The rule that is broken.
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

    # Users import these names from `smh_p2p`, so tracebacks and pickles name it too.
    __module__ = "smh_p2p"

    def __init_subclass__(cls) -> None:
        """Set the module of each exception in this file to `smh_p2p`."""
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
        keys: Every key that exists, with the name that it stands for; by default the choices.
        hint: Advice about this key, if the lookup knows more than similar names.

    >>> str(NotFoundError("SEA", "Alasca", ("Alaska", "Ohio"), "this exchange"))
    "no SEA 'Alasca' in this exchange; did you mean 'Alaska'?"
    """

    what: str
    key: object
    choices: tuple[object, ...]
    place: str = "this exchange"
    keys: Mapping[str, str] | None = field(default=None, eq=False, repr=False)
    hint: str = ""

    @property
    def near(self) -> tuple[str, ...]:
        """The names of the things with a similar key, the most similar first."""
        if not isinstance(self.key, str):
            return ()
        return near(
            self.key, self.keys or {name: name for name in self.choices if isinstance(name, str)}
        )

    def __str__(self) -> str:
        """Return the kind, the key, the place and the way out."""
        missed = f"no {self.what} {brief(self.key)} in {self.place}"
        if self.hint:
            return f"{missed}; {self.hint}"
        if near := self.near:
            return f"{missed}; did you mean {' or '.join(map(brief, near))}?"
        if self.choices:
            choices = [_shortened(str(choice)) for choice in self.choices]
            return f"{missed}; there are {listed(choices, ', ')}"
        return missed


@frozen
class AmbiguousKeyError(SmhP2pError, LookupError):
    """A key means more than one thing.

    Attributes:
        what: The kind of thing: `"SEA"`.
        key: The key that the caller gave.
        names: The names of everything that it could mean.

    >>> str(AmbiguousKeyError("SEA", "MDE", ("Maryland", "Michigan")))
    "'MDE' could be more than one SEA: 'Maryland' and 'Michigan'; use another key"
    """

    what: str
    key: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        """Return the key and everything that it could mean."""
        names = listed([brief(name) for name in self.names], " and ")
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
        """Return what the source does not state."""
        return f"the source does not state {self.what}"


@frozen
class InvalidError(SmhP2pError, ValueError):
    """Data breaks at least one rule; the base of the four errors below.

    Attributes:
        problems: The first problems, a thousand at most and never none, in the order of discovery.
        more: How many more problems there are.
    """

    problems: tuple[Problem, ...]
    more: int = 0

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> Self | None:
        """Return the error with these problems, or `None` if there are none."""
        each = iter(problems)
        first = tuple(islice(each, MAX_PROBLEMS))
        return cls(first, sum(1 for _ in each)) if first else None

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
