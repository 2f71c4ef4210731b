"""The rules of single values: texts, numbers, codes and closed lists.

The annotation of an attribute is its rule: `number: Number` means a whole number from 1 to 9999.
"""

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, ClassVar, TypeAlias

from attrs import Factory, field, frozen

from smh_p2p.errors import InvalidRecordError, Problem, Rule, brief


class JurisdictionKind(StrEnum):
    """The kind of jurisdiction that a SEA serves.

    `STATE` includes the District of Columbia and Puerto Rico, as in federal education law
    (20 U.S.C. 1411(g)(2)). The outlying areas are those of 34 CFR 300.717.
    """

    STATE = "state"
    OUTLYING_AREA = "outlying area"
    FEDERAL = "federal"


class Role(StrEnum):
    """What an organization did in an exchange."""

    FACILITATOR = "facilitator"
    PARTNER = "partner"


class Drawn:
    """Metadata of an annotation for which the testing kit has a Hypothesis strategy.

    Hypothesis iterates over it: it is grouped metadata of annotated-types.
    """

    __slots__ = ()
    __is_annotated_types_grouped_metadata__: ClassVar[bool] = True
    strategy: ClassVar[Callable[[Any], Any] | None] = None  # the testing kit sets it

    def __iter__(self) -> Iterator[Any]:
        if Drawn.strategy:
            yield Drawn.strategy(self)


@frozen(eq=False, repr=False)
class Part(Drawn):
    """A mark for a part of a record that is drawn together with the other parts."""

    record: str  # the name of its class
    part: str  # the name of the attribute


def _allows(scalar: "Scalar") -> Callable[[Any], object]:
    allowed = scalar.allowed
    return re.compile(allowed).fullmatch if isinstance(allowed, str) else allowed.__contains__


@frozen(eq=False)
class Scalar(Drawn):
    """The rule of one value.

    Attributes:
        name: The name of the rule and of its annotated type.
        allowed: The range of a number, or the pattern of a text, which means the same in Python,
            ECMA-262, RE2 and Rust.
        expected: A right value, in words.
        spelling: The pattern of a code in any spelling, with its parts as groups.
        separator: The text between the groups in the code itself.
        type: The exact type of a value: `True` is not an `int`.
        rule: The rule that a wrong value of the right type breaks.
        accepts: The test of a value of the right type.
    """

    name: str
    allowed: range | str = field(repr=False)
    expected: str = field(repr=False)
    spelling: str | None = field(default=None, repr=False)
    separator: str = field(default="", repr=False)
    type: "type[Any]" = field(default=str, kw_only=True)
    rule: Rule = field(default=Rule.CODE, repr=False, kw_only=True)
    accepts: Callable[[Any], object] = field(
        default=Factory(_allows, takes_self=True), repr=False, kw_only=True
    )

    def problem(self, value: Any, where: str = "") -> Problem:
        """Return the problem of a value that breaks the rule."""
        if type(value) is self.type:
            return Problem(where, self.rule, brief(value), self.expected)
        expected = self.expected
        is_similar = isinstance(value, self.type) or (
            self.type is int and hasattr(value, "__index__")
        )
        if is_similar and not isinstance(value, bool):
            expected += f", as a plain {self.type.__name__}"
        return Problem(where, Rule.TYPE, brief(value), expected)

    def checked(self, value: Any) -> Any:
        """Return a value that keeps the rule, or raise `InvalidRecordError`."""
        if type(value) is self.type and self.accepts(value):
            return value
        raise InvalidRecordError((self.problem(value),))

    def code(self, key: str) -> str | None:
        """Return a key as the code set writes it, or `None` if it does not look like a code.

        >>> TWO_LETTERS.code(" d.c. "), ISO_3166_2.code("us_ak"), TWO_DIGITS.code("2.0")
        ('DC', 'US-AK', None)
        """
        match = _spelled(self.spelling)(key.strip()) if self.spelling else None
        return self.separator.join(match.groups()).upper() if match else None


@cache
def _spelled(pattern: str) -> Callable[[str], re.Match[str] | None]:
    return re.compile(pattern, re.ASCII | re.IGNORECASE).fullmatch


# XML 1.0 and HTML have neither these nor surrogates. Beyond `\xff` no escape means the same in all
# languages, so the pattern has the characters themselves, and no surrogates.
_NO_CHARACTER = r"\x00-\x08\x0b\x0c\x0e-\x1f" "\ufffe\uffff"
SURROGATES = re.compile("[\ud800-\udfff]")  # not in UTF-8
# Invisible: controls, white space and format marks, the same in each version of Python.
_BLANK = (
    r"\t\n\r \x7f-\xa0\xad"
    "\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff9-\ufffb"
)
_TEXT = f"[{_BLANK}]*[^{_BLANK}{_NO_CHARACTER}][^{_NO_CHARACTER}]*"


def _is_text(text: str) -> bool:
    # The first test is quick, and finds most texts sound.
    return (text.isprintable() and text[-1:] > " ") or (
        re.fullmatch(_TEXT, text) is not None and SURROGATES.search(text) is None
    )


TEXT = Scalar(
    "Text",
    _TEXT,
    "text that is not blank and has no control characters",
    rule=Rule.TEXT,
    accepts=_is_text,
)
NUMBER = Scalar(
    "Number", range(1, 10_000), "a whole number from 1 to 9999", type=int, rule=Rule.NUMBER
)
MONTH = Scalar("Month", range(1, 13), "a month from 1 to 12", type=int, rule=Rule.NUMBER)

_YEAR = "([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"  # RE2 and Rust have no look-ahead
_MONTH = f"{_YEAR}-(0[1-9]|1[0-2])"
YEAR_MONTH_TEXT = Scalar("YearMonthText", _MONTH, "a month, such as '2019-08'")
PERIOD_TEXT = Scalar("PeriodText", f"{_MONTH}/{_MONTH}", "two months, such as '2019-08/2019-09'")
IDENTIFIER = Scalar(
    "Identifier", "[a-z0-9]+(-[a-z0-9]+)*", "lower-case words and numbers joined by '-'"
)
ADDRESS = Scalar(
    "Address", r"https?://[!#-;=?-\[\]_a-z~]+", "a web address in the characters of RFC 3986"
)
SHA256 = Scalar("Sha256", "[0-9a-f]{64}", "64 lower-case hexadecimal digits")
TWO_LETTERS = Scalar(
    "TwoLetters", "[A-Z]{2}", "two capital letters, such as 'AK'", r"([A-Z])\.?([A-Z])\.?"
)
TWO_DIGITS = Scalar("TwoDigits", "[0-9]{2}", "two digits in text, such as '02'", "([0-9]{2})")
ISO_3166_2 = Scalar(
    "Iso3166",
    "[A-Z]{2}-[A-Z0-9]{1,3}",
    "an ISO 3166-2 code, such as 'US-AK'",
    "([A-Z]{2})[-_]([A-Z0-9]{1,3})",
    "-",
)

Text: TypeAlias = Annotated[str, TEXT]
Number: TypeAlias = Annotated[int, NUMBER]
Month: TypeAlias = Annotated[int, MONTH]
Identifier: TypeAlias = Annotated[str, IDENTIFIER]
Address: TypeAlias = Annotated[str, ADDRESS]
Sha256: TypeAlias = Annotated[str, SHA256]
TwoLetters: TypeAlias = Annotated[str, TWO_LETTERS]
TwoDigits: TypeAlias = Annotated[str, TWO_DIGITS]
Iso3166: TypeAlias = Annotated[str, ISO_3166_2]
