"""Every exception of the package, and the problem that some of them carry.

All derive from `SmhP2pError`, and each also from the built-in that a caller would catch:
`LookupError` for a question without an answer, `ValueError` for data that breaks a rule.
"""

from collections.abc import Sequence
from enum import StrEnum

from attrs import frozen

_SHOWN = 20  # how many problems or names a message lists before it only counts them


class Rule(StrEnum):
    """The rules of records and documents: each `Problem` breaks exactly one."""

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


@frozen
class Problem:
    """One broken rule, at one place.

    Attributes:
        where: JSON Pointer (RFC 6901) of the place in the record or document; `""` is the whole.
        rule: The rule that is broken.
        found: What is there, in words or quoted.
        expected: What the rule asks for.

    >>> print(Problem("/sessions/0/number", Rule.NUMBER, "0", "a whole number from 1 to 9999"))
    /sessions/0/number: found 0, expected a whole number from 1 to 9999
    """

    where: str
    rule: Rule
    found: str
    expected: str

    def __str__(self) -> str:
        """Return the problem as one line for a person."""
        where = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in self.where)
        return f"{where or '(whole)'}: found {self.found}, expected {self.expected}"


def listed(items: Sequence[object], joint: str) -> str:
    """Return items in a row, the first ones if they are many.

    >>> listed(range(29), " ")[-16:]
    '18 19 and 9 more'
    """
    shown = joint.join(str(item) for item in items[:_SHOWN])
    return shown if len(items) <= _SHOWN else f"{shown}{joint}and {len(items) - _SHOWN} more"


class SmhP2pError(Exception):
    """The base of every exception that this package raises on purpose."""

    # Users know these names from the face of the package, so tracebacks and pickles use it too.
    __module__ = "smh_p2p"


@frozen
class NotFoundError(SmhP2pError, LookupError):
    """Nothing has this key.

    Attributes:
        what: What was looked for: `"SEA"`, `"session"`, `"citation"`.
        key: The key as it was given.
        choices: The names or numbers that are there.
        place: Where it was looked for.

    >>> str(NotFoundError("SEA", "Alasca", ("Alaska", "Ohio"), "this exchange"))
    "no SEA 'Alasca' in this exchange; did you mean 'Alaska'?"
    """

    __module__ = "smh_p2p"

    what: str
    key: object
    choices: tuple[object, ...]
    place: str = "this exchange"

    @property
    def near(self) -> tuple[str, ...]:
        """The choices that are spelled nearly like the key, nearest first."""
        from difflib import get_close_matches  # paid for only by a miss that is shown

        if not isinstance(self.key, str):
            return ()
        by_fold = {name.casefold(): name for name in self.choices if isinstance(name, str)}
        return tuple(by_fold[match] for match in get_close_matches(self.key.casefold(), by_fold))

    def __str__(self) -> str:
        """Return what was looked for, where, and the way out."""
        missed = f"no {self.what} {self.key!r} in {self.place}"
        if near := self.near:
            return f"{missed}; did you mean {' or '.join(map(repr, near))}?"
        if self.choices:
            return f"{missed}; there are {listed(self.choices, ', ')}"
        return missed


@frozen
class AmbiguousKeyError(SmhP2pError, LookupError):
    """A key means more than one thing.

    Attributes:
        what: What was looked for.
        key: The key as it was given.
        names: The names of all that it could mean.

    >>> str(AmbiguousKeyError("SEA", "MDE", ("Maryland", "Michigan")))
    "'MDE' could be more than one SEA: 'Maryland' and 'Michigan'; ask by another key"
    """

    __module__ = "smh_p2p"

    what: str
    key: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        """Return the key and everything that it could mean."""
        names = " and ".join(map(repr, self.names))
        return f"{self.key!r} could be more than one {self.what}: {names}; ask by another key"


@frozen
class NotStatedError(SmhP2pError, LookupError):
    """The source does not state what an answer would need; an empty answer would be false.

    Attributes:
        what: What the source does not state.

    >>> str(NotStatedError("who spoke"))
    'the source does not state who spoke'
    """

    __module__ = "smh_p2p"

    what: str

    def __str__(self) -> str:
        """Return what is missing."""
        return f"the source does not state {self.what}"


@frozen
class InvalidError(SmhP2pError, ValueError):
    """Something breaks at least one rule; the base of the three kinds of it.

    Attributes:
        problems: Every problem, in the order in which they were met; never empty.
    """

    __module__ = "smh_p2p"

    problems: tuple[Problem, ...]

    def __str__(self) -> str:
        """Return one line a problem, under a heading where there are several."""
        if len(self.problems) == 1:
            return str(self.problems[0])
        return f"{len(self.problems)} problems:\n  " + listed(self.problems, "\n  ")


class InvalidRecordError(InvalidError):
    """A record that breaks a rule cannot be made."""

    __module__ = "smh_p2p"


class InvalidDocumentError(InvalidError):
    """A document breaks a rule, and no record came out of it."""

    __module__ = "smh_p2p"


class InvalidOriginError(InvalidError):
    """The origins do not bear out the data; raised by `verify`."""

    __module__ = "smh_p2p"
