"""The attributes of a record, and the checks that its constructor makes.

Documents, tables, the JSON Schema and the testing kit are made from these `Field`s.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from enum import Enum
from functools import cached_property
from inspect import cleandoc
from operator import attrgetter, call
from types import NoneType
from typing import Annotated, Any, ClassVar, get_args, get_origin

from attrs import NOTHING, Attribute, Factory, evolve, fields, frozen

from smh_p2p.errors import InvalidRecordError, Problem, Rule, brief
from smh_p2p.pointer import join
from smh_p2p.values import TEXT, Scalar

_OURS = "smh_p2p"


def about(
    description: str, *, unique: bool = False, refers: bool = False, code: str | None = None
) -> dict[str, Any]:
    """Return the metadata of an attribute of a record, in the words of `Field`."""
    return {_OURS: {"description": description, "unique": unique, "refers": refers, "code": code}}


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Field:
    """What one attribute of a record holds.

    Attributes:
        name: Its name.
        item: The rule or the class of a value; of each value, if there are several.
        many: Whether there are several values, in a tuple.
        optional: Whether the value may be absent.
        default: The value if the caller gives none, or `NOTHING`.
        description: What it holds.
        unique: Whether no two records of a sequence may have the same value.
        refers: Whether each value is the number of a group.
        code: The usual name of the code set, if the attribute is a code.
    """

    name: str
    item: Any
    many: bool = False
    optional: bool = False
    default: Any = Factory(lambda: NOTHING)  # `NOTHING` alone would make this attribute required
    description: str = ""
    unique: bool = False
    refers: bool = False
    code: str | None = None

    @classmethod
    def of(cls, attribute: "Attribute[Any]") -> "Field":
        """Return the field of an attribute with an annotation and metadata."""
        annotation: Any = attribute.type
        optional = many = False
        if NoneType in (arguments := get_args(annotation)):
            (annotation,), optional = (each for each in arguments if each is not NoneType), True
        if get_origin(annotation) is tuple:
            annotation, many = get_args(annotation)[0], True
        if get_origin(annotation) is Annotated:
            annotation, mark = get_args(annotation)
            annotation = mark if isinstance(mark, Scalar) else annotation
        return cls(
            name=attribute.name,
            item=annotation,
            many=many,
            optional=optional,
            default=attribute.default,
            **attribute.metadata[_OURS],
        )

    @property
    def required(self) -> bool:
        """Whether the caller must give a value."""
        return self.default is NOTHING

    @property
    def is_text(self) -> bool:
        """Whether the values are `Text`."""
        return self.item is TEXT

    @cached_property
    def sound(self) -> Callable[[Any], object]:
        """The test of a sound value."""
        item, optional = self.item, self.optional and not self.many
        if is_scalar := isinstance(item, Scalar):
            kind, accepts = item.type, item.accepts

            def one(value: Any) -> object:
                return (type(value) is kind and accepts(value)) or (optional and value is None)
        else:

            def one(value: Any) -> object:
                return isinstance(value, item) or (optional and value is None)

        def every(values: tuple[Any, ...]) -> object:
            is_sound = type(values) is tuple and all(map(one, values))
            return is_sound and (not is_scalar or len({*values}) == len(values))

        return every if self.many else one

    def problems(self, value: Any) -> Iterator[Problem]:
        """Yield the problems of a value of this attribute, with its pointer in the record."""
        where = join("", self.name)
        values: tuple[Any, ...] = value
        if self.sound(value):
            return
        if not self.many:
            yield self._problem(value, where)
        elif type(value) is not tuple:
            yield Problem(where, Rule.TYPE, brief(value), "a tuple or a list")
        else:
            one, before = Field(name=self.name, item=self.item), set[Any]()
            for index, each in enumerate(values):
                if not one.sound(each):
                    yield self._problem(each, join(where, index))
                elif isinstance(self.item, Scalar):
                    if each in before:
                        yield Problem(join(where, index), Rule.UNIQUE, brief(each), "it once")
                    before.add(each)

    def _problem(self, value: Any, where: str) -> Problem:
        if isinstance(self.item, Scalar):
            return self.item.problem(value, where)
        rule, expected = Rule.TYPE, self.expected
        if isinstance(value, str) and issubclass(self.item, Enum):
            try:
                expected = _code(self.item(value))
            except ValueError:
                rule = Rule.CHOICE
        elif isinstance(value, str) and hasattr(self.item, "parse"):
            with suppress(InvalidRecordError):
                self.item.parse(value)
                expected += f": {self.item.__name__}.parse({value!r})"
        return Problem(where, rule, brief(value), expected)

    @property
    def expected(self) -> str:
        """A sound value, in words."""
        if isinstance(self.item, Scalar):
            return self.item.expected
        if issubclass(self.item, Enum):
            return "one of " + ", ".join(repr(member.value) for member in self.item)
        return f"a {self.item.__name__}"


def lists_taken(_: type, attributes: list["Attribute[Any]"]) -> list["Attribute[Any]"]:
    """Let attributes that hold a tuple also take a list."""
    return [
        each.evolve(converter=_tuple) if get_origin(each.type) is tuple else each
        for each in attributes
    ]


def _tuple(values: Any) -> Any:
    items: list[Any] = values
    return tuple(items) if isinstance(values, list) else values


class Shown:
    """The base of what a notebook shows as HTML."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from smh_p2p.render import to_fragment  # only a notebook needs it

        return to_fragment(self)


