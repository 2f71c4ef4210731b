"""Hooks for cattrs, so that your own classes can hold records."""

from collections import defaultdict
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from cattrs import Converter
from cattrs.errors import (
    AttributeValidationNote,
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)

from smh_p2p.document import read_record, to_dict
from smh_p2p.errors import InvalidDocumentError, Problem, Rule
from smh_p2p.exchange import RECORDS
from smh_p2p.pointer import tokens
from smh_p2p.record import fields_of
from smh_p2p.records import YearMonth


def register_hooks(converter: Converter) -> None:
    """Register hooks for the records, so that a cattrs converter can read and write them.

    They read and write records as documents, as strictly as `from_dict`, and leave other types
    alone, even subclasses of the records. With detailed validation, `cattrs.transform_error` names
    the place and the reason of every problem; without, the error is an `InvalidDocumentError`.

    >>> import smh_p2p
    >>> from cattrs import ClassValidationError, Converter, transform_error
    >>> converter = Converter()
    >>> register_hooks(converter)
    >>> converter.structure({"number": 1, "phase": "early"}, smh_p2p.Group)
    Group(number=1, phase='early')
    >>> try:
    ...     converter.structure({"number": 0, "title": "A session"}, smh_p2p.Session)
    ... except ClassValidationError as error:
    ...     print(*transform_error(error))
    invalid value for type, expected a whole number from 1 to 9999, found 0 @ $.number
    """

    def structure(document: Any, record: Any) -> Any:
        try:
            return read_record(record, document)
        except InvalidDocumentError as error:
            if not converter.detailed_validation:
                raise
            problems = [(_path(each), each) for each in error.problems]
            if error.more:
                problems.append(([], Problem("", Rule.TYPE, f"and {error.more} more problems", "")))
            raise _error(f"While structuring {record.__name__}", record, problems) from None

    def unstructure(record: Any) -> Any:
        return str(record) if isinstance(record, YearMonth) else to_dict(record)

    converter.register_structure_hook_func(RECORDS.__contains__, structure)
    converter.register_unstructure_hook_func(RECORDS.__contains__, unstructure)


def _path(problem: Problem) -> list[str]:
    """Return the keys and indices that lead to a problem; a missing key comes last."""
    missing = problem.found.split("'")[1:2] if problem.rule is Rule.MISSING_KEY else []
    return [*tokens(problem.where), *missing]


def _error(
    message: str, kind: Any, problems: Iterable[tuple[list[str], Problem]], *, many: bool = False
) -> Exception:
    """Return problems in the form of cattrs: the error of an object or an array.

    Args:
        message: The message of the error.
        kind: The class of the record, or the class or the rule of the items.
        problems: Each problem with its path from here.
        many: Whether this is an array.
    """
    errors: list[Exception] = []
    below: dict[str, list[tuple[list[str], Problem]]] = defaultdict(list)

    def add(error: Exception, token: str, expected: object = None) -> None:
        where = f"At {token}"
        error.add_note(
            IterableValidationNote(where, int(token), expected)
            if many
            else AttributeValidationNote(where, token, expected)
        )
        errors.append(error)

    for path, problem in problems:
        if len(path) > 1:
            below[path[0]].append((path[1:], problem))
        elif not path:
            errors.append(TypeError(problem.words))
        elif problem.rule is Rule.UNKNOWN_KEY:
            errors.append(ForbiddenExtraKeysError("", kind, {*path}))
        elif problem.rule is Rule.MISSING_KEY:
            add(KeyError(*path), *path)
        else:  # cattrs prints the name of the expected type, and not the error
            expected = SimpleNamespace(__name__=f"{problem.expected}, found {problem.found}")
            add(ValueError(str(problem)), path[0], expected)
    fields = {} if many else {field.name: field for field in fields_of(kind)}
    for token, inner in below.items():
        item, array = (kind, False) if many else (fields[token].item, fields[token].many)
        add(_error(f"In {token}", item, inner, many=array), token)
    # Pyright sees only the constructor of the base.
    group: Any = IterableValidationError if many else ClassValidationError
    result: Exception = group(message, errors, kind)
    return result
