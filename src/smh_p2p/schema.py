"""The JSON Schema of documents, made from the records.

It ships as `schema.json`: `smh_p2p.resource("schema.json")`.
"""

from enum import Enum
from inspect import getdoc
from typing import Any

from smh_p2p.document import FORMAT
from smh_p2p.errors import Rule
from smh_p2p.exchange import Exchange
from smh_p2p.record import Field, Record, fields_of
from smh_p2p.records import YearMonth
from smh_p2p.tables import value_type
from smh_p2p.values import YEAR_MONTH_TEXT, Role, Scalar

# The rules that no JSON Schema can say: of the text of a document, which a schema does not see,
# and between values that stand apart. What is unique it says of plain arrays alone.
UNSAID = frozenset(
    {Rule.SYNTAX, Rule.ENCODING, Rule.SIZE, Rule.DEPTH, Rule.DOUBLED_KEY}
    | {Rule.ORDER, Rule.UNIQUE, Rule.REFERENCE}
)


def to_schema() -> dict[str, Any]:
    """Return the JSON Schema of documents, draft 2020-12.

    What it accepts may still break a rule in `UNSAID`; what it refuses, `from_dict` refuses.

    >>> to_schema()["$defs"]["Group"]["required"]
    ['number']
    """
    parts: dict[str, Any] = {}
    exchange = _object(Exchange, parts)
    facilitator = {"properties": {"role": {"const": Role.FACILITATOR.value}}, "required": ["role"]}
    one_at_most = {"contains": facilitator, "minContains": 0, "maxContains": 1}
    exchange["properties"]["organizations"] |= one_at_most
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A peer-to-peer (P2P) exchange",
        **exchange,
        "properties": {
            "$schema": {"description": "Where this schema is, for editors; it is ignored."},
            "format": {"description": "The format of the document.", "const": FORMAT},
            **exchange["properties"],
        },
        "required": ["format", *exchange["required"]],
        "$defs": dict(sorted(parts.items())),
    }


def _object(record: type[Record], parts: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a record, and put those of its parts among `parts`."""
    fields = fields_of(record)
    return {
        "description": (getdoc(record) or "").partition("\n")[0],
        "type": "object",
        "properties": {
            each.name: {"description": each.description, **_values(each, parts)} for each in fields
        },
        "required": [field.name for field in fields if field.required],
        "additionalProperties": False,
    }


def _values(field: Field, parts: dict[str, Any]) -> dict[str, Any]:
    item = _item(field.item, parts)
    if not field.many:
        return item
    unique = {"uniqueItems": True} if isinstance(field.item, Scalar) else {}
    return {"type": "array", "items": item, **unique}


def _item(item: Any, parts: dict[str, Any]) -> dict[str, Any]:
    if item is YearMonth:
        item = YEAR_MONTH_TEXT
    if isinstance(item, type) and issubclass(item, Enum):
        return value_type(item)[1]
    name = item.name if isinstance(item, Scalar) else item.__name__
    if name not in parts:
        parts[name] = value_schema(item) if isinstance(item, Scalar) else _object(item, parts)
    return {"$ref": f"#/$defs/{name}"}


def value_schema(scalar: Scalar) -> dict[str, Any]:
    """Return the schema of the values that a rule allows.

    >>> from smh_p2p.values import MONTH
    >>> value_schema(MONTH)
    {'description': 'a month from 1 to 12', 'type': 'integer', 'minimum': 1, 'maximum': 12}
    """
    kind, constraints = value_type(scalar)
    if "pattern" in constraints:
        # Anchored; `$` alone would let Python's `re` pass a line break at the end.
        constraints["pattern"] = rf"^(?:{constraints['pattern']})$(?!\n)"
    return {"description": scalar.expected, "type": kind, **constraints}
