"""The forms of single values, written once in the types of the records.

A record's annotation is its rule: `number: Number` means a whole number from 1 to 9999, wherever
the value comes from. `checked` hangs the rule on every attribute of a record class; the codec and
the testing kit read the same annotations.
"""

import re
import reprlib
import sys
from collections.abc import Callable, Iterator
from enum import Enum
from types import NoneType
from typing import Annotated, Any, ClassVar, TypeAlias, get_args, get_origin

from attrs import Attribute, evolve, field, frozen

from smh_p2p.errors import InvalidRecordError, Problem, Rule
from smh_p2p.pointer import join

_brief = reprlib.Repr()
_brief.maxstring = _brief.maxother = 60


def shown(value: object) -> str:
    """Return a value as an error shows it: short, and in the words of JSON.

    >>> shown(None), shown("ab"), shown({"a": 1})
    ('null', "'ab'", 'an object')
    """
    match value:
        case None | True | False:
            return {None: "null", True: "true", False: "false"}[value]
        case dict():
            return "an object"
        case list() | tuple():
            return "an array"
        case _:
            return _brief.repr(value)


class Drawn:
    """Metadata of an annotation that tells Hypothesis how to draw a value.

    Hypothesis looks into it as annotated-types describes for grouped metadata, and finds the
    strategy that the testing kit has for it. Nothing else looks.
    """

    __slots__ = ()
    __is_annotated_types_grouped_metadata__: ClassVar = True

    def __iter__(self: Any) -> Iterator[Any]:
        if "hypothesis" in sys.modules:
            from smh_p2p.testing.strategies import strategy_of

            yield strategy_of(self)


@frozen
class PartOf(Drawn):
    """Marks a part that suits the other parts of its record only if it is drawn with them.

    Attributes:
        record: The name of the record's class.
        part: The name of the attribute.
    """

    record: str
    part: str


@frozen
class Form(Drawn):
    """What one value must be.

    Attributes:
        type: Its exact type: `True` is no `int`.
        rule: The rule that it breaks when its type is right and the rest is not.
        expected: The form in words, for errors.
        allowed: The numbers that it may be, or the pattern that all of it has: one that means the
            same in Python and in ECMA-262, so that a JSON Schema can say it.
    """

    type: type = field(repr=False)
    rule: Rule = field(repr=False)
    expected: str
    allowed: range | re.Pattern[str] = field(repr=False)

    def holds(self, value: Any) -> bool:
        """Return whether a value of the right type has the form."""
        if isinstance(self.allowed, range):
            return value in self.allowed
        return bool(self.allowed.fullmatch(value))

    def problems(self, value: object, where: str) -> Iterator[Problem]:
        """Yield what is wrong with a value: nothing, or one problem."""
        if type(value) is not self.type:
            yield Problem(where, Rule.TYPE, shown(value), self.expected)
        elif not self.holds(value):
            yield Problem(where, self.rule, shown(value), self.expected)


# What XML 1.0 calls no character: most controls, surrogates and two noncharacters. Text without
# them can be written as JSON, CSV, HTML and SVG, and read back equal.
_NO_CHARACTER = r"\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
# Controls, white space and marks of format, which show nothing. Listed, because what Python calls
# printable is another set in each version of it, and no other language could tell.
_BLANK = (
    r"\t\n\r \x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000"
    r"\ufeff\ufff9-\ufffb"
)


def _code(pattern: str, expected: str) -> Form:
    return Form(str, Rule.CODE, expected, re.compile(pattern))


Text: TypeAlias = Annotated[
    str,
    Form(
        str,
        Rule.TEXT,
        "text that is not blank and has no control characters",
        re.compile(f"[{_BLANK}]*[^{_BLANK}{_NO_CHARACTER}][^{_NO_CHARACTER}]*"),
    ),
]
Number: TypeAlias = Annotated[
    int, Form(int, Rule.NUMBER, "a whole number from 1 to 9999", range(1, 10_000))
]
Month: TypeAlias = Annotated[int, Form(int, Rule.NUMBER, "a month from 1 to 12", range(1, 13))]
YearMonthText: TypeAlias = Annotated[
    str, _code("(?!0000)[0-9]{4}-(0[1-9]|1[0-2])", "a month, such as '2019-08'")
]
Identifier: TypeAlias = Annotated[
    str, _code("[a-z0-9]+(-[a-z0-9]+)*", "lower-case words and numbers joined by '-'")
]
Address: TypeAlias = Annotated[
    str, _code(r"https?://[!#-;=?-\[\]_a-z~]+", "a web address in the characters of RFC 3986")
]
Sha256: TypeAlias = Annotated[str, _code("[0-9a-f]{64}", "64 lower-case hexadecimal digits")]
TwoLetters: TypeAlias = Annotated[str, _code("[A-Z]{2}", "two capital letters, such as 'AK'")]
TwoDigits: TypeAlias = Annotated[str, _code("[0-9]{2}", "two digits in text, such as '02'")]
Iso3166: TypeAlias = Annotated[
    str, _code("[A-Z]{2}-[A-Z0-9]{1,3}", "an ISO 3166-2 code, such as 'US-AK'")
]


