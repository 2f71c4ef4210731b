"""The JSON Schema of documents, made from the records.

It ships as `schema.json`: `smh_p2p.resource("schema.json")`.
"""

import re
from enum import Enum
from inspect import getdoc
from typing import Any, get_args

import attrs

from smh_p2p import forms
from smh_p2p.codec import FORMAT
from smh_p2p.errors import Rule
from smh_p2p.forms import Form, Shape, YearMonthText, shape
from smh_p2p.model import Exchange, Role, YearMonth

# The rules that no JSON Schema can say: of the text of a document, which a schema does not see,
# and between values that stand apart.
UNSAID = frozenset(
    {
        Rule.SYNTAX,
        Rule.ENCODING,
        Rule.SIZE,
        Rule.DOUBLED_KEY,
        Rule.ORDER,
        Rule.UNIQUE,  # of names, numbers and codes; said of plain arrays
        Rule.REFERENCE,
    }
)


def to_schema() -> dict[str, Any]:
    """Return the JSON Schema of documents, draft 2020-12.

    What it accepts may still break a rule in `UNSAID`; what it refuses, `from_dict` refuses.

    >>> to_schema()["$defs"]["Group"]["required"]
    ['number']
    """
    parts: dict[str, Any] = {}
    exchange = _object(Exchange, parts)
    exchange["properties"]["organizations"] |= {
        "contains": {
            "properties": {"role": {"const": Role.FACILITATOR.value}},
            "required": ["role"],
        },
        "minContains": 1,
        "maxContains": 1,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A peer-to-peer (P2P) exchange",
        **exchange,
        "properties": {
            "format": {"description": "The format of the document.", "const": FORMAT},
            **exchange["properties"],
        },
        "required": ["format", *exchange["required"]],
        "$defs": dict(sorted(parts.items())),
    }


def _object(record: type[Any], parts: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a record, and put those of its parts among `parts`."""
    described = descriptions(record)
    attributes = attrs.fields(record)
    return {
        "description": (getdoc(record) or "").partition("\n")[0],
        "type": "object",
        "properties": {
            each.name: {"description": described[each.name], **_values(shape(each.type), parts)}
            for each in attributes
        },
        "required": [each.name for each in attributes if each.default is attrs.NOTHING],
        "additionalProperties": False,
    }


def _values(said: Shape, parts: dict[str, Any]) -> dict[str, Any]:
    item = _item(said.item, parts)
    if not said.many:
        return item
    plain = {"uniqueItems": True} if isinstance(said.item, Form) else {}
    return {"type": "array", "items": item, **plain}


def _item(item: Form | type[Any], parts: dict[str, Any]) -> dict[str, Any]:
    if item is YearMonth:
        item = shape(YearMonthText).item
    if isinstance(item, type) and issubclass(item, Enum):
        return {"enum": [member.value for member in item]}
    name = _FORMS[item] if isinstance(item, Form) else item.__name__
    if name not in parts:
        parts[name] = value_schema(item) if isinstance(item, Form) else _object(item, parts)
    return {"$ref": f"#/$defs/{name}"}


# The forms by their names: {<the form of Text>: "Text"}
_FORMS = {
    mark: name
    for name, alias in vars(forms).items()
    for mark in get_args(alias)[1:2]
    if isinstance(mark, Form)
}


def value_schema(form: Form) -> dict[str, Any]:
    """Return the schema of the values of a form.

    >>> from smh_p2p.forms import Month
    >>> value_schema(shape(Month).item)
    {'description': 'a month from 1 to 12', 'type': 'integer', 'minimum': 1, 'maximum': 12}
    """
    said = {"description": form.expected}
    if isinstance(form.allowed, range):
        return {
            **said,
            "type": "integer",
            "minimum": form.allowed.start,
            "maximum": form.allowed.stop - 1,
        }
    # Anchored; `$` alone would let Python's `re` pass a line break at the end.
    return {**said, "type": "string", "pattern": rf"^(?:{form.allowed.pattern})$(?!\n)"}


def descriptions(record: type[Any]) -> dict[str, str]:
    """Return what the docstring of a record says of each attribute: nothing under `python -OO`.

    >>> from smh_p2p import Group
    >>> descriptions(Group)["phase"]
    'What its SEAs had in common.'
    """
    section = (getdoc(record) or "").partition("Attributes:\n")[2].partition("\n\n")[0]
    entries = re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)", section, re.MULTILINE)
    said = {name: " ".join(text.split()) for name, text in entries}
    return {each.name: said.get(each.name, "") for each in attrs.fields(record)}