class Record(Shown):
    """The base of all records, whose constructors check every value.

    Raises:
        InvalidRecordError: With the problem of every value that breaks a rule; if there is none,
            of all values that do not fit together.
    """

    __slots__ = ()

    _fields: ClassVar[tuple[Field, ...]] = ()
    _values: ClassVar[Callable[[Any], tuple[Any, ...]]]
    _tests: ClassVar[tuple[Callable[[Any], object], ...]] = ()

    @classmethod
    def __attrs_init_subclass__(cls) -> None:
        """Read the attributes of a new class of records, and list them in its docstring."""
        # A subclass in other code may add attributes, or change a default of ours.
        inherited = {field.name: field for field in cls._fields}
        attributes = fields(cls)  # type: ignore[arg-type]  # it is an attrs class by now
        cls._fields = tuple(
            Field.of(each)
            if _OURS in each.metadata
            else evolve(inherited[each.name], default=each.default)
            for each in attributes
            if _OURS in each.metadata or each.name in inherited
        )
        cls._values = attrgetter(*(each.name for each in cls._fields))
        cls._tests = tuple(each.sound for each in cls._fields)
        if cls.__doc__:
            listed = (f"\n    {each.name}: {each.description}" for each in cls._fields)
            cls.__doc__ = f"{cleandoc(cls.__doc__)}\n\nAttributes:{''.join(listed)}"

    def __attrs_post_init__(self) -> None:
        values = type(self)._values(self)
        problems: Iterable[Problem]
        if all(map(call, self._tests, values)):  # pyright: ignore[reportArgumentType]  # it cannot apply `call`
            problems = self._broken_rules()
        else:
            names = (each.name for each in self._fields)
            problems = self.problems_of(dict(zip(names, values, strict=True)))
        if problems and (error := InvalidRecordError.of(problems)):
            raise error

    # attrs would compile these three for each class, which takes a tenth of the import time.
    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return type(self)._values(self) == type(self)._values(other)

    def __hash__(self) -> int:
        return hash((type(self), type(self)._values(self)))

    def __repr__(self) -> str:
        """Return the call that makes the record, without default values."""
        values = zip(self._fields, type(self)._values(self), strict=True)
        given = (f"{each.name}={_code(value)}" for each, value in values if value != each.default)
        return f"{type(self).__name__}({', '.join(given)})"

    @classmethod
    def problems_of(cls, values: Mapping[str, object]) -> Iterator[Problem]:
        """Yield the problems of some values by name."""
        for each in cls._fields:
            if each.name in values:
                yield from each.problems(values[each.name])

    def _broken_rules(self) -> Iterable[Problem]:
        """Return the problems of sound values that do not fit together."""
        return ()


def _code(value: object) -> str:
    return f"{type(value).__name__}.{value.name}" if isinstance(value, Enum) else repr(value)


def fields_of(record: type[Record]) -> tuple[Field, ...]:
    """Return the attributes of a class of records.

    >>> from smh_p2p import Group
    >>> [field.name for field in fields_of(Group)]
    ['number', 'phase']
    """
    return record._fields  # pyright: ignore[reportPrivateUsage]  # this makes it public


def walk(record: Record, where: str = "") -> Iterator[tuple[str, Field, Any]]:
    """Yield every value in a record and in its parts, with its pointer and its attribute.

    >>> from smh_p2p import Group
    >>> [(pointer, value) for pointer, _, value in walk(Group(number=1))]
    [('/number', 1), ('/phase', None)]
    """
    for field in fields_of(type(record)):
        value, place = getattr(record, field.name), f"{where}/{field.name}"
        values = [(place, value)]
        if field.many:
            values = [(f"{place}/{index}", each) for index, each in enumerate(value)]
        for at, each in values:
            yield at, field, each
            if isinstance(each, Record):
                yield from walk(each, at)