@frozen
class Shape:
    """What an annotation says of the values of an attribute.

    Attributes:
        item: The form of the value, or its class; of each value where there are several.
        many: Whether there are several, in a tuple.
        optional: Whether there may be none.
    """

    item: Form | type[Any]
    many: bool = False
    optional: bool = False

    @property
    def is_text(self) -> bool:
        """Whether the values are `Text`."""
        return self.item in get_args(Text)


def shape(annotation: Any) -> Shape:
    """Return what an annotation says.

    Args:
        annotation: `Annotated` with a `Form`, a class, or one of these in `tuple[..., ...]` or
            `... | None`.

    >>> shape(tuple[int, ...] | None)
    Shape(item=<class 'int'>, many=True, optional=True)
    """
    arguments = get_args(annotation)
    if NoneType in arguments:
        (inner,) = (argument for argument in arguments if argument is not NoneType)
        return evolve(shape(inner), optional=True)
    if get_origin(annotation) is tuple:
        return evolve(shape(arguments[0]), many=True)
    if get_origin(annotation) is Annotated:
        inner, mark = arguments
        return Shape(mark) if isinstance(mark, Form) else shape(inner)
    return Shape(annotation)


Check: TypeAlias = Callable[[object, str], Iterator[Problem]]


def check(annotation: Any) -> Check:
    """Return the check that an annotation asks for: problems of a value at a place.

    >>> [str(problem) for problem in check(tuple[Number, ...])((1, 0), "/groups")]
    ['/groups/1: found 0, expected a whole number from 1 to 9999']
    """
    asked = shape(annotation)
    item = asked.item
    each = item.problems if isinstance(item, Form) else _instance(item)
    all_of_it = _many(each, distinct=isinstance(item, Form)) if asked.many else each
    return _optional(all_of_it) if asked.optional else all_of_it


def _optional(inner: Check) -> Check:
    def problems(value: object, where: str) -> Iterator[Problem]:
        return iter(()) if value is None else inner(value, where)

    return problems


def _many(item: Check, *, distinct: bool) -> Check:
    def problems(value: object, where: str) -> Iterator[Problem]:
        if type(value) is not tuple:
            yield Problem(where, Rule.TYPE, shown(value), "a tuple")
        else:
            seen = set()
            for index, each in enumerate(value):
                problems = tuple(item(each, join(where, index)))
                yield from problems
                if distinct and not problems:  # of records, their own rules tell more
                    if each in seen:
                        yield Problem(join(where, index), Rule.UNIQUE, shown(each), "no item twice")
                    seen.add(each)

    return problems


def _instance(cls: type) -> Check:
    def problems(value: object, where: str) -> Iterator[Problem]:
        if not isinstance(value, cls):
            yield Problem(where, Rule.TYPE, shown(value), f"a {cls.__name__}")

    return problems


def choices(cls: type[Enum]) -> str:
    """Return the closed list of an enumeration in words."""
    return "one of " + ", ".join(repr(member.value) for member in cls)


def checked(_: type, fields: list["Attribute[Any]"]) -> list["Attribute[Any]"]:
    """Hang on each attribute the check of its annotation (an attrs field transformer)."""

    def validator(attribute: "Attribute[Any]") -> Callable[[Any, "Attribute[Any]", Any], None]:
        problems_of = check(attribute.type)
        where = join("", attribute.name)

        def validate(_instance: Any, _attribute: "Attribute[Any]", value: Any) -> None:
            if problems := tuple(problems_of(value, where)):
                raise InvalidRecordError(problems)

        return validate

    return [attribute.evolve(validator=validator(attribute)) for attribute in fields]
